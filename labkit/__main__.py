"""Let `python -m labkit` do what the command `labkit` does."""

import sys

from labkit.commands import cli

if __name__ == "__main__":
    sys.exit(cli.main())
