"""Questions to a process by its standard streams, and the answers that belong to them.

What else is printed there, such as by a start-up file of Python's or a program around it, must not
be taken for an answer: one line too many, and each student would get what the one before is given.
So every question carries a word of its own, and an answer is a line that carries the same one.
"""

import json
import secrets
from collections.abc import Iterable
from typing import Any

_WORD = "answers"


def question(**fields: Any) -> tuple[str, bytes]:
    """Return a new question's word, and the line that asks it."""
    word = secrets.token_hex(8)
    return word, json.dumps({_WORD: word, **fields}).encode() + b"\n"


def answered(asked: dict[str, Any], **fields: Any) -> bytes:
    """Return what answers the question `asked`: a line, whatever stands before it."""
    return b"\n" + json.dumps({_WORD: asked[_WORD], **fields}).encode() + b"\n"


def answer(word: str, lines: Iterable[bytes]) -> dict[str, Any] | None:
    """Return what the first line says that answers the question with this word, if any does."""
    for line in lines:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and said.pop(_WORD, None) == word:
            return said
    return None
