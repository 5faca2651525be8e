"""How each network of the five reports is trained, and the figures that the reports give.

Plain data: nothing here imports TensorFlow. `labkit.reports.networks` builds the networks,
`labkit.reports.train` trains them.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure that a report gives.

    Attributes
    ----------
    measure : str
        What was measured, one of `labkit.reports.train.MEASURES`.
    value : float
        As printed in the report.
    """

    measure: str
    value: float


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one network is trained.

    Attributes
    ----------
    network : str
        The name in `reports.networks.BUILDERS`; R3-nnet is trained by `reports.grid` instead.
    title : str
        What the network is, in a few words.
    parameters : int
        The number of its parameters.
    epochs, batch_size : int
        As given to ``fit``.
    held_out : int
        The number of training images that are kept for validation.
    held_out_first : bool
        Whether they are the first ones or, as ``validation_split`` has it, the last ones.
    images : int or None
        The number of images trained on where it is less than all; the first ones are taken.
    patience : int or None
        Stop after so many epochs without a lower validation loss and return to the best epoch.
    figures : tuple of Figure
        What the report says, the figure to reach first; empty where it is left to the student.
    note : str
        What the reader of the table should know.
    """

    network: str
    title: str
    parameters: int
    epochs: int
    batch_size: int
    held_out: int
    held_out_first: bool = False
    images: int | None = None
    patience: int | None = None
    figures: tuple[Figure, ...] = ()
    note: str = ""

    @property
    def settings(self) -> dict[str, int | bool | None]:
        """What decides the result of a run, besides its seed."""
        names = ("epochs", "batch_size", "held_out", "held_out_first", "images", "patience")
        return {name: getattr(self, name) for name in names}


_ALL = (
    Recipe(
        network="R4-mlp",
        title="dense 128",
        parameters=101_770,
        epochs=5,
        batch_size=32,
        held_out=0,
        figures=(
            Figure("test accuracy", 0.8705),
            Figure("test loss", 0.3622),
            Figure("accuracy while training", 0.8913),
        ),
    ),
    Recipe(
        network="R0-2",
        title="dense 256-128",
        parameters=235_146,
        epochs=50,
        batch_size=96,
        held_out=12_000,
        figures=(
            Figure("test accuracy", 0.8935),
            Figure("test loss", 0.5951),
            Figure("train accuracy", 0.9644),
        ),
        note=(
            "The report's text says batches of 128, its code 96; 96 is used. Its figure is that of "
            "one run, and at this constant rate the accuracy still wavers by some thousandths "
            "from one epoch to the next."
        ),
    ),
    Recipe(
        network="R1-simple",
        title="dense 256-256-256, dropout",
        parameters=335_114,
        epochs=50,
        batch_size=128,
        held_out=12_000,
        patience=5,
        figures=(Figure("test accuracy", 0.8811), Figure("test loss", 0.3415)),
        note=(
            "The report gives no optimizer, epochs or batch size: Adam, batches of 128, stopped "
            "early by the validation loss."
        ),
    ),
    Recipe(
        network="R0-1",
        title="dense 512-256-128, dropout",
        parameters=567_434,
        epochs=50,
        batch_size=480,
        held_out=12_000,
        figures=(
            Figure("test accuracy", 0.8940),
            Figure("test loss", 0.3120),
            Figure("train accuracy", 0.9346),
        ),
    ),
    Recipe(
        network="R4-cnn",
        title="1 convolution, dense 128",
        parameters=693_962,
        epochs=10,
        batch_size=32,
        held_out=12_000,
        note="The report leaves the result to the student.",
    ),
    Recipe(
        network="R2-dense",
        title="dense 128-32, Adam 1e-5",
        parameters=104_938,
        epochs=40,
        batch_size=32,
        held_out=5_000,
        held_out_first=True,
        figures=(Figure("best validation accuracy", 0.8636), Figure("test accuracy", 0.8552)),
        note="The report's best epoch is the 27th; its test accuracy follows from its figure 5.",
    ),
    Recipe(
        network="R3-lenet",
        title="LeNet, tanh",
        parameters=1_256_080,
        epochs=15,
        batch_size=128,
        held_out=5_000,
        patience=3,
        figures=(Figure("test accuracy", 0.8988),),
        note=(
            "The report gives no optimizer, epochs or batch size: Adam, batches of 128, stopped "
            "early by the validation loss."
        ),
    ),
    Recipe(
        network="R3-nnet",
        title="dense 50, 13 weight decays",
        parameters=39_760,
        epochs=8,
        batch_size=250,
        held_out=0,
        figures=(Figure("best cross-validated accuracy", 0.84),),
        note=(
            "All 13 decays × 5 folds are trained at once, by Adam; the report took 30 hours on 7 "
            "cores and about 80 GB."
        ),
    ),
    Recipe(
        network="R1-conv",
        title="3 convolutions, dropout",
        parameters=242_058,
        epochs=40,
        batch_size=256,
        held_out=5_000,
        figures=(Figure("test accuracy", 0.9185), Figure("test loss", 0.20)),
        note="The report gives no optimizer and no validation part: Adam, 5,000 images held out.",
    ),
    Recipe(
        network="R2-conv",
        title="6 convolutions, dense 256",
        parameters=27_262_534,
        epochs=3,
        batch_size=32,
        held_out=5_000,
        held_out_first=True,
        images=6_000,
        figures=(Figure("best validation accuracy", 0.9002), Figure("test accuracy", 0.8931)),
        note=(
            "REDUCED to 3 epochs of 6,000 images; the report trains 10 epochs of 55,000, its best "
            "epoch the 7th. Its test accuracy follows from its figure 7."
        ),
    ),
)

RECIPES: dict[str, Recipe] = {recipe.network: recipe for recipe in _ALL}
"""The recipes by network, the quickest to train first."""

IN_FULL: dict[str, Recipe] = {
    "R2-conv": dataclasses.replace(
        RECIPES["R2-conv"],
        network="R2-conv-full",
        epochs=10,
        images=None,
        note=(
            "As the report trains it, whose best epoch is the 7th; its test accuracy follows from "
            "its figure 7."
        ),
    )
}
"""What is reduced in `RECIPES`, in full: trained only where it is asked for by name."""
