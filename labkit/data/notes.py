"""Short notes to the person at the screen."""

_said: set[str] = set()


def say(text: str) -> None:
    """Print a note, once per process.

    It goes to standard output: on standard error it would look like a failure, and nbgrader takes
    the points from a cell that writes there.
    """
    if text not in _said:
        _said.add(text)
        print(f"labkit: {text}", flush=True)
