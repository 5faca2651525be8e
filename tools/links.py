"""Write into README.md links that open a lab elsewhere, and the repository into CITATION.cff.

Where the course lives stands in one place, ``Repository`` in ``[project.urls]`` of
``pyproject.toml``. Where nothing stands there, no link is shown: one that leads nowhere is worse.
Run it as ``python -m tools.links`` after a change; with ``--check`` nothing is written.
"""

import argparse
import pathlib
import re
import sys
import tomllib

from labkit import files, labs

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- links -->", "<!-- /links -->"
_BETWEEN = re.compile(rf"(?<={BEGIN}\n).*?(?={END})", re.DOTALL)
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(\.git)?/?$")
_CITED = re.compile(r"^repository-code: .*\n", re.MULTILINE)


def repository(project: str) -> str:
    """Return the address in the text of a ``pyproject.toml``; empty if none stands there."""
    return tomllib.loads(project)["project"].get("urls", {}).get("Repository", "")


def table(address: str) -> str:
    """Return what stands in README.md for a course that lives at `address`.

    Raises
    ------
    ValueError
        If it is not the address of a repository on GitHub, the only ones that both can open.
    """
    if not address:
        return ""
    found = _GITHUB.match(address)
    if found is None:
        raise ValueError(f"{address!r} is no address like https://github.com/OWNER/NAME.")
    rows = [
        f"| {name} "
        f"| [Binder](https://mybinder.org/v2/gh/{found[1]}/HEAD?urlpath=lab/tree/{_path(name)}) "
        f"| [Colab](https://colab.research.google.com/github/{found[1]}/blob/HEAD/{_path(name)}) |"
        for name in labs.MODULES
    ]
    install = f"`%pip install git+https://github.com/{found[1]}`"
    head = ["Without an installation:", "", "| lab | | |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows, "", f"In Colab, run {install} in a cell first.", ""])


def readme(text: str, address: str) -> str:
    """Return the text of README.md with the links of a course at `address`."""
    return _BETWEEN.sub(lambda _: table(address), text)


def citation(text: str, address: str) -> str:
    """Return the text of CITATION.cff with the repository at `address`."""
    return _CITED.sub("", text) + (f"repository-code: {address}\n" if address else "")


def _path(name: str) -> str:
    return f"notebooks/{name}/{name}.ipynb"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    address = repository((ROOT / "pyproject.toml").read_text("utf-8"))
    status = 0
    for name, made in (("README.md", readme), ("CITATION.cff", citation)):
        present = (ROOT / name).read_text("utf-8")
        wanted = made(present, address)
        if present == wanted:
            continue
        print(f"{name}: {'differs; run python -m tools.links' if check else 'written'}")
        status = int(check)
        if not check:
            files.write_text(ROOT / name, wanted)
    return status


if __name__ == "__main__":
    sys.exit(main())
