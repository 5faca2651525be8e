"""The command ``labkit release``: write the students' edition."""

import argparse
import sys

from labkit.checks.author_file import AuthorError
from labkit.release import edition
from labkit.release.errors import ReleaseError


def run(arguments: argparse.Namespace) -> int:
    """Write the edition; 0 if it was written, 1 if something is in the way."""
    try:
        packed = edition.write(arguments.folder, arguments.course)
    except (ReleaseError, AuthorError, OSError) as error:
        print(f"labkit: {error}", file=sys.stderr)
        return 1
    print(f"labkit: the students' edition is in {packed.parent}, labkit in {packed.name}.")
    print("No line of a solution was found in it. Hand out the folder, or a zip file of it.")
    return 0
