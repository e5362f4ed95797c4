"""What a conversation is to be like, as it travels from a surface to the process that holds it."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_LEARNED_CHARS: Final = 64_000
"""Length of all texts that are learned during a conversation: the oldest ones make room for others."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConversationTool(_Frozen):
    """A tool that the avatar may call.

    Attributes:
        name: Name of the tool.
        description: What it does, for the language model.
        parameters: JSON schema of its arguments.
        url: HTTPS address to call with the arguments; `None` for a remote procedure of the user's client.
        timeout_s: Time to wait for the result.
    """

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    url: str | None = None
    timeout_s: float = Field(default=10.0, gt=0, le=30)


class ConversationConfig(_Frozen):
    """A conversation.

    Attributes:
        instructions: System prompt.
        greeting: Sentence that the avatar begins with; empty for none.
        language: BCP 47 tag of the language that is spoken; empty for English.
        voice: ID of the avatar's voice; empty for the default of the language.
        tempo: Factor on the tempo of the voice.
        pitch: Factor on the pitch of the voice.
        knowledge: Texts that answers are taken from.
        tools: Tools that the avatar may call.
        fallback: Sentence for when a provider fails twice; empty for the default one.
        keeps_transcript: Whether the transcript is stored with the session.
        hears: Whether the avatar listens and answers. Without it, it only speaks the texts that it is sent.
    """

    instructions: str = ""
    greeting: str = ""
    language: str = ""
    voice: str = ""
    tempo: float = Field(default=1.0, ge=0.5, le=2)
    pitch: float = Field(default=1.0, ge=0.5, le=2)
    knowledge: tuple[str, ...] = ()
    tools: tuple[ConversationTool, ...] = ()
    fallback: str = ""
    keeps_transcript: bool = False
    hears: bool = True


class TranscriptSegment(_Frozen):
    """A final segment of a transcript.

    Attributes:
        id: ID of the segment, the same as in the room.
        role: Who spoke.
        text: Punctuated text; of an interrupted answer what was heard of it.
        start_s: Begin, in seconds since the conversation began.
        end_s: End, likewise.
        is_interrupted: Whether the user interrupted it.
        sources: Names of the documents that it came from.
    """

    id: str
    role: Literal["user", "avatar"]
    text: str
    start_s: float
    end_s: float
    is_interrupted: bool = False
    sources: tuple[str, ...] = ()
