"""Lab 4, "Choosing a network": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
