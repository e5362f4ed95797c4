"""The session process: receives commands and sends events of `visavis.worker.protocol`.

It runs one session, or measures the cost of one, and then exits, so that nothing is left for another session.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from pydantic import TypeAdapter

from visavis.engine.speech import SpeechModel
from visavis.errors import RigFileError
from visavis.ports.video import VideoDestination
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.connection import RoomConfig, RoomConnection
from visavis.realtime.outputs.other_room import OtherRoomOutput
from visavis.realtime.outputs.recording import RecordingOutput
from visavis.realtime.outputs.rtmp import RtmpOutput
from visavis.realtime.ports import EndReason, SessionStats, VideoSettings
from visavis.realtime.sentences import Sentence
from visavis.realtime.session import LiveSession, SessionConfig
from visavis.worker.children.output import claim_output, send
from visavis.worker.protocol import (
    MAX_LINE_BYTES,
    Applied,
    BeginSession,
    CostMeasured,
    DropSpeech,
    EndSession,
    Joined,
    MeasureCost,
    Ready,
    RecordingEnded,
    SessionCommand,
    SessionOver,
    SessionReport,
    Showing,
    SpeakWanted,
    StartRecording,
    StopRecording,
    SwapFace,
    TextSpoken,
    TokenRefreshed,
)

_COMMANDS: Final[TypeAdapter[SessionCommand]] = TypeAdapter(SessionCommand)
_CLOSE_S: Final = 2.0  # for an RTMP server to hear that the stream is over, and for a recording's last frames
_log = structlog.get_logger()

_Output = RtmpOutput | OtherRoomOutput | RecordingOutput
Measure = Callable[[SpeechModel, VideoSettings], float]
Forward = Callable[[str], AbstractAsyncContextManager[str]]


@dataclass(frozen=True)
class Ways:
    """How a session reaches servers that clients name.

    Attributes:
        room: Opens a proxy to a room server; it yields the URL to connect to instead.
        rtmp: The same for an RTMP server.
        rtmp_command: Command that starts a process that sends to an RTMP server.
        recording_command: Command that starts a process that records to a file.
    """

    room: Forward
    rtmp: Forward
    rtmp_command: tuple[str, ...]
    recording_command: tuple[str, ...]


def serve(
    load: Callable[[], SpeechModel],
    measure: Measure,
    ways: Ways,
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run the session process.

    Args:
        load: Loads the speech model.
        measure: Measures how many processor seconds a second of a session takes.
        ways: How it reaches servers that clients name.
        loop_factory: Creates the event loop; `None` for asyncio's own.
    """
    events = claim_output()
    speech = load()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_Process(speech, events, measure, ways).run())


