"""Mistakes in what code makes: a right answer's objects changed, by operators for each kind.

An operator knows a kind of object, never an exercise. `answers` puts what it makes in the place of
the right answer, in the state that the notebook has there, and has it judged.
"""
