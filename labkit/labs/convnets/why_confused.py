"""Why these two?

All reports name the shirt among their most confused classes, mostly with the T-shirt. Say why, in a
few sentences: what do these articles have in common at 28 × 28 pixels, what is lost that would tell
them apart, and what do you learn from the confusions on *training* images? The wrong predictions
below may help.

```python shirts-and-t-shirts
if labkit.ready(test_counts):
    shirts = x_test_scaled[y_test == 6]
    as_t_shirts = shirts[restored.predict(shirts, verbose=0).argmax(axis=1) == 0][:10]
    if len(as_t_shirts):
        labkit.plots.show_images(as_t_shirts, [6] * len(as_t_shirts))
```
"""

from labkit.checks.authoring import Essay

essay = Essay(
    __doc__,
    rubric=(
        (2, "says what the two classes share at 28 × 28 grey pixels: outline, sleeves"),
        (1, "says what is lost that would tell them apart: buttons, collar, cloth, colour"),
        (1, "compares training with test: confused there too, so the images themselves are alike"),
    ),
    answer="""
        Shirts and T-shirts share their outline: a body, two sleeves, an opening for the neck. What tells them
        apart for us, a collar, a row of buttons, the cloth, is one or two pixels wide here or gone, and there is
        no colour. The network confuses the same pair on training images, which it has seen: it is not that it
        learnt too much by heart, but that the pictures themselves, and perhaps some of their labels, do not
        separate the two classes.
    """,
)
