"""The web console: its pages, and the little that they need beyond the public API."""
