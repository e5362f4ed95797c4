"""Answers without a language model: sentences of what the avatar was given, and small talk."""

from visavis.providers.llm.responder.responder import Responder

__all__ = ["Responder"]
