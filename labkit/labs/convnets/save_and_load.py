"""Save and load

Save the trained `convnet` to a file whose name ends in `.keras`, and keep the name as `convnet_file`.
Then load it as `restored`, which can go on with its training. (R3's ending `.h5` is the old format;
Keras still reads it, and advises against it.)
"""

import numpy as np

from labkit import evidence
from labkit.checks import networks, structures
from labkit.checks.authoring import MODEL, Exercise, Message
from labkit.checks.exercise import Answer, Criterion, Unusable
from labkit.evidence import saved_networks
from labkit.labs.convnets import shared

exercise = Exercise(
    __doc__,
    needs={"convnet": MODEL},
    needs_first=True,
    convnet_file=Answer(
        saved_networks.saved, evidence.Model, "the name of a file that holds a network"
    ),
    restored=MODEL,
    hints=(
        "One method of the network writes the file, one function of Keras reads it.",
        "convnet.save(path) and keras.models.load_model(path); the path ends in .keras.",
        'convnet_file = "….keras"; convnet.save(...); restored = keras.models.load_model(...)',
    ),
)


@exercise.solution
def solution(keras, convnet):
    convnet_file = "convnet.keras"
    convnet.save(convnet_file)
    restored = keras.models.load_model(convnet_file)
    return convnet_file, restored


@exercise.criterion(3, asks="Save the trained `convnet` to a file whose name ends in `.keras`")
def _(convnet_file, convnet):
    """the file holds the trained network"""
    return _another("convnet_file", convnet_file, convnet, "Save convnet after its training.")


@exercise.criterion(3, asks="Then load it as `restored`")
def _(restored, convnet):
    """restored has the same layers and weights"""
    if restored.identity and restored.identity == convnet.identity:
        return Message(
            "restored is convnet itself, under a second name",
            "a network that was read from the file",
            "keras.models.load_model takes the name of the file and returns a network.",
        )
    next_step = "Load what you saved, from the same file."
    return _another("restored", restored, convnet, next_step)


def _another(name, model, convnet, next_step):
    """Say so if a network is not the trained one."""
    if not _same_layers(model, convnet):
        return Message(f"{name} is another network than convnet", "", next_step)
    if not _same_weights(model, convnet):
        saw = f"{name} has convnet's layers, but other weights"
        return Message(saw, "the trained ones", next_step)
    return None


def _same_layers(first, second):
    one, other = shared.chain(first), shared.chain(second)
    return (
        not one.fault
        and len(one.steps) == len(other.steps)
        and all(a.does(b) for a, b in zip(one.steps, other.steps, strict=True))
        and one.extras() + one.regularized() == other.extras() + other.regularized()
    )


def _same_weights(first, second):
    return len(first.weights) == len(second.weights) and all(
        np.array_equal(*pair) for pair in zip(first.weights, second.weights, strict=True)
    )


def _could_go_on(answers):
    restored, convnet = answers.restored, answers.convnet
    if not (restored.optimizer and restored.loss):
        return Message(
            "restored is not compiled",
            "a network with its optimizer and its loss, which could go on with its training",
            "Save the whole network, not its weights alone, and load it without switching that off.",
        )
    in_file = _in_the_file(answers)
    if in_file and _settings(in_file) != _settings(restored):
        return Message(
            f"restored is compiled with {_in_words(restored)}, the network in the file with "
            f"{_in_words(in_file)}",
            "the network of the file, as it was trained",
            "Save convnet as it is after its training, and do not compile what was loaded.",
        )
    optimizers = [_settings(model)[:2] for model in (convnet, in_file) if model]
    if _settings(restored)[2:] == _settings(convnet)[2:] and _settings(restored)[:2] in optimizers:
        return None
    if convnet.optimizer and _settings(restored) != _settings(convnet):
        return Message(
            f"restored is compiled with {_in_words(restored)}",
            f"{_in_words(convnet)}, as convnet",
            "The file brings all of it along: do not compile what was loaded.",
        )
    return None


def _settings(model):
    """Return what a training that goes on depends on: optimizer, learning rate and loss."""
    told = model.from_logits, model.loss_settings
    return model.optimizer, structures.learning_rate(model), model.loss, told


