"""Knowledge: documents that are cut into passages, and the passages that answer a question."""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict

DocumentKind = Literal["pdf", "html", "markdown", "text"]
VECTOR_SIZE: Final = 384
"""Numbers of a vector of a passage."""

STEMMERS: Final = {
    "en": "english",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
}
"""Names of Snowball's stemmers by codes of languages; Postgres' text search has the same."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(_Frozen):
    """A part of a document that can be understood alone.

    Attributes:
        heading: Headings above it, the outermost first; empty if there are none.
        text: Its text.
        vector: What it means, `VECTOR_SIZE` numbers of length 1; `None` where no model was there to tell.
    """

    heading: str
    text: str
    vector: tuple[float, ...] | None = None


class Document(_Frozen):
    """A document that was read.

    Attributes:
        title: Title that the document gives itself; empty if it gives none.
        language: Code of its language, such as `en`; empty if it is not known.
        passages: Its passages, in order.
    """

    title: str
    language: str
    passages: tuple[Passage, ...]


class FoundPassage(_Frozen):
    """A passage that may answer a question.

    Attributes:
        source: Name of its document.
        heading: Headings above it.
        text: Its text.
    """

    source: str
    heading: str
    text: str


class Embedder(Protocol):
    """Says what texts mean, as vectors: those of texts that mean the same are close."""

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """A vector of `VECTOR_SIZE` numbers and length 1 for each text."""
        ...
