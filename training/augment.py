"""Make clean speech sound like what reaches a microphone, and keep its times true."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import lfilter, resample_poly

from training import nonspeech
from training.corpus import Utterance
from visavis.engine.speech.articulation import CLASS_INDEX
from visavis.engine.speech.motion import RATE_HZ

Sound = NDArray[np.float32]
Rng = np.random.Generator
_SILENCE = CLASS_INDEX["silence"]
_LOWEST_VOICE, _HIGHEST_VOICE = 0.85, 1.2


def varied(
    rng: Rng, item: Utterance, babble: Sequence[Utterance]
) -> tuple[Sound, NDArray[np.floating], NDArray[np.int16]]:
    """One random variant of a recording: its sound, and the ends and classes of its sounds."""
    sound, ends_s, classes = with_pauses(rng, item)
    if rng.random() < 0.5:
        sound = revoiced(sound, float(np.exp(rng.uniform(*np.log((_LOWEST_VOICE, _HIGHEST_VOICE))))))
    if rng.random() < 0.06:
        sound = whispered(rng, sound)
    sound, stretch = resampled(rng, sound)
    sound = in_room(rng, sound)
    if rng.random() < 0.85:
        sound = with_noise(rng, sound, babble)
    return through_microphone(rng, sound), ends_s * stretch, classes


def with_pauses(rng: Rng, item: Utterance) -> tuple[Sound, NDArray[np.floating], NDArray[np.int16]]:
    """Silence, sometimes with a breath or a click in it, before and after."""
    lengths = [int(rng.uniform(0.05, 1.2) * RATE_HZ) if rng.random() < 0.5 else 0 for _ in range(2)]
    pauses = []
    for length in lengths:
        pause = np.zeros(length, np.float32)
        if length > 4000 and rng.random() < 0.5:
            kind = nonspeech.breath if rng.random() < 0.7 else nonspeech.taps
            pause += kind(rng, length) * np.float32(10 ** (rng.uniform(-40, -14) / 20))
        pauses.append(pause)
    sound = np.concatenate([pauses[0], item.sound, pauses[1]])
    lead_s = lengths[0] / RATE_HZ
    ends_s = np.concatenate([[lead_s], item.ends_s + lead_s, [len(sound) / RATE_HZ]])
    classes = np.concatenate([[_SILENCE], item.classes, [_SILENCE]]).astype(np.int16)
    keep = np.diff(ends_s, prepend=0.0) > 0
    return sound, ends_s[keep], classes[keep]


def revoiced(sound: Sound, factor: float, window: int = 480, reach: int = 120) -> Sound:
    """The same words at the same pace out of a smaller head: pitch and formants times the factor.

    Stretched in time by overlapping windows where they fit best (WSOLA: Verhelst and Roelands, 1993), then
    played faster.
    """
    hop = window // 2
    shape = np.hanning(window + 1)[:-1].astype(np.float32)
    padded = np.concatenate([np.zeros(reach, np.float32), sound, np.zeros(2 * window + reach, np.float32)])
    steps = int(len(sound) * factor) // hop
    out = np.zeros((steps + 2) * hop, np.float32)
    at = reach
    for step in range(steps):
        wanted = reach + int(step * hop / factor)
        if step:
            onward = padded[at + hop : at + hop + window]
            near = padded[wanted - reach : wanted + reach + window]
            at = wanted - reach + int(np.argmax(np.correlate(near, onward, "valid")))
            at = min(at, len(padded) - window - hop)
        out[step * hop : step * hop + window] += padded[at : at + window] * shape
    shorter = resample_poly(out[: int(len(sound) * factor)], 100, round(100 * factor))
    return np.resize(np.concatenate([shorter, np.zeros(len(sound))]), len(sound)).astype(np.float32)


def whispered(rng: Rng, sound: Sound, order: int = 18, window: int = 400) -> Sound:
    """The same words without a voice: linear prediction, driven by noise in place of the vocal folds."""
    hop = window // 2
    shape = np.hanning(window + 1)[:-1]
    padded = np.concatenate([np.zeros(hop), sound.astype(np.float64), np.zeros(window)])
    out = np.zeros(len(padded))
    for at in range(0, len(padded) - window, hop):
        frame = padded[at : at + window] * shape
        energy = float(frame @ frame)
        if energy < 1e-7:
            continue
        lags = np.correlate(frame, frame, "full")[window - 1 : window + order]
        lags[0] *= 1.0001
        lags *= np.exp(-0.5 * (0.008 * np.arange(order + 1)) ** 2)
        filter_, residue = _levinson(lags)
        drive = rng.normal(size=window) * np.sqrt(residue / window)
        out[at : at + window] += lfilter([1.0], filter_, drive) * shape
    # A whisper is weak below its first formant.
    bright = lfilter([1, -0.9], [1, -0.3], out)[hop : hop + len(sound)]
    return (bright * (0.3 / (np.abs(bright).max() + 1e-9))).astype(np.float32)


def _levinson(lags: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Levinson-Durbin: prediction filter and residual energy from autocorrelation."""
    filter_ = np.zeros(len(lags))
    filter_[0], error = 1.0, lags[0]
    for step in range(1, len(lags)):
        reflection = -(filter_[:step] @ lags[step:0:-1]) / error
        filter_[1 : step + 1] += reflection * filter_[step - 1 :: -1][:step]
        error *= 1 - reflection**2
    return filter_, float(error)


