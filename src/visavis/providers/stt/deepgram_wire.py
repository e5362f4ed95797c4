"""What Deepgram sends, as far as it is used."""

from typing import Literal

from pydantic import BaseModel, Field


class Word(BaseModel):
    """A word and its time, in seconds since the begin of the sound."""

    word: str
    start: float
    end: float
    punctuated_word: str | None = None

    @property
    def text(self) -> str:
        """The word as it is written in the text."""
        return self.punctuated_word or self.word


class Alternative(BaseModel):
    """One way to understand a sound; the first one is the likeliest."""

    transcript: str
    words: list[Word] = []


class Channel(BaseModel):
    """What was understood of a channel."""

    alternatives: list[Alternative] = Field(min_length=1)


class StreamResult(BaseModel):
    """What was understood of a stretch of a stream.

    Attributes:
        type: Type of the message.
        start: Begin of the stretch, in seconds since the begin of the stream.
        duration: Length of the stretch.
        is_final: Whether the text of the stretch stays as it is.
        from_finalize: Whether it answers `FINALIZE`.
        channel: The text.
    """

    type: Literal["Results"]
    start: float
    duration: float
    is_final: bool = False
    from_finalize: bool = False
    channel: Channel

    @property
    def end(self) -> float:
        """End of the stretch, in seconds since the begin of the stream."""
        return self.start + self.duration


class Message(BaseModel):
    """Any message."""

    type: str


FINALIZE = '{"type": "Finalize"}'
"""Asks for final texts of all sound that was sent."""

KEEP_ALIVE = '{"type": "KeepAlive"}'
"""Keeps a connection open on which no sound is sent."""

CLOSE_STREAM = '{"type": "CloseStream"}'
"""Says that no more sound comes."""
