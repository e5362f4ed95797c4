"""Shared by test modules: servers with their fixtures, and clients that send what no library would."""