def resampled(rng: Rng, sound: Sound, spread: float = 0.16) -> tuple[Sound, float]:
    """Faster and higher or slower and lower by up to 16 %, and the factor by which it got longer."""
    up = round(100 * np.exp(rng.uniform(-spread, spread)))
    return resample_poly(sound, up, 100).astype(np.float32), up / 100


def in_room(rng: Rng, sound: Sound) -> Sound:
    """A smooth equaliser, sometimes a telephone or a dull microphone, sometimes the echo of a room."""
    points = 2 ** int(np.ceil(np.log2(len(sound) + 8000)))
    hz = np.linspace(0, RATE_HZ / 2, points // 2 + 1)
    curve_db = np.cumsum(rng.normal(0, 2.2, 8))
    curve_db = np.clip(curve_db - curve_db.mean(), -14, 14)
    gain = 10 ** (np.interp(np.sqrt(hz / hz[-1]), np.linspace(0, 1, 8), curve_db) / 20)
    kind = rng.random()
    if kind < 0.12:
        gain *= (hz > rng.uniform(150, 350)) & (hz < rng.uniform(3200, 3800))
    elif kind < 0.30:
        gain /= np.sqrt(1 + (hz / rng.uniform(3200, 7000)) ** 12)
    spectrum = rfft(sound, points) * gain
    if rng.random() < 0.35:
        samples = int(rng.uniform(0.1, 0.5) * RATE_HZ)
        echo = rng.normal(size=samples) * np.exp(-6.9 * np.arange(samples) / samples)
        echo[:32] = 0
        echo *= 10 ** (-rng.uniform(-2, 14) / 20) / np.sqrt((echo**2).sum())
        echo[0] = 1
        spectrum *= rfft(echo, points)
    return irfft(spectrum, points)[: len(sound)].astype(np.float32)


def with_noise(rng: Rng, sound: Sound, babble: Sequence[Utterance]) -> Sound:
    """Noise, hum, taps, music or other people in the background, 5 to 45 dB below the speech."""
    kind = rng.random()
    if kind < 0.5:
        noise, ratio_db = nonspeech.coloured(rng, len(sound)), rng.uniform(5, 45)
    elif kind < 0.8:
        noise = np.zeros(len(sound), np.float32)
        for _ in range(rng.integers(2, 7)):
            other = babble[rng.integers(len(babble))].sound
            noise += np.resize(np.roll(other, rng.integers(len(other))), len(sound))
        ratio_db = rng.uniform(12, 40)
    else:
        name = str(rng.choice(["hum", "taps", "music", "music"]))
        noise, ratio_db = nonspeech.KINDS[name](rng, len(sound)), rng.uniform(10, 40)
    power = float((sound**2).mean()) / (float((noise**2).mean()) + 1e-12)
    return sound + noise * np.float32(np.sqrt(power) * 10 ** (-ratio_db / 20))


def through_microphone(rng: Rng, sound: Sound) -> Sound:
    """Overdrive, level (peaks at 0 to -30 dB), and now and then the 8-bit coding of telephones (mu-law)."""
    peak = float(np.abs(sound).max()) + 1e-9
    if rng.random() < 0.12:
        drive = rng.uniform(1.5, 4)
        sound, peak = np.tanh(sound / peak * drive), float(np.tanh(drive))
    sound = sound * np.float32(10 ** (-rng.uniform(0, 30) / 20) / peak)
    if rng.random() < 0.12:
        coded = np.round(np.log1p(255 * np.abs(sound)) / np.log(256) * 127) / 127
        sound = np.sign(sound) * (256**coded - 1) / 255
    return sound.astype(np.float32)
