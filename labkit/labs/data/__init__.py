"""Lab 1, "Images are arrays": all of it is in this folder."""

from labkit.checks import lab_folder

LAB = lab_folder.publish(__name__)
