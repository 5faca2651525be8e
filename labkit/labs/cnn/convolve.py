r"""A convolution by hand

Keras did the work above. Now you: write `convolve(image, kernel)` with NumPy. In row $i$ and
column $j$ of the result stands

$$\sum_{k}\sum_{l} \mathrm{image}_{i+k,\,j+l} \cdot \mathrm{kernel}_{k,l}$$

- Only places count where the kernel lies **wholly inside** the image. The result is therefore a
  little smaller than the image.
- The kernel moves by one pixel at a time and is **not** turned round. (In mathematics a convolution
  turns its kernel first; what networks do is called cross-correlation there.)
- Image and kernel may have any number of rows and columns, and stay as they are.
"""

import numpy as np

from labkit.checks import agreement
from labkit.checks.authoring import Exercise, Message, function
from labkit.labs.cnn import shared


def images_and_kernels(random):
    """Return small images with a kernel each; no side is as long as another.

    The last ones have the sides of the first and other numbers, which no result of before fits.
    """
    sides = [((7, 5), (3, 2)), ((6, 9), (2, 4)), ((4, int(random.integers(8, 12))), (1, 3))]
    sides.append(sides[0])
    return [(random.normal(size=image), random.normal(size=kernel)) for image, kernel in sides]


exercise = Exercise(
    __doc__,
    convolve=function(images_and_kernels),
    hints=(
        "Two loops, over the rows and the columns in which the kernel can begin. In each place "
        "one number comes out.",
        "image[i : i + k, j : j + l] cuts out a window; np.sum adds up all values of an array.",
        "result = np.zeros((...)); for i in range(...): for j in range(...): "
        "result[i, j] = np.sum(... * kernel)",
    ),
)


@exercise.solution
def solution(np):
    def convolve(image, kernel):
        """Return the sums of `kernel` times window, for every place of the kernel in `image`."""
        rows = image.shape[0] - kernel.shape[0] + 1
        columns = image.shape[1] - kernel.shape[1] + 1
        result = np.zeros((rows, columns))
        for i in range(rows):
            for j in range(columns):
                window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
                result[i, j] = np.sum(window * kernel)
        return result

    return convolve


@exercise.criterion(3, stop=True, asks="Image and kernel may have any number of rows and columns")
def _(convolve):
    """the function runs on any image and any kernel"""
    return shared.returns_arrays(
        convolve.calls, "Read the sizes from image.shape and kernel.shape."
    )


@exercise.criterion(4, stop=True, asks="where the kernel lies **wholly inside** the image")
def _(convolve, right, probes):
    """it has a value for every place of the kernel"""
    for shape, (image, kernel) in zip(shared.shapes(convolve.calls), probes, strict=True):
        if shape != right.convolve(image, kernel).shape:
            return Message(
                f"From an image of shape {image.shape} and a kernel of shape {kernel.shape} your "
                f"function made an array of shape {shape}",
                "one value for every place where the kernel lies wholly inside the image",
                "Count the places on paper: in how many rows can the kernel begin?",
            )


@exercise.criterion(5, asks="In row $i$ and column $j$ of the result stands")
def _(convolve, right, probes):
    """each value is the sum of window times kernel"""
    for result, arguments in zip(shared.results(convolve.calls), probes, strict=True):
        if not shared.same(result, right.convolve(*arguments)):
            whole = {
                getattr(call.result, "dtype", "").rstrip("0123456789") for call in convolve.calls
            }
            cut_off = whole <= {"int", "uint"}
            return Message(
                "The size is right, some values are not",
                "in every place the sum of window times kernel",
                "Your result has room for whole numbers only: which dtype does it begin with?"
                if cut_off
                else "Work out the first value of a 3×3 image and a 2×2 kernel by hand and compare.",
            )
    return agreement.spoiled("convolve", convolve)


def _windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def _convolved(image, kernel):
    return np.tensordot(_windows(image, kernel), kernel)


@exercise.sign(shown_by=lambda: lambda image, kernel: image * kernel)
def elementwise_only(convolve, probes):
    """The whole image and the kernel differ in size, so they cannot be multiplied value by value.

    Cut out one window after the other, and make one number of each.
    """
    sizes = [f"{image.shape} {kernel.shape}".replace(", ", ",") for image, kernel in probes]
    multiplied = any(size in text for text in shared.raised(convolve.calls) for size in sizes)
    return multiplied or any(shape and len(shape) == 4 for shape in shared.shapes(convolve.calls))


