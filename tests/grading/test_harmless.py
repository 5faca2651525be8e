"""Names that cannot be shown are told apart all the same."""

import os
import re

import hypothesis
from hypothesis import strategies as st

from labkit.grading import harmless

_WRITTEN_OUT = re.compile(r"\\(?:x(..)|u(....)|U(.{8})|(.))")
_BY_LETTER = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


def _read_back(shown):
    def character(found):
        byte, short, long, letter = found.groups()
        if letter:
            return _BY_LETTER[letter]
        if byte:
            return chr(int(byte, 16)) if byte < "80" else os.fsdecode(bytes.fromhex(byte))
        return chr(int(short or long, 16))

    return _WRITTEN_OUT.sub(character, shown)


# Any characters, those of one byte among them, and bytes that may be no text.
@hypothesis.given(
    st.text(st.characters(codec=None))
    | st.text(st.characters(max_codepoint=0xFF))
    | st.binary().map(os.fsdecode)
)
@hypothesis.settings(derandomize=True, max_examples=1_000)
def test_a_name_is_shown_on_one_line_and_can_be_read_back(name):
    shown = harmless.name(name)
    assert shown.isprintable()
    assert _read_back(shown) == name


def test_characters_and_bytes_of_the_same_number_are_told_apart():
    numbers = range(0x80, 0x100)
    names = [chr(number) for number in numbers] + [chr(0xDC00 + number) for number in numbers]
    assert len({harmless.name(name) for name in names}) == len(names)
