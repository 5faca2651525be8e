"""Lab 6, "Deep convolutional networks": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
