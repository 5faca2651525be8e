"""Benchmarks: real labs and real classes, beside the usual ways, in turn."""
