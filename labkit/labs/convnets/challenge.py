"""The challenge

Build a network `challenger` of your own, as good as you can make it, and train it on the images that
are not held out. Keep the history, with validation after every epoch, as `challenger_history`. A
short training is enough for all points here: the check measures the accuracy on the test images, and
each step of this scale is worth {points:the first step of the scale} points.

```python scale
pd.DataFrame(lab.SCALE, index=["1st step", "2nd step", "3rd step", "4th step"]).T
```

<!-- #region challenge-further -->
Once all steps are taken: more epochs, and the clock against the ConvNet. Will you make it into the
table above?
<!-- #endregion -->

```python held-out
held_out = len(x_train) // 12
x_learn, y_learn = x_train_scaled[held_out:], keras.utils.to_categorical(y_train[held_out:], 10)
x_held, y_held = x_train_scaled[:held_out], keras.utils.to_categorical(y_train[:held_out], 10)
x_held.shape[1:], y_held.shape[1:]
```
"""

import numpy as np

from labkit.checks import criteria, histories, measure, trainings
from labkit.checks.authoring import HISTORY, MODEL, Exercise, Message
from labkit.evidence import facts, fits
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    challenger=MODEL,
    challenger_history=HISTORY,
    hints=(
        "Begin with something that works, the ConvNet, and change one thing at a time.",
        "keras.layers.BatchNormalization lets a network take larger steps; "
        "keras.optimizers.schedules.CosineDecay makes them smaller towards the end.",
        "challenger.fit(x_train_scaled[held_out:], ..., epochs=..., "
        "validation_data=(x_train_scaled[:held_out], ...))",
    ),
)


@exercise.solution
def solution(np, keras, x_learn, y_learn, x_held, y_held):
    def residual_block(x, filters):
        """Halve rows and columns; two convolutions learn what to add to a shortcut around them."""
        shortcut = keras.layers.AveragePooling2D(2, padding="same")(x)
        shortcut = keras.layers.Conv2D(filters, 1, use_bias=False)(shortcut)
        for strides, last in ((2, False), (1, True)):
            x = keras.layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
            x = keras.layers.BatchNormalization(momentum=0.9)(x)
            x = keras.layers.Add()([x, shortcut]) if last else x
            x = keras.layers.Activation("relu")(x)
        return x

    class Mirrored(keras.utils.PyDataset):
        """Batches in which every image is mirrored in every other epoch."""

        def __init__(self, images, labels, batch):
            super().__init__()
            self.images, self.labels, self.batch = images, labels, batch
            self.random = np.random.default_rng(0)
            self.flip = self.random.random(len(images)) < 0.5
            self.on_epoch_end()

        def __len__(self):
            return len(self.images) // self.batch

        def __getitem__(self, index):
            chosen = self.order[index * self.batch : (index + 1) * self.batch]
            images, flip = self.images[chosen], self.flip[chosen]
            images[flip] = images[flip][:, :, ::-1]
            return images, self.labels[chosen]

        def on_epoch_end(self):
            self.flip = ~self.flip
            self.order = self.random.permutation(len(self.images))

    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(16, 5, 2, padding="same", activation="relu")(inputs)
    for filters in (32, 64, 128):
        x = residual_block(x, filters)
    x = keras.layers.GlobalAveragePooling2D()(x)
    challenger = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))

    epochs = 3  # benchmarks/challenge.py takes more
    batches = Mirrored(x_learn, y_learn, batch=128)
    steps = epochs * len(batches)
    one_cycle = keras.optimizers.schedules.CosineDecay(
        0.0005, 3 * steps // 4, warmup_target=0.01, warmup_steps=steps // 4
    )
    challenger.compile(
        keras.optimizers.AdamW(one_cycle, weight_decay=0.02),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )
    challenger_history = challenger.fit(
        batches, epochs=epochs, validation_data=(x_held, y_held), verbose=0
    )
    return challenger, challenger_history


SHARE_HELD_OUT = 12  # one image in so many: the first 5,000 of 60,000
_ONE_IMAGE = 2e-4
# Another part of the training images may have been held out; another machine rounds differently.
_LUCK = 0.03
_SOME_TWICE = 0.01  # so many images may be found twice in the data

exercise.require(
    criteria.takes_images("challenger", 1, channel=True),
    asks="train it on the images that are not held out",
)


