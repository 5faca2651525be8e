"""What an answer to lab 6's challenge is made of: its network, its images, its training."""

import math
import os
from collections.abc import Iterator

from benchmarks.recipes import Recipe
from labkit.notebook import feeding, setup

os.environ.update(setup.TENSORFLOW | os.environ)

import keras
import numpy as np
import tensorflow as tf
from keras import layers

feeding.mend()

Images = np.ndarray
Labels = np.ndarray
SIDE = 28
CLASSES = 10
MANY_PLACES = 4
MOVES = ((0, 0), (1, 1), (-1, -1), (1, -1), (-1, 1))


# --- the network --------------------------------------------------------------------------------


class FusedNormalization(layers.Layer):
    """Batch normalization in one operation; Keras's own takes a dozen over all values."""

    def __init__(self, zero: bool = False, bias_speed: float = 1.0, momentum: float = 0.9) -> None:
        super().__init__()
        self.zero, self.bias_speed, self.momentum = zero, bias_speed, momentum

    def build(self, shape: tuple[int, ...]) -> None:
        def weight(start: str, learned: bool) -> keras.Variable:
            settings = {"shape": shape[-1:], "dtype": "float32", "autocast": False}
            return self.add_weight(initializer=start, trainable=learned, **settings)

        self.gamma = weight("zeros" if self.zero else "ones", True)
        self.beta = weight("zeros", True)
        self.mean, self.variance = weight("zeros", False), weight("ones", False)

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        normalize = tf.compat.v1.nn.fused_batch_norm
        how = (tf.convert_to_tensor(self.gamma), self.bias_speed * self.beta)
        if not training:
            seen = map(tf.convert_to_tensor, (self.mean, self.variance))
            return normalize(x, *how, *seen, is_training=False)[0]
        y, *seen = normalize(x, *how)
        for kept, new in zip((self.mean, self.variance), seen, strict=True):
            kept.assign(self.momentum * kept + (1 - self.momentum) * new)
        return y

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return shape


class Convolution(layers.Conv2D):
    """A convolution; where few places are left, one product of matrices gives its gradient.

    oneDNN takes two to four times as long for the filters of images of 4 × 4 and smaller.
    """

    def convolution_op(self, x: tf.Tensor, kernel: keras.Variable) -> tf.Tensor:
        side = x.shape[1]
        if side is None or -(-side // self.strides[0]) > MANY_PLACES:
            return super().convolution_op(x, kernel)
        return _convolved(x, tf.convert_to_tensor(kernel), self.strides[0])


def _convolved(x: tf.Tensor, kernel: tf.Tensor, strides: int) -> tf.Tensor:
    steps = [1, strides, strides, 1]

    @tf.custom_gradient
    def convolve(x, kernel):
        def gradients(upstream):
            of_image = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(x),
                filter=kernel,
                out_backprop=upstream,
                strides=steps,
                padding="SAME",
            )
            seen = patches(x, kernel.shape[0], strides)
            wanted = tf.reshape(upstream, (-1, kernel.shape[-1]))
            of_kernel = tf.matmul(seen, wanted, transpose_a=True)
            return of_image, tf.reshape(of_kernel, kernel.shape)

        return tf.nn.conv2d(x, kernel, steps, "SAME"), gradients

    return convolve(x, kernel)


