"""The HTTP surfaces: they translate between the wire and the core, and decide nothing."""
