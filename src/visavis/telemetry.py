"""Logs: one line an event, a constant name with fields, on standard error.

Faces, voices, text and tokens are personal: none of them goes into a field. File names count as text.
"""

import logging
import sys
from typing import Any

import structlog

from visavis.settings import LogSettings


def configure(settings: LogSettings) -> None:
    """Set up logging for this process."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
