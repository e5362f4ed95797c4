"""Prices, and the ledger of what accounts owe."""
