"""visavis: a self-hosted platform for talking avatars."""

__version__ = "0.1.0"
