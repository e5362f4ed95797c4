"""The speech model that ships with the package: features, network, gate and prosody, row after row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech import gate, prosody
from visavis.engine.speech.features import CONTEXT_SAMPLES, row_features
from visavis.engine.speech.lips import FITTED, LipMemory, LipReader
from visavis.engine.speech.motion import CHANNELS, RATE_HZ, ROW_SAMPLES, VISEMES, SpeechMotion, SpeechState
from visavis.engine.speech.network import Answer, Memory, Network

SHIPPED: Final = Path(__file__).with_name("speech.onnx")
_SHUT: Final = np.zeros(2, np.float32)


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a stream of the shipped model remembers.

    Attributes:
        total_samples: Heard so far.
        recent: The newest samples: those of the unfinished row, and the past that coming rows look back at.
        memory: The network's.
        lips: The lip reader's.
        gate: The voice gate's.
    """

    total_samples: int
    recent: NDArray[np.float32]
    memory: Memory
    lips: LipMemory
    gate: gate.GateState


class StreamModel:
    """A `SpeechModel` over an ONNX file.

    Work is done one row at a time in fixed shapes, which is what makes the rows independent of how the sound
    was cut into blocks.
    """

    def __init__(self, path: Path = SHIPPED, lips: Path | None = FITTED) -> None:
        """Load it.

        Args:
            path: The network.
            lips: The lip reader that was fitted to this network; without one all lips are read as shut.
        """
        self._network = Network(path)
        self._lips = LipReader(lips) if lips else None
        self._delay_samples = self._network.delay_rows * ROW_SAMPLES
        # The oldest sample that a row needs when the 320 samples arrive that complete it.
        reach = self._delay_samples + ROW_SAMPLES // 2 + prosody.WINDOW_SAMPLES // 2
        self._past_samples = max(CONTEXT_SAMPLES + ROW_SAMPLES, reach) - ROW_SAMPLES

    @property
    def lookahead_s(self) -> float:
        """Seconds of sound that a row needs after its own moment."""
        return (self._delay_samples + ROW_SAMPLES / 2) / RATE_HZ

    def begin(self) -> StreamState:
        """The state before the first sample: silence came before."""
        return StreamState(
            total_samples=0,
            recent=np.zeros(self._past_samples, np.float32),
            memory=self._network.fresh(),
            lips=LipReader.fresh(),
            gate=gate.GateState(),
        )

    def listen(self, samples: NDArray[np.float32], state: SpeechState) -> tuple[SpeechMotion, StreamState]:
        """The rows that these samples complete, and the state after them."""
        if not isinstance(state, StreamState):
            raise TypeError("state must come from this model's begin() or listen()")
        if samples.ndim != 1:
            raise ValueError(f"samples must have shape (samples,), not {samples.shape}")
        clean = samples.astype(np.float32, copy=False)
        if not np.isfinite(clean).all():  # a damaged sample must not live on in the network's memory
            clean = np.nan_to_num(clean, nan=0.0)
        held = np.concatenate([state.recent, clean.clip(-1.0, 1.0)])
        steps = (len(held) - self._past_samples) // ROW_SAMPLES
        before = state.total_samples // ROW_SAMPLES
        memory, read, gated = state.memory, state.lips, state.gate
        out = _Rows(steps)
        for step in range(steps):
            # `new` is the first of the 320 samples that arrived last.
            new = self._past_samples + step * ROW_SAMPLES
            end = new + ROW_SAMPLES
            answer, memory = self._network.step(row_features(held[new - CONTEXT_SAMPLES : end]), memory)
            if before + step < self._network.delay_rows:
                continue
            if self._lips:
                read = self._lips.remember(answer, read)
            middle = end - self._delay_samples - ROW_SAMPLES // 2
            around = held[middle - prosody.WINDOW_SAMPLES // 2 : middle + prosody.WINDOW_SAMPLES // 2]
            loudness = prosody.loudness_db(around)
            voice, gated = gate.voice(answer.voice, loudness, gated)
            lips = self._lips.read(read) if self._lips else _SHUT
            out.add(answer, voice, loudness, prosody.pitch_hz(around, loudness), lips)
        recent = held[steps * ROW_SAMPLES :].copy()
        return out.motion(), StreamState(state.total_samples + len(samples), recent, memory, read, gated)

    def finish(self, state: SpeechState) -> SpeechMotion:
        """The rows still owed, as if silence followed."""
        total_rows = -(-state.total_samples // ROW_SAMPLES)
        given = max(0, state.total_samples // ROW_SAMPLES - self._network.delay_rows)
        missing = (total_rows + self._network.delay_rows) * ROW_SAMPLES - state.total_samples
        motion, _ = self.listen(np.zeros(missing, np.float32), state)
        return motion[: total_rows - given]


class _Rows:
    """Collects rows into arrays."""

    def __init__(self, max_length: int) -> None:
        self._count = 0
        self._visemes = np.empty((max_length, len(VISEMES)), np.float32)
        self._channels = np.empty((max_length, len(CHANNELS)), np.float32)
        self._scalars = np.empty((3, max_length), np.float32)
        self._lips = np.empty((max_length, 2), np.float32)

    def add(
        self, answer: Answer, voice: float, loudness: float, pitch: float, lips: NDArray[np.float32]
    ) -> None:
        at = self._count
        self._visemes[at], self._channels[at], self._lips[at] = answer.visemes, answer.channels, lips
        self._scalars[:, at] = voice, loudness, pitch
        self._count += 1

    def motion(self) -> SpeechMotion:
        kept = slice(0, self._count)
        voice, loudness, pitch = self._scalars[:, kept]
        return SpeechMotion(
            self._visemes[kept], self._channels[kept], voice, loudness, pitch, self._lips[kept]
        )


def load_speech_model() -> StreamModel:
    """The model that ships with the package; takes some ten milliseconds, keep it."""
    return StreamModel()
