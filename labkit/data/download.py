"""Downloading the published files from their mirrors, with pooch."""

from __future__ import annotations

import pathlib
import sys
import tempfile
import threading
import time

from labkit import files
from labkit.data import contents, folder, specs
from labkit.data.errors import DownloadError

# Seconds. A machine without a network must reach the drawn sample soon, a slow one must not be
# cut off while it is receiving.
CONNECT_TIMEOUT = 4
READ_TIMEOUT = 30
_PROXY = "Behind a proxy, set HTTPS_PROXY and HTTP_PROXY to its address, http://HOST:PORT."

# What went wrong, by data set: one process asks the mirrors once.
_failures: dict[str, str] = {}


def fetch(spec: specs.Dataset) -> contents.Arrays:
    """Download a data set and verify it.

    Parameters
    ----------
    spec : specs.Dataset
        Whose published files to fetch. They go to a temporary folder and are gone afterwards.

    Returns
    -------
    dict of str to np.ndarray
        The four verified arrays.

    Raises
    ------
    DownloadError
        If no mirror delivers the published files; in the same process later calls fail at once.
    """
    if spec.name in _failures:
        raise DownloadError(_failures[spec.name])
    try:
        with tempfile.TemporaryDirectory(prefix="labkit-") as temporary:
            target = pathlib.Path(temporary)
            _fetch_files(spec, target)
            return folder.read(folder.locate(target, spec), spec)
    except DownloadError as error:
        _failures[spec.name] = str(error)
        raise


def _fetch_files(spec: specs.Dataset, target: pathlib.Path) -> None:
    """Fetch every published file, each from the first mirror that delivers it."""
    mirrors = _answering(spec)
    if not mirrors:
        raise DownloadError(
            f"{spec.title} cannot be downloaded: no mirror could be reached within"
            f" {CONNECT_TIMEOUT} s. Check the network connection. {_PROXY}"
        )
    for name, sha256 in spec.published.items():
        problems = []
        while mirrors:
            try:
                _fetch_file(mirrors[0] + name, target / name, sha256)
                break
            except (OSError, ValueError) as error:  # requests' errors are OSErrors
                problems.append(f"  {mirrors[0]}: {error}")
                # The next files would most likely fail there as well.
                mirrors = mirrors[1:]
        else:
            raise DownloadError(
                f"{spec.title} cannot be downloaded: no mirror delivered {name}.\n"
                + "\n".join(problems)
                + f"\nTry again later, or on another network. {_PROXY}"
            )


def _answering(spec: specs.Dataset) -> tuple[str, ...]:
    """Return the mirrors that answer at all, having asked all of them at the same time.

    Looking up a name has no time limit of its own, so each mirror is asked in a thread that may be
    left behind.
    """
    import requests

    name = next(iter(spec.published))
    answered = set()

    def ask(mirror: str) -> None:
        try:
            requests.head(mirror + name, timeout=CONNECT_TIMEOUT)
        except requests.RequestException:
            return
        answered.add(mirror)

    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in spec.mirrors]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + CONNECT_TIMEOUT
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    return tuple(mirror for mirror in spec.mirrors if mirror in answered)


def _fetch_file(url: str, path: pathlib.Path, sha256: str) -> None:
    import pooch

    pooch.get_logger().setLevel("WARNING")  # it would announce each file on standard error
    pooch.retrieve(url, f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=_download)


def _download(url: str, output_file: str, pooch_: object) -> None:
    """Download one file with a progress bar; refuse a web page. Called by pooch."""
    import pooch
    import tqdm

    # On standard output, for the reason given in `notes.say`.
    bar = tqdm.tqdm(
        desc=url.rpartition("/")[2],
        total=1,  # pooch sets the true one; without any it cannot tell that there is a bar
        unit="B",
        unit_scale=True,
        ncols=79,
        file=sys.stdout,
    )
    downloader = pooch.HTTPDownloader(
        progressbar=bar,
        chunk_size=2**16,
        timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        headers={"Accept-Encoding": "identity"},  # the file as it is, for its checksum
    )
    try:
        downloader(url, output_file, pooch_)
    finally:
        bar.close()
    with open(output_file, "rb") as file:
        if files.is_web_page(file.read(1024)):
            raise ValueError(
                "sent a web page instead of the file; a network that asks to log in (a proxy) does"
                " that: open any page in a browser and log in"
            )
