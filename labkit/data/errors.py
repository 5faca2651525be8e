"""The errors of the data package."""


class DataError(ValueError):
    """Data that cannot be used; the message says what is wrong, where, and what to do."""


class DownloadError(DataError):
    """No mirror delivered the published files; the message has a line for each mirror."""