@exercise.criterion(1, asks="Keep the history, with validation after every epoch")
def _(challenger, challenger_history, data):
    """watched on images that were held out"""
    told = _told(challenger_history)
    if not told:
        return Message(
            "challenger_history has no validation accuracy",
            "one after every epoch, measured on the images that were held out",
            "Hand the images that were held out to fit() as validation_data.",
        )
    if seldom := trainings.seldom_watched(challenger_history, "challenger_history"):
        return seldom
    try:
        seen = measure.accuracy(challenger, *_held_out(data))
    except measure.NotMeasurable as error:
        return Message(f"challenger cannot be tried on the images: {error}")
    fit = challenger_history.fit
    held_out = fit.held_out if fit else None
    if _on_test_set(challenger, told, data) or (held_out and trainings.of_tests(data, held_out)):
        return Message(
            "challenger_history was made with the test images",
            "a validation accuracy on images that were held out from the training images",
            "Hand x_held and y_held to fit() as validation_data.",
        )
    noted = [note.learnt for note in (*challenger.fits, fit) if note and note.learnt]
    if held_out and any(_overlap(held_out.images, learnt.images) for learnt in noted):
        return Message(
            "challenger has learnt from the images that it was validated on",
            "trainings on images that are not held out, from a network of your own on",
            "Hand x_learn and y_learn to fit(), and x_held and y_held as validation_data.",
        )
    if any(trainings.of_tests(data, learnt) for learnt in noted):
        return Message(
            "challenger has learnt from test images",
            "a network that has seen training images alone",
            "Hand x_learn and y_learn to fit().",
        )
    if fault := trainings.better_on_tests(challenger, data, "challenger"):
        return fault
    if held_out and held_out.highest > 1.5:
        return Message(
            "challenger_history was measured on pixels from 0 to 255",
            "a validation on scaled images",
            "Hand x_held and y_held to fit() as validation_data.",
        )
    if trainings.tells_of_another(challenger_history, challenger):
        return Message(
            "challenger_history was made by another network's fit(), not by challenger's",
            "the history of this network",
            "Keep what fit() returns where challenger itself is trained.",
        )
    if min(abs(seen - value) for value in told) > _LUCK:
        return Message(
            f"challenger_history ends with a validation accuracy of {told[-1]:.1%}. Measured on "
            f"the images that were held out, challenger reaches {seen:.1%}",
            "the history of this network",
            "Run the cells that build and train challenger once more, in this order.",
        )


def _told(history):
    return trainings.curve(history, "accuracy", validation=True)


def _held_out(data):
    count = len(data.x_train) // SHARE_HELD_OUT
    return data.x_train[:count], data.y_train[:count]


def _on_test_set(challenger, told, data):
    """Tell whether the last validation accuracy is that on the test images, and no other."""
    exact = measure.accuracy(challenger, data.x_test, data.y_test)
    held = measure.accuracy(challenger, *_held_out(data))
    return abs(told[-1] - exact) < _ONE_IMAGE < abs(told[-1] - held)


def _overlap(images, others):
    return np.isin(images, others).mean() > _SOME_TWICE


def _step(number, word):
    """Return one step of the scale."""
    return criteria.floor(
        "challenger",
        lambda answers: shared.SCALE[answers.data.kind][number],
        3,
        f"the {word} step of the scale",
        "Choose by validation accuracy what you change next: wider, deeper, longer, other steps.",
        on_all=True,
    )


for number, word in enumerate(("first", "second", "third", "fourth")):
    exercise.require(_step(number, word), asks="each step of this scale is worth")


@exercise.sign
def no_validation(challenger_history):
    """Nothing was held out. Whoever then chooses by the test images has none left that the network has not been chosen by."""
    return not _told(challenger_history)


@exercise.sign
def validation_on_the_test_set(challenger, challenger_history, data):
    """The validation accuracy is the one on the test set. Whoever chooses by it has no unseen images left in the end."""
    return _on_test_set(challenger, _told(challenger_history), data)


@exercise.sign
def trained_on_unscaled_images(challenger, data):
    """The network does better on pixels from 0 to 255 than on scaled ones: it was trained on images that are not scaled."""
    return _on_some(challenger, data, 1) > _on_some(challenger, data) + 0.05


