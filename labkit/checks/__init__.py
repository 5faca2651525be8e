"""Checks: a student's objects become evidence, evidence becomes a result."""

from labkit.checks.exercise import Answer, Criterion, Essay, Exercise, Lab, Misconception
from labkit.checks.result import Message, Outcome, Result, Verdict

__all__ = [
    "Answer",
    "Criterion",
    "Essay",
    "Exercise",
    "Lab",
    "Message",
    "Misconception",
    "Outcome",
    "Result",
    "Verdict",
]
