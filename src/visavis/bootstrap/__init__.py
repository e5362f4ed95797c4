"""Putting the parts together: the only place where adapters are chosen."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import structlog

from visavis import telemetry
from visavis.adapters.models.entries import FACE
from visavis.adapters.models.progress import PullProgress
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory, ready_model_folder
from visavis.engine.face import FaceModels
from visavis.engine.speech import SpeechModel, load_speech_model
from visavis.ports.models import ModelFolders
from visavis.settings import ModelSettings, Settings
from visavis.settings import read_settings as read_environment

__all__ = ["face_models", "loop_factory", "model_folders", "read_settings", "speech_model", "stop_on_signals"]

log = structlog.get_logger()

_STDERR_FD: Final = 2


def read_settings() -> Settings:
    """Read the settings of this process, and let its logs follow them.

    Raises:
        SettingsError: A `VISAVIS_…` name is unknown, or a value cannot be used.
    """
    settings = read_environment()
    telemetry.configure(settings.logs)
    for old, new in settings.renamed.items():
        log.warning("setting_renamed", old=old, new=new)
    return settings


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Makes the quickest event loop that there is here; nothing stands for asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def stop_on_signals() -> asyncio.Event:
    """Set at SIGINT or SIGTERM, in the running event loop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    return stopped


def face_models(settings: ModelSettings, *, progress: Callable[[str], None] | None = None) -> FaceModels:
    """The landmark models, fetched first if they are not here yet.

    Args:
        settings: Where they are kept, and whether the network may be used.
        progress: Told in a few words what is going on.

    Raises:
        ModelsMissingError: They are not here and may not be fetched.
        ModelsUnreachableError: They could not be fetched.
        ModelsCorruptError: What was fetched is not what is pinned.
    """
    started = time.perf_counter()

    def report(now: PullProgress) -> None:
        if progress is not None:
            progress(now.words)

    folder = pull_model(
        settings.dir or default_models_directory(),
        FACE,
        offline=settings.offline,
        source=settings.source,
        report=report,
    )
    with _native_chatter_off():
        models = FaceModels.load(folder)
    log.debug("face_models_opened", seconds=round(time.perf_counter() - started, 3))
    return models


def model_folders(settings: ModelSettings) -> ModelFolders:
    """Access to the models that are on this machine: give it a name, get a folder. It never downloads.

    Args:
        settings: Where they are kept.
    """
    return partial(ready_model_folder, settings.dir or default_models_directory())


@contextmanager
def _native_chatter_off() -> Iterator[None]:
    """Keep the inference library's greeting off standard error; it has no setting for that."""
    sys.stderr.flush()
    kept = os.dup(_STDERR_FD)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR_FD)
        yield
    finally:
        os.dup2(kept, _STDERR_FD)
        os.close(nowhere)
        os.close(kept)


def speech_model() -> SpeechModel:
    """The model that ships with the package."""
    return load_speech_model()
