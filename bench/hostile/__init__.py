"""Attacks on a server of its own, and what somebody who only uses it notices of them."""
