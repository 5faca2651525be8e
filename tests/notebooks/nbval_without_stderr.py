"""A pytest plug-in: nbval compares stdout and results, but not stderr.

Libraries write warnings there that depend on the machine. The solutions' own stored outputs hold
no stderr, which a test makes sure of.
"""


def pytest_collectstart(collector) -> None:
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
