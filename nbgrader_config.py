"""nbgrader's settings for this course; nbgrader reads this file from the course's root."""

import os
import pathlib

c = get_config()  # noqa: F821  nbgrader provides it

c.CourseDirectory.root = str(pathlib.Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# A blank notebook has to run: the placeholder is Python's own `...`, set above the solution
# block, so that what replaces the block only says where to write.
c.ClearSolutions.code_stub = {"python": "# Write your code here."}
c.ClearSolutions.text_stub = "*Double-click here, and write your answer in place of this line.*"

# A check's value is its points. These settings close the ways around it: stderr would be a zero
# for right code that warns, a deleted check would stay ungraded, and the tag `skip-execution`
# would leave a check cell without output, which counts as full points.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"."
c.OverwriteCells.add_missing_cells = True
c.Execute.skip_cells_with_tag = os.urandom(16).hex()

# The default of 30 seconds a cell is less than a training takes.
c.Execute.timeout = 1800
