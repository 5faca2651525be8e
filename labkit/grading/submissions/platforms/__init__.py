"""How each platform packs what was handed in: one module each, behind one interface."""

from labkit.grading.submissions.platforms import (
    autolab,
    blackboard,
    brightspace,
    canvas,
    folders,
    github_classroom,
    google_classroom,
    gradescope,
    ilias,
    jupyterhub,
    moodle,
    nbgrader,
    openolat,
    said,
    sakai,
    schoology,
    studip,
    teams,
)
from labkit.grading.submissions.platforms.said import Platform, Reading, Tree

# Those whose names cannot be mistaken come first.
ALL = (
    moodle.PLATFORM,
    gradescope.PLATFORM,
    studip.PLATFORM,
    blackboard.PLATFORM,
    brightspace.PLATFORM,
    sakai.PLATFORM,
    nbgrader.PLATFORM,
    canvas.PLATFORM,
    autolab.PLATFORM,
    schoology.PLATFORM,
    teams.PLATFORM,
    openolat.PLATFORM,
    github_classroom.PLATFORM,
    google_classroom.PLATFORM,
    ilias.PLATFORM,
    jupyterhub.PLATFORM,
    folders.PLATFORM,
)
FOLDERS = folders.PLATFORM
BY_NAME = {platform.name: platform for platform in (*ALL, moodle.TEAMS)}


def recognise(tree: Tree, name: str = "") -> tuple[Platform, Reading]:
    """Return the platform that packed a tree, and what it says of the entries.

    A platform is taken only if it knows most of the notebooks: a student may call a folder what
    they like, and it must not hide the others.

    Parameters
    ----------
    tree : Tree
    name : str
        The platform, if it is known.
    """
    if name:
        return BY_NAME[name], BY_NAME[name].read(tree)
    for platform in ALL:
        reading = said.most_of(platform.read(tree), tree)
        if reading:
            return platform, reading
    return FOLDERS, folders.PLATFORM.read(tree)
