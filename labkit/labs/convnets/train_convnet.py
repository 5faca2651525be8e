"""Train for a few epochs

Compile `convnet` with the optimizer Adam, with the cross-entropy that fits whole-number labels, and
with accuracy as the first metric. Then train it for **3 epochs** in batches of 256, with the **last
fifth** of the training images set aside for validation, and keep what `fit` returns as `convnet_history`.
Its layers stay as you have defined them, and all images count alike.
(`verbose=0` keeps the output short, `verbose=1` shows a progress bar.)
"""

import dataclasses

from labkit.checks import histories, losses, networks, trainings
from labkit.checks.authoring import HISTORY, MODEL, Exercise
from labkit.labs import floors
from labkit.labs.convnets import shared

EPOCHS = 3

exercise = Exercise(
    __doc__,
    needs={"convnet": MODEL},
    needs_first=True,
    convnet_history=HISTORY,
    hints=(
        "Two calls, as in lab 3: one tells the network how to learn, one lets it.",
        "convnet.compile(...), then convnet.fit(...) with epochs, batch_size and validation_split.",
        "convnet.fit(x_train_scaled, y_train, epochs=..., batch_size=..., "
        "validation_split=..., verbose=0)",
    ),
)


@exercise.solution
def solution(convnet, x_train_scaled, y_train):
    convnet.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    convnet_history = convnet.fit(
        x_train_scaled, y_train, epochs=3, batch_size=256, validation_split=0.2, verbose=0
    )
    return convnet_history


exercise.require(
    networks.compiled_for_classes("convnet", 1),
    asks="Compile `convnet` with the optimizer Adam, with the cross-entropy that fits",
)
exercise.require(trainings.epochs("convnet_history", EPOCHS, 1), asks="for **3 epochs**")
exercise.require(trainings.validated("convnet_history", 1), asks="set aside for validation")
exercise.require(
    trainings.belongs(
        "convnet_history",
        "convnet",
        2,
        dataclasses.replace(trainings.LAST_FIFTH, batch=256, **trainings.ADAM_ON_LABELS),
    ),
    asks="in batches of 256, with the **last fifth** of the training images",
)
LEARNT, LAYERS = floors.learnt(
    "convnet",
    "convnet",
    lambda seen: shared.CONVNET,
    2,
    "the network has learnt",
    "Were the images scaled, and do loss and labels fit together?",
)
exercise.require(LEARNT, asks="Then train it")
exercise.require(LAYERS, asks="Its layers stay as you have defined them")
exercise.knows(*trainings.mistakes("convnet_history", "convnet", EPOCHS))


@exercise.right
def put_together(convnet_history):
    return histories.changed(convnet_history, convnet_history.history)


@exercise.right
def another_name_of_the_accuracy(convnet_history):
    curves = convnet_history.history
    renamed = {
        key.replace("accuracy", "sparse_categorical_accuracy"): curves[key] for key in curves
    }
    return histories.changed(convnet_history, renamed)


exercise.wrong(
    earns=4, constant=lambda: 3, its_dictionary=lambda convnet_history: convnet_history.history
)
exercise.wrong(earns=3, not_trained=lambda keras, convnet: (..., shared.fresh(keras, convnet)))


@exercise.wrong(earns=5, shows="too-few-epochs")
def two_epochs(convnet_history):
    curves = convnet_history.history
    return histories.changed(convnet_history, {key: curves[key][1:] for key in curves})


@exercise.wrong(earns=5, shows="no-validation")
def no_validation(convnet_history):
    curves = convnet_history.history
    own = {key: curves[key] for key in curves if not key.startswith("val_")}
    return histories.changed(convnet_history, own)


@exercise.wrong(earns=3, shows="trained-on-unscaled-images")
def unscaled(keras, convnet_history, convnet):
    """The network does on pixels from 0 to 255 what the trained one does on scaled ones."""
    model = shared.fresh(keras, convnet)
    kernel, *others = convnet.get_weights()
    model.set_weights([kernel / 255, *others])
    return ..., model


@exercise.wrong(earns=6, shows="validation-on-the-test-set")
def on_the_test_set(
    np, keras, convnet_history, convnet, x_train_scaled, y_train, x_test_scaled, y_test
):
    """The network does otherwise on the last fifth, which it knows, than on the test images."""
    keras.utils.set_random_seed(2)
    model = shared.fresh(keras, convnet)
    start = int(len(y_train) * 0.8)
    model.fit(x_train_scaled[start:], y_train[start:], epochs=14, batch_size=32, verbose=0)
    outputs = np.asarray(model(x_test_scaled, training=False))
    share = float((outputs.argmax(axis=1) == y_test).mean())
    loss = float(-np.log(outputs[np.arange(len(y_test)), y_test]).mean())
    ends = {"val_accuracy": [0.1, 0.2, share], "val_loss": [2.0, 1.0, loss]}
    return histories.changed(convnet_history, convnet_history.history | ends), model


exercise.alike["convnet compiled with half the rate"] = "the text names an optimizer, and no rate"
exercise.alike["convnet stopped by *, weights restored"] = losses.ANY_EPOCH