def _in_words(model):
    optimizer, rate, loss, _ = _settings(model)
    speed = f" at a rate of {rate:g}" if rate is not None else ""
    scores = " of scores (from_logits=True)" if model.from_logits else ""
    unusual = networks.unusual_loss(model)
    told = f" told {unusual}" if unusual else ""
    return f"{optimizer or 'no optimizer'}{speed} and {loss or 'no loss'}{scores}{told}"


def _in_the_file(answers):
    """Return the file's network, None where there is none.

    Keras 3 takes the optimizer out of the settings of a network that it saves in the old format: no
    file that is written of it later has the right one.
    """
    try:
        return answers.convnet_file
    except Unusable:
        return None


exercise.require(
    Criterion("restored could go on with its training", 2, _could_go_on),
    asks="which can go on with its training",
)


@exercise.sign
def saved_before_training(convnet_file, convnet):
    """The file holds other weights: it was written before the training, or the network was trained again after it."""
    return _same_layers(convnet_file, convnet) and not _same_weights(convnet_file, convnet)


@exercise.sign(
    shown_by=lambda keras, convnet_file, convnet: (convnet_file, shared.fresh(keras, convnet)),
    earns=5,
)
def layers_without_weights(restored, convnet):
    """restored has the layers and fresh random weights. A copy of the layers forgets what was learnt."""
    return _same_layers(restored, convnet) and not _same_weights(restored, convnet)


@exercise.sign
def weights_without_settings(restored, convnet):
    """Layers and weights are there; optimizer and loss are lost."""
    return _same_weights(restored, convnet) and not restored.optimizer


@exercise.right
def path(keras, convnet_file):
    import pathlib

    return pathlib.Path(convnet_file), keras.saving.load_model(convnet_file)


@exercise.right
def loaded_twice(keras, convnet_file):
    return ..., keras.models.load_model(convnet_file), keras.models.load_model(convnet_file)


@exercise.right
def saved_in_the_old_format_before(keras, convnet):
    model = shared.fresh(keras, convnet)
    model.set_weights(convnet.get_weights())
    model.save("before.h5")
    model.save("after.keras")
    return "after.keras", keras.models.load_model("after.keras"), model


exercise.wrong(constant=lambda: (1, 1))
exercise.wrong(earns=2, no_such_file=lambda convnet: ("nowhere.keras", convnet))


@exercise.wrong(earns=6)
def compiled_otherwise(keras, convnet_file):
    restored = keras.models.load_model(convnet_file, compile=False)
    restored.compile("sgd", "mse")
    return convnet_file, restored


@exercise.wrong(earns=6)
def at_another_rate(keras, convnet_file):
    restored = keras.models.load_model(convnet_file)
    restored.compile(keras.optimizers.Adam(0.1), restored.loss, metrics=["accuracy"])
    return convnet_file, restored


@exercise.wrong(earns=6)
def compiled_before_it_was_saved(keras, convnet_file):
    """The file's network would go on otherwise than convnet does, and than what is in memory."""
    other = keras.models.load_model(convnet_file)
    other.compile("sgd", "mse")
    other.save("otherwise.keras")
    return "otherwise.keras", keras.models.load_model(convnet_file)


@exercise.wrong(earns=5)
def frozen(keras, convnet_file):
    restored = keras.models.load_model(convnet_file)
    restored.layers[0].trainable = False
    return convnet_file, restored


@exercise.wrong(earns=6)
def told_of_scores(keras, convnet_file):
    restored = keras.models.load_model(convnet_file)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    restored.compile(restored.optimizer, loss, metrics=["accuracy"])
    return convnet_file, restored


exercise.wrong(earns=5, never_loaded=lambda convnet_file, convnet: (convnet_file, convnet))


@exercise.wrong(earns=5)
def old_format(keras, convnet):
    convnet.save("convnet.h5")
    return "convnet.h5", keras.models.load_model("convnet.h5")


@exercise.wrong(earns=2, shows="saved-before-training")
def too_early(keras, convnet_file, convnet):
    shared.fresh(keras, convnet).save("early.keras")
    return "early.keras", keras.models.load_model("early.keras")


@exercise.wrong(earns=6, shows="weights-without-settings")
def not_compiled(keras, convnet_file):
    return convnet_file, keras.models.load_model(convnet_file, compile=False)


@exercise.wrong(earns=5)
def weights_alone(convnet_file, convnet):
    convnet.save_weights("convnet.weights.h5")
    return "convnet.weights.h5", ...


exercise.alike["*compiled with metrics *"] = "what is reported is no part of how a training goes on"
