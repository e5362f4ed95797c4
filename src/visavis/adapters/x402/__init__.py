"""Payments by x402: what is asked for, who settles it, and what the chains say."""