@exercise.sign
def not_trained(challenger, data):
    """The network does hardly better than guessing. Was it trained, and are its labels those of the images?"""
    return _on_some(challenger, data) < 0.2


def _on_some(challenger, data, scale=255.0):
    """Return the accuracy on some test images, whose pixels are divided by `scale`."""
    return measure.accuracy(challenger, *measure.thinned(data.x_test, data.y_test), scale)


def _share(np, model, images, labels):
    return float((np.asarray(model(images, training=False)).argmax(axis=1) == labels).mean())


def _ending(history, share):
    """Return the history with another end of its validation accuracy."""
    others = history.history["val_accuracy"][:-1]
    return histories.changed(history, history.history | {"val_accuracy": [*others, share]})


@exercise.right
def sequential(keras, x_learn, y_learn, x_held, y_held):
    layers = keras.layers
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 5, 2, padding="same", activation="relu"),
            layers.BatchNormalization(momentum=0.8),
            layers.Conv2D(32, 3, 2, padding="same", activation="relu"),
            layers.BatchNormalization(momentum=0.8),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
    )
    model.compile(keras.optimizers.Adam(0.003), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x_learn, y_learn, validation_data=(x_held, y_held), epochs=4, batch_size=64, verbose=0
    )
    return model, history


@exercise.right
def of_two_branches(keras, challenger, challenger_history):
    inputs = keras.Input((28, 28, 1))
    both = keras.layers.Average()([challenger(inputs), challenger(inputs)])
    return keras.Model(inputs, both), challenger_history


exercise.wrong(constant=lambda: (0, 0))


@exercise.wrong(earns=13, shows="no-validation")
def not_validated(challenger, challenger_history):
    curves = challenger_history.history
    own = {key: curves[key] for key in curves if not key.startswith("val_")}
    return challenger, histories.changed(challenger_history, own)


@exercise.wrong(earns=13, shows="validation-on-the-test-set")
def on_the_test_set(np, challenger, challenger_history, x_test_scaled, y_test):
    share = _share(np, challenger, x_test_scaled, y_test)
    return challenger, _ending(challenger_history, share)


@exercise.wrong(earns=13)
def held_out_and_learnt(challenger, challenger_history, x_train, y_train, held_out):
    history = histories.changed(challenger_history, challenger_history.history)
    learnt = fits.shown(x_train, y_train)
    held = fits.shown(x_train[:held_out], y_train[:held_out])
    fits.add(history, facts.Fit(128, 0, learnt, held))
    return challenger, history


@exercise.wrong(earns=1, shows="trained-on-unscaled-images")
def unscaled(keras, challenger, challenger_history):
    """The network does on pixels from 0 to 255 what the trained one does on scaled ones."""
    model = keras.models.clone_model(challenger)
    kernel, *others = challenger.get_weights()
    model.set_weights([kernel / 255, *others])
    return model, challenger_history


@exercise.wrong(earns=2, shows="not-trained")
def untrained(np, keras, challenger, challenger_history, x_held, y_train, held_out):
    model = keras.models.clone_model(challenger)
    share = _share(np, model, x_held, y_train[:held_out])
    return model, _ending(challenger_history, share)


@exercise.wrong(earns=13)
def history_of_another(challenger):
    return challenger, histories.history({"val_accuracy": [0.1, 0.2]})


_FREE = "how long it trains, how, and from how many of the images that are not held out, is free"
exercise.alike.update(
    {
        "code: *": "a network of one's own: whatever takes the steps of the scale on new images",
        "challenger learnt a half": _FREE,
        "challenger learnt a half, watched on a half": _FREE,
        "challenger learnt the last ones": "these are the images that are not held out",
        "challenger learnt the last ones, watched on a half": _FREE,
        "challenger watched on a half": "a part of the images held out is held out, too",
        "challenger for *": _FREE,
        "challenger in *": _FREE,
        "challenger from a later epoch on": _FREE,
        "challenger with a class that counts more": _FREE,
        "challenger with some images that count more": _FREE,
        "challenger without *": _FREE,
        "challenger twice": _FREE,
        "challenger an epoch before": _FREE,
        "challenger compiled *": _FREE,
        "challenger stopped by *": _FREE,
        "challenger a rebuilt one with its weights": "as one that was read from its file",
    }
)