def patches(images: tf.Tensor, side: int, strides: int) -> tf.Tensor:
    """Return what a square filter sees of images, in a line for each of its places."""
    rows, channels = images.shape[1], images.shape[-1]
    places = -(-rows // strides)
    margin = max((places - 1) * strides + side - rows, 0)
    around = (margin // 2, margin - margin // 2)
    padded = tf.pad(images, ((0, 0), around, around, (0, 0)))
    at = np.arange(places)[:, None] * strides + np.arange(side)
    pixels = at[:, None, :, None] * (rows + margin) + at[None, :, None, :]
    pixels_of_each = tf.reshape(padded, (-1, (rows + margin) ** 2, channels))
    return tf.reshape(
        tf.gather(pixels_of_each, pixels.ravel(), axis=1), (-1, side * side * channels)
    )


class PassingOn(keras.initializers.Initializer):
    """Random filters, the first of which hand the channels on (a *Dirac* start)."""

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> tf.Tensor:
        kernel = np.array(keras.initializers.GlorotUniform()(shape))
        same = range(min(shape[2:]))
        kernel[..., : len(same)] = 0
        kernel[shape[0] // 2, shape[1] // 2, same, same] = 1
        return keras.ops.convert_to_tensor(kernel, dtype)


def convolution(
    x: keras.KerasTensor,
    filters: int,
    recipe: Recipe,
    kernel: int = 3,
    strides: int = 1,
    last: bool = False,
) -> keras.KerasTensor:
    """Convolve and normalize: with normalized values, steps can be large."""
    settings = {"strides": strides, "padding": "same", "use_bias": False}
    if recipe.separable and kernel == 3:
        x = layers.DepthwiseConv2D(3, **settings)(x)
        x = layers.Conv2D(filters, 1, use_bias=False)(x)
    else:
        start = PassingOn() if recipe.identity else "glorot_uniform"
        x = Convolution(filters, kernel, kernel_initializer=start, **settings)(x)
    if recipe.fused:
        return FusedNormalization(last and recipe.quiet_start, recipe.bias_speed)(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def weighed(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    """Weigh the channels by what is seen in the whole image (*squeeze and excite*)."""
    seen = layers.GlobalAveragePooling2D(keepdims=True)(x)
    seen = layers.Conv2D(filters // 4, 1, activation="relu")(seen)
    return layers.Multiply()([x, layers.Conv2D(filters, 1, activation="sigmoid")(seen)])


def residual_block(
    x: keras.KerasTensor, filters: int, recipe: Recipe, strides: int
) -> keras.KerasTensor:
    """Let two convolutions learn what to add to a shortcut around them."""
    shortcut = x
    if strides > 1:
        shortcut = layers.AveragePooling2D(strides, padding="same")(x)
        shortcut = layers.Conv2D(filters, 1, use_bias=False)(shortcut)
    x = layers.Activation("relu")(convolution(x, filters, recipe, strides=strides))
    x = convolution(x, filters, recipe, last=True)
    if recipe.squeezed:
        x = weighed(x, filters)
    return layers.Activation("relu")(layers.Add()([x, shortcut]))


def network(recipe: Recipe) -> keras.Model:
    """Return a network with few filters while the images are large, more when they are small."""
    side = None if recipe.small_epochs else SIDE
    inputs = keras.Input((side, side, 1))
    if recipe.whitened:
        settings = {"strides": recipe.stride, "padding": "same", "name": "whitening"}
        x = layers.Conv2D(recipe.stem, recipe.kernel, **settings)(inputs)
    else:
        x = convolution(inputs, recipe.stem, recipe, recipe.kernel, recipe.stride)
    x = layers.Activation("relu")(x)
    for filters, further in zip(recipe.widths, recipe.further, strict=True):
        for strides in (2, *[1] * further):
            x = residual_block(x, filters, recipe, strides)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(CLASSES, activation="softmax", dtype="float32")(x))


def whiten(model: keras.Model, images: Images) -> None:
    """Let the first layer see decorrelated patches, each both ways up, and learn no more."""
    layer = model.get_layer("whitening")
    side, count = layer.kernel_size[0], layer.filters // 2
    views = np.lib.stride_tricks.sliding_window_view(images[:2_000, ..., 0], (side, side), (1, 2))
    patches = views[:, ::3, ::3].reshape(-1, side * side)
    variances, directions = np.linalg.eigh(np.cov(patches, rowvar=False))
    scaled = directions / np.sqrt(variances + 1e-2)
    kernel = scaled[:, ::-1][:, :count].reshape(side, side, 1, count)
    layer.set_weights([np.concatenate([kernel, -kernel], axis=-1), np.zeros(2 * count)])
    layer.trainable = False


# --- the images ---------------------------------------------------------------------------------


def batches(images: Images, labels: Labels, recipe: Recipe) -> tf.data.Dataset:
    """Return the batches of all epochs, one epoch after the other; what does not fill one is left.

    In ``alternating`` epochs each image is mirrored in every other one.
    """
    margin, size = recipe.shift, SIDE + 2 * recipe.shift
    border = ((0, 0), (margin, margin), (margin, margin), (0, 0))
    pixels = tf.constant(np.pad(images, border).ravel())
    answers = tf.constant(keras.utils.to_categorical(labels, CLASSES))
    mirrored_first = tf.random.uniform([len(images)], 0, 2, tf.int64)
    line, steps = tf.range(SIDE, dtype=tf.int64), len(images) // recipe.batch

    def drawn(below: int) -> tf.Tensor:
        return tf.random.uniform([recipe.batch, 1], 0, below, tf.int64)

    def mirrored(number: tf.Tensor, chosen: tf.Tensor) -> tf.Tensor:
        if recipe.flip == "random":
            return drawn(2) == 1
        return (tf.gather(mirrored_first, chosen)[:, None] + number) % 2 == 1

    def seen(number: tf.Tensor, chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows, columns = (line + drawn(2 * margin + 1) for _ in range(2))
        if recipe.flip != "none":
            columns = tf.where(mirrored(number, chosen), columns[:, ::-1], columns)
        first = chosen[:, None, None] * size * size
        made = tf.gather(pixels, first + rows[:, :, None] * size + columns[:, None, :])
        if recipe.erased:
            down, across = (tf.abs(line - drawn(SIDE)) * 2 < recipe.erased for _ in range(2))
            made = tf.where(down[:, :, None] & across[:, None, :], 0.0, made)
        return made[..., None], tf.gather(answers, chosen)

    # A dataset that were made anew for each epoch would shuffle each in the same order.
    order = tf.data.Dataset.range(len(images)).shuffle(len(images))
    every = order.batch(recipe.batch, drop_remainder=True).repeat(recipe.epochs).enumerate()
    return feeding.untuned(every.map(lambda at, chosen: seen(at // steps, chosen)).prefetch(4))


def halved(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the images at half their size."""
    return tf.nn.avg_pool2d(images, 2, 2, "VALID"), labels


# --- the training -------------------------------------------------------------------------------


class Muon(keras.optimizers.Muon):
    """Muon for convolutions: Keras's orthogonalizes the steps of matrices, and there are none."""

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) != 4

    def zeropower_via_newtonschulz5(self, x: tf.Tensor, steps: int) -> tf.Tensor:
        matrix = tf.reshape(x, (-1, x.shape[-1]))
        return tf.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x: tf.Tensor) -> tf.Tensor:
        return x * self.rms_rate * math.sqrt(max(math.prod(x.shape[:-1]), x.shape[-1]))


def one_cycle(steps: int, top: float, rising: float):
    """Return a learning rate that rises for a share of the steps, then falls to zero."""
    warm_up = int(rising * steps)
    return keras.optimizers.schedules.CosineDecay(
        top / 20, steps - warm_up, warmup_target=top, warmup_steps=warm_up
    )


def optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Return what makes the steps of a training."""
    rate = one_cycle(steps, recipe.top, recipe.rising) if recipe.rising else recipe.top
    settings = {"learning_rate": rate, "weight_decay": recipe.decay}
    if recipe.average:
        settings |= {"use_ema": True, "ema_momentum": recipe.average}
    if recipe.optimizer == "SGD":
        return keras.optimizers.SGD(momentum=0.9, nesterov=True, **settings)
    if recipe.optimizer == "Muon":
        return Muon(adam_weight_decay=recipe.decay, **settings)
    return keras.optimizers.AdamW(**settings)


def train(images: Images, labels: Labels, recipe: Recipe) -> keras.Model:
    """Build a network and train it as the recipe says."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(recipe.precision)
    try:
        model = network(recipe)
    finally:
        keras.config.set_dtype_policy(before)
    if recipe.whitened:
        whiten(model, images)
    steps = len(images) // recipe.batch
    model.compile(
        optimizer(recipe, steps * recipe.epochs),
        keras.losses.CategoricalCrossentropy(label_smoothing=recipe.smoothing),
        jit_compile=recipe.jit,
    )
    every = batches(images, labels, recipe)
    of_epochs = {"steps_per_epoch": steps, "shuffle": False, "verbose": 0}
    small = recipe.small_epochs
    if small:
        model.fit(every.take(small * steps).map(halved), epochs=small, **of_epochs)
        every = every.skip(small * steps)
    model.fit(every, epochs=recipe.epochs, initial_epoch=small, **of_epochs)
    return model


def opinions(model: keras.Model, images: Images, views: str) -> np.ndarray:
    """Return the mean of the probabilities that the network gives to several views of an image."""
    seen = looks(images, views)
    return np.mean([model.predict(view, batch_size=500, verbose=0) for view in seen], axis=0)


def looks(images: Images, views: str) -> Iterator[Images]:
    """Yield the images as they are, mirrored, and moved by a pixel, as `views` says."""
    for move in MOVES if "moved" in views else MOVES[:1]:
        moved = np.roll(images, move, axis=(1, 2))
        yield moved
        if "mirrored" in views:
            yield moved[:, :, ::-1]
