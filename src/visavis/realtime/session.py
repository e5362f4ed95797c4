"""One live session: its clock, its room, its face."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import structlog

from visavis.engine.rig.file import load_rig
from visavis.engine.speech import SpeechModel
from visavis.engine.stream import Pose, Stream
from visavis.engine.view import FaceView
from visavis.errors import LiveRoomError
from visavis.realtime.audio_mixer import AudioMixer
from visavis.realtime.av_sync import AvSync
from visavis.realtime.clock import Clock
from visavis.realtime.crossfade import FaceCrossfade
from visavis.realtime.delays import Delays
from visavis.realtime.ports import EndReason, SessionObserver, SessionStats, VideoSettings
from visavis.realtime.room import AvatarRoom
from visavis.realtime.sound import BLOCK_S, RATE_HZ, to_pcm

_REJOIN_S: Final = 40.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0
_WATCH_S: Final = 0.5
_BEAT_BLOCKS: Final = 2  # every wake finds the caches emptied by others; half as many save an eighth
_BEAT_S: Final = _BEAT_BLOCKS * BLOCK_S
_REPORT_S: Final = 5.0
_STALL_S: Final = 4.0
"""Who stood still for less catches up: then the count of the samples that were sent still tells the time, and
viewers hold sound and picture together by it. After more, such as a night asleep, it goes on from there."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class SessionConfig:
    """What an avatar is to be.

    Attributes:
        way: To the room's server: gives the address to connect to, for as long as the session lasts.
        token: To join with.
        viewers_token: For the room of the viewers, if that is another one.
        rig: File of the face.
        video: How the video is sent.
        idle_timeout_s: After so long without anybody to be heard the session is over.
    """

    way: AbstractAsyncContextManager[str]
    token: str
    viewers_token: str | None
    rig: Path
    video: VideoSettings
    idle_timeout_s: float


