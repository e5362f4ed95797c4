"""Accounts that own, and principals that act for them: users, keys, sign-ins."""
