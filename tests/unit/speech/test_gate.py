"""When the mouth opens and when it stays shut: sounds made here, and real ones where they are at hand."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ, SpeechMotion, load_speech_model
from visavis.engine.speech.calibration import lips
from visavis.engine.speech.gate import GateState, voice

MODEL = load_speech_model()
Sound = NDArray[np.float32]


def hear(sound: Sound) -> SpeechMotion:
    motion, state = MODEL.listen(sound.astype(np.float32), MODEL.begin())
    return SpeechMotion.concatenate([motion, MODEL.finish(state)])


def open_share(sound: Sound) -> float:
    return float((hear(sound).voice > 0.5).mean())


def noise(seconds: float, seed: int = 0) -> Sound:
    return np.random.default_rng(seed).normal(0, 0.2, int(seconds * RATE_HZ)).astype(np.float32)


def breath(seconds: float) -> Sound:
    """In and out, four times: soft noise that swells and fades."""
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    soft = sosfilt(butter(1, [400, 3000], "band", fs=RATE_HZ, output="sos"), noise(seconds, 1))
    return (soft * np.sin(2 * np.pi * time / (2 * seconds / 4)) ** 2).astype(np.float32)


def music(seconds: float) -> Sound:
    """A piano-like walk over four chords, with a bass and a beat."""
    time = np.arange(int(0.5 * RATE_HZ)) / RATE_HZ
    bars = []
    for at in range(int(seconds / 0.5)):
        root = (220.0, 174.6, 261.6, 196.0)[at // 2 % 4]
        tones = (root / 2, root, root * 1.2599, root * 1.4983)
        chord = sum(
            np.sin(2 * np.pi * hz * order * time) / order**2 for hz in tones for order in (1, 2, 3, 4)
        )
        click = np.random.default_rng(at).normal(0, 0.3, len(time)) * np.exp(-80 * time)
        bars.append(chord * np.exp(-3 * time) / 6 + click)
    return np.concatenate(bars).astype(np.float32)


def spoken(whispered: bool = False, seconds: float = 2.4) -> Sound:
    """Syllables without words: formants that move, and a voice or breath that drives them."""
    pieces = []
    for at in range(int(seconds / 0.3)):
        time = np.arange(int(0.2 * RATE_HZ)) / RATE_HZ
        voiced = np.diff(np.floor(time * (110 + 20 * math.sin(at))), prepend=0.0)
        driven = noise(0.2, at) if whispered else voiced + 0.02 * noise(0.2, at)
        for hz in ((700, 1200, 2500), (350, 2000, 2700))[at % 2]:
            radius = math.exp(-math.pi * 90 / RATE_HZ)
            driven = lfilter(
                [1.0], [1.0, -2 * radius * math.cos(2 * math.pi * hz / RATE_HZ), radius**2], driven
            )
        driven *= np.sin(np.pi * time / 0.2) ** 0.5
        hiss = sosfilt(butter(2, [2500, 6500], "band", fs=RATE_HZ, output="sos"), noise(0.1, 50 + at))
        pieces += [0.3 * driven / np.abs(driven).max(), 0.05 * hiss / np.abs(hiss).max()]
    return np.concatenate(pieces).astype(np.float32)


def laughter(seconds: float = 2.0) -> Sound:
    """`ha ha ha`, five a second, falling in pitch."""
    pieces = []
    for at in range(int(seconds / 0.2)):
        time = np.arange(int(0.13 * RATE_HZ)) / RATE_HZ
        pulses = np.diff(np.floor(time * 260 * 0.97**at), prepend=0.0) + 0.05 * noise(0.13, at)
        for hz in (850, 1400, 2600):
            radius = math.exp(-math.pi * 120 / RATE_HZ)
            pulses = lfilter(
                [1.0], [1.0, -2 * radius * math.cos(2 * math.pi * hz / RATE_HZ), radius**2], pulses
            )
        pulses *= np.sin(np.pi * time / 0.13)
        pieces += [0.02 * noise(0.07, at), 0.4 * pulses / np.abs(pulses).max()]
    return np.concatenate(pieces).astype(np.float32)


@pytest.mark.parametrize("make", [noise, breath, music], ids=["noise", "breath", "music"])
@pytest.mark.parametrize("gain_db", [0, -15, -30])
def test_sounds_other_than_speech_keep_the_mouth_closed(make: Callable[[float], Sound], gain_db: int) -> None:
    sound = make(6.0) * np.float32(10 ** (gain_db / 20))
    assert open_share(sound) < 0.02
    aperture, _ = lips(hear(sound))
    assert np.percentile(aperture, 98) < 0.1


def test_silence_keeps_the_mouth_shut() -> None:
    for level in (0.0, 1e-4):
        motion = hear(level * noise(3.0))
        assert not (motion.voice > 0).any()
        assert not lips(motion)[0].any()


@pytest.mark.parametrize("whispered", [False, True], ids=["voiced", "whispered"])
def test_a_voice_and_a_whisper_open_the_gate(whispered: bool) -> None:
    assert open_share(spoken(whispered)) > 0.7


def test_laughter_opens_the_mouth() -> None:
    motion = hear(laughter())
    aperture, _ = lips(motion)
    assert (motion.voice > 0.5).mean() > 0.6
    assert np.percentile(aperture, 90) > 0.4


def test_level_does_not_matter_over_30_db() -> None:
    sound = spoken()
    loud, faint = hear(sound), hear(sound * np.float32(10 ** (-30 / 20)))
    assert np.mean((loud.voice > 0.5) == (faint.voice > 0.5)) > 0.9


def test_the_gate_opens_faster_than_it_closes_and_ignores_what_is_too_faint() -> None:
    def rows_until(target: float, opinion: float, state: GateState, *, rising: bool) -> int:
        for row in range(1, 100):
            value, state = voice(opinion, -20.0, state)
            if (value >= target) if rising else (value <= target):
                return row
        raise AssertionError("the gate never got there")

    opening = rows_until(0.9, 1.0, GateState(0.0), rising=True)
    closing = rows_until(0.1, 0.0, GateState(1.0), rising=False)
    assert opening < closing <= 10
    assert voice(1.0, -100.0, GateState(0.0))[0] == 0.0


def _real(folder: Path, name: str) -> Sound:
    file = folder / "speech" / name
    if not file.exists():
        pytest.skip(f"no {name}")
    with open_sound(file, rate_hz=RATE_HZ) as sound:
        return np.concatenate([block.samples.mean(axis=0) for block in sound])


def test_real_silence_singing_faint_speech_and_a_noisy_meeting(shared_data: Path) -> None:
    assert open_share(_real(shared_data, "silence_5s.wav")) == 0
    assert open_share(_real(shared_data, "singing_imagine.wav")) > 0.5
    sound = _real(shared_data, "clean_of_noisy.wav")
    clean, faint = hear(sound), hear(sound * np.float32(10 ** (-30 / 20)))
    assert np.corrcoef(lips(clean)[0], lips(faint)[0])[0, 1] > 0.9
    noisy = hear(_real(shared_data, "noisy_meeting_snr10.wav"))
    rows = min(len(clean), len(noisy))
    assert np.mean((clean.voice[:rows] > 0.5) == (noisy.voice[:rows] > 0.5)) > 0.8
    assert np.corrcoef(lips(clean)[0][:rows], lips(noisy)[0][:rows])[0, 1] > 0.6
