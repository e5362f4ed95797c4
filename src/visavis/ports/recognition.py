"""Voice activity and speech recognition: sound in, text out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Protocol

from visavis.engine.arrays import Floats
from visavis.ports.speech import TimedText

RECOGNITION_RATE_HZ: Final = 16_000
"""Sample rate of all sound that recognizers and detectors take: mono, −1..1."""


@dataclass(frozen=True)
class Recognition:
    """What was recognized of an utterance.

    Attributes:
        text: Punctuated text; empty if nothing was said.
        is_final: Whether the utterance is over. Texts that are not final may change.
        language: BCP 47 tag of the language; empty if it is not known.
        words: Words with their times from the begin of the utterance; empty if they are not known.
    """

    text: str
    is_final: bool
    language: str = ""
    words: tuple[TimedText, ...] = ()


class RecognitionStream(Protocol):
    """Recognition of one speaker, utterance after utterance."""

    def push(self, samples: Floats) -> None:
        """Take sound; never waits.

        Args:
            samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
        """
        ...

    def pause(self) -> None:
        """Recognize what there is, as the speaker pauses and may go on.

        It gives a text that is not final; empty if nothing was said.
        """
        ...

    def end_utterance(self) -> None:
        """The utterance is over: gives its final text, which may be empty. What is pushed next is another."""
        ...

    def __aiter__(self) -> AsyncIterator[Recognition]:
        """What was recognized, in order, until the stream is closed.

        Raises:
            ProviderError: The service or the model failed.
        """
        ...

    async def close(self) -> None:
        """End; harmless when repeated."""
        ...


class SpeechRecognizer(Protocol):
    """Recognizes speech. Its work never blocks the event loop."""

    def check(self, language: str) -> None:
        """Refuse a language that cannot be recognized; empty for detection.

        Raises:
            RequestError: The language is not known.
            ModelNotReadyError: The language needs a model that is not on this machine.
        """
        ...

    async def prepare(self, language: str = "") -> None:
        """Load what a language needs now rather than at its first words.

        Raises:
            RequestError: The language is not known.
            ModelNotReadyError: The language needs a model that is not on this machine.
        """
        ...

    def stream(self, language: str = "") -> RecognitionStream:
        """A stream for one speaker; `language` is a BCP 47 tag, empty for detection."""
        ...

    async def recognize(self, samples: Floats, language: str = "") -> Recognition:
        """Recognize one whole sound, of any length.

        Args:
            samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
            language: BCP 47 tag; empty for detection.

        Raises:
            ProviderError: The service or the model failed.
        """
        ...

    async def close(self) -> None:
        """Release connections and models; harmless when repeated."""
        ...


class VoiceActivityStream(Protocol):
    """Voice activity of one speaker."""

    def push(self, samples: Floats) -> list[float]:
        """The probabilities of voice, 0..1, of the windows that these samples complete.

        Args:
            samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
        """
        ...


class VoiceActivityDetector(Protocol):
    """Tells voice from everything else, fast enough for the event loop: at most 1 ms for each window."""

    window_samples: int
    """Number of samples of a window."""

    def stream(self) -> VoiceActivityStream:
        """A stream for one speaker."""
        ...
