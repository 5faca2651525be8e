"""Draw the three networks

`labkit.plots.draw_network(model)` draws a network and returns its axes. Draw all three and keep the
axes in the list `drawings`, in the order `model_one`, `model_rate`, `model_three`. Where does most of
a network's memory go?
"""

from labkit import evidence
from labkit.checks import structures
from labkit.checks.authoring import Exercise, Message
from labkit.checks.exercise import Answer
from labkit.evidence import pictures
from labkit.labs.tuning import shared

exercise = Exercise(
    __doc__,
    drawings=Answer(pictures.picture, evidence.Picture, "a list of three drawings"),
    needs=shared.FINAL,
    hints=(
        "The same call, once for each network.",
        "labkit.plots.draw_network(model) returns its axes.",
        "drawings = [labkit.plots.draw_network(model_one), ..., ...]",
    ),
)


@exercise.solution
def solution(labkit, model_one, model_rate, model_three):
    drawings = [labkit.plots.draw_network(model) for model in (model_one, model_rate, model_three)]
    return drawings


@exercise.criterion(2, stop=True, asks="Draw all three and keep the axes in the list `drawings`")
def _(drawings):
    """there are three drawings"""
    seen = len(drawings.panels)
    if seen != 3:
        return Message(
            f"drawings holds {seen} drawing{'s' * (seen != 1)}",
            "three, one for each network",
            "Put three drawings into one list, in square brackets.",
        )


def _numbers(panel):
    """Return the numbers of nodes that are written below the layers."""
    return sorted(int(word) for text in panel.texts for word in text.split() if word.isdecimal())


def _draws(panel, model):
    return _numbers(panel) == sorted([28 * 28, *structures.units(shared.chain(model))])


@exercise.criterion(3, asks="in the order `model_one`, `model_rate`, `model_three`")
def _(drawings, model_one, model_rate, model_three):
    """each shows its network's layers"""
    models = zip(shared.FINAL, (model_one, model_rate, model_three), strict=True)
    for panel, (name, model) in zip(drawings.panels, models, strict=True):
        if not _draws(panel, model):
            return Message(
                f"The drawing for {name} does not show the numbers of nodes of its layers",
                f"a drawing of {name}, with a number under each layer",
                "Keep the order: one layer, learning rate, three layers.",
            )
        if not panel.lines:
            return Message(
                f"The drawing for {name} shows numbers alone",
                f"a drawing of {name}, with a number under each layer",
                "draw_network draws layers and links: leave both as they are.",
            )


@exercise.sign(shown_by=lambda drawings: [drawings[2]] * 3, earns=2)
def one_network_three_times(drawings):
    """All three drawings show the same network."""
    return len(drawings.panels) == 3 and len({str(_numbers(one)) for one in drawings.panels}) == 1


@exercise.sign
def only_one_drawn(drawings):
    """Only one of the networks is drawn."""
    return len(drawings.panels) == 1


@exercise.sign(shown_by=lambda drawings: drawings[::-1], earns=2)
def order_turned(drawings, model_one, model_rate, model_three):
    """The drawings are right, but stand in the opposite order."""
    models = model_three, model_rate, model_one
    return len(drawings.panels) == len(models) and all(map(_draws, drawings.panels, models))


@exercise.right
def in_one_figure(model_one, model_rate, model_three):
    import matplotlib.pyplot as plt

    from labkit import plots

    _, axes = plt.subplots(1, 3)
    for model, ax in zip((model_one, model_rate, model_three), axes, strict=True):
        plots.draw_network(model, ax=ax)
    return axes


@exercise.right
def by_hand(plt, model_one, model_rate, model_three):
    drawn = []
    for model in (model_one, model_rate, model_three):
        _, ax = plt.subplots()
        widths = [784, *(layer.units for layer in model.layers[1:])]
        ax.plot(range(len(widths)), widths, "o")
        for place, width in enumerate(widths):
            ax.text(place, width, str(width))
        drawn.append(ax)
    return drawn


@exercise.wrong(earns=2)
def without_its_lines(drawings, model_rate):
    from labkit import plots

    bare = plots.draw_network(model_rate)
    for line in list(bare.lines):
        line.remove()
    return [drawings[0], bare, drawings[2]]


exercise.wrong(constant=lambda: 0, empty_axes=lambda plt: plt.subplots(1, 3)[1])


@exercise.wrong
def the_networks_themselves(model_one, model_rate, model_three):
    return [model_one, model_rate, model_three]


exercise.wrong(earns=2, a_curve=lambda plt: [plt.subplots()[1].plot([1, 2])[0].axes] * 3)


@exercise.wrong(shows="only-one-drawn")
def one(drawings):
    return drawings[2]
