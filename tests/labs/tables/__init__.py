"""The right/wrong tables of all labs, by the lab's name."""

from tests.labs.tables import data

TABLES = {
    "lab1-data": data.TABLE,
}
