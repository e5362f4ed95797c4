"""Texts that the avatar is to say word for word: in order, each when the one before has ended."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from livekit.agents import AgentSession, tokenize
from livekit.agents.voice import SpeechHandle

from visavis.errors import RequestError
from visavis.realtime.sentences import Sentence

MAX_WAITING: Final = 16


@dataclass(frozen=True)
class TextToSay:
    """A text that the avatar is to say.

    Attributes:
        text: The text.
        sequence: Number of the session message that it came in; `None` for a text from the room.
        position: Number of its sentences that were spoken before.
        now: Whether it cuts off what the avatar says.
        tells_again: Whether the room is told again of the sentences that were spoken before.
    """

    text: str
    sequence: int | None = None
    position: int = 0
    now: bool = False
    tells_again: bool = False


OnSpoken = Callable[[int, int, bool], None]
"""Told the number of a message, how many of its sentences were spoken, and whether that is all."""
ShowSentence = Callable[[Sentence, str, Callable[[], None]], None]
"""Tells the room that a sentence was said: the sentence, its text, and what to call afterwards."""


class TextsToSay:
    """The texts that wait. Those of session messages are spoken and reported sentence by sentence."""

    def __init__(self, on_spoken: OnSpoken) -> None:
        """Begin with none.

        Args:
            on_spoken: Told what was spoken, when the room was told too.
        """
        self._on_spoken = on_spoken
        self._waiting: deque[TextToSay] = deque()
        self._urgent = 0  # of the texts that wait, those that go before others
        self._rest: list[str] = []  # sentences that follow the one that is said
        self._saying: tuple[SpeechHandle, Sentence] | None = None
        self._came = asyncio.Event()

    def add(self, wanted: TextToSay) -> None:
        """Add a text: behind the others, or behind the others that are as urgent.

        Raises:
            RequestError: Too many texts wait. Texts of session messages are never refused: they are counted
                before they come here.
        """
        if wanted.sequence is None and len(self._waiting) >= MAX_WAITING:
            raise RequestError("Too many texts wait to be spoken. Wait until the avatar has spoken.")
        if wanted.now:
            self._waiting.insert(self._urgent, wanted)
            self._urgent += 1
        else:
            self._waiting.append(wanted)
        self._came.set()

    def clear(self) -> None:
        """Drop every text that waits. Session messages are reported as done, as far as they were spoken."""
        dropped, self._waiting, self._urgent = self._waiting, deque(), 0
        for wanted in dropped:
            if wanted.sequence is not None:
                self._on_spoken(wanted.sequence, wanted.position, True)

    def upcoming(self) -> str:
        """The sentence that is said next; empty if none waits."""
        if self._rest:
            return self._rest[0]
        if not self._waiting:
            return ""
        wanted = self._waiting[0]
        return next(iter(sentences_of(wanted.text)[wanted.position :]), "")

    def sentence_of(self, speech: SpeechHandle | None) -> Sentence | None:
        """Which sentence of a session message a speech is; `None` if it is none."""
        return self._saying[1] if self._saying is not None and self._saying[0] is speech else None

    async def say_all(self, session: AgentSession[None], show: ShowSentence) -> None:
        """Say texts until cancelled.

        Args:
            session: Says them.
            show: Tells the room what was said of session messages.
        """
        while True:
            while not self._waiting:
                self._came.clear()
                await self._came.wait()
            wanted = self._waiting.popleft()
            self._urgent = max(0, self._urgent - 1)
            if wanted.sequence is None:
                await session.say(wanted.text, allow_interruptions=True).wait_for_playout()
            else:
                await self._say_sentences(session, show, wanted, wanted.sequence)

    async def _say_sentences(
        self, session: AgentSession[None], show: ShowSentence, wanted: TextToSay, sequence: int
    ) -> None:
        sentences = sentences_of(wanted.text)

        def name(position: int) -> Sentence:
            return Sentence(sequence=sequence, position=position, is_last=position == len(sentences))

        if wanted.tells_again:
            for position, text in enumerate(sentences[: wanted.position], start=1):
                show(name(position), text, self._report(name(position)))
        for position, text in enumerate(sentences[wanted.position :], start=wanted.position + 1):
            self._rest = sentences[position:]
            handle = session.say(text, allow_interruptions=True)
            self._saying = handle, name(position)
            await handle.wait_for_playout()
            if handle.interrupted:
                self._rest = []
                self._on_spoken(sequence, position - 1, True)
                return
            show(name(position), text, self._report(name(position)))
        if wanted.position >= len(sentences):
            self._on_spoken(sequence, wanted.position, True)

    def _report(self, sentence: Sentence) -> Callable[[], None]:
        return lambda: self._on_spoken(sentence.sequence, sentence.position, sentence.is_last)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; the same for the same text."""
    found = tokenize.blingfire.SentenceTokenizer(min_sentence_len=1).tokenize(text)
    return [each for each in (sentence.strip() for sentence in found) if each]
