"""The command `labkit`."""


def main() -> int:
    """Run the command line."""
    return 0
