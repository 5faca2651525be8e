"""The recipes of the kit's answers to lab 6's challenge, and what was tried to find them.

A `Recipe` holds every choice, so that what a choice buys can be measured by changing it alone.
"""

import dataclasses
import math
from typing import Any


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a network is built, trained, and asked.

    Attributes
    ----------
    stem, kernel, stride : int
        Filters of the first convolution, their rows and columns, and its steps (2 halve the image).
    widths, further : tuple of int
        Filters of each halving residual block, and how many blocks of one size follow it.
    fused, whitened, identity, quiet_start, separable, squeezed : bool
        Normalize in one operation; see decorrelated patches first, and learn nothing there; begin
        with filters that pass the channels on; begin with blocks that add nothing; convolve each
        channel for itself; weigh the channels by the whole image.
    bias_speed : float
        How many times faster the biases of normalizations are learned.
    precision : str
        The numbers that layers calculate with; weights have 32 bits.
    jit : bool
        Whether XLA compiles the steps.
    epochs, small_epochs, batch : int
        Of the epochs, the first are on images of half the size.
    optimizer, top, rising, decay, smoothing, average
        The steps; the highest learning rate; the share of steps in which it rises (0: it is
        constant); weight decay; label smoothing; momentum of the mean of weights (0: none).
    flip : str
        Which images are mirrored: ``"alternating"`` epochs', ``"random"`` ones, or ``"none"``.
    shift, erased : int
        The most pixels by which an image is moved; the side of the square that is blackened.
    views : str
        What the network is asked about: ``"one"``, ``"mirrored"`` as well, and ``"moved"``.
    """

    stem: int = 16
    kernel: int = 5
    stride: int = 2
    widths: tuple[int, ...] = (32, 64, 128)
    further: tuple[int, ...] = (0, 0, 0)
    fused: bool = True
    whitened: bool = False
    identity: bool = False
    quiet_start: bool = False
    separable: bool = False
    squeezed: bool = False
    bias_speed: float = 1.0
    precision: str = "mixed_bfloat16"
    jit: bool = False
    epochs: int = 12
    small_epochs: int = 0
    batch: int = 256
    optimizer: str = "AdamW"
    top: float = 0.01
    rising: float = 0.25
    decay: float = 0.02
    smoothing: float = 0.1
    average: float = 0.0
    flip: str = "alternating"
    shift: int = 1
    erased: int = 0
    views: str = "mirrored"

    def summary(self) -> str:
        """Return its filters, and what else is not the usual; but for what is told beside it."""
        told = [f"{self.stem}; {', '.join(map(str, self.widths))}"]
        if self.erased:
            told.append(f"a square of {self.erased} × {self.erased} blackened")
        if self.stride == 1:
            told.append("the first at full size")
        beside = {"stem", "widths", "erased", "stride", "further", "epochs", "batch", "shift"}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name not in beside and value != field.default:
                told.append(f"{field.name.replace('_', ' ')} {value}")
        if any(self.further):
            told.append(f"further blocks {self.further}")
        return ", ".join(told)


def from_json(settings: dict[str, Any]) -> Recipe:
    """Return the recipe that was written as JSON."""
    tuples = {key: tuple(value) for key, value in settings.items() if isinstance(value, list)}
    return Recipe(**settings | tuples)


@dataclasses.dataclass(frozen=True)
class Answer:
    """A recipe, and what the mean of its accuracies over some seeds is to reach."""

    recipe: Recipe
    accuracy: float
    seeds: int
    seconds: float = math.inf
    parameters: float = math.inf


ANSWERS = {
    "quick": Answer(Recipe(), 0.93, seeds=5, seconds=120),
    "far": Answer(
        Recipe(
            stride=1,
            widths=(32, 64, 128, 256),
            further=(0, 0, 0, 0),
            epochs=20,
            batch=512,
            erased=8,
        ),
        0.94,
        seeds=3,
        seconds=600,
    ),
    "small": Answer(Recipe(widths=(20, 40, 64), epochs=16), 0.925, seeds=3, parameters=100_000),
}

USUAL = dataclasses.replace(ANSWERS["quick"].recipe, epochs=3)
UNCHANGED = "nothing"
CHANGES: dict[str, dict[str, Any]] = {
    UNCHANGED: {},
    "images mirrored at random": {"flip": "random"},
    "no mirrored images": {"flip": "none"},
    "images that stay in their place": {"shift": 0},
    "images moved by up to 2 pixels": {"shift": 2},
    "a square of 8 × 8 blackened": {"erased": 8},
    "hard labels": {"smoothing": 0.0},
    "a constant learning rate of 0.001": {"rising": 0.0, "top": 0.001},
    "batches of 512": {"batch": 512},
    "batches of 1,024": {"batch": 1_024},
    "SGD with Nesterov's momentum": {"optimizer": "SGD", "top": 0.5, "decay": 5e-4},
    "Muon for the convolutions": {"optimizer": "Muon"},
    "the running mean of the weights": {"average": 0.98},
    "biases of normalizations 16 times as fast": {"bias_speed": 16.0},
    "a frozen, whitening first convolution": {"whitened": True},
    "convolutions that begin with the identity": {"identity": True},
    "blocks that begin with nothing to add": {"quiet_start": True},
    "the first epoch on images of 14 × 14": {"small_epochs": 1},
    "a first convolution of 3 × 3": {"kernel": 3},
    "twice the filters in the first convolution": {"stem": 32},
    "half again as many filters": {"widths": (48, 96, 192)},
    "a further block at 4 × 4": {"further": (0, 1, 0)},
    "depthwise separable convolutions": {"separable": True},
    "channels weighed (squeeze and excite)": {"squeezed": True},
    "one view of an image": {"views": "one"},
    "ten views: mirrored, and moved by a pixel": {"views": "mirrored, moved"},
    "numbers of 32 bits": {"precision": "float32"},
    "Keras's normalization, not the fused one": {"fused": False},
    "compiled by XLA": {"jit": True},
}
"""What is tried one by one: how the quick answer's recipe, for three epochs, is changed."""

METHODS = {name: dataclasses.replace(USUAL, **change) for name, change in CHANGES.items()}
