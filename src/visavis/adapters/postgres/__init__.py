"""A Postgres of our own: the binaries of a wheel, run as a child process on a Unix socket only."""

from visavis.adapters.postgres.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres"]
