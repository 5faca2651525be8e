"""The description of a data set: what its arrays are, and what files they come in."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Sequence

from labkit.data.errors import DataError

_HERE = pathlib.Path(__file__).parent


@dataclasses.dataclass(frozen=True)
class Array:
    """One of the four arrays of a data set.

    Attributes
    ----------
    name : str
        ``x_train``, ``y_train``, ``x_test`` or ``y_test``.
    idx_name : str
        The name of its IDX file, without ``.gz``; empty where it comes in an ``.npz`` file.
    shape : tuple of int
        Its shape; the type is always uint8.
    sha256 : str
        Checksum of its uncompressed IDX file: header and values. Empty where none is known; then
        any array of this shape will do.
    """

    name: str
    idx_name: str
    shape: tuple[int, ...]
    sha256: str


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A data set of images.

    Attributes
    ----------
    name, title : str
        For programs and for people.
    class_names : tuple of str
        Name of each class, by its number.
    arrays : tuple of Array
        Training images and labels, test images and labels.
    published : dict of str to str
        The published files and their SHA-256, the smallest first: either the four ``.gz`` files
        or one ``.npz`` file.
    mirrors : tuple of str
        Addresses under which the published files lie, each ending in a slash.
    sample_file : str
        The model of the drawn sample, next to this module.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    arrays: tuple[Array, Array, Array, Array]
    published: dict[str, str]
    mirrors: tuple[str, ...]
    sample_file: str

    @property
    def npz_name(self) -> str | None:
        """The name of its one ``.npz`` file, or None if it comes in IDX files."""
        return next((name for name in self.published if name.endswith(".npz")), None)

    @property
    def counts(self) -> tuple[int, int]:
        """Number of training and of test images."""
        return self.arrays[0].shape[0], self.arrays[2].shape[0]

    @property
    def image(self) -> tuple[int, ...]:
        """The shape of one image."""
        return self.arrays[0].shape[1:]

    @property
    def has_checksums(self) -> bool:
        """Whether each array can be told from every other of its shape."""
        return all(array.sha256 for array in self.arrays)

    @property
    def sample(self) -> pathlib.Path | None:
        """The model of the drawn sample, beside this module; None if there is none."""
        path = _HERE / self.sample_file
        return path if path.is_file() else None

    @property
    def beside(self) -> pathlib.Path | None:
        """The data itself, if its ``.npz`` file lies beside this module."""
        path = _HERE / (self.npz_name or "")
        return path if path.is_file() else None

    @property
    def remedy(self) -> str:
        """What to do about a file that does not hold the data set."""
        if self.has_checksums:
            return "Use the published file."
        return "Save the file anew, or mend its entry in labkit/data/own.py."


def of_npz(
    name: str,
    title: str,
    class_names: Sequence[str],
    *,
    image: tuple[int, ...],
    train: int,
    test: int,
) -> Dataset:
    """Return a data set that comes in one file, ``<name>.npz``.

    Parameters
    ----------
    name : str
        What programs call it: small letters, digits and hyphens.
    title : str
        What people call it.
    class_names : sequence of str
        At least two; the label 0 stands for the first.
    image : tuple of int
        The shape of one image: rows and columns.
    train, test : int
        Number of training and of test images.

    Raises
    ------
    DataError
        If one of these cannot be.
    """
    names = tuple(class_names)
    problem = _problem(name, names, image, train, test)
    if problem:
        raise DataError(f"The data set {name!r} in labkit/data/own.py: {problem}")
    shapes = {
        "x_train": (train, *image),
        "y_train": (train,),
        "x_test": (test, *image),
        "y_test": (test,),
    }
    arrays = tuple(Array(array, "", shape, "") for array, shape in shapes.items())
    return Dataset(name, title, names, arrays, {f"{name}.npz": ""}, (), f"{name}-sample.npz")


def _problem(
    name: str, class_names: tuple[str, ...], image: tuple[int, ...], train: int, test: int
) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        return "a name has small letters, digits and hyphens only, such as leaves-2."
    if not 2 <= len(class_names) <= 256 or len(set(class_names)) < len(class_names):
        return f"the class names are {class_names}; there have to be 2 to 256, all different."
    whole = all(isinstance(number, int) and number > 0 for number in (*image, train, test))
    if len(image) not in (2, 3) or not whole:
        return (
            f"image={image}, train={train}, test={test}: give rows and columns of one image, as in"
            " image=(28, 28), and how many images there are."
        )
    return ""
