"""Lab 1, "Images are arrays": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
