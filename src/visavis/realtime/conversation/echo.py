"""Taking the avatar's own voice out of a microphone that hears it from a loudspeaker.

The canceller is WebRTC's, from the room library. It needs a moment to learn the way from the loudspeaker to
the microphone, in which some of the echo is left. So in the first second the guard also compares how loud
both are: while the microphone only follows what the avatar says, nobody interrupts.

Where there is no loudspeaker, there is nothing to learn, and the canceller takes much of a user's voice away.
So its output counts only while the spectrum of the microphone follows the avatar's.

Later some echo is left too, whenever the delay between both changes: networks stretch and squeeze sound. That
is judged when it is over: a whole utterance whose spectrum follows the avatar's is its echo (`likeness`).
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np
from livekit import rtc

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.realtime.sound import to_pcm

FRAME_S: Final = 0.010
FRAME_SAMPLES: Final = round(FRAME_S * RECOGNITION_RATE_HZ)

_COMPARED_S: Final = 0.3
_MAX_DELAY_S: Final = 0.6
_ALIKE: Final = 0.75  # correlation of loudness
_QUIET: Final = 1e-3
_HELD_S: Final = 0.8  # of silence, until what comes from the microphone cannot be echo
_LEARNED_S: Final = 1.0  # of the avatar's voice, after which the canceller knows the way

_ECHO: Final = 0.4  # correlation of spectra
_DECIDED: Final = 4  # frames
_ECHO_BEGINS_S: Final = 1.0  # where there was no echo: for a shorter time, any voice may follow the avatar's
_LOUD, _LOUD_SHARE = 0.1, 0.35
"""Of the loudest level, and of the time. Who only begins to speak is loud for less."""
_MIN_UTTERANCE_S: Final = 0.5
_MAX_UTTERANCE_S: Final = 10.0

_BANDS: Final = (1, 2, 3, 4, 6, 8, 11, 15, 20, 28, 40, 61)  # in steps of 100 Hz
_WINDOW: Final = np.hanning(FRAME_SAMPLES)
_QUIET_POWER: Final = 1e-4

_COMPARED, _MAX_DELAY = round(_COMPARED_S / FRAME_S), round(_MAX_DELAY_S / FRAME_S)
_ECHO_BEGINS: Final = round(_ECHO_BEGINS_S / FRAME_S)
_MIN_UTTERANCE, _MAX_UTTERANCE = round(_MIN_UTTERANCE_S / FRAME_S), round(_MAX_UTTERANCE_S / FRAME_S)


class EchoGuard:
    """The echo of the avatar in one microphone."""

    def __init__(self) -> None:
        """Begin without knowing the room."""
        self._canceller = rtc.AudioProcessingModule(echo_cancellation=True, high_pass_filter=True)
        self._played: deque[float] = deque(maxlen=_COMPARED + _MAX_DELAY)
        self._heard: deque[float] = deque(maxlen=_ECHO_BEGINS)
        self._spectra_played: deque[Floats] = deque(maxlen=_MAX_UTTERANCE + _MAX_DELAY)
        self._spectra_heard: deque[Floats] = deque(maxlen=_ECHO_BEGINS)
        self._has_echo, self._frames = True, 0
        self._spectra_left: deque[Floats] = deque(maxlen=_MAX_UTTERANCE)
        self._silent_frames = round(_HELD_S / FRAME_S)
        self._learned_frames = 0

    @property
    def hears_avatar(self) -> bool:
        """Whether the avatar was heard so recently that its echo may still come."""
        return self._silent_frames * FRAME_S < _HELD_S

    @property
    def has_echo(self) -> bool:
        """Whether the microphone hears the avatar from a loudspeaker, as far as it is known."""
        return self._has_echo and self.hears_avatar

    def play(self, samples: Floats) -> None:
        """Take 10 ms of what the avatar says, as users hear it.

        Args:
            samples: Shape `(FRAME_SAMPLES,)`, −1..1.
        """
        level = _level(samples)
        self._played.append(level)
        self._spectra_played.append(_spectrum(samples))
        self._silent_frames = 0 if level > _QUIET else self._silent_frames + 1
        if self.hears_avatar:
            self._learned_frames += level > _QUIET
            self._canceller.process_reverse_stream(_frame(samples))

    def clean(self, samples: Floats) -> Floats:
        """10 ms of a microphone without the avatar's voice.

        Args:
            samples: Shape `(FRAME_SAMPLES,)`, −1..1.
        """
        self._heard.append(_level(samples))
        spectrum = _spectrum(samples)
        self._spectra_heard.append(spectrum)
        if self.hears_avatar:
            frame = _frame(samples)
            self._canceller.process_stream(frame)
            self._frames += 1
            if self._frames % _DECIDED == 0 and self._learned_frames > 2 * _COMPARED:
                self._look_for_echo()
            if self._has_echo:  # the canceller takes much of a voice away where there is no echo
                pcm = np.frombuffer(bytes(frame.data.cast("B")), np.int16)
                samples = pcm.astype(np.float32) / np.float32(32768)
                spectrum = _spectrum(samples)
        self._spectra_left.append(spectrum)
        return samples

    def _look_for_echo(self) -> None:
        """Decide anew whether the microphone hears the avatar."""
        compared = _COMPARED if self._has_echo else _ECHO_BEGINS
        if min(len(self._spectra_heard), len(self._spectra_played)) < compared:
            return
        if self._has_echo or self._is_heard_long():
            self._has_echo = self._compare(self._spectra_heard, compared) > _ECHO

    def _is_heard_long(self) -> bool:
        """Whether the microphone hears more than the begin of an utterance."""
        levels = np.array(self._heard)
        return bool(np.mean(levels > _LOUD * levels.max()) > _LOUD_SHARE)

    def likeness(self, duration_s: float) -> float:
        """How much the spectrum of what is left in the microphone followed the avatar's, −1..1.

        Args:
            duration_s: Time up to now to look at. Under half a second is too short to compare, which gives 0.
        """
        count = min(round(duration_s / FRAME_S), len(self._spectra_left))
        return self._compare(self._spectra_left, count) if count >= _MIN_UTTERANCE else 0.0

    def _compare(self, spectra: Sequence[Floats], count: int) -> float:
        """Correlation of the last spectra with those of the avatar, at the delay where it is greatest."""
        most = min(len(self._spectra_played) - count, _MAX_DELAY)
        if len(spectra) < count or most < 0:
            return 1.0  # not known yet
        heard = np.array(list(spectra)[-count:])
        heard -= heard.mean(0)
        played = np.array(list(self._spectra_played)[-(count + most) :])
        windows = np.lib.stride_tricks.sliding_window_view(played, count, axis=0)  # (delays, bands, times)
        alike = np.einsum("dbt,tb->d", windows, heard)
        power = np.square(windows).sum((1, 2)) - count * np.square(windows.mean(2)).sum(1)
        return float((alike / np.sqrt(np.square(heard).sum() * np.maximum(power, 0) + 1e-9)).max())

    @property
    def is_echo(self) -> bool:
        """Whether the microphone only follows the avatar, while the canceller may not know the room yet."""
        if self._learned_frames * FRAME_S > _LEARNED_S or not self.hears_avatar:
            return False
        if len(self._heard) < _COMPARED or len(self._played) < _COMPARED:
            return self._learned_frames > 0
        return self._follows(np.array(self._heard)[-_COMPARED:])

    def _follows(self, heard: Floats) -> bool:
        """Whether the loudness of the microphone follows the avatar's, at any delay."""
        played = np.log(np.array(self._played) + _QUIET)
        windows = np.lib.stride_tricks.sliding_window_view(played, _COMPARED)
        heard = np.log(heard + _QUIET)
        heard = (heard - heard.mean()) / (heard.std() + 1e-6)
        windows = windows - windows.mean(1, keepdims=True)
        alike = windows @ heard / (_COMPARED * (windows.std(1) + 0.1))
        return bool(alike.max() > _ALIKE)


def _spectrum(samples: Floats) -> Floats:
    """Logarithmic power of 10 ms in bands, without their mean, shape `(len(_BANDS) - 1,)`."""
    power = np.abs(np.fft.rfft(samples * _WINDOW)[: _BANDS[-1]]) ** 2
    bands = np.log(np.add.reduceat(power, _BANDS[:-1]) + _QUIET_POWER)
    return np.asarray(bands - bands.mean(), np.float32)


def _level(samples: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(samples)) + 1e-12))


def _frame(samples: Floats) -> rtc.AudioFrame:
    return rtc.AudioFrame(bytearray(to_pcm(samples)), RECOGNITION_RATE_HZ, 1, FRAME_SAMPLES)
