"""Kinds of arguments of sub-commands, and what is said of those that cannot be."""

import argparse


def dataset(name: str) -> str:
    """Return the name of a data set, or say which ones there are."""
    from labkit import data

    try:
        data.class_names(name)
    except data.DataError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return name
