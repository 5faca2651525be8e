"""What keeps a students' edition from being written."""


class ReleaseError(Exception):
    """The edition cannot be written; says what is in the way, and what to do."""
