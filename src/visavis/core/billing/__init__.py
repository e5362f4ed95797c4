"""What work costs, and the ledger of what accounts owe for it."""
