"""Speech synthesis: text in, sound out, part by part."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from visavis.engine.arrays import Floats
from visavis.engine.voice import VoiceMeasures
from visavis.errors import ModelNotReadyError


@dataclass(frozen=True)
class Voice:
    """The voice that a text is spoken with.

    Attributes:
        language: BCP 47 tag, such as `en-us`; empty for the default of the voice.
        name: ID of a voice; empty for the default voice of the language.
        tempo: Factor on the tempo of the voice. Hosted services may ignore it.
        pitch: Factor on the pitch of the voice, likewise.
    """

    language: str = ""
    name: str = ""
    tempo: float = 1.0
    pitch: float = 1.0


@dataclass(frozen=True)
class VoiceInfo:
    """A voice that a synthesizer has.

    Attributes:
        id: ID of the voice, such as `hibari` or `kokoro-af_heart`; unique among all synthesizers.
        name: Name for people.
        provider: Name of the synthesizer.
        languages: BCP 47 tags in lower case that it speaks; the first one is its own.
        sex: Sex that listeners hear; `None` if it is not known.
        licence: SPDX identifier of the licence, or the terms in a few words.
        rtf: Processor seconds of one thread per second of speech on a usual machine; `None` for a service.
        model: Name of the model that it needs on this machine (`visavis models pull`); `None` for none.
        figures: Its pitch and tempo; `None` if they were not measured.
    """

    id: str
    name: str
    provider: str
    languages: tuple[str, ...]
    sex: Literal["female", "male"] | None
    licence: str
    rtf: float | None = None
    model: str | None = None
    figures: VoiceMeasures | None = None


@dataclass(frozen=True)
class TimedText:
    """A word or a phoneme, and when it is heard.

    Attributes:
        text: The word as it is written, or one phoneme in IPA.
        start_s: Begin, in seconds from the start of the part that it belongs to.
        end_s: End, likewise.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SpeechPart:
    """A part of the speech, at most a sentence. The parts of a text, in order, are the whole speech.

    Attributes:
        text: Text that is spoken in this part; empty if the synthesizer does not know.
        samples: Shape `(n,)`, −1..1.
        rate_hz: Sample rate; the same in all parts of a text.
        words: Words with their times; empty if the synthesizer does not know them.
        phonemes: Phonemes with their times; empty if the synthesizer does not know them. Pauses have none.
    """

    text: str
    samples: Floats
    rate_hz: int
    words: tuple[TimedText, ...] = ()
    phonemes: tuple[TimedText, ...] = ()


class SpeechSynthesizer(Protocol):
    """Speaks texts. Its work never blocks the event loop."""

    def voices(self) -> Sequence[VoiceInfo]:
        """The voices that it has, the default one first."""
        ...

    def check(self, voice: Voice) -> None:
        """Refuse a voice that cannot be spoken with. It neither waits nor downloads.

        Raises:
            RequestError: The language or the voice is not known.
            ModelNotReadyError: The voice needs a model that is not on this machine.
        """
        ...

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text. The first part comes as soon as it is ready; closing the iterator ends the work.

        Raises:
            InputError: The text contains nothing that can be spoken.
            RequestError: The language or the voice is not known.
            ProviderError: The service or the model failed.
        """
        ...

    async def close(self) -> None:
        """Release connections and models; harmless when repeated."""
        ...


def is_ready(synthesizer: SpeechSynthesizer, info: VoiceInfo) -> bool:
    """Whether the model that a voice of a synthesizer needs is on this machine."""
    try:
        synthesizer.check(Voice(name=info.id))
    except ModelNotReadyError:
        return False
    return True
