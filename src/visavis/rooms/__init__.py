"""The embedded room server: a small one that unmodified LiveKit clients connect to.

It is a layer and a process of its own. Nothing in visavis imports it but the command that starts it;
everything else reaches it as it would reach LiveKit, through a URL, a key and a secret.
"""
