"""Histories as `fit` returns them, put together without a training."""

from labkit.checks.histories import changed, history

__all__ = ["changed", "history"]
