"""Attacks on a server, and their effect on a normal user."""
