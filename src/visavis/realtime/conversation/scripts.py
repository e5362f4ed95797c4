"""The phonemes of what the voice has made, to be found again by the sound.

Between the voice and the avatar the sound passes through livekit-agents, which keeps it as it is and carries
nothing along. So the sound itself is the key: the first third of a second of an answer.
"""

from collections import OrderedDict
from typing import Final

from visavis.engine.speech import Phoneme
from visavis.ports import TimedText

KEY_BYTES: Final = 16_000
"""Length of the sound that is the key: a third of a second at 24 kHz and 16 bit."""
_KEPT: Final = 8


class SpokenScript:
    """The phonemes of one answer, with times since its begin.

    Attributes:
        phonemes: In order; more may follow.
    """

    def __init__(self) -> None:
        self.phonemes: list[Phoneme] = []
        self._begin = bytearray()

    def add_phonemes(self, phonemes: tuple[TimedText, ...], begin_s: float) -> None:
        """Add those of the next part, which begins at a time."""
        self.phonemes += [
            Phoneme(each.text, begin_s + each.start_s, begin_s + each.end_s) for each in phonemes
        ]

    def add_sound(self, pcm: bytes) -> bytes | None:
        """Add the sound of the next part. Returns the key when it is known, once."""
        if len(self._begin) >= KEY_BYTES:
            return None
        self._begin += pcm
        return bytes(self._begin[:KEY_BYTES]) if len(self._begin) >= KEY_BYTES else None


class Scripts:
    """The scripts of the last answers."""

    def __init__(self) -> None:
        """Begin without any."""
        self._scripts: OrderedDict[bytes, SpokenScript] = OrderedDict()

    def add(self, key: bytes, script: SpokenScript) -> None:
        """Note the script of a sound."""
        self._scripts.pop(key, None)
        self._scripts[key] = script
        while len(self._scripts) > _KEPT:
            self._scripts.popitem(last=False)

    def find(self, pcm: bytes | bytearray) -> SpokenScript | None:
        """The script of a sound that begins so; `None` if it is not known (yet)."""
        return self._scripts.get(bytes(pcm[:KEY_BYTES])) if len(pcm) >= KEY_BYTES else None
