"""The engine: photo and speech in, frames out.

Arrays in, arrays out. It knows no web, database, network, settings or logging. Only objects of the caller
hold state, so that files and live sessions run the same code.
"""
