"""What a rendering process does for what agents know: reads documents, and says what their passages mean."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from visavis.ports.knowledge import Document, DocumentKind, Embedder
from visavis.worker.protocol import DocumentRead, DocumentRequest


@dataclass(frozen=True)
class DocumentTools:
    """What documents are read with.

    Attributes:
        read: Reads a file of a kind, and cuts it into at most so many passages; raises `DocumentError`.
        embedder: Gives what says what passages mean; `None` if its model is not on this machine.
    """

    read: Callable[[Path, DocumentKind, int], Document]
    embedder: Callable[[], Embedder | None]


def read_document(tools: DocumentTools, request: DocumentRequest) -> DocumentRead:
    """Read a document; see `DocumentRequest`."""
    document = tools.read(request.file, request.kind, request.max_passages)
    embedder = tools.embedder()
    if embedder is not None:
        texts = [f"{each.heading}\n{each.text}".strip() for each in document.passages]
        vectors = embedder.embed(texts)
        passages = tuple(
            each.model_copy(update={"vector": vector})
            for each, vector in zip(document.passages, vectors, strict=True)
        )
        document = document.model_copy(update={"passages": passages})
    request.output.write_text(document.model_dump_json())
    return DocumentRead(passages=len(document.passages))
