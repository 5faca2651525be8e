"""What a run may see: facts about a student's objects, the file they travel in, the collectors.

Nothing here knows what is right. `labkit.checks` judges what these modules collect.
"""

from labkit.evidence.facts import (
    Array,
    Call,
    Calls,
    Fit,
    History,
    Model,
    Networks,
    Other,
    Panel,
    Picture,
    Placeholder,
    Raised,
    Shown,
    Value,
)
from labkit.evidence.file import Evidence, EvidenceError

__all__ = [
    "Array",
    "Call",
    "Calls",
    "Evidence",
    "EvidenceError",
    "Fit",
    "History",
    "Model",
    "Networks",
    "Other",
    "Panel",
    "Picture",
    "Placeholder",
    "Raised",
    "Shown",
    "Value",
]
