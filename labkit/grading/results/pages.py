"""Frame and parts of the pages that grading writes: plain HTML that runs nothing.

Everything goes through `escaped`. Should that ever be forgotten, the page's own policy forbids
scripts, frames, forms and anything from elsewhere.
"""

import base64
import html
from collections.abc import Iterable, Sequence

from labkit.grading.runs import records

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; }
section { margin: 1.5rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0;
  border-bottom: 1px solid GrayText; }
td { overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.bar { width: 40%; }
td.bar div { background: #0072B2; height: 1rem; min-width: 1px; }
img { max-width: 100%; background: white; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def escaped(text: object) -> str:
    """Return `text` so that it is shown as it is, whatever it holds."""
    plain = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in str(text))
    return html.escape(plain.encode("utf-8", "replace").decode(), quote=True)


def page(title: str, body: Iterable[str]) -> str:
    """Return a whole page; `title` is escaped here, `body` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escaped(title)}</h1>\n{''.join(body)}\n</main>\n</body>\n</html>\n"
    )


def listing(items: Iterable[object]) -> str:
    """Return a list of texts."""
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


def rows(head: Sequence[str], body: Iterable[Sequence[object]]) -> str:
    """Return a table; numbers stand to the right, a float of 0 to 1 after the text is a bar."""
    body = list(body)
    kinds = map(_kind, body[0]) if body else [""] * len(head)
    top = "".join(
        f'<th scope="col"{kind}>{escaped(cell)}</th>'
        for cell, kind in zip(head, kinds, strict=True)
    )
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in body)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


class Bar(float):
    """A share between 0 and 1 that a table shows as a bar beside its number."""


def picture(drawn: records.Picture) -> str:
    """Return a picture with its words."""
    content = base64.b64encode(drawn.png).decode()
    words = escaped(drawn.words or "A picture that this cell drew.")
    return f'<p><img src="data:image/png;base64,{content}" alt="{words}"></p>'


def _cell(value: object) -> str:
    if isinstance(value, Bar):
        width = 100 * min(1.0, max(0.0, value))
        return f'<td class="bar"><div style="width: {width:.0f}%"></div></td>'
    text = f"{value:g}" if isinstance(value, int | float) else escaped(value)
    return f"<td{_kind(value)}>{text}</td>"


def _kind(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, Bar)
    return ' class="number"' if is_number else ""
