"""What a check knows of a student's objects: frozen records of plain values and arrays."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Placeholder:
    """The answer is still ``...``."""


@dataclasses.dataclass(frozen=True)
class Other:
    """An object of another kind than the exercise asks for."""

    type: str
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Value:
    """A number, string, truth value, or a list or dictionary of such."""

    type: str
    value: Any


@dataclasses.dataclass(frozen=True)
class Array:
    """An array: its shape and statistics, and all its values or some of its rows.

    Attributes
    ----------
    type, dtype : str
    shape : tuple of int
    minimum, maximum, mean, std : float
        Over all values; NaN for an empty array or one that holds NaN.
    rows : ndarray of int, shape (k,)
        Indices along the first axis of the rows in `sample`; all of them for a small array.
    sample : ndarray, shape (k, ...)
    headings : tuple of str
        What stands above the columns of a table; empty for an array.
    """

    type: str
    dtype: str
    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float
    std: float
    rows: np.ndarray
    sample: np.ndarray
    headings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Shown:
    """Images and labels that `fit` was given.

    Attributes
    ----------
    shape : tuple of int
        Of all images.
    highest : float
        The highest pixel value: 1 where the images were scaled.
    images : ndarray of uint64, shape (n,)
        A fingerprint of each image, whatever its scale.
    labels : ndarray of int16, shape (n,)
        Class numbers, also where the labels were one-hot.
    """

    shape: tuple[int, ...]
    highest: float
    images: np.ndarray
    labels: np.ndarray


@dataclasses.dataclass(frozen=True)
class Fit:
    """What one call of `fit` was given.

    Attributes
    ----------
    batch : int
        Images in a batch; 0 where they came otherwise than as an array.
    updates_before : int
        How often the optimizer had changed the weights before.
    learnt, held_out : Shown or None
        None where they were not given, or otherwise than as arrays.
    number : int
        Tells this call from the others of the same process; 0 where that is not known.
    optimizer, loss : str
        What the network was compiled with at the time, as in `Model`; ``""`` where not known.
    stopped_by : str
        What Keras's `EarlyStopping` watched, ``""`` where there was none.
    rate : float
        The learning rate that it began with; 0 where not known, or where it follows a schedule.
    uneven : bool
        Whether some of the images that it learnt from counted more than others.
    """

    batch: int
    updates_before: int
    learnt: Shown | None
    held_out: Shown | None
    number: int = 0
    optimizer: str = ""
    loss: str = ""
    stopped_by: str = ""
    rate: float = 0.0
    uneven: bool = False


@dataclasses.dataclass(frozen=True)
class Model:
    """A Keras network: structure, settings of ``compile``, weights.

    Attributes
    ----------
    class_name : str
    input_shape, output_shape : tuple or None
        With the batch axis as None; None where the network is not built or has several.
    parameters : int
    loss : str
        In snake case, ``""`` where the network is not compiled.
    from_logits : bool
    optimizer : str
        The class name in lower case, ``""`` where the network is not compiled.
    metrics : tuple of str
    config : str
        Keras's own JSON, from which the network can be built again; see `plain_networks`.
    weights : tuple of ndarray
    metric_names : tuple of str
        What the metrics are called in a history, in their order.
    loss_settings : tuple of str
        What the loss was told besides `from_logits`: ``"label_smoothing=0.1"``.
    updates : int
        How often the optimizer has changed the weights.
    fits : tuple of Fit
        What was noted of its trainings, the earliest first; empty where no notes are taken.
    identity : int
        Tells one object from another of the same process; 0 where that is not known.
    live : callable or None
        In the student's own process, the network itself as a function from images to outputs,
        so that measuring it creates nothing and changes nothing. Never saved.
    """

    class_name: str
    input_shape: tuple[int | None, ...] | None
    output_shape: tuple[int | None, ...] | None
    parameters: int
    loss: str
    from_logits: bool
    optimizer: str
    metrics: tuple[str, ...]
    config: str
    weights: tuple[np.ndarray, ...]
    metric_names: tuple[str, ...] = ()
    loss_settings: tuple[str, ...] = ()
    updates: int = 0
    fits: tuple[Fit, ...] = ()
    identity: int = dataclasses.field(default=0, compare=False)
    live: Callable[[np.ndarray], np.ndarray] | None = dataclasses.field(
        default=None, compare=False, repr=False
    )


@dataclasses.dataclass(frozen=True)
class Networks:
    """A dictionary of Keras networks, by their keys in words."""

    type: str
    networks: dict[str, Model]


@dataclasses.dataclass(frozen=True)
class History:
    """What ``fit`` returned.

    Attributes
    ----------
    type : str
    series : dict of str to list of float
        One value per epoch, by name.
    steps : int
        Updates of the weights in an epoch; 0 where that is not known.
    accuracy : str
        The name of the series that is the accuracy, empty where that is not known.
    fit : Fit or None
        What was noted of the training; None where no notes are taken.
    """

    type: str
    series: dict[str, list[float]]
    steps: int = 0
    accuracy: str = ""
    fit: Fit | None = None


@dataclasses.dataclass(frozen=True)
class Panel:
    """One Matplotlib Axes: its words, its lines and its image, as they are seen.

    Attributes
    ----------
    title, xlabel, ylabel : str
    image : ndarray or None
        The values that are drawn, first row at the top and first column at the left.
    lines : tuple of ndarray, each of shape (n, 2)
        Some points of each line, from its first to its last.
    labels : tuple of str
        The texts of the legends, those of the figure among them.
    texts : tuple of str
        Other texts on the panel.
    shades : ndarray of float32 or None
        How dark each pixel of the image is, from 0 for white to 1 for black.
    named : tuple of str
        What a legend calls each line, by its look; empty where it does not say.
    styles : tuple of str
        What tells each line apart without its colour.
    places : ndarray, shape (len(texts), 2)
        Where the texts stand, in the numbers of the axes.
    fields : ndarray, shape (len(texts), 2)
        Over which row and column of the image they stand, as they are seen: 0 for the edge at the
        top or the left, 0.5 for the middle of the first field. Empty where there is no image.
    """

    title: str
    xlabel: str
    ylabel: str
    image: np.ndarray | None
    lines: tuple[np.ndarray, ...]
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    shades: np.ndarray | None = None
    named: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    places: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((0, 2)))
    fields: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((0, 2)))


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure: its panels that are visible and not empty."""

    type: str
    panels: tuple[Panel, ...]


@dataclasses.dataclass(frozen=True)
class Raised:
    """A call of the student's function that ended in an exception."""

    type: str
    text: str


@dataclasses.dataclass(frozen=True)
class Call:
    """One call of the student's function on one probe.

    Attributes
    ----------
    result : fact
    changed_its_input : bool
    again : bool
        Whether it returned the very network that an earlier call had returned.
    """

    result: Any
    changed_its_input: bool
    again: bool = False


@dataclasses.dataclass(frozen=True)
class Calls:
    """The student's function, tried on the probes that `seed` gives.

    Attributes
    ----------
    type : str
    seed : int
    arguments : str
        A digest of the probes, by which calls of another run are told from this run's.
    calls : tuple of Call
    untouched : bool
        Whether there is nothing but a docstring in it, as in the stub that students get. A function
        that forgets to return something is not untouched.
    """

    type: str
    seed: int
    arguments: str
    calls: tuple[Call, ...]
    untouched: bool = False
