"""The speech model that ships with the package: features, network, gate and prosody, row after row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech import gate, prosody
from visavis.engine.speech.features import CONTEXT_SAMPLES, row_features
from visavis.engine.speech.motion import CHANNELS, RATE_HZ, ROW_SAMPLES, VISEMES, SpeechMotion, SpeechState
from visavis.engine.speech.network import Memory, Network

SHIPPED: Final = Path(__file__).with_name("speech.onnx")


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a stream of the shipped model remembers.

    Attributes:
        total_samples: Heard so far.
        recent: The newest samples: those of the unfinished row, and the past that coming rows look back at.
        memory: The network's.
        gate: The voice gate's.
    """

    total_samples: int
    recent: NDArray[np.float32]
    memory: Memory
    gate: gate.GateState


class StreamModel:
    """A `SpeechModel` over an ONNX file.

    Work is done one row at a time in fixed shapes, which is what makes the rows independent of how the sound
    was cut into blocks.
    """

    def __init__(self, path: Path = SHIPPED) -> None:
        self._network = Network(path)
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
            0, np.zeros(self._past_samples, np.float32), self._network.fresh(), gate.GateState()
        )

    def listen(self, samples: NDArray[np.float32], state: SpeechState) -> tuple[SpeechMotion, StreamState]:
        """The rows that these samples complete, and the state after them."""
        if not isinstance(state, StreamState):
            raise TypeError("state must come from this model's begin() or listen()")
        if samples.ndim != 1:
            raise ValueError(f"samples must have shape (samples,), not {samples.shape}")
        # A damaged sample must not live on in the network's memory.
        clean = np.clip(np.nan_to_num(samples.astype(np.float32, copy=False), nan=0.0), -1.0, 1.0)
        held = np.concatenate([state.recent, clean])
        steps = (len(held) - self._past_samples) // ROW_SAMPLES
        before = state.total_samples // ROW_SAMPLES
        memory, gated = state.memory, state.gate
        out = _Rows(steps)
        for step in range(steps):
            # `new` is the first of the 320 samples that arrived last.
            new = self._past_samples + step * ROW_SAMPLES
            end = new + ROW_SAMPLES
            visemes, channels, opinion, memory = self._network.step(
                row_features(held[new - CONTEXT_SAMPLES : end]), memory
            )
            if before + step < self._network.delay_rows:
                continue
            middle = end - self._delay_samples - ROW_SAMPLES // 2
            around = held[middle - prosody.WINDOW_SAMPLES // 2 : middle + prosody.WINDOW_SAMPLES // 2]
            loudness = prosody.loudness_db(around)
            voice, gated = gate.voice(opinion, loudness, gated)
            out.add(visemes, channels, voice, loudness, prosody.pitch_hz(around, loudness))
        recent = held[steps * ROW_SAMPLES :].copy()
        return out.motion(), StreamState(state.total_samples + len(samples), recent, memory, gated)

    def finish(self, state: SpeechState) -> SpeechMotion:
        """The rows still owed, as if silence followed."""
        total_rows = -(-state.total_samples // ROW_SAMPLES)
        given = max(0, state.total_samples // ROW_SAMPLES - self._network.delay_rows)
        missing = (total_rows + self._network.delay_rows) * ROW_SAMPLES - state.total_samples
        motion, _ = self.listen(np.zeros(missing, np.float32), state)
        return motion[: total_rows - given]


class _Rows:
    """Collects rows into arrays."""

    def __init__(self, most: int) -> None:
        self._count = 0
        self._visemes = np.empty((most, len(VISEMES)), np.float32)
        self._channels = np.empty((most, len(CHANNELS)), np.float32)
        self._scalars = np.empty((3, most), np.float32)

    def add(
        self,
        visemes: NDArray[np.float32],
        channels: NDArray[np.float32],
        voice: float,
        loudness: float,
        pitch: float,
    ) -> None:
        self._visemes[self._count] = visemes
        self._channels[self._count] = channels
        self._scalars[:, self._count] = voice, loudness, pitch
        self._count += 1

    def motion(self) -> SpeechMotion:
        kept = slice(0, self._count)
        voice, loudness, pitch = self._scalars[:, kept]
        return SpeechMotion(self._visemes[kept], self._channels[kept], voice, loudness, pitch)


def load_speech_model() -> StreamModel:
    """The model that ships with the package; takes some ten milliseconds, keep it."""
    return StreamModel()
