"""Which sentence of a session message a byte stream of sound is.

The process of a conversation names it in the attribute `ATTRIBUTE` when it closes the stream. So the avatar
itself can report what was heard, also when that process is gone by then.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

ATTRIBUTE: Final = "visavis.sentence"
_MAX_POSITION: Final = 1_000_000


class Sentence(BaseModel):
    """A sentence of a session message.

    Attributes:
        sequence: Number of the message.
        position: Number of sentences of the text that were spoken when this one is over.
        is_last: Whether that is the whole text.
    """

    model_config = ConfigDict(frozen=True)

    sequence: int = Field(ge=0, lt=2**63)
    position: int = Field(ge=1, le=_MAX_POSITION)
    is_last: bool

    def to_attributes(self) -> dict[str, str]:
        """The attributes with which a byte stream is closed that says it to its end."""
        return {ATTRIBUTE: self.model_dump_json()}


def sentence_of(attributes: Mapping[str, str]) -> Sentence | None:
    """The sentence that the attributes of a byte stream name; `None` if they name none."""
    try:
        return Sentence.model_validate_json(attributes.get(ATTRIBUTE, ""))
    except ValidationError:
        return None
