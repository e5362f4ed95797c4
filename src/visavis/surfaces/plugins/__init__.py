"""The HTTP interfaces that LiveKit plugins of other vendors call, so that they work here by URL."""
