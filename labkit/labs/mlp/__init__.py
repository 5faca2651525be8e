"""Lab 2, "A network of dense layers": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
