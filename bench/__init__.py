"""Benchmarks: they print and keep figures, and never fail a test."""
