"""What a benchmark says: rows of seconds, measured in turn, and how they are shown."""

import dataclasses
import os
import platform
import statistics
from collections.abc import Iterable, Iterator, Sequence

from labkit.reports import processor

SECONDS, TIMES = "s", "times"

# What oneDNN asks for: processors of one name train at half or twice the speed without it.
INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16")


@dataclasses.dataclass(frozen=True)
class Row:
    """One thing that was measured, some rounds.

    Attributes
    ----------
    topic : str
        What it is compared within.
    what : str
    values : tuple of float
        One of each round.
    unit : str
        Seconds, or a ratio.
    """

    topic: str
    what: str
    values: tuple[float, ...]
    unit: str = SECONDS

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def ratio(topic: str, what: str, of: Sequence[float], to: Sequence[float]) -> Row:
    """Return how many times `to` the rounds of `of` took, round by round."""
    pairs = zip(of, to, strict=True)
    return Row(topic, what, tuple(one / other for one, other in pairs), TIMES)


def read(record: dict) -> list[Row]:
    """Return the rows of a stored record."""
    return [Row(**{**row, "values": tuple(row["values"])}) for row in record["rows"]]


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the rows as one table of Markdown, each topic under its name."""
    topic = None
    for row in rows:
        if topic is None:
            yield from ("", "| | median | least | most | rounds |")
            yield "| --- | ---: | ---: | ---: | ---: |"
        if row.topic != topic:
            topic = row.topic
            yield f"| **{topic}** | | | | |"
        figures = (row.median, min(row.values), max(row.values))
        shown = " | ".join(f"{_rounded(value)} {row.unit}" for value in figures)
        yield f"| {row.what} | {shown} | {len(row.values)} |"


def _rounded(value: float) -> str:
    if 0 < value < 0.001:
        return f"{value:.6f}"
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def machine() -> dict[str, str | int]:
    """Return what the seconds depend on: the processor, its cores, the memory, the versions."""
    import importlib.metadata

    import psutil

    versions = {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    return {
        "processor": processor.told("model name") or platform.processor() or platform.machine(),
        "instructions for networks": " ".join(i for i in INSTRUCTIONS if i in processor.flags())
        or "none",
        "cores": os.cpu_count() or 0,
        "memory in GiB": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        **versions,
    }
