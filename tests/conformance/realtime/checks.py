"""Checks for every implementation of a port of live sessions; each runs in real time, as a session does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import groupby
from typing import Protocol

import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.ports import AudioInput, AvOutput
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block

TONES_HZ = 500, 1000, 2000
LEVELS = 60, 130, 200
"""Greys, one shown with each tone."""
_TONE_BLOCKS = 40
_PAUSE_BLOCKS = 50
_TRIES = 5  # a busy machine may lose a tone on its way through a room
_TICK_BLOCKS = 2
_FRAME_TICKS = 2


class Recorder(Protocol):
    """Records the sound and pictures of an output, in order."""

    @property
    def tones_hz(self) -> Sequence[int]: ...

    @property
    def levels(self) -> Sequence[int]: ...


def tones() -> Floats:
    """The tones, one after the other."""
    time_s = np.arange(_TONE_BLOCKS * BLOCK_SAMPLES) / RATE_HZ
    return np.concatenate([0.3 * np.sin(2 * np.pi * tone * time_s) for tone in TONES_HZ]).astype(np.float32)


def tone_of(samples: Floats) -> int:
    """Which of the tones is heard."""
    spectrum = np.abs(np.fft.rfft(samples))
    hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[int(np.argmax(spectrum))]
    return min(TONES_HZ, key=lambda tone: abs(tone - hz))


def level_of(rgb: Pixels) -> int:
    """Which of the greys is seen."""
    return min(LEVELS, key=lambda level: abs(level - float(rgb.mean())))


async def check_unconnected_input(audio_input: AudioInput) -> None:
    """Check an input that nothing is connected to; it is closed afterwards."""
    assert audio_input.is_idle
    assert audio_input.waiting_s == 0
    assert audio_input.dropped_samples == 0
    assert not any(block.is_audible for block in _taken(audio_input, 10))
    await _check_closing(audio_input)


async def check_audio_input(audio_input: AudioInput, say: Callable[[Floats], Awaitable[object]]) -> None:
    """Check an input that has received no sound yet; it is closed afterwards.

    Args:
        audio_input: The input.
        say: Sends sound to it, 48 kHz.
    """
    assert not audio_input.is_idle
    assert not any(block.is_audible for block in _taken(audio_input, 10))
    for _ in range(_TRIES):
        heard = await _hear(audio_input, say)
        assert heard == sorted(heard), "the tones come in another order than they went"
        if heard == list(TONES_HZ):
            break
    else:
        raise AssertionError("the tones never came whole")
    await _check_closing(audio_input)


async def _check_closing(audio_input: AudioInput) -> None:
    for _ in range(2):
        await audio_input.close()
        assert not any(block.is_audible for block in _taken(audio_input, 10))


async def _hear(audio_input: AudioInput, say: Callable[[Floats], Awaitable[object]]) -> list[int]:
    """Send the tones and collect what comes out, until nothing more comes."""
    saying = asyncio.ensure_future(say(tones()))
    clock, heard, quiet = MonotonicClock(), list[int](), 0
    due_s = clock.now_s()
    while quiet < _PAUSE_BLOCKS or not (saying.done() and heard):
        await clock.sleep_until(due_s)
        for block in _taken(audio_input, _TICK_BLOCKS):
            quiet = 0 if block.is_audible else quiet + 1
            if block.is_audible:
                heard.append(tone_of(block.samples))
        due_s += _TICK_BLOCKS * BLOCK_S
    await saying
    return _runs(heard)


def _taken(audio_input: AudioInput, count: int) -> list[Block]:
    """Take blocks and note that they were played."""
    blocks = [audio_input.take() for _ in range(count)]
    for block in blocks:
        assert block.samples.shape == (BLOCK_SAMPLES,)
        assert block.samples.dtype == np.float32
        assert np.abs(block.samples).max() <= 1
    audio_input.note_played(blocks, held_blocks=0)
    return blocks


async def check_av_output(output: AvOutput, recorder: Recorder, *, side_px: int) -> None:
    """Check an output that is open; it is closed afterwards.

    Args:
        output: The output.
        recorder: Hears and sees what comes out of it.
        side_px: Side of its picture.
    """
    for _ in range(_TRIES):
        before = len(recorder.tones_hz), len(recorder.levels)
        await _perform(output, side_px)
        heard, seen = _runs(recorder.tones_hz[before[0] :]), _runs(recorder.levels[before[1] :])
        assert heard == sorted(heard), "the tones come in another order than they went"
        assert seen == sorted(seen), "the pictures come in another order than they went"
        if (heard, seen) == (list(TONES_HZ), list(LEVELS)):
            break
    else:
        raise AssertionError(f"sound and picture never came whole: {heard}, {seen}")
    for _ in range(2):
        await output.close()
        await check_silent(output, side_px=side_px)


async def check_silent(output: AvOutput, *, side_px: int) -> None:
    """Check that an output that is not open accepts sound and pictures."""
    await output.play([Block(tones()[:BLOCK_SAMPLES])] * _TICK_BLOCKS, 0.0)
    output.show(_picture(LEVELS[0], side_px), 0.0)


async def _perform(output: AvOutput, side_px: int) -> None:
    """Play the tones with their pictures, and then silence with the last picture."""
    sound = np.concatenate([tones(), np.zeros(_PAUSE_BLOCKS * BLOCK_SAMPLES, np.float32)])
    blocks = [Block(samples) for samples in np.split(sound, len(sound) // BLOCK_SAMPLES)]
    clock = MonotonicClock()
    began_s = clock.now_s()
    for tick, first in enumerate(range(0, len(blocks), _TICK_BLOCKS)):
        due_s = began_s + first * BLOCK_S
        await clock.sleep_until(due_s)
        await output.play(blocks[first : first + _TICK_BLOCKS], due_s)
        if tick % _FRAME_TICKS == 0:
            output.show(_picture(LEVELS[min(first // _TONE_BLOCKS, len(LEVELS) - 1)], side_px), due_s)


def _picture(level: int, side_px: int) -> Pixels:
    return np.full((side_px, side_px, 3), level, np.uint8)


def _runs(values: Iterable[int]) -> list[int]:
    """Values that stay for a while, each once; sounds between two tones do not count."""
    return [value for value, run in groupby(values) if len(list(run)) > 3]
