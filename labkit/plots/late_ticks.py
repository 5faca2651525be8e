"""Axes whose ticks are made when somebody looks at them: Matplotlib makes them, unseen, at once.

A grid of images has fifty axes without a visible tick; making these ticks takes longer than the
rest of the grid.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from matplotlib import axes as mpl_axes
from matplotlib import axis as mpl_axis

_SIDES = ("bottom", "top", "left", "right")


class _Late(mpl_axis.Axis):
    """An axis that keeps the settings of ticks for those that it will have.

    `majorTicks` and `minorTicks` make their first tick when they are first asked for. While there
    is none, settings find empty lists.
    """

    @contextlib.contextmanager
    def _without_new_ticks(self) -> Iterator[None]:
        if self._has_ticks():
            yield
            return
        self.majorTicks, self.minorTicks = [], []
        try:
            yield
        finally:
            del self.majorTicks, self.minorTicks

    def _has_ticks(self) -> bool:
        return bool({"majorTicks", "minorTicks"} & vars(self).keys())

    def set_tick_params(self, *args: Any, **kwargs: Any) -> None:
        with self._without_new_ticks():
            super().set_tick_params(*args, **kwargs)

    def set_clip_path(self, *args: Any, **kwargs: Any) -> None:
        with self._without_new_ticks():
            super().set_clip_path(*args, **kwargs)


class _XAxis(_Late, mpl_axis.XAxis):
    pass


class _YAxis(_Late, mpl_axis.YAxis):
    pass


class Axes(mpl_axes.Axes):
    """As Matplotlib's own, but for when its ticks are made."""

    def _init_axis(self) -> None:
        # The place where projections, too, put in their kinds of axis.
        self.xaxis = _XAxis(self, clear=False)
        self.yaxis = _YAxis(self, clear=False)
        for side, axis in zip(_SIDES, 2 * (self.xaxis,) + 2 * (self.yaxis,), strict=True):
            self.spines[side].register_axis(axis)

    def clear(self) -> None:
        super().clear()
        for spine in self.spines.values():
            spine.get_spine_transform()  # whoever asks, usually a tick, puts the spine in its place
