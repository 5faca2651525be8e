"""Measure a network instead of believing what is said of it."""

import collections
import hashlib
import json
import math
import warnings

import numpy as np

from labkit import evidence

BATCH = 1_000
# Every k-th image is enough to see what a network can do, and keeps a check quick.
PROBED = 2_500
KERAS_LEAST = 1e-7
_REMEMBERED = 8
_outputs: collections.OrderedDict[str, np.ndarray] = collections.OrderedDict()


class NotMeasurable(ValueError):
    """A network that cannot be run on the course's images."""


def outputs(model: evidence.Model, images: np.ndarray, scale: float = 255.0) -> np.ndarray:
    """Return what `model` puts out for `images`.

    Parameters
    ----------
    model : evidence.Model
        In the student's own process its `live` function is called; elsewhere the network is
        built from its configuration (in Keras's safe mode: no code of the student's) and weights.
    images : ndarray of uint8, shape (n, 28, 28)
    scale : float
        What the pixel values are divided by.

    Returns
    -------
    ndarray of float32, shape (n, k)

    Raises
    ------
    NotMeasurable
        If the network does not take such images or cannot be built.
    """
    key = _fingerprint(model, images, scale)
    if key not in _outputs:
        _outputs[key] = _run(model, images, scale)
        while len(_outputs) > _REMEMBERED:
            _outputs.popitem(last=False)
    _outputs.move_to_end(key)
    return _outputs[key]


def accuracy(
    model: evidence.Model, images: np.ndarray, labels: np.ndarray, scale: float = 255.0
) -> float:
    """Return the share of `images` that `model` puts into the right class."""
    return float(np.mean(outputs(model, images, scale).argmax(axis=1) == labels))


def cross_entropy(
    model: evidence.Model,
    images: np.ndarray,
    labels: np.ndarray,
    scale: float = 255.0,
    least: float = float(np.finfo(np.float32).tiny),
) -> float:
    """Return the mean categorical cross-entropy of `model`; parameters as `cross_entropies`."""
    return float(np.mean(cross_entropies(model, images, labels, scale, least), dtype=np.float64))


def cross_entropies(
    model: evidence.Model,
    images: np.ndarray,
    labels: np.ndarray,
    scale: float = 255.0,
    least: float = float(np.finfo(np.float32).tiny),
) -> np.ndarray:
    """Return the categorical cross-entropy of `model` for each image, of shape (n,).

    A probability below `least` counts as `least`. When it evaluates a network, Keras takes the
    loss from what goes into the softmax, and so nothing is too small for it. Given probabilities,
    it counts none below `KERAS_LEAST`. A network whose loss takes scores puts out scores.
    """
    rows = outputs(model, images, scale)
    if model.from_logits:
        rows = rows.astype(float) - rows.max(axis=1, keepdims=True)
        rows = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    chosen = rows[np.arange(len(labels)), labels]
    return -np.log(np.clip(chosen, least, 1.0))


def thinned(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every k-th image with its label: `PROBED` of them, or a few more; all of a few."""
    step = max(1, len(images) // PROBED)
    return images[::step], labels[::step]


def luck(share: float) -> float:
    """Return how far an accuracy on `thinned` images may lie from that on all, by luck."""
    return 4 * math.sqrt(max(share * (1 - share), 0.01) / PROBED)


def _run(model: evidence.Model, images: np.ndarray, scale: float) -> np.ndarray:
    shape = model.input_shape
    if shape is None or None in shape[1:] or int(np.prod(shape[1:])) != images[0].size:
        raise NotMeasurable(f"it takes input of shape {shape}")
    run = model.live or _build(model)
    parts = []
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH].astype(np.float32) / np.float32(scale)
        with warnings.catch_warnings():  # what Keras warns of is judged, not printed
            warnings.simplefilter("ignore")
            parts.append(run(part.reshape(-1, *shape[1:])))
    result = np.concatenate(parts)
    if result.ndim != 2:
        raise NotMeasurable(f"it puts out an array of shape {result.shape}")
    return result


def _build(model: evidence.Model):
    import keras

    try:
        # TensorFlow's own functions are no part of Keras; tf.nn.softmax is called softmax_v2.
        built = keras.saving.deserialize_keras_object(
            json.loads(model.config),
            custom_objects={"softmax_v2": keras.activations.softmax},
            safe_mode=True,
        )
        built.set_weights(list(model.weights))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise NotMeasurable(f"it cannot be built again: {error}") from error
    return lambda images: np.asarray(built(images, training=False))


def _fingerprint(model: evidence.Model, images: np.ndarray, scale: float) -> str:
    digest = hashlib.sha256(f"{model.config} {scale} {images.shape}".encode())
    for part in (*model.weights, images[:: max(1, len(images) // 16)]):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()