@exercise.sign
def window_not_kernel_sized(convolve):
    """A window and the kernel differ in size.

    Make the window as large as the kernel, whatever its size, and stop before it leaves the image.
    """
    return any("broadcast" in text for text in shared.raised(convolve.calls))


@exercise.mistake(earns=7)
def kernel_flipped():
    """You turned the kernel round.

    Mathematics does so in its convolution; the layers of a network lay the kernel on the image as it is.
    """
    return lambda image, kernel: _convolved(image, kernel[::-1, ::-1])


@exercise.sign
def padded_same(convolve, probes):
    """The result is as large as the image: you let the kernel leave the image at its edges.

    Use only the places where it lies wholly inside.
    """
    return shared.shapes(convolve.calls) == [image.shape for image, _ in probes]


@exercise.sign(shown_by=lambda: lambda image, kernel: _convolved(image, kernel).T, earns=3)
def rows_and_columns_swapped(convolve, probes):
    """Rows and columns look swapped: the first axis counts the rows."""
    return shared.shapes(convolve.calls) == [_convolved(*both).T.shape for both in probes]


@exercise.sign(shown_by=lambda: lambda image, kernel: _convolved(image, kernel)[:-1, :-1], earns=3)
def last_place_missing(convolve, probes):
    """One row and one column are missing. A kernel as large as the image has one place."""
    return shared.shapes(convolve.calls) == [_convolved(*both)[1:, 1:].shape for both in probes]


@exercise.mistake(earns=7)
def mean_for_sum():
    """You took the mean of each product. A convolution takes its sum."""
    return lambda image, kernel: _convolved(image, kernel) / kernel.size


@exercise.right
def shifted_images():
    def convolve(image, kernel):
        rows, columns = np.array(image.shape) - kernel.shape + 1
        places = np.ndenumerate(kernel)
        return sum(weight * image[i : i + rows, j : j + columns] for (i, j), weight in places)

    return convolve


exercise.right(
    sliding_windows=lambda: _convolved,
    lists=lambda: lambda image, kernel: _convolved(image, kernel).tolist(),
)


@exercise.right
def in_keras(keras):
    def convolve(image, kernel):
        return keras.ops.conv(image[None, :, :, None], kernel[:, :, None, None])[0, :, :, 0]

    return convolve


@exercise.right
def in_scipy():
    import scipy.signal

    return lambda image, kernel: scipy.signal.correlate2d(image, kernel, mode="valid")


exercise.wrong(no_function=lambda x_train: x_train[0])
exercise.wrong(earns=3, constant=lambda: lambda image, kernel: np.zeros((26, 26)))
exercise.wrong(a_number=lambda: lambda image, kernel: 0.0)
exercise.wrong(
    earns=3,
    shows="elementwise-only",
    products_not_summed=lambda: lambda image, kernel: _windows(image, kernel) * kernel,
)


@exercise.wrong(shows="window-not-kernel-sized")
def past_the_edge():
    def convolve(image, kernel):
        result = np.zeros(image.shape)
        for i, j in np.ndindex(image.shape):
            result[i, j] = np.sum(image[i : i + len(kernel), j : j + kernel.shape[1]] * kernel)
        return result

    return convolve


@exercise.wrong(shows="window-not-kernel-sized")
def only_3_by_3():
    def convolve(image, kernel):
        places = np.ndindex(image.shape[0] - 2, image.shape[1] - 2)
        return [np.sum(image[i : i + 3, j : j + 3] * kernel) for i, j in places]

    return convolve


@exercise.wrong(earns=7, shows="kernel-flipped")
def by_scipys_convolution():
    import scipy.signal

    return lambda image, kernel: scipy.signal.convolve2d(image, kernel, "valid")


@exercise.wrong(earns=3, shows="padded-same")
def as_large_as_the_image():
    import scipy.signal

    return lambda image, kernel: scipy.signal.correlate2d(image, kernel, "same")


exercise.wrong(
    earns=7,
    largest_of_the_window=lambda: lambda image, kernel: _windows(image, kernel).max(axis=(2, 3)),
)


@exercise.wrong(earns=7)
def spoils_the_image(convolve):
    def spoiling(image, kernel):
        result = convolve(image, kernel)
        image[...] = 0
        return result

    return spoiling
