"""Bytes to values and back, without state, sockets or clocks.

Whatever comes from the network is parsed here. A parser either returns a value or raises `WireError`.
"""
