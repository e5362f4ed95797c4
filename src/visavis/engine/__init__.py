"""The engine: photo and speech in, frames out.

Arrays in, arrays out. It knows no web, database, network, settings or logging, and keeps state only in
objects that the caller holds, so that files and live sessions run the same code.
"""
