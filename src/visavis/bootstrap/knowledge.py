"""What reads the documents of agents, and what says what texts mean."""

from functools import cache
from pathlib import Path

from visavis.errors import ModelNotReadyError
from visavis.ports.knowledge import Document, DocumentKind, Embedder
from visavis.ports.models import ModelFolders
from visavis.worker.children.documents import DocumentTools

_SAMPLE_CHARS = 4_000  # of a document, from which its language is told


def document_tools(folders: ModelFolders) -> DocumentTools:
    """What rendering processes read documents with. Nothing is loaded before it is needed.

    Args:
        folders: The models on this machine.
    """
    return DocumentTools(_read, cache(lambda: embedder(folders)))


def embedder(folders: ModelFolders) -> Embedder | None:
    """The embedding model; `None` if it is not on this machine.

    Args:
        folders: The models on this machine.
    """
    from visavis.providers.knowledge.minilm import MODEL, MiniLm

    try:
        return MiniLm(folders(MODEL))
    except ModelNotReadyError:
        return None  # what agents know is then found by words alone


def _read(path: Path, kind: DocumentKind, max_passages: int) -> Document:
    from visavis.providers.knowledge.documents import read_document
    from visavis.providers.knowledge.passages import cut
    from visavis.providers.llm.responder.language import detect_language

    found = read_document(path, kind)
    return Document(
        title=found.title,
        language=detect_language(found.text[:_SAMPLE_CHARS], ""),
        passages=cut(found.text, max_passages=max_passages),
    )
