"""The right/wrong tables of all labs, by the lab's name."""

from labkit.notebook import shuffling
from tests.labs.tables import cnn, convnets, data, mlp, regularization, tuning

# What `labkit.setup` does for a notebook: the answers are trained as a student trains them.
shuffling.in_every_epoch()

TABLES = {
    "lab1-data": data.TABLE,
    "lab2-mlp": mlp.TABLE,
    "lab3-cnn": cnn.TABLE,
    "lab4-tuning": tuning.TABLE,
    "lab5-regularization": regularization.TABLE,
    "lab6-convnets": convnets.TABLE,
}
