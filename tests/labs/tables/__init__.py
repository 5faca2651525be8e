"""The right/wrong tables of all labs, by the lab's name."""

from tests.labs.tables import cnn, convnets, data, mlp, regularization, tuning

TABLES = {
    "lab1-data": data.TABLE,
    "lab2-mlp": mlp.TABLE,
    "lab3-cnn": cnn.TABLE,
    "lab4-tuning": tuning.TABLE,
    "lab5-regularization": regularization.TABLE,
    "lab6-convnets": convnets.TABLE,
}
