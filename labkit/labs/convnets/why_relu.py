"""Why relu in deep networks?

LeNet has two convolutions with tanh. The next network has six, and uses relu. Here are both curves
with their slopes; training multiplies such slopes, layer by layer, on its way back.

```python tanh-and-relu
inputs = np.linspace(-5, 5, 201)
curves = pd.DataFrame(
    {
        "tanh": np.tanh(inputs),
        "slope of tanh": 1 - np.tanh(inputs) ** 2,
        "relu": np.maximum(inputs, 0),
        "slope of relu": (inputs > 0).astype(float),
    },
    index=inputs,
)
axes = curves.plot(
    subplots=[("tanh", "slope of tanh"), ("relu", "slope of relu")],
    layout=(1, 2),
    figsize=(9, 3),
    style=["-", "--", "-", "--"],
    xlabel="input",
)
```

<!-- #region why-relu-question -->
Why is relu the better choice in a deep network?

- **a** relu has fewer parameters than tanh.
- **b** For large inputs tanh is flat: its slope is almost 0, and through many layers the product of
  the slopes vanishes. The slope of relu stays 1 wherever the input is positive.
- **c** tanh cannot pass on negative numbers.
- **d** Only relu lets a network learn curves that are not straight.
<!-- #endregion -->
"""

from labkit.checks.authoring import TEXT, Exercise

exercise = Exercise(
    __doc__,
    why_relu=TEXT,
    hints=(
        "Look at both curves for an input of 5, and of −5. How steep are they there?",
        "Training goes backwards through the layers and multiplies the slopes.",
        "A product of many small numbers is very small.",
    ),
)


@exercise.solution
def solution():
    why_relu = "b"
    return why_relu


exercise.choice(
    3,
    asks="Why is relu the better choice in a deep network?",
    a="Both have no parameters at all: an activation is a fixed function.",
    c="tanh passes negative numbers on. It is relu that makes them 0.",
    d="Every activation that is not a straight line can do that, tanh among them.",
)
