"""Try the checks on right answers that a machine writes: the solutions in other clothes."""
