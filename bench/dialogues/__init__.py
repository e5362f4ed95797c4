"""Scripted dialogues, replayed over real rooms."""
