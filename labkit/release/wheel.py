"""labkit as a wheel for students."""

import pathlib
import tomllib
from collections.abc import Iterator, Mapping

from wheel import wheelfile

import labkit
from labkit import files
from labkit.release import shipped

_PACKAGE = pathlib.Path(labkit.__file__).parent
_TAG = "py3-none-any"


def sources(of_labs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the package that go in, by their paths; `of_labs` among them."""
    found = {name: path.read_bytes() for name, path in _listed()}
    return found | {f"labs/{name}": content for name, content in of_labs.items()}


def _listed() -> Iterator[tuple[str, pathlib.Path]]:
    for name in shipped.PACKAGE:
        place = _PACKAGE / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in shipped.ENDINGS and path.is_file():
                yield path.relative_to(_PACKAGE).as_posix(), path


def version_of(content: Mapping[str, bytes]) -> str:
    """Return the version of an edition that holds these files: the course's, and a fingerprint."""
    parts = (part for name in sorted(content) for part in (name, content[name]))
    return f"{labkit.__version__}+{files.fingerprint(*parts)[:8]}"


def file_name(version: str) -> str:
    return f"labkit-{version}-{_TAG}.whl"


def write(folder: pathlib.Path, version: str, content: Mapping[str, bytes], project: str) -> None:
    """Write the wheel of this `version` to `folder`; `project` is the text of pyproject.toml."""
    about = tomllib.loads(project)["project"]
    told = f'__version__ = "{labkit.__version__}"'
    first = content["__init__.py"].decode().replace(told, f'__version__ = "{version}"')
    info = f"labkit-{version}.dist-info"
    scripts = "".join(f"{name} = {place}\n" for name, place in about["scripts"].items())
    with wheelfile.WheelFile(folder / file_name(version), "w") as wheel:
        for name, data in sorted({**content, "__init__.py": first.encode()}.items()):
            wheel.writestr(f"labkit/{name}", data)
        wheel.writestr(f"{info}/METADATA", _metadata(about, version))
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {_TAG}\n")
        wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{scripts}")


def _metadata(about: Mapping, version: str) -> str:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {about['name']}",
        f"Version: {version}",
        f"Summary: {about['description']}",
        f"License-Expression: {about['license']}",
        f"Requires-Python: {about['requires-python']}",
        *(f"Requires-Dist: {needed}" for needed in about["dependencies"]),
    ]
    return "\n".join(lines) + "\n"
