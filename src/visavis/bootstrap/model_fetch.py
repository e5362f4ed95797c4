"""Fetching the default models in the background, while everything else runs.

The work is done by `visavis models pull` in a process of its own: it neither slows the server down nor keeps
it from ending.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import structlog

from visavis.adapters import tethered
from visavis.adapters.models.entries import MODELS
from visavis.adapters.models.registry import Model
from visavis.adapters.models.store import default_models_directory, is_present
from visavis.settings import ModelSettings

_FIRST_WAIT_S: Final = 60.0
_MAX_WAIT_S: Final = 3600.0
_NICENESS: Final = 10
_MAX_REASON_CHARS: Final = 500

_log = structlog.get_logger()


def missing_defaults(settings: ModelSettings) -> list[Model]:
    """The default models that are not on this machine yet.

    Args:
        settings: Where the models are.
    """
    directory = settings.dir or default_models_directory()
    return [model for model in MODELS.values() if model.is_default and not is_present(directory, model)]


def models_to_fetch(settings: ModelSettings) -> list[Model]:
    """The models that `fetch_default_models` would fetch now.

    Args:
        settings: Where the models are, and whether the network may be used.
    """
    return [] if _must_not_fetch(settings) else missing_defaults(settings)


def _must_not_fetch(settings: ModelSettings) -> bool:
    return settings.offline and settings.source is None


def growing_waits() -> Iterator[float]:
    """Seconds to wait after each failure in a row: a minute, then longer, an hour at most."""
    wait_s = _FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, _MAX_WAIT_S)


async def fetch_default_models(
    settings: ModelSettings, *, waits: Callable[[], Iterator[float]] = growing_waits
) -> None:
    """Fetch the default models that are missing, and try again until they are here.

    A failure is logged, and again only when its reason changes.

    Args:
        settings: Where the models are, and whether the network may be used.
        waits: Seconds to wait after each failure.
    """
    missing = missing_defaults(settings)
    if not missing:
        return
    names = [model.name for model in missing]
    if _must_not_fetch(settings):
        _log.warning("models_missing", models=names, hint="visavis models pull")
        return
    _log.info("models_fetching", models=names, download_bytes=sum(model.download_bytes for model in missing))
    last_reason = None
    for wait_s in waits():
        reason = await _pull(names)
        if reason is None:
            _log.info("models_fetched", models=names)
            return
        if reason != last_reason:  # the same failure again is not news
            _log.warning("models_not_fetched", models=names, reason=reason, next_try_s=wait_s)
            last_reason = reason
        await asyncio.sleep(wait_s)


@contextlib.asynccontextmanager
async def fetching_default_models(settings: ModelSettings) -> AsyncIterator[None]:
    """Fetch the default models that are missing meanwhile; see `fetch_default_models`."""
    fetching = asyncio.create_task(fetch_default_models(settings))
    try:
        yield
    finally:
        fetching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await fetching


async def _pull(names: list[str]) -> str | None:
    """Run `visavis models pull`. The reason of its failure; `None` if it fetched everything."""
    words = [sys.executable, "-m", "visavis.cli.main", "models", "pull", *names]
    process = await asyncio.create_subprocess_exec(
        *tethered.command(words, on_parents_death=signal.SIGKILL),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not process.returncode:
        return None
    lines = said.decode(errors="replace").strip().splitlines()
    reason = lines[-1].removeprefix("visavis: ") if lines else f"exit code {process.returncode}"
    return reason[:_MAX_REASON_CHARS]
