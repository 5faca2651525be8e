"""What of this machine a box shows, by list: what Python, its packages and a shell are read from.

Whatever is not on the list does not exist in the box, wherever it lies. A folder on the list may
hold more than belongs there, such as a course that is kept within a virtual environment: what no
installed package owns is covered, and so is what is named as secret.
"""

import contextlib
import glob
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence

# Programs for shell lines, locales, certificates, time zones and fonts, where they are there.
_SYSTEM = (
    *("/usr/bin", "/usr/lib64", "/usr/lib/locale", "/usr/share/locale", "/usr/share/zoneinfo"),
    *("/usr/share/fonts", "/usr/share/fontconfig", "/usr/local/share/fonts", "/etc/fonts"),
    *("/usr/share/ca-certificates", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/usr/lib/ssl"),
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"),
)
# Where nothing leads to /usr, the loader and the libraries are there.
_AT_THE_TOP = ("/bin", "/lib", "/lib64")
_LIBRARIES_OF_THE_SYSTEM = ("libc.so", "libc-", "ld-linux", "ld-musl", "libm.so", "libm-")
_OF_CONDA = ("lib", "ssl", "fonts", "share/zoneinfo", "share/fonts", "etc/fonts")
_PACKAGES = ("site-packages", "dist-packages")
_OWN = "labkit"


def links() -> dict[str, str]:
    """Return the links at the top of the file system that lead to what is shown."""
    tops = [path for path in (*_AT_THE_TOP, "/lib32", "/libx32") if os.path.islink(path)]
    return {path: os.readlink(path) for path in tops}


def system() -> list[str]:
    """Return the folders and files of the system that are shown."""
    tops = [path for path in _AT_THE_TOP if os.path.isdir(path) and not os.path.islink(path)]
    return _existing([*_SYSTEM, *tops, *_library_folders()])


def _library_folders() -> set[str]:
    """Return where the libraries of the system were loaded from into this process."""
    if not os.path.exists("/proc/self/maps"):
        return set()  # no Linux, and so no box
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        lines = [line.rstrip("\n").split(None, 5) for line in file]
    paths = {words[5] for words in lines if words[5:]}
    folders = {
        os.path.dirname(os.path.realpath(path))
        for path in paths
        if os.path.basename(path).startswith(_LIBRARIES_OF_THE_SYSTEM)
    }
    triplet = sysconfig.get_config_var("MULTIARCH")
    return folders | ({f"/usr/lib/{triplet}"} if triplet else set())


def python() -> list[str]:
    """Return the files and folders that this Python and its packages are read from."""
    base = os.path.realpath(sys.base_prefix)
    found = [sys.executable, os.path.realpath(sys.executable), f"{sys.prefix}/pyvenv.cfg"]
    found += _standard_libraries()
    found += glob.glob(f"{sysconfig.get_config_var('LIBDIR') or base}/libpython*")
    if os.path.isdir(f"{base}/conda-meta"):
        found += [f"{base}/{name}" for name in _OF_CONDA]
    return _existing([*found, *_package_folders()])


def _standard_libraries() -> list[str]:
    there = {"platbase": sys.base_exec_prefix, "base": sys.base_prefix}
    paths = [sysconfig.get_path(name, vars=there) for name in ("stdlib", "platstdlib")]
    return [*paths, *map(os.path.realpath, paths)]


def _package_folders() -> list[str]:
    return [path for path in site.getsitepackages() if os.path.isdir(path)]


def state_of_packages() -> str:
    """Return a text that is another one when packages have been installed or taken away."""
    found = []
    for folder in _package_folders():
        with contextlib.suppress(OSError):  # it is being made anew
            names = sorted({*os.listdir(folder)} - {"__pycache__"})
            found.append((folder, os.stat(folder).st_mtime_ns, names))
    return repr(found)


def covered(secrets: Iterable[str], shown: Mapping[str, str]) -> list[str]:
    """Return what of the folders that are shown is covered, as the paths inside the box.

    Parameters
    ----------
    secrets : iterable of str
        Files and folders that must not be seen.
    shown : mapping of str to str
        Where folders and files are, and where they are inside.
    """
    hidden = [path for folder in _package_folders() for path in _owned_by_no_package(folder)]
    packages = {os.path.realpath(path) for path in _package_folders()}
    for folder in _standard_libraries():
        places = [os.path.join(folder, name) for name in _PACKAGES]
        hidden += [path for path in places if os.path.realpath(path) not in packages]
    inside = [place for path in [*hidden, *secrets] for place in _inside(path, shown)]
    return sorted(set(inside))


def _inside(path: str, shown: Mapping[str, str]) -> list[str]:
    """Return where `path` is seen in the box."""
    real = os.path.realpath(path)
    if not os.path.exists(real):
        return []
    found = []
    for outside, inside in shown.items():
        outer = os.path.realpath(outside)
        if real.startswith(outer + os.sep):
            found.append(inside + real[len(outer) :])
    return found


def _owned_by_no_package(folder: str) -> list[str]:
    """Return what lies in a folder of packages and is no part of any, and labkit itself."""
    names = os.listdir(folder)
    owned = set()
    for name in names:
        if name.endswith((".dist-info", ".egg-info")) and _package(name) != _OWN:
            owned |= {name, *_top_names(os.path.join(folder, name))}
    # Such files run code at the start of Python, or lead it to other folders.
    leading = tuple(
        name for name in owned if name.endswith(".pth") or name.startswith("__editable")
    )
    return [os.path.join(folder, name) for name in names if name not in owned or name in leading]


def _package(name: str) -> str:
    return name.split("-")[0].removesuffix(".egg-info").lower()


def _top_names(folder: str) -> set[str]:
    """Return the names at the top of what a package has installed, as it says itself."""
    try:
        with open(os.path.join(folder, "RECORD"), encoding="utf-8") as file:
            names = {line.split(",")[0].strip('"\n').split("/")[0] for line in file}
        return names - {"..", "", _OWN, "__pycache__"}
    except OSError:
        pass  # a system's own packages say no more than the names of their modules
    try:
        with open(os.path.join(folder, "top_level.txt"), encoding="utf-8") as file:
            modules = file.read().split()
    except OSError:
        modules = [_package(os.path.basename(folder)).replace("-", "_")]
    own_files = [f"{module}.py" for module in modules]
    return {*modules, *own_files} - {_OWN}


def _existing(paths: Sequence[str]) -> list[str]:
    """Return those paths that are there, each once, folders before what is in them."""
    return sorted({path for path in paths if os.path.exists(path)})
