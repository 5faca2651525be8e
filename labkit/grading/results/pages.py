"""Pages are made from templates: the engine escapes every text, and nothing on a page runs.

Whatever a student wrote reaches a page as text, or as Markdown of which only a short list of
elements is left (`markdown`). Should a hole ever open, the page's own policy still lets nothing run
and nothing be fetched: neither scripts, frames nor forms, and no address but its own.
"""

import base64
import hashlib
import html
import pathlib
import unicodedata
from collections.abc import Mapping
from typing import Any

import jinja2
import markdown_it
import markupsafe
import nh3

from labkit.grading.runs import records

TEMPLATES = pathlib.Path(__file__).parent / "templates"
# What Markdown may become. No element has an attribute.
ELEMENTS = frozenset(
    {"p", "br", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote"},
)
_MAX_MARKDOWN = 30_000
_REPLACEMENT = "\ufffd"
# Letters, marks, numbers, punctuation, symbols, spaces, and what joins letters and emoji.
_KINDS = frozenset("LMNPS") | {"Zs"}
_JOINERS = frozenset("\n\t\u200c\u200d")
_UNCHANGED = frozenset(" .,?") | frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)
_INERT = '<pre class="tex2jax_ignore mathjax_ignore" style="white-space: pre-wrap">'

# Markdown without what leads elsewhere, and without HTML: `[a](b)` stays as it was typed.
_MARKDOWN = markdown_it.MarkdownIt("commonmark", {"html": False}).disable(
    ["link", "image", "autolink", "html_block", "html_inline", "reference", "hr"]
)
# A heading of a student's is no heading of the page.
_MARKDOWN.add_render_rule("heading_open", lambda *_: "<p><strong>")
_MARKDOWN.add_render_rule("heading_close", lambda *_: "</strong></p>\n")


def plain(text: object) -> str:
    """Return `text` with U+FFFD for what is not to be seen: controls, overrides, half characters.

    What passes is listed: everything that prints, spaces, line breaks, tabs, and the two joiners
    that scripts and emoji need.
    """
    return str(text).replace("\r\n", "\n").translate(_SEEN)


class _Seen(dict):
    """What each character is shown as, found out when it is met first."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        kind = unicodedata.category(character)
        seen = character in _JOINERS or kind[0] in _KINDS or kind in _KINDS
        self[number] = character if seen else _REPLACEMENT
        return self[number]


_SEEN = _Seen()


def markdown(text: object) -> markupsafe.Markup:
    """Return Markdown as HTML that holds nothing but `ELEMENTS`, without attributes."""
    rendered = _MARKDOWN.render(plain(text)[:_MAX_MARKDOWN])
    return markupsafe.Markup(nh3.clean(rendered, tags=set(ELEMENTS), attributes={}))


def inert(text: object) -> str:
    """Return `text` as HTML that no reader of Markdown takes for anything but text.

    For notebooks that other programs show, with a reader of Markdown and with MathJax that are
    their own: nothing but letters, digits and four signs is left unencoded.
    """
    encoded = "".join(c if c in _UNCHANGED else f"&#{ord(c)};" for c in plain(text))
    return f"{_INERT}{encoded}</pre>"


def from_inert(source: str) -> str:
    """Return the text that `inert` was given, as far as it can be seen.

    What earlier editions wrote is read, too: text in which only ``<`` was encoded.
    """
    if source.startswith(_INERT):
        source = source.removeprefix(_INERT).removesuffix("</pre>")
    return html.unescape(source)


def number(value: float) -> str:
    """Return a number without needless decimals."""
    return f"{round(value, 2):g}"


def points(value: float) -> str:
    """Return ``"1 point"``, ``"2 points"``."""
    return f"{number(value)} point" + ("" if value == 1 else "s")


def picture(drawn: records.Picture) -> str:
    """Return a picture's address, which holds the picture itself."""
    return f"data:image/png;base64,{base64.b64encode(drawn.png).decode()}"


def listed(items: list[object]) -> str:
    """Return ``"1, 2 and 5"``."""
    words = [str(item) for item in items]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def render(
    template: str, values: Mapping[str, Any], script: str = "", connects: bool = False
) -> str:
    """Return the page that a template makes of `values`.

    Parameters
    ----------
    template : str
        Its file's name in the folder of templates.
    values : mapping
    script : str
        The name of a script there; the page's policy lets this text run and no other.
    connects : bool
        Whether the script may ask the page's own server.
    """
    source = (TEMPLATES / script).read_text("utf-8") if script else ""
    frame = {"policy": _policy(source, connects), "script": markupsafe.Markup(source)}
    return _ENVIRONMENT.get_template(template).render(**values, **frame)


def _policy(script: str, connects: bool) -> str:
    allowed = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
    allowed += ["base-uri 'none'", "form-action 'none'"]
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        allowed.append(f"script-src 'sha256-{digest}'")
    if connects:
        allowed.append("connect-src 'self'")
    return "; ".join(allowed)


def _finalized(value: object) -> object:
    return value if isinstance(value, markupsafe.Markup) else plain(value)


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    finalize=_finalized,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "markdown": markdown,
    "number": number,
    "points": points,
    "picture": picture,
    "listed": listed,
}