class _Process:
    """Reads commands and executes them."""

    def __init__(self, speech: SpeechModel, events: BinaryIO, measure: Measure, ways: Ways) -> None:
        self._speech, self._events, self._measure, self._ways = speech, events, measure, ways
        self._live: LiveSession | None = None
        self._playing: asyncio.Task[None] | None = None
        self._outputs: list[_Output] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._video: VideoSettings | None = None
        self._recording: RecordingOutput | None = None
        self._over = asyncio.Event()

    async def run(self) -> None:
        commands = asyncio.StreamReader(limit=MAX_LINE_BYTES)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        send(self._events, Ready())
        reading = asyncio.create_task(self._read(commands))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait([reading, over], return_when=asyncio.FIRST_COMPLETED)
        if self._live is not None:
            self._live.end()  # also when the worker is gone
        if self._playing is not None:
            await self._playing
        for task in (reading, over):
            task.cancel()

    async def _read(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            match _COMMANDS.validate_json(line):
                case BeginSession() as command:
                    self._begin(command)
                case SwapFace() as command if self._live is not None:
                    await self._swap(self._live, command)
                case StartRecording() as command if self._live is not None:
                    self._start_recording(command)
                case StopRecording() as command:
                    if self._recording is not None:
                        await self._recording.close()
                        self._recording = None  # another one may begin while this one is completed
                    send(self._events, Applied(sequence=command.sequence))
                case DropSpeech() if self._live is not None:
                    self._live.drop_speech()
                case MeasureCost(video=video):
                    send(self._events, CostMeasured(cores=self._measure(self._speech, video)))
                case EndSession():
                    return

    def _begin(self, command: BeginSession) -> None:
        url, clock, reporter = command.server_url, MonotonicClock(), _Reporter(self._events)
        way = nullcontext(url) if command.is_own_server else self._ways.room(url)
        room = RoomConfig(way, command.token, command.viewers_token, command.agent)
        config = SessionConfig(command.rig, command.video, command.idle_timeout_s)
        connect = partial(RoomConnection, room, command.video, clock, reporter)
        self._video = command.video
        for number, destination in enumerate(command.outputs):
            self._outputs.append(self._output(number, destination, command.video))
        self._live = LiveSession(config, self._speech, clock, reporter, connect, self._outputs)
        for output in self._outputs:
            self._send_to(output)
        self._playing = asyncio.create_task(self._play(self._live))

    def _send_to(self, output: _Output) -> None:
        task = asyncio.create_task(output.run())
        task.add_done_callback(_note_broken)
        task.add_done_callback(self._sending.discard)
        self._sending.add(task)

    def _start_recording(self, command: StartRecording) -> None:
        if self._video is not None and self._recording is None:
            made = RecordingOutput(
                command.path, self._video, self._ways.recording_command, max_s=command.max_s
            )
            self._recording = made
            self._outputs.append(made)
            task = asyncio.create_task(self._record(made, command.path))
            task.add_done_callback(_note_broken)
            task.add_done_callback(self._sending.discard)
            self._sending.add(task)
        if command.sequence is not None:
            send(self._events, Applied(sequence=command.sequence))

    async def _record(self, recording: RecordingOutput, path: Path) -> None:
        """Record until the recording is closed, and report its end."""
        try:
            await recording.run()
        finally:
            self._outputs.remove(recording)
            if self._recording is recording:
                self._recording = None
            send(self._events, RecordingEnded(path=path))

    def _output(self, number: int, destination: VideoDestination, video: VideoSettings) -> _Output:
        ways = self._ways
        if destination.is_rtmp:
            return RtmpOutput(destination, video, ways.rtmp_command, ways.rtmp, name=f"output-{number}")
        return OtherRoomOutput(destination.url, destination.token or "", video, ways.room)

    async def _play(self, live: LiveSession) -> None:
        """Run the session. An unexpected error ends the process; the worker then starts another one."""
        try:
            over = SessionOver(reason=await live.run())
        except RigFileError as error:
            over = SessionOver(reason=EndReason.FAILED, error_code=error.code)
            _log.error("face_unusable", code=error.code, reason=error.message)
        finally:
            await asyncio.gather(*(each.close() for each in self._outputs))
            if self._sending:
                await asyncio.wait(self._sending, timeout=_CLOSE_S)
            self._over.set()
        send(self._events, over)

    async def _swap(self, live: LiveSession, command: SwapFace) -> None:
        error_code = None
        try:
            await live.swap(command.rig, name=command.face)
        except RigFileError as error:
            error_code = error.code
            _log.error("face_unusable", code=error.code, reason=error.message)
        send(self._events, Applied(sequence=command.sequence, error_code=error_code))


class _Reporter:
    """Sends the events of the session to the worker; see `SessionObserver`."""

    def __init__(self, events: BinaryIO) -> None:
        self._events = events

    def joined(self) -> None:
        send(self._events, Joined())

    def token_refreshed(self, token: str) -> None:
        send(self._events, TokenRefreshed(token=token))

    def showing(self) -> None:
        send(self._events, Showing())

    def speak_wanted(self, text: str) -> None:
        send(self._events, SpeakWanted(text=text))

    def spoken(self, sentence: Sentence) -> None:
        # It was heard. Whether it is in the transcript too, the conversation's process tells.
        send(self._events, TextSpoken(sequence=sentence.sequence, position=sentence.position, is_done=False))

    def report(self, stats: SessionStats, delays_ms: dict[str, float]) -> None:
        send(self._events, SessionReport(**asdict(stats), delays_ms=delays_ms))


def _note_broken(output: asyncio.Task[None]) -> None:
    """Log that an output ended by an error that nobody foresaw; the session goes on without it."""
    if not output.cancelled() and (error := output.exception()) is not None:
        _log.error("output_broke", reason=type(error).__name__)
