"""Data sets of your own: one entry each (docs/authoring.md). The file lies in this folder."""

from labkit.data.dataset import Dataset, of_npz  # noqa: F401  for the first entry

DATASETS: tuple[Dataset, ...] = ()
