"""Lab 5, "Overfitting and regularization": all of it is in this folder."""

from labkit import labs

LAB = labs.publish(__name__)
