"""The processes beside the gateway and the worker, and what the gateway lets them do."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from signal import SIGKILL
from typing import Final, TypeVar

from visavis.adapters import tethered
from visavis.errors import BusyError, ChildError, DocumentError, TakingTooLongError
from visavis.ports import Voice
from visavis.ports.knowledge import Document, DocumentKind
from visavis.settings import (
    AgentSettings,
    JobSettings,
    LanguageModelSettings,
    LiveSettings,
    LogSettings,
    ModelSettings,
    RecognitionSettings,
    SpeechSettings,
    WebhookSettings,
)
from visavis.settings.group import variables
from visavis.worker.child_process import ChildProcess
from visavis.worker.fork_server import ForkServer
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import (
    CheckRequest,
    DocumentRequest,
    Message,
    PicturesRequest,
    Request,
    RigRequest,
    SpeechRequest,
    SpokenText,
)
from visavis.worker.rendering_requests import run_request

_Result = TypeVar("_Result", bound=Message)
_CHECK_LIMIT_S: Final = 20.0
_CHECK_PATIENCE_S: Final = 5.0
_BUILD_PATIENCE_S: Final = 20.0
_SPEAK_LIMIT_S: Final = 120.0
_SPARE_SESSIONS: Final = 2
_OF_CONVERSATIONS: Final = (SpeechSettings, RecognitionSettings, LanguageModelSettings, WebhookSettings)
_MAY_KNOW: Final = (
    *(each.name for group in (ModelSettings, LogSettings) for each in variables(group)),
    # Not the services with voices, which have keys: the worker asks them.
    *("VISAVIS_SPEECH_DEFAULT_VOICE", "VISAVIS_SPEECH_MAP_UNKNOWN_VOICES"),
    *("PATH", "HOME", "LANG", "LC_", "TMPDIR", "XDG_", "PYTHON", "VIRTUAL_ENV", "LD_", "SSL_", "PIP_"),
)


def fork_server() -> ForkServer:
    """What the pools start their processes with. It knows no secrets."""
    return ForkServer(_command("visavis.cli.fork_server"), _environment())


def rendering(
    server: ForkServer,
    settings: JobSettings,
    *,
    size: int,
    max_held: int | None = None,
    max_waiting: int | None = None,
) -> ProcessPool:
    """A pool of rendering processes. They read strangers' files and get no secrets.

    Args:
        server: Starts the processes.
        settings: Memory of a process.
        size: Number of processes.
        max_held: Processes that one owner has at a time; `None` for no limit.
        max_waiting: Requests of one owner that wait at a time; `None` for no limit.
    """
    return ProcessPool(
        _starter(
            server,
            "visavis.cli.rendering_process",
            *("VISAVIS_CAPTION_FONT", "VISAVIS_RECOGNITION_PROVIDER", "VISAVIS_RECOGNITION_MODEL"),
        ),
        size=size,
        memory_bytes=settings.max_process_memory_bytes,
        max_held=max_held,
        max_waiting=max_waiting,
    )


def sessions(server: ForkServer, settings: LiveSettings) -> ProcessPool:
    """A pool of processes for live sessions. They are told besides which room servers they may join."""
    return ProcessPool(
        _starter(server, "visavis.cli.session_process", "VISAVIS_ROOM_NETWORKS"),
        size=_spares(settings),
        single_use=True,
    )


def conversations(server: ForkServer, settings: LiveSettings) -> ProcessPool:
    """A pool of processes for conversations. They are told what speaks, recognizes and answers, with keys."""
    names = [each.name for group in _OF_CONVERSATIONS for each in variables(group)]
    return ProcessPool(
        _starter(server, "visavis.cli.conversation_process", *names),
        size=0 if settings.slots == 0 else settings.spare_conversations,
        single_use=True,
    )


def sounds(server: ForkServer, live: LiveSettings, jobs: JobSettings) -> ProcessPool:
    """A pool of processes that take clients' sound to avatars. They decode it and get no secrets.

    Args:
        server: Starts the processes.
        live: Number of processes that wait.
        jobs: Memory of a process.
    """
    return ProcessPool(
        _starter(server, "visavis.cli.sound_process"),
        size=0 if live.slots == 0 else live.spare_sound_processes,
        single_use=True,
        memory_bytes=jobs.max_process_memory_bytes,
    )


def render_count(settings: JobSettings) -> int:
    """How many jobs are rendered at a time."""
    return settings.render_processes or len(os.sched_getaffinity(0))


def media_check(pool: ProcessPool) -> Callable[[Path | None, Path | None, str], Awaitable[None]]:
    """What looks at uploads. When there is no time for it, the job itself will tell."""

    async def check(image: Path | None, audio: Path | None, owner: str) -> None:
        await _check_if_free(pool, CheckRequest(image=image, audio=audio), owner)

    return check


def captions_check(pool: ProcessPool) -> Callable[[str], Awaitable[None]]:
    """What checks whether speech can be recognized for captions. If nothing is free, the job will tell."""

    async def check(owner: str) -> None:
        await _check_if_free(pool, CheckRequest(recognizes=True), owner)

    return check


def pictures_check(pool: ProcessPool) -> Callable[[Sequence[Path], str], Awaitable[None]]:
    """What checks whether pictures can be read. If nothing is free, the job will tell."""

    async def check(pictures: Sequence[Path], owner: str) -> None:
        await _check_if_free(pool, PicturesRequest(images=tuple(pictures)), owner)

    return check


async def _check_if_free(pool: ProcessPool, request: Request[_Result], owner: str) -> None:
    try:
        await run_check(pool, request, owner)
    except (BusyError, ChildError):
        return


async def run_check(pool: ProcessPool, request: Request[_Result], owner: str) -> _Result:
    """Look at what was sent; see `run_request`."""
    return await run_request(pool, request, limit_s=_CHECK_LIMIT_S, patience_s=_CHECK_PATIENCE_S, owner=owner)


def rig_builder(pool: ProcessPool) -> Callable[[Path, Path, str], Awaitable[None]]:
    """What builds the rigs of faces for live sessions."""

    async def build(photo: Path, target: Path, owner: str) -> None:
        request = RigRequest(image=photo, output=target)
        await run_request(pool, request, limit_s=_CHECK_LIMIT_S, patience_s=_BUILD_PATIENCE_S, owner=owner)

    return build


def speaker(
    pool: ProcessPool, speak_hosted: Callable[[str, Voice, Path], Awaitable[bool]]
) -> Callable[[str, Voice, str, Path, str], Awaitable[None]]:
    """What speaks texts into files of any format.

    Args:
        pool: Processes that speak.
        speak_hosted: Speaks with the voice of a service instead; says whether the voice is one's.
    """

    async def speak(text: str, voice: Voice, sound_format: str, target: Path, owner: str) -> None:
        hosted = target.with_suffix(".hosted.wav")
        speech: Path | SpokenText = SpokenText(
            text=text, language=voice.language, voice=voice.name, tempo=voice.tempo, pitch=voice.pitch
        )
        if await speak_hosted(text, voice, hosted):
            speech = hosted
        request = SpeechRequest.model_validate({"speech": speech, "format": sound_format, "output": target})
        await run_request(pool, request, limit_s=_SPEAK_LIMIT_S, patience_s=_BUILD_PATIENCE_S, owner=owner)

    return speak


def document_reader(
    pool: ProcessPool, settings: AgentSettings
) -> Callable[[Path, DocumentKind, Path, str], Awaitable[Document]]:
    """What reads documents that agents are to know."""

    async def read(file: Path, kind: DocumentKind, target: Path, owner: str) -> Document:
        request = DocumentRequest(file=file, kind=kind, max_passages=settings.max_passages, output=target)
        try:
            await run_request(
                pool,
                request,
                limit_s=settings.document_timeout_s,
                patience_s=_BUILD_PATIENCE_S,
                owner=owner,
            )
        except TakingTooLongError as error:
            raise DocumentError("Reading the document takes too long. Send it in parts.") from error
        return await asyncio.to_thread(lambda: Document.model_validate_json(target.read_bytes()))

    return read


def _starter(server: ForkServer, module: str, *more: str) -> Callable[[], Awaitable[ChildProcess]]:
    """What starts processes that run a module.

    Args:
        server: Starts them where processes can be forked.
        module: The module.
        more: Variables that they may know, beside those that all may.
    """
    environment = _environment(*more)
    if sys.platform == "linux":
        return partial(server.start, module, environment)
    return partial(ChildProcess.start, _command(module), environment)


def _command(module: str) -> list[str]:
    """The command line of a module of ours, in a process tied to the life of this one."""
    return tethered.command([sys.executable, "-m", module], on_parents_death=SIGKILL)


def _environment(*more: str) -> dict[str, str]:
    known = (*_MAY_KNOW, *more)
    return {name: value for name, value in os.environ.items() if name.startswith(known)}


def _spares(settings: LiveSettings) -> int:
    """Processes that wait for a live session: none where none are to be held."""
    return 0 if settings.slots == 0 else min(_SPARE_SESSIONS, settings.slots or _SPARE_SESSIONS)
