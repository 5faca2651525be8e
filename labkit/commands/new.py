"""`labkit new`: begin a lab, an exercise or an essay, with something in it that works."""

import pathlib
import re
import string

from labkit import data, labs
from labkit.checks import lab_folder
from labkit.checks.author_file import AuthorError

_TEMPLATES = pathlib.Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Exercises are added above what ends a lab.
_END = re.compile(r"^(<!-- #region recap -->|## Recap)", flags=re.M)


def lab(name: str, dataset: str, root: pathlib.Path) -> list[pathlib.Path]:
    """Begin the lab `name` in a folder of `root`, and return the files that were written.

    Raises
    ------
    AuthorError
        If the name cannot be one, or is taken.
    """
    _verify(name)
    folder = root / re.sub(r"^lab\d+-", "", name).replace("-", "_")
    if name in labs.MODULES or folder.exists():
        problem = f"there is a lab {name} already, or a folder {folder}"
        raise AuthorError(problem, "Choose another name.")
    title = re.sub(r"^lab\d+-", "", name).replace("-", " ").capitalize()
    own_loader = f"load_{dataset.replace('-', '_')}"
    load = f"{own_loader}()" if hasattr(data, own_loader) else f'load_data("{dataset}")'
    told = "" if dataset == "fashion-mnist" else f', dataset="{dataset}"'
    words = {"lab": name, "title": title, "dataset": dataset, "load": load, "told": told}
    folder.mkdir(parents=True)
    return [
        _write(folder / "__init__.py", "lab_init", words),
        _write(folder / lab_folder.TEXT, "lab_text", words),
    ]


def exercise(name: str, lab_name: str, root: pathlib.Path) -> list[pathlib.Path]:
    """Begin an exercise: its file, and its place above the lab's recap. Errors as `lab`."""
    return _placed(name, lab_name, root, "exercise")


def essay(name: str, lab_name: str, root: pathlib.Path) -> list[pathlib.Path]:
    """Begin a question that is marked by hand, as `exercise`."""
    return _placed(name, lab_name, root, "essay")


def _placed(name: str, lab_name: str, root: pathlib.Path, kind: str) -> list[pathlib.Path]:
    _verify(name)
    folder = folder_of(lab_name, root)
    module = name.replace("-", "_")
    path = folder / f"{module}.py"
    if path.exists():
        raise AuthorError("there is such a file already", "Choose another name.", str(path), 1)
    title = name.replace("-", " ").capitalize()
    last = len(data.class_names(labs.load(lab_name).dataset)) - 1
    _write(path, kind, {"title": title, "variable": f"n_{module}", "label": str(min(7, last))})
    text_path = folder / lab_folder.TEXT
    text = text_path.read_text(encoding="utf-8")
    end = _END.search(text)
    at = end.start() if end else len(text)
    place = f"{{{{ {module} }}}}\n\n"
    text_path.write_text(text[:at] + place + text[at:], encoding="utf-8")
    return [path, text_path]


def folder_of(lab_name: str, root: pathlib.Path) -> pathlib.Path:
    """Return the folder of a lab.

    Raises
    ------
    AuthorError
        If there is no such lab.
    """
    if lab_name not in labs.MODULES:
        raise AuthorError(f"there is no lab {lab_name}", f"There are: {', '.join(labs.MODULES)}.")
    return root / labs.MODULES[lab_name]


def _verify(name: str) -> None:
    if not _NAME.fullmatch(name):
        cure = "Use small letters, digits and hyphens: count-sevens."
        raise AuthorError(f"{name!r} cannot be a name", cure)


def _write(path: pathlib.Path, template: str, words: dict[str, str]) -> pathlib.Path:
    text = (_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    path.write_text(string.Template(text).substitute(words), encoding="utf-8")
    return path
