"""Measure the checks: change the solutions in every way, and see what the checks say."""
