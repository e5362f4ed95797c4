"""One live session: from the sound of its input to the audio and video of its output."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from visavis.engine.agent_file import read_profile
from visavis.engine.performer import Manners
from visavis.engine.rig.file import load_rig
from visavis.engine.speech import SpeechModel
from visavis.engine.stream import Pose, Stream
from visavis.engine.view import FaceView
from visavis.realtime.av_sync import AvSync
from visavis.realtime.clock import Clock
from visavis.realtime.crossfade import FaceCrossfade
from visavis.realtime.delays import Delays
from visavis.realtime.ports import (
    AvOutput,
    Connection,
    ConnectionListener,
    EndReason,
    SessionObserver,
    SessionStats,
    VideoSettings,
)
from visavis.realtime.sound import BLOCK_S, RATE_HZ, Block

_WATCH_S: Final = 0.5
_TICK_BLOCKS: Final = 2  # each wake finds the caches emptied by other work; two blocks a wake save an eighth
_TICK_S: Final = _TICK_BLOCKS * BLOCK_S
_REPORT_S: Final = 5.0
_STALL_S: Final = 4.0
"""After a shorter stop, a session catches up: the count of sent samples still tells the time, and viewers
synchronize audio and video by it. After a longer one, such as a suspended machine, it continues from the
present."""


@dataclass(frozen=True)
class SessionConfig:
    """What a session shows.

    Attributes:
        rig: Path of the rig file.
        video: Video settings.
        idle_timeout_s: Time without anybody who could be heard, after which the session ends.
    """

    rig: Path
    video: VideoSettings
    idle_timeout_s: float


class LiveSession:
    """A live session; the `ConnectionListener` of its connection."""

    def __init__(
        self,
        config: SessionConfig,
        speech: SpeechModel,
        clock: Clock,
        observer: SessionObserver,
        connect: Callable[[ConnectionListener], Connection],
        more_outputs: Sequence[AvOutput] = (),
    ) -> None:
        """Prepare; this opens nothing yet.

        Args:
            config: What the session shows.
            speech: Speech model.
            clock: The session's only clock.
            observer: Observer of the session.
            connect: Creates the connection of the session that it is given.
            more_outputs: Outputs besides that of the connection, which never wait. Whoever opened them closes
                them.
        """
        self._config, self._speech, self._clock, self._observer = config, speech, clock, observer
        self._fps = Fraction(config.video.fps)
        self._over: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._idle_since_s: float | None = clock.now_s()
        self._crossfade: FaceCrossfade | None = None
        self._av_sync: AvSync | None = None
        self._stats, self._delays = SessionStats(), Delays()
        self._connection, self._more_outputs = connect(self), more_outputs

    async def run(self) -> EndReason:
        """Run the session. Returns why it ended.

        Raises:
            RigFileError: The file is no rig.
        """
        face = await asyncio.to_thread(self._face, self._config.rig)
        manners = await asyncio.to_thread(_manners, self._config.rig)
        self._crossfade = FaceCrossfade(face, fps=float(self._fps))
        stream = Stream(self._crossfade, self._speech, fps=self._fps, manners=manners)
        self._av_sync = AvSync(stream, fps=self._fps)
        async with asyncio.TaskGroup() as group:
            work = (self._connection.run(), self._play(stream, self._av_sync), self._watch())
            tasks = [group.create_task(each) for each in work]
            reason = await self._over
            for task in tasks:
                task.cancel()
        return reason

    def end(self, reason: EndReason = EndReason.ENDED) -> None:
        """End the session."""
        if not self._over.done():
            self._over.set_result(reason)

    def interrupt(self) -> None:
        """Drop all sound that was taken so far, and close the mouth."""
        if self._av_sync is not None:
            self._av_sync.interrupt()

    def drop_speech(self) -> None:
        """Drop what the agent has sent: it is gone."""
        self._connection.drop_speech()

    def note_presence(self) -> None:
        """Start the idle timeout if there is nobody who could be heard; otherwise stop it."""
        if not self._connection.is_idle:
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = self._clock.now_s()

    async def swap(self, rig: Path, *, name: str) -> None:
        """Change to another face.

        Args:
            rig: Path of the rig file.
            name: Name of the face, for viewers.

        Raises:
            RigFileError: The file is no rig.
        """
        face = await asyncio.to_thread(self._face, rig)
        if self._crossfade is not None:
            self._crossfade.change(face)
        await self._connection.describe({"visavis.face": name})

    def _face(self, rig: Path) -> FaceView:
        return FaceView(load_rig(rig), side_px=self._config.video.size_px)

    async def _play(self, stream: Stream, av_sync: AvSync) -> None:
        """Tick every 20 ms. Late frames are skipped, sound never is."""
        began_s, tick = self._clock.now_s(), 0
        while True:
            await self._clock.sleep_until(began_s + tick * _TICK_S)
            late_s = self._clock.now_s() - began_s - tick * _TICK_S
            if late_s > _STALL_S:
                self._stats.stalls += 1
                began_s, late_s = began_s + late_s, 0.0
            self._delays.add("tick", late_s)
            self._delays.add("input", self._connection.audio_input.waiting_s)
            self._delays.add("hold", av_sync.held_blocks * BLOCK_S)
            pose = await self._take_and_play(av_sync, began_s)
            self._delays.add("think", self._clock.now_s() - began_s - tick * _TICK_S - late_s)
            if pose is not None:
                began_drawing_s = self._clock.now_s()
                self._show(stream, pose, late_s=late_s, at_s=began_s + pose.time_s)
                self._delays.add("draw", self._clock.now_s() - began_drawing_s)
            tick += 1

    async def _take_and_play(self, av_sync: AvSync, began_s: float) -> Pose | None:
        """Take and play the blocks of one tick. Returns the pose that is due."""
        audio_input, pose = self._connection.audio_input, None
        sound, times_s = list[Block](), list[float]()
        for _ in range(_TICK_BLOCKS):
            tick = av_sync.step(audio_input.take())
            sound.append(tick.sound)
            times_s.append(began_s + tick.number * BLOCK_S)
            self._stats.skipped += tick.skipped + (pose is not None and tick.pose is not None)
            pose = tick.pose or pose
        for output in self._outputs():
            await output.play(sound, times_s[0])
        audio_input.note_played(sound, held_blocks=av_sync.held_blocks)
        return pose

    def _show(self, stream: Stream, pose: Pose, *, late_s: float, at_s: float) -> None:
        frame_s = float(1 / self._fps)
        if late_s > frame_s:
            self._stats.skipped += 1
            return
        self._stats.late += late_s > frame_s / 2
        rgb = stream.draw(pose).rgb
        for output in self._outputs():
            output.show(rgb, at_s)
        self._stats.frames += 1
        if self._stats.frames == 1:
            self._observer.showing()

    def _outputs(self) -> tuple[AvOutput, ...]:
        """Outputs of this moment; that of the connection may change."""
        return (self._connection.output, *self._more_outputs)

    async def _watch(self) -> None:
        """Check at intervals whether anybody is there, and report."""
        reported_s = self._clock.now_s()
        while True:
            await self._clock.sleep_until(self._clock.now_s() + _WATCH_S)
            now_s = self._clock.now_s()
            if self._idle_since_s is not None and now_s - self._idle_since_s > self._config.idle_timeout_s:
                self.end(EndReason.IDLE_TIMEOUT)
            if now_s - reported_s >= _REPORT_S:
                reported_s = now_s
                self._stats.dropped_s = self._connection.audio_input.dropped_samples / RATE_HZ
                await self._connection.measure(self._delays)
                self._observer.report(replace(self._stats), self._delays.take_ms())


def _manners(rig: Path) -> Manners | None:
    """How the person of a rig file moves; `None` if the file does not say it."""
    profile = read_profile(rig.read_bytes())
    return profile.manners if profile is not None else None
