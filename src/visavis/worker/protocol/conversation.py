"""Commands to the process of a conversation, and the events that it reports."""

from typing import Annotated, Literal

from pydantic import Field

from visavis.ports.conversation import ConversationConfig, TranscriptSegment
from visavis.ports.knowledge import FoundPassage
from visavis.worker.protocol.message import Message
from visavis.worker.protocol.session import TextSpoken, TokenRefreshed


class BeginConversation(Message):
    """Join a room and hold a conversation; given once.

    Attributes:
        server_url: Address of the room server.
        token: Access token of the room.
        avatar: Identity of the avatar that speaks.
        age_s: Seconds since the conversation began, maybe in another process.
        config: What the conversation is to be like.
        is_resumed: Whether it goes on after its process has died: then there is no greeting.
        has_documents: Whether it may ask what an agent knows.
    """

    type: Literal["begin_conversation"] = "begin_conversation"
    server_url: str
    token: str = Field(repr=False)
    avatar: str
    age_s: float = 0.0
    config: ConversationConfig = Field(repr=False)
    is_resumed: bool = False
    has_documents: bool = False


class SpeakText(Message):
    """Have the avatar say a text.

    Attributes:
        text: The text.
        sequence: Number of the session message that it came in; `None` for a text from the room.
        position: Number of its sentences that were spoken before.
        now: Whether it cuts off what the avatar says.
    """

    type: Literal["speak"] = "speak"
    text: str = Field(repr=False)
    sequence: int | None = None
    position: int = 0
    now: bool = False


class AddKnowledge(Message):
    """Give the avatar knowledge for its next answers.

    Attributes:
        text: The knowledge.
        sequence: Number of the session message that it came in.
    """

    type: Literal["add_knowledge"] = "add_knowledge"
    text: str = Field(repr=False)
    sequence: int


class PassagesFound(Message):
    """What the agent knows of a question.

    Attributes:
        number: Number of the question.
        passages: Passages of its documents, the best first.
    """

    type: Literal["passages_found"] = "passages_found"
    number: int
    passages: tuple[FoundPassage, ...] = Field(repr=False)


class EndConversation(Message):
    """Leave the room and end."""

    type: Literal["end_conversation"] = "end_conversation"


ConversationCommand = Annotated[
    BeginConversation | SpeakText | AddKnowledge | PassagesFound | EndConversation,
    Field(discriminator="type"),
]


class ConversationJoined(Message):
    """The agent is in the room.

    Attributes:
        memory_bytes: Memory that the process has, with its models.
    """

    type: Literal["conversation_joined"] = "conversation_joined"
    memory_bytes: int


class SegmentSaid(Message):
    """A segment of the transcript is final.

    Attributes:
        segment: The segment.
    """

    type: Literal["segment_said"] = "segment_said"
    segment: TranscriptSegment = Field(repr=False)


class MessageTaken(Message):
    """The conversation has taken a session message.

    Attributes:
        sequence: Number of the message.
    """

    type: Literal["message_taken"] = "message_taken"
    sequence: int


class PassagesWanted(Message):
    """The conversation asks what the agent knows of a question; `PassagesFound` answers.

    Attributes:
        number: Number of the question.
        question: The question.
        vector: What it means; `None` if no embedding model is on this machine.
    """

    type: Literal["passages_wanted"] = "passages_wanted"
    number: int
    question: str = Field(repr=False)
    vector: tuple[float, ...] | None = Field(default=None, repr=False)


class ConversationOver(Message):
    """The conversation is over; the process ends.

    Attributes:
        error_code: Stable code of the error if it failed.
        was_sent_away: Whether the room was deleted, or another process has taken the place of this one.
    """

    type: Literal["conversation_over"] = "conversation_over"
    error_code: str | None = None
    was_sent_away: bool = False


ConversationEvent = Annotated[
    ConversationJoined
    | TokenRefreshed
    | SegmentSaid
    | MessageTaken
    | PassagesWanted
    | TextSpoken
    | ConversationOver,
    Field(discriminator="type"),
]
