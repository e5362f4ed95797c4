"""Parsing and writing of bytes, without state, sockets or clocks.

All network input is parsed here. A parser either returns a value or raises `WireError`.
"""
