"""Photo and speech to talking video: arrays and files in, arrays and files out.

Nothing here knows the web, a database, the network, settings or logging. Offline rendering and live
streaming are the same code; what lasts between calls is handed over as explicit state.
"""
