"""Providers of pictures of characters."""
