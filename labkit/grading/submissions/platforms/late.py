"""Whether the words that a platform puts beside what was handed in say that it was late."""

import re

# What "late" begins with, in the languages that the platforms speak.
_LATE = re.compile(
    # Between a time and a title there may be nothing but an underscore.
    r"(?<![^\W_])(?:late(?![^\W_])|versp|retard|tardi|atras|ritard|laat|te laat|sen |sent "
    r"|försen|forsink|spóźn|spozn|opožd|opozd|pozd|késed|kesed|întârz|intarz|запоз|опозд|пізн"
    r"|gecik|geç|gec )",
    re.IGNORECASE,
)


def says_so(words: str) -> bool:
    """Tell whether `words` call something late, in any of these languages."""
    return _LATE.search(words) is not None
