"""Sounds that nobody speaks: music, breath, machines, steps and taps. In all of them the mouth stays shut.

All are computed; each function gives `(samples,)` float32 at 16 kHz with a peak of 1.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, lfilter, sosfilt

from visavis.engine.speech.motion import RATE_HZ

Sound = NDArray[np.float32]
Rng = np.random.Generator


def _unit(sound: NDArray[np.floating]) -> Sound:
    return (sound / (np.abs(sound).max() + 1e-9)).astype(np.float32)


def coloured(rng: Rng, samples: int, slope: float | None = None) -> Sound:
    """Steady noise whose amplitude falls with frequency to the power `slope` (0 white, 1 brown)."""
    slope = float(rng.uniform(0, 1.2)) if slope is None else slope
    points = next_fast_len(samples, real=True)
    spectrum = rfft(rng.normal(size=points))
    return _unit(irfft(spectrum * np.linspace(0.01, 1, len(spectrum)) ** -slope, points)[:samples])


def hum(rng: Rng, samples: int) -> Sound:
    """A motor or mains: a low tone with overtones over some noise."""
    time = np.arange(samples) / RATE_HZ
    base = rng.uniform(45, 240)
    tones = sum(
        rng.uniform(0, 1) / order * np.sin(2 * np.pi * base * order * time + rng.uniform(0, 6.3))
        for order in range(1, int(rng.integers(2, 12)))
    )
    return _unit(tones + rng.uniform(0, 0.6) * coloured(rng, samples))


def breath(rng: Rng, samples: int) -> Sound:
    """Breathing: noise through a still mouth that swells and fades."""
    out = np.zeros(samples)
    at = int(rng.uniform(0, 0.8) * RATE_HZ)
    while at < samples:
        length = int(rng.uniform(0.25, 1.4) * RATE_HZ)
        noise = coloured(rng, length, rng.uniform(0, 0.6)).astype(np.float64)
        for centre, width in ((rng.uniform(500, 1900), 500), (rng.uniform(1500, 3800), 800)):
            noise = noise + 2 * _resonate(noise, float(centre), width)
        swell = np.sin(np.pi * np.linspace(0, 1, length) ** rng.uniform(0.5, 1.8)) ** rng.uniform(0.7, 2)
        stop = min(samples, at + length)
        out[at:stop] += (noise * swell)[: stop - at] * rng.uniform(0.3, 1)
        at += length + int(rng.uniform(0.1, 1.2) * RATE_HZ)
    return _unit(out)


def taps(rng: Rng, samples: int) -> Sound:
    """Keys, steps, knocks, clicks: short decaying bursts."""
    out = np.zeros(samples)
    at = 0
    while at < samples:
        length = int(rng.uniform(0.005, 0.15) * RATE_HZ)
        burst = rng.normal(size=length) * np.exp(-np.linspace(0, rng.uniform(4, 9), length))
        if rng.random() < 0.6:
            burst = _resonate(burst, float(rng.uniform(150, 5000)), float(rng.uniform(60, 900)))
        stop = min(samples, at + length)
        out[at:stop] += _unit(burst)[: stop - at] * rng.uniform(0.2, 1)
        at += int(rng.exponential(0.25) * RATE_HZ) + 200
    return _unit(out)


def music(rng: Rng, samples: int) -> Sound:
    """Chords, a tune, a bass and drums, each sometimes missing, at a random tempo and timbre."""
    beat = int(RATE_HZ * 60 / rng.uniform(60, 170))
    root = 55 * 2 ** (rng.integers(0, 12) / 12)
    scale = np.array([0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.5 else [0, 2, 3, 5, 7, 8, 10])
    parts = rng.random(4) < (0.7, 0.7, 0.6, 0.5)
    if not parts.any():
        parts[0] = True
    out = np.zeros(samples + 4 * beat)
    timbres = [_timbre(rng) for _ in range(3)]
    for at in range(0, samples, beat):
        degree = int(rng.integers(0, 7))
        if parts[0] and (at // beat) % 4 == 0:
            for step in (0, 2, 4):
                hz = 4 * root * 2 ** (scale[(degree + step) % 7] / 12)
                _add(out, at, 0.35 * _note(rng, hz, 4 * beat, timbres[0]))
        if parts[1]:
            count = int(rng.choice([1, 1, 2, 4]))
            for part in range(count):
                hz = 8 * root * 2 ** (scale[int(rng.integers(0, 7))] / 12)
                _add(out, at + part * beat // count, 0.6 * _note(rng, hz, beat // count, timbres[1]))
        if parts[2]:
            _add(out, at, 0.7 * _note(rng, root * 2 ** (scale[degree] / 12), beat, timbres[2]))
        if parts[3]:
            _add(out, at, _drum(rng, (at // beat) % 2 == 0))
    return _unit(out[:samples])


def silence(rng: Rng, samples: int) -> Sound:
    """Digital silence, or the faint noise of a microphone; peak at most -45 dB."""
    if rng.random() < 0.3:
        return np.zeros(samples, np.float32)
    return (coloured(rng, samples) * 10 ** (rng.uniform(-90, -45) / 20)).astype(np.float32)


KINDS: dict[str, Callable[[Rng, int], Sound]] = {
    "silence": silence,
    "noise": coloured,
    "hum": hum,
    "breath": breath,
    "taps": taps,
    "music": music,
}


def _resonate(sound: NDArray[np.floating], centre_hz: float, width_hz: float) -> NDArray[np.float64]:
    radius = np.exp(-np.pi * width_hz / RATE_HZ)
    poles = (1.0, -2 * radius * np.cos(2 * np.pi * centre_hz / RATE_HZ), radius**2)
    resonant: NDArray[np.float64] = lfilter([1 - radius], poles, sound)
    return resonant


def _timbre(rng: Rng) -> tuple[NDArray[np.float64], float, float, float]:
    """Overtone amplitudes, attack and decay in seconds, depth of vibrato."""
    orders = np.arange(1, int(rng.integers(2, 16)))
    overtones = rng.uniform(0.2, 1, len(orders)) * orders ** -rng.uniform(0.6, 2.2)
    if rng.random() < 0.3:
        overtones[1::2] *= 0.1
    return (
        overtones,
        float(rng.choice([0.003, 0.02, 0.12])),
        float(rng.uniform(0.1, 2.5)),
        float(rng.uniform(0, 0.006)),
    )


def _note(
    rng: Rng, hz: float, samples: int, timbre: tuple[NDArray[np.float64], float, float, float]
) -> Sound:
    overtones, attack_s, decay_s, vibrato = timbre
    time = np.arange(samples) / RATE_HZ
    phase = 2 * np.pi * hz * time + vibrato * hz / 5.5 * np.sin(2 * np.pi * 5.5 * time) + rng.uniform(0, 6.3)
    orders = [order for order in range(1, len(overtones) + 1) if order * hz < 7800]
    tone = sum((overtones[order - 1] * np.sin(order * phase) for order in orders), np.zeros(samples))
    shape = np.minimum(1, time / attack_s) * np.exp(-time / decay_s) * np.minimum(1, (time[-1] - time) / 0.01)
    return (tone * shape).astype(np.float32)


def _drum(rng: Rng, low: bool) -> Sound:
    time = np.arange(int(0.25 * RATE_HZ)) / RATE_HZ
    if low:
        return np.sin(2 * np.pi * (55 * time + 5 * (1 - np.exp(-30 * time)))).astype(np.float32) * np.exp(
            -14 * time
        )
    snare = sosfilt(butter(2, [300, 7000], "band", fs=RATE_HZ, output="sos"), rng.normal(size=len(time)))
    return (0.4 * snare * np.exp(-25 * time)).astype(np.float32)


def _add(out: NDArray[np.float64], at: int, sound: Sound) -> None:
    stop = min(len(out), at + len(sound))
    out[at:stop] += sound[: stop - at]
