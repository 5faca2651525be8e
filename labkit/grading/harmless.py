r"""Text that others wrote, made harmless once, where it enters the grader.

What cannot be shown (control characters, the halves of a character that is none, bytes of a name
that are no text) is written out as Python does it, ``\x1b``: a page, a table and a terminal
show it, and obey nothing. From ``\x80`` on this is a byte that is no text, and ``\u0080`` the
character.
"""

import re
from typing import Any

# Control characters but tab and newline, line separators, what turns the direction of text around,
# and halves of characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HALVES = re.compile("[\ud800-\udfff]")


def text(value: str) -> str:
    """Return `value` with what cannot be shown written out; lines stay lines."""
    return _HARMFUL.sub(_written_out, re.sub("\r\n?", "\n", value))


def line(value: str, most: int) -> str:
    """Return `value` on one line of at most so many characters."""
    words = " ".join(text(value).split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def name(value: str) -> str:
    """Return a name on one line; no two names are shown alike, and each can be read back."""
    return "".join(_shown(character) for character in value)


def code(value: str) -> str:
    """Return source code without halves of characters, which no file of Python can hold."""
    return _HALVES.sub("\ufffd", value)


def everywhere(value: Any) -> Any:
    """Return plain data (as JSON has it) with all its text harmless."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return type(value)(everywhere(item) for item in value)
    if isinstance(value, dict):
        return {everywhere(key): everywhere(item) for key, item in value.items()}
    return value


def _shown(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isprintable() else _written_out(character)


def _written_out(found: re.Match | str) -> str:
    number = ord(found if isinstance(found, str) else found[0])
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02x}"  # how Python holds a byte of a name that is no text
    return f"\\u{number:04x}" if 0x80 <= number <= 0xFF else ascii(chr(number))[1:-1]
