"""The challenge of lab 6: R1's ConvNet against the kit's own answer, in one run.

    python -m benchmarks.challenge                 # the comparison; written to reports/recorded
    python -m benchmarks.challenge --choose 13     # one training, watched on held-out images

The settings of the answer were chosen with ``--choose``, which never sees a test image. The
comparison trains one network after the other on all training images with nothing else running,
and measures each on the test images once. It wants the real data and two idle cores for about
fifteen minutes.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from labkit.notebook import setup

os.environ.update(setup.TENSORFLOW | os.environ)

import keras
import numpy as np
from keras import layers

from labkit import data
from labkit.notebook import shuffling
from labkit.reports import networks, recordings

RECORD = recordings.FOLDER / "challenge.json"
HELD_OUT = 5_000
BATCH = 256
R1_EPOCHS = 40
# Epochs of the answer that end within a third of R1-conv's time.
EPOCHS = 13

Images = np.ndarray
Labels = np.ndarray


def convolution(x: keras.KerasTensor, filters: int, kernel: int = 3, strides: int = 1):
    """Convolve and normalize: with normalized values, steps can be large."""
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def residual_block(x: keras.KerasTensor, filters: int):
    """Halve rows and columns; two convolutions learn what to add to a shortcut around them."""
    shortcut = layers.AveragePooling2D(2, padding="same")(x)
    shortcut = layers.Conv2D(filters, 1, use_bias=False)(shortcut)
    x = layers.Activation("relu")(convolution(x, filters, strides=2))
    x = convolution(x, filters)
    return layers.Activation("relu")(layers.Add()([x, shortcut]))


def residual_network(stem: int = 16, widths: tuple[int, ...] = (32, 64, 128)) -> keras.Model:
    """Return a network with few filters while the images are large, more when they are small."""
    inputs = keras.Input((28, 28, 1))
    x = layers.Activation("relu")(convolution(inputs, stem, kernel=5, strides=2))
    for filters in widths:
        x = residual_block(x, filters)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def seen_from_both_sides(model: keras.Model) -> keras.Model:
    """Return the network that gives an image and its mirror image the mean of both opinions."""
    inputs = keras.Input((28, 28, 1))
    mirrored = keras.ops.flip(inputs, axis=2)
    return keras.Model(inputs, layers.Average()([model(inputs), model(mirrored)]))


class Mirrored(keras.utils.PyDataset):
    """Batches in which every image is mirrored in every other epoch."""

    def __init__(self, images: Images, labels: Labels, batch: int = BATCH, seed: int = 0) -> None:
        super().__init__()
        self.images, self.labels, self.batch = images, labels, batch
        self.random = np.random.default_rng(seed)
        self.flip = self.random.random(len(images)) < 0.5
        self.order = self.random.permutation(len(images))

    def __len__(self) -> int:
        return len(self.images) // self.batch

    def __getitem__(self, index: int) -> tuple[Images, Labels]:
        chosen = self.order[index * self.batch : (index + 1) * self.batch]
        images, flip = self.images[chosen], self.flip[chosen]
        images[flip] = images[flip][:, :, ::-1]
        return images, self.labels[chosen]

    def on_epoch_end(self) -> None:
        self.flip = ~self.flip
        self.order = self.random.permutation(len(self.images))


def one_cycle(steps: int, top: float = 0.01, rising: float = 0.25):
    """Return a learning rate that rises for a quarter of the steps, then falls to zero."""
    warm_up = int(rising * steps)
    return keras.optimizers.schedules.CosineDecay(
        top / 20, steps - warm_up, warmup_target=top, warmup_steps=warm_up
    )


def train_answer(images: Images, labels: Labels, epochs: int, **watching) -> keras.Model:
    """Train the kit's answer for some epochs."""
    batches = Mirrored(images, keras.utils.to_categorical(labels, 10))
    model = residual_network()
    model.compile(
        keras.optimizers.AdamW(one_cycle(epochs * len(batches)), weight_decay=0.02),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )
    model.fit(batches, epochs=epochs, verbose=0, **watching)
    return seen_from_both_sides(model)


def train_r1_conv(images: Images, labels: Labels, epochs: int = R1_EPOCHS) -> keras.Model:
    """Train R1's ConvNet as its report does."""
    model = networks.r1_conv()
    model.fit(images, labels, epochs=epochs, batch_size=256, verbose=0)
    return model


def accuracy(model: keras.Model, images: Images, labels: Labels) -> float:
    """Return the share of right predictions."""
    return float(np.mean(model.predict(images, batch_size=1_000, verbose=0).argmax(1) == labels))


def scaled(images: np.ndarray) -> Images:
    """Return images with values in [0, 1] and a channel axis."""
    return (images[..., np.newaxis] / 255).astype("float32")


def compare(
    seed: int, epochs: int = EPOCHS, r1_epochs: int = R1_EPOCHS
) -> Iterator[list[dict[str, Any]]]:
    """Train R1's ConvNet and the answer; after each, give the records of all so far."""
    (x_train, y_train), (x_test, y_test) = data.load_fashion_mnist()
    x_train, x_test = scaled(x_train), scaled(x_test)
    trainings: dict[str, tuple[int, Callable[..., keras.Model]]] = {
        "answer, in a third of the time": (epochs, train_answer),
        "R1-conv": (r1_epochs, train_r1_conv),
    }
    runs: list[dict[str, Any]] = []
    shuffling.in_every_epoch()
    for name, (count, train) in trainings.items():
        keras.utils.set_random_seed(seed)
        start, cpu_start = time.perf_counter(), time.process_time()
        model = train(x_train, y_train, count)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        record = {
            "network": name,
            "parameters": model.count_params(),
            "epochs": count,
            "seconds": round(seconds, 1),
            "CPU seconds": round(cpu_seconds, 1),
            "test accuracy": round(accuracy(model, x_test, y_test), 4),
        }
        print(", ".join(f"{key} {value}" for key, value in record.items()), flush=True)
        runs.append(record)
        yield with_shares(runs)


def with_shares(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with each training's share of R1-conv's time, once that is known."""
    whole = {run["seconds"] for run in runs if run["network"] == "R1-conv"}
    return [
        {**run, "share of R1-conv's time": round(run["seconds"] / seconds, 3)}
        for seconds in whole
        for run in runs
    ]


def choose(seed: int, epochs: int) -> None:
    """Train the answer once and print how it does on the images that are held out."""
    (x_train, y_train), _ = data.load_fashion_mnist()
    images = scaled(x_train)
    keras.utils.set_random_seed(seed)
    start = time.perf_counter()
    model = train_answer(images[HELD_OUT:], y_train[HELD_OUT:], epochs)
    seconds = time.perf_counter() - start
    reached = accuracy(model, images[:HELD_OUT], y_train[:HELD_OUT])
    print(f"{epochs} epochs, {seconds:.0f} s: validation accuracy {reached:.4f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--choose", type=int, metavar="EPOCHS", help="one training, validated")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if data.source().kind != "real":
        sys.exit("The challenge is about the real data; set LABKIT_DATA to its folder.")
    if arguments.choose:
        choose(arguments.seed, arguments.choose)
        return 0
    machine = {
        "onednn": os.environ["TF_ENABLE_ONEDNN_OPTS"] == "1",
        "cores": os.cpu_count(),
    }
    for runs in compare(arguments.seed):
        text = json.dumps({**machine, "runs": runs}, indent=1)
        RECORD.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
