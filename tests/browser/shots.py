"""Pictures for the documents, taken by tests where ``LABKIT_SCREENSHOTS`` names a folder."""

import io
import os
import pathlib
from typing import Any

from PIL import Image

FOLDER = "LABKIT_SCREENSHOTS"
_SHADES = 64
_HIGHEST = 900


def take(shown: Any, name: str) -> None:
    """Write a small picture of a page, or of a part of it, if pictures are wanted.

    Parameters
    ----------
    shown : playwright.sync_api.Page or Locator
    name : str
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, _HIGHEST)))
    path = pathlib.Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(_SHADES).save(path, optimize=True)
