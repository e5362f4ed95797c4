"""Benchmarks: they measure and keep figures; no figure makes a test fail."""
