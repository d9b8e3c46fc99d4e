"""Measures AI Memory against baselines of the same run; see docs/benchmarks.md."""
