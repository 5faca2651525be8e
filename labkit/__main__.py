"""Let `python -m labkit` do what the command `labkit` does."""

import sys

from labkit import cli

if __name__ == "__main__":
    sys.exit(cli.main())
