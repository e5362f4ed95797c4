"""What is known to be said in a stream, laid over what is heard of it.

A synthesizer that speaks a text knows its sounds and their times better than any model hears them. Where they
are known, they say which shape the mouth takes and when it shuts. What is heard says how far the mouth moves:
it knows the loudness, the haste and the mood of the voice.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from visavis.engine.speech.articulation import CLASS_INDEX, blend
from visavis.engine.speech.ipa import ipa, shares
from visavis.engine.speech.motion import CHANNELS, ROW_RATE_HZ, SpeechMotion

_REACH_S: Final = 0.4
"""Sounds farther away than this do not move the mouth: their pull would be under 1 %."""

_FADE_S: Final = 0.06
"""How long after the last known sound, or before the next one, only hearing counts again."""

_MIN_CLOSURE_S: Final = 0.045
"""Lips that close stay closed this long at least, or a video of 25 frames a second could miss it."""

_VISEME_SHARE: Final = 0.85
_LIPS_SHARE: Final = 0.65
"""What counts of the known sounds in the visemes and in the position of the lips; the rest is heard."""

_AUDIBLE_DB: Final = (-65.0, -50.0)
"""Levels between which a sound becomes one that is surely spoken, if a sound is known to be there."""

_LIPS_MEET: Final = frozenset({CLASS_INDEX["bilabial"], CLASS_INDEX["labiodental"]})
_RULES: Final = [CHANNELS.index("labiodental"), CHANNELS.index("closure")]
_CHANNEL_SHARES: Final = np.full(len(CHANNELS), _VISEME_SHARE)
_CHANNEL_SHARES[_RULES] = 1.0


class Phoneme(NamedTuple):
    """A speech sound.

    Attributes:
        ipa: Its name in the International Phonetic Alphabet.
        start_s: When it begins, in seconds since the begin of the stream's sound.
        end_s: When it ends, likewise.
    """

    ipa: str
    start_s: float
    end_s: float


class _Sound(NamedTuple):
    start_s: float
    end_s: float
    class_index: int


class Script:
    """The known sounds of one stream.

    A row depends on the sounds within 0.4 s, and on no block. If these are told in time, files and live
    sessions get the same rows.
    """

    def __init__(self) -> None:
        """Begin, with nothing known."""
        self._sounds: list[_Sound] = []
        self._rows = 0

    def add(self, phonemes: Iterable[Phoneme]) -> None:
        """Learn what will be said, in order. Names that are not known are left to hearing.

        Args:
            phonemes: Later than those that were added before. What has passed already changes nothing.
        """
        for phoneme in phonemes:
            classes = ipa(phoneme.ipa) or ()
            start_s, length_s = phoneme.start_s, phoneme.end_s - phoneme.start_s
            for name, share in zip(classes, shares(classes) if classes else (), strict=True):
                end_s = start_s + share * length_s
                if name != "silence" and end_s > start_s:
                    self._sounds.append(_Sound(start_s, end_s, CLASS_INDEX[name]))
                start_s = end_s

    def drop(self, from_s: float) -> None:
        """Forget what was to be said from a moment on, as it will not be."""
        self._sounds = [
            sound._replace(end_s=min(sound.end_s, from_s)) for sound in self._sounds if sound.start_s < from_s
        ]

    def lay_over(self, motion: SpeechMotion) -> SpeechMotion:
        """The next rows of the stream, with what is known of them."""
        first, self._rows = self._rows, self._rows + len(motion)
        if not self._sounds:
            return motion
        visemes, channels = motion.visemes.copy(), motion.channels.copy()
        lips, voice = motion.lips.copy(), motion.voice.copy()
        for row in range(len(motion)):
            moment_s = (first + row + 0.5) / ROW_RATE_HZ
            near = self._near(moment_s)
            known = _presence(near, moment_s)
            if known <= 0:
                continue
            starts, ends, classes = (np.array(column) for column in zip(*near, strict=True))
            said = blend(starts, ends, classes, moment_s)
            visemes[row] += known * _VISEME_SHARE * (said.visemes - visemes[row])
            channels[row] += known * _CHANNEL_SHARES * (said.channels - channels[row])
            lips[row] += known * _LIPS_SHARE * (said.lips - lips[row])
            voice[row] = max(voice[row], known * _audible(float(motion.loudness_db[row])))
        return replace(motion, visemes=visemes, channels=channels, lips=lips, voice=voice)

    def _near(self, moment_s: float) -> list[_Sound]:
        """The sounds around a moment; earlier ones are forgotten."""
        while self._sounds and self._sounds[0].end_s < moment_s - _REACH_S:
            del self._sounds[0]
        near = []
        for sound in self._sounds:
            if sound.start_s > moment_s + _REACH_S:
                break
            if sound.end_s >= moment_s - _REACH_S:
                near.append(_held(sound) if sound.class_index in _LIPS_MEET else sound)
        return near


def _held(sound: _Sound) -> _Sound:
    """A closure that lasts long enough to be seen."""
    missing_s = _MIN_CLOSURE_S - (sound.end_s - sound.start_s)
    if missing_s <= 0:
        return sound
    return sound._replace(start_s=sound.start_s - missing_s / 2, end_s=sound.end_s + missing_s / 2)


def _presence(sounds: list[_Sound], moment_s: float) -> float:
    """Whether it is known what is said, 0..1: 1 within a known sound, 0 far from any."""
    distances = (max(sound.start_s - moment_s, moment_s - sound.end_s, 0.0) for sound in sounds)
    return max(0.0, 1.0 - min(distances, default=_FADE_S) / _FADE_S)


def _audible(loudness_db: float) -> float:
    low, high = _AUDIBLE_DB
    return min(1.0, max(0.0, (loudness_db - low) / (high - low)))
