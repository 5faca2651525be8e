"""Mend how Keras feeds arrays to a network: shuffled anew in every epoch, and without a wait.

Keras 3 draws the order of the images within a dataset that starts again with every epoch. Without
a seed it draws another order each time. After ``keras.utils.set_random_seed`` it draws the same
one (https://github.com/tensorflow/tensorflow/issues/35682; seen with Keras 3.15): the network gets
the same batches over and over, fits them closely, and judges new images worse. Here the dataset
itself shuffles: every epoch has an order of its own, and every run has the same ones.

TensorFlow tunes a dataset in a thread that sleeps 10 ms, then 20, 40 and so on. At the end of an
epoch it is to be woken, and one epoch in five it is not: with TensorFlow 2.21 a training of 26 s
then ended after 41 s, which is when that thread had slept 10 ms x (2^12 - 1). Nothing here gains
by being tuned.
"""

from typing import Any

import numpy as np


def mend() -> None:
    """Mend how Keras feeds arrays, in this process; a second call changes nothing."""
    from keras.src.trainers.data_adapters import array_data_adapter

    adapter = array_data_adapter.ArrayDataAdapter
    if not hasattr(adapter, "plain_tf_dataset"):
        adapter.plain_tf_dataset = adapter.get_tf_dataset
        adapter.get_tf_dataset = lambda self: untuned(_batches(self))


def untuned(batches: Any) -> Any:
    """Return a `tf.data.Dataset` of the same batches that no thread tunes."""
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)


def _batches(adapter: Any) -> Any:
    """Return the batches of an epoch as a `tf.data.Dataset`.

    What is not shuffled, or is no dense array, goes Keras's own way.
    """
    import tensorflow as tf
    from keras import tree
    from keras.src.trainers.data_adapters import array_slicing

    if adapter._shuffle is not True:
        return adapter.plain_tf_dataset()
    arrays = array_slicing.convert_to_sliceable(adapter._inputs, target_backend="tensorflow")
    if not all(isinstance(array, np.ndarray | tf.Tensor) for array in tree.flatten(arrays)):
        return adapter.plain_tf_dataset()
    tensors = tree.map_structure(tf.convert_to_tensor, arrays)

    def batch(chosen: Any) -> Any:
        return tree.map_structure(lambda tensor: tf.gather(tensor, chosen), tensors)

    order = tf.data.Dataset.range(adapter._num_samples).shuffle(adapter._num_samples)
    batches = order.batch(adapter._batch_size).map(batch, num_parallel_calls=tf.data.AUTOTUNE)
    return batches.prefetch(tf.data.AUTOTUNE)
