#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the grader.
set -eu
source="${AUTOGRADER_ROOT:-/autograder}/source"
if command -v apt-get > /dev/null; then
    apt-get update -q && apt-get install -qy bubblewrap python3 python3-venv || true
fi
for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null; then
        "$python" -m venv "$source/venv"
        exec "$source/venv/bin/pip" install -q -c "$source/course/constraints.txt" -e "$source/course[instructor]"
    fi
done
echo "labkit needs Python 3.11, 3.12 or 3.13: choose a newer base image." >&2
exit 1
