"""Synchronizes sound and lips: sound is delayed until its lips are known.

A pure state machine. For each block that comes in, it returns the block to play now and the pose that is due
with it. Its only clock is the number of blocks.
"""

import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.engine.rig.controls import INDEX
from visavis.engine.speech import RATE_HZ as SPEECH_RATE_HZ
from visavis.engine.speech import Phoneme
from visavis.engine.stream import Pose, Stream
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block

_CLOSING_S: Final = 0.08  # from the last sound to a closed mouth, and from a closed mouth to an open one
_OPENS_BEFORE_S: Final = 0.04  # the mouth opens before it is heard
_SOUND_AHEAD: Final = 1
"""Sound is sent this many blocks before its lips. At the viewer, sound waits 15 to 30 ms longer than a
picture, unless the viewer synchronizes the two."""
_FADE_SAMPLES: Final = round(RATE_HZ * 0.005)
_MOUTH: Final = [
    INDEX[name]
    for name in ("jaw", "round", "wide", "upper_raise", "lower_drop", "press", "lip_teeth", "relax", "tongue")
]


@dataclass(frozen=True)
class Tick:
    """What to do during one block.

    Attributes:
        number: Number of the block to play, from 0; negative before the first block that came in.
        sound: The block to play.
        pose: The pose that is due; `None` if no frame starts here. It belongs to the sound of `_SOUND_AHEAD`
            blocks before.
        skipped: Number of older poses that were due too and are never shown.
    """

    number: int
    sound: Block
    pose: Pose | None
    skipped: int


class AvSync:
    """Keeps sound and lips of one session synchronous, from the first block to the last."""

    def __init__(self, stream: Stream, *, fps: Fraction) -> None:
        """Begin.

        Args:
            stream: Stream that turns sound into poses; its view is not used.
            fps: Frames a second.
        """
        self._stream = stream
        self._to_speech = Resampler(RATE_HZ, SPEECH_RATE_HZ)
        self._held: deque[Block] = deque()
        self._poses: deque[Pose] = deque()
        self._unheard: list[Floats] = []
        self._number = 0
        self._audible_until_s = -math.inf
        # The clock of the speech model is advanced by the resampler's delay. Otherwise every row would come
        # 1.5 ms after a block and wait for the next block. Nobody notices lips that are 1.5 ms late.
        stream.hear(np.zeros(round(self._to_speech.delay_s * SPEECH_RATE_HZ), np.float32))
        for _ in range(_blocks_behind(stream.delay_s, fps) - _SOUND_AHEAD):
            self._held.append(Block.silent())

    @property
    def held_blocks(self) -> int:
        """Number of blocks that came in and are not played yet."""
        return len(self._held)

    def step(self, block: Block) -> Tick:
        """Take a block in; return what to do now."""
        self._held.append(block)
        self._learn(block)
        self._hear(block)
        number = self._number - len(self._held) + 1
        self._number += 1
        due: list[Pose] = []
        while self._poses and self._poses[0].time_s < (number + 1 - _SOUND_AHEAD) * BLOCK_S - 1e-9:
            due.append(self._poses.popleft())
        played = self._held.popleft()
        if played.is_audible:
            self._audible_until_s = (number + 1) * BLOCK_S
        pose = self._hushed(due[-1], number) if due else None
        return Tick(number, played, pose, max(0, len(due) - 1))

    def _learn(self, block: Block) -> None:
        """Take in what is known of the block's sound, and of what follows it."""
        begin_s = self._number * BLOCK_S
        if block.forgets:
            self._stream.forget(begin_s)
        if block.phonemes:
            self._stream.tell(
                Phoneme(each.ipa, begin_s + each.start_s, begin_s + each.end_s) for each in block.phonemes
            )

    def _hear(self, block: Block) -> None:
        """Process a block and all blocks that wait, if that completes a pose.

        Processing twice as much half as often gives the same lips. It takes far less processor time, because
        other work empties the caches in between.
        """
        self._unheard.append(block.samples)
        if len(self._unheard) * BLOCK_SAMPLES * SPEECH_RATE_HZ < self._stream.awaited_samples * RATE_HZ:
            return
        self._poses.extend(self._stream.hear(self._to_speech(np.concatenate(self._unheard))))
        self._unheard.clear()

    def interrupt(self) -> None:
        """Be silent from now on and close the mouth. Sound that comes in later is played as usual."""
        self._stream.forget(self._number * BLOCK_S)
        if not self._held:
            return
        fading = self._held[0].samples.copy()
        fading[:_FADE_SAMPLES] *= np.linspace(1, 0, _FADE_SAMPLES, dtype=np.float32)
        fading[_FADE_SAMPLES:] = 0
        self._held = deque([Block(fading), *(Block.silent() for _ in range(len(self._held) - 1))])

    def _hushed(self, pose: Pose, number: int) -> Pose:
        """Close the mouth of a pose whose sound was dropped.

        For about 0.25 s after a cut, the speech model still expects the rest of the word.
        """
        share = 1 - (pose.time_s - self._audible_until_s) / _CLOSING_S
        coming = next((k for k, block in enumerate(self._held) if block.is_audible), None)
        if coming is not None:
            ahead_s = (number + 1 + coming) * BLOCK_S - pose.time_s
            share = max(share, 1 - (ahead_s - _OPENS_BEFORE_S) / _CLOSING_S)
        if share >= 1:
            return pose
        weights = pose.weights.copy()
        weights[_MOUTH] *= np.float32(max(0.0, share))
        return Pose(pose.index, pose.time_s, weights)


def _blocks_behind(delay_s: float, fps: Fraction) -> int:
    """Number of blocks to delay, so that every pose is ready when the block of its time starts."""
    block = Fraction(BLOCK_SAMPLES, RATE_HZ)
    latest = max((Fraction(frame) / fps) % block for frame in range(fps.numerator))
    return math.ceil((delay_s - BLOCK_S + float(latest)) / BLOCK_S - 1e-9)
