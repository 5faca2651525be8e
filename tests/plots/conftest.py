import matplotlib
import pytest
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def figures_are_closed():
    """Draw without a screen, and leave no figure behind."""
    before = matplotlib.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)
