"""What decides where the images come from: three environment variables."""

import os

NAMES = ("LABKIT_DATA", "LABKIT_CACHE", "LABKIT_OFFLINE")

_held: dict[str, str] = {}


def hold() -> None:
    """Let the settings stay what they are now in this process, whatever becomes of `os.environ`.

    A notebook may set them, or clear them all, for the machine that it was written on.
    """
    _held.update(asked())


def asked() -> dict[str, str]:
    """Return each setting; one that is not set is empty."""
    return _held.copy() or {name: os.environ.get(name, "").strip() for name in NAMES}
