"""Lab 3, "A convolutional network": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
