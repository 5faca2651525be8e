"""What a process may print before it answers: anything, and what looks like an answer."""

import json

from hypothesis import strategies as st

_ANSWERS = st.fixed_dictionaries(
    {"answers": st.text(), "results": st.just([]), "lost": st.just(""), "steps": st.just([])}
)
printed = st.text(max_size=40) | st.lists(_ANSWERS, max_size=3).map(
    lambda answers: "\n".join(map(json.dumps, answers))
)


def printing(text: str) -> str:
    """Return code that prints `text` without a line's end."""
    content = text.encode("utf-8", "surrogatepass")
    return f"import os; os.write(1, {content!r})"
