"""The students' edition: what goes in, the facts that stand for the solutions, and the wheel."""
