"""What goes into the students' edition. Whatever is not listed stays out."""

# Of the package, as it is. What a lab's folder gives is cut: see `labkit.release.cut`.
PACKAGE = (
    *("__init__.py", "__main__.py", "files.py"),
    *("data", "evidence", "jupyter", "notebook", "plots"),
    *("checks/__init__.py", "checks/agreement.py", "checks/author_file.py", "checks/authoring.py"),
    *(
        "checks/canonical.py",
        "checks/captions.py",
        "checks/case.py",
        "checks/criteria.py",
        "checks/essay.py",
    ),
    "checks/counted.py",
    *("checks/exercise.py", "checks/faults.py", "checks/folding.py", "checks/forward.py"),
    *("checks/given.py", "checks/histories.py", "checks/lab_folder.py", "checks/lab_text.py"),
    "checks/losses.py",
    *("checks/measure.py", "checks/names.py", "checks/networks.py", "checks/placed.py"),
    *("checks/recorded.py", "checks/result.py", "checks/step.py", "checks/structures.py"),
    *("checks/templates", "checks/trainings.py", "checks/unfolding.py", "checks/variants.py"),
    *("commands/__init__.py", "commands/accepted.py", "commands/cli.py", "commands/doctor.py"),
    *("commands/lab.py", "commands/start.py", "commands/streams.py"),
    *("labs/__init__.py", "labs/floors.py", "labs/runs.json"),
    *("reports/__init__.py", "reports/challengers.py", "reports/comparison.py", "reports/grid.py"),
    *("reports/processor.py", "reports/recipes.py", "reports/recordings.py", "reports/recorded"),
)
# What files of these folders may be called.
ENDINGS = (".css", ".html", ".js", ".json", ".md", ".npz", ".py")

# Of the course's folder, as it is; the notebooks, and what is made of README, Makefile and
# environment.yml, come besides.
COURSE = ("LICENSE", "constraints.txt", "docs/coming-from-r.md", "docs/lab.png")

# The paragraphs of the Makefile, by how they begin.
MAKEFILE = (
    *("# `make` lists", "VENV :=", "# The versions of Python", ".DEFAULT_GOAL", "help:", "setup:"),
    *("lab:", "clean:", "# Each of these two files", "$(BIN)/python:"),
)
