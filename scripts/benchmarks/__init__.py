"""Benchmarks: every figure beside its peer or its physical limit, measured in the same run."""
