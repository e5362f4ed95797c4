"""The embedded room server: a small server for unmodified LiveKit clients.

It is a layer and a process of its own. Only the command that starts it imports it. Everything else reaches it
as it would reach LiveKit: through a URL, a key and a secret.
"""
