"""Exactly the files that are copied into a sandbox. They import nothing of labkit.grading."""
