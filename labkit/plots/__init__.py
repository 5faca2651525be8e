"""Pictures for the labs: images, learning curves, predictions and the confusion matrix.

Every function draws with Matplotlib or seaborn, returns the Axes that it drew on, changes none of
its arguments and leaves showing the figure to the notebook. In every picture of an image 0 is white
and the greatest value is black. Nothing is told by colour alone, and every picture describes itself
in words (`labkit.plots.alt_text`).
"""

from labkit.plots.curves import accuracy_name, learning_curves
from labkit.plots.images import feature_maps, show_images, show_pixels
from labkit.plots.look import contrast
from labkit.plots.networks import draw_network
from labkit.plots.predictions import confusion_matrix, show_predictions, show_probabilities

__all__ = [
    "accuracy_name",
    "confusion_matrix",
    "contrast",
    "draw_network",
    "feature_maps",
    "learning_curves",
    "show_images",
    "show_pixels",
    "show_predictions",
    "show_probabilities",
]
