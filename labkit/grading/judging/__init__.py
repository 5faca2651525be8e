"""Judging what a run left, in processes that never ran a student's code."""