class LiveSession:
    """An avatar in a room, from joining to leaving."""

    def __init__(
        self, config: SessionConfig, speech: SpeechModel, clock: Clock, observer: SessionObserver
    ) -> None:
        """Prepare; nothing is opened.

        Args:
            config: What it is to be.
            speech: What hears.
            clock: The session's only one.
            observer: Is told what happens.
        """
        self._config, self._speech, self._clock, self._observer = config, speech, clock, observer
        self._fps = Fraction(config.video.fps)
        # Later newer ones, from the server.
        self._token, self._viewers_token = config.token, config.viewers_token
        self._over: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._lost = asyncio.Event()
        self._idle_since_s: float | None = clock.now_s()
        self._crossfade: FaceCrossfade | None = None
        self._mixer = AudioMixer()
        self._interrupt: Callable[[], None] = lambda: None
        self._room = self._new_room()
        self.stats = SessionStats()
        self._delays = Delays()

    async def run(self) -> EndReason:
        """Play until it is over. Returns why."""
        face = await asyncio.to_thread(self._face, self._config.rig)
        self._crossfade = FaceCrossfade(face, fps=float(self._fps))
        stream = Stream(self._crossfade, self._speech, fps=self._fps)
        av_sync = AvSync(stream, fps=self._fps)
        self._interrupt = av_sync.interrupt
        tasks: list[asyncio.Task[None]] = []
        async with self._config.way as url:
            try:
                async with asyncio.TaskGroup() as group:
                    work = (self._stay(url), self._play(stream, av_sync), self._watch())
                    tasks = [group.create_task(each) for each in work]
                    reason = await self._over
                    for task in tasks:
                        task.cancel()
            finally:
                await self._room.leave()
        return reason

    def end(self, reason: EndReason = EndReason.ENDED) -> None:
        """Let it be over."""
        if not self._over.done():
            self._over.set_result(reason)

    async def swap(self, rig: Path) -> None:
        """Turn into another face.

        Raises:
            RigFileError: The file is no rig.
        """
        face = await asyncio.to_thread(self._face, rig)
        if self._crossfade is not None:
            self._crossfade.change(face)

    async def say_face(self, name: str) -> None:
        """Write into the avatar's metadata which face it shows."""
        await self._room.describe({"visavis.face": name})

    def _face(self, rig: Path) -> FaceView:
        return FaceView(load_rig(rig), side_px=self._config.video.size_px)

    def _new_room(self) -> AvatarRoom:
        return AvatarRoom(
            self._config.video,
            mixer=self._mixer,
            interrupt=lambda: self._interrupt(),
            on_gone=self._note_gone,
            on_change=self._note_change,
            on_token=self._note_token,
        )

    async def _stay(self, url: str) -> None:
        """Join, and join again when the room is lost."""
        while True:
            self._lost.clear()
            if not await self._join_patiently(url):
                self.end(EndReason.ROOM_LOST)
                return
            self._observer.joined()
            await self._lost.wait()
            _log.warning("room_lost")
            self._viewers_token = self._room.viewers_token
            await self._room.leave()
            self._room = self._new_room()

    async def _join_patiently(self, url: str) -> bool:
        deadline_s, pause_s = self._clock.now_s() + _REJOIN_S, _FIRST_PAUSE_S
        while True:
            try:
                await self._room.join(url, self._token, viewers_token=self._viewers_token)
            except LiveRoomError as error:
                _log.warning("join_failed", reason=error.message)
                if self._clock.now_s() > deadline_s:
                    return False
                self._room = self._new_room()
            else:
                return True
            await self._clock.sleep_until(self._clock.now_s() + pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _play(self, stream: Stream, av_sync: AvSync) -> None:
        """The session's heartbeat, every 20 ms. Sound is never skipped, late frames are."""
        began_s, beat = self._clock.now_s(), 0
        while True:
            await self._clock.sleep_until(began_s + beat * _BEAT_S)
            late_s = self._clock.now_s() - began_s - beat * _BEAT_S
            if late_s > _STALL_S:
                self.stats.stalls += 1
                began_s, late_s = began_s + late_s, 0.0
            self._delays.add("tick", late_s)
            self._delays.add("ear", self._mixer.waiting_s)
            self._delays.add("hold", av_sync.held_blocks * BLOCK_S)
            pose = await self._listen_and_play(av_sync)
            self._delays.add("think", self._clock.now_s() - began_s - beat * _BEAT_S - late_s)
            if pose is not None:
                began_drawing_s = self._clock.now_s()
                self._show(stream, pose, late_s=late_s, at_s=began_s + pose.time_s)
                self._delays.add("draw", self._clock.now_s() - began_drawing_s)
            beat += 1

    async def _listen_and_play(self, av_sync: AvSync) -> Pose | None:
        """Take in and play the blocks of one beat. Returns the pose that is due."""
        voice = self._room.voice
        pose, sound = None, []
        for _ in range(_BEAT_BLOCKS):
            tick = av_sync.step(self._mixer.take() if voice is None else voice.take())
            sound.append(tick.sound)
            self.stats.skipped += tick.skipped + (pose is not None and tick.pose is not None)
            pose = tick.pose or pose
        await self._room.play([to_pcm(block.samples) for block in sound])
        if voice is not None:
            for block in sound:
                voice.played(block)
            voice.settle(av_sync.held_blocks)
        return pose

    def _show(self, stream: Stream, pose: Pose, *, late_s: float, at_s: float) -> None:
        frame_s = float(1 / self._fps)
        if late_s > frame_s:
            self.stats.skipped += 1
            return
        self.stats.late += late_s > frame_s / 2
        self._room.show(stream.draw(pose).rgb, at_s)
        self.stats.frames += 1
        if self.stats.frames == 1:
            self._observer.showing()

    async def _watch(self) -> None:
        """Look now and then whether anybody is there, and tell the figures."""
        told_s = self._clock.now_s()
        while True:
            await self._clock.sleep_until(self._clock.now_s() + _WATCH_S)
            now_s = self._clock.now_s()
            if self._idle_since_s is not None and now_s - self._idle_since_s > self._config.idle_timeout_s:
                self.end(EndReason.IDLE_TIMEOUT)
            if now_s - told_s >= _REPORT_S:
                told_s = now_s
                self.stats.dropped_s = self._mixer.dropped_samples / RATE_HZ
                await self._room.look(self._delays)
                self._observer.report(replace(self.stats), self._delays.take_ms())

    def _note_gone(self, reason: EndReason | None) -> None:
        if reason is None:
            self._lost.set()
        else:
            self.end(reason)

    def _note_token(self, token: str) -> None:
        self._token = token
        self._observer.token_refreshed(token)

    def _note_change(self) -> None:
        """Begin to wait when nobody is there to be heard, or stop waiting."""
        if not self._room.is_idle:
            self._idle_since_s = None
        elif self._idle_since_s is None:
            self._idle_since_s = self._clock.now_s()
