"""Documents of any kind as one plain text, with `#` before headings and a line for each paragraph."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.errors import DependencyError

from visavis.errors import DocumentError
from visavis.ports.knowledge import DocumentKind
from visavis.providers.knowledge.pages import read_page

_MAX_PAGES: Final = 1_000
_BULLET: Final = re.compile(r"\s*(?:[-*•–·▪]|\d{1,3}[.)])\s+")
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-\u00ad]$")
_ENDS: Final = re.compile(r"[.!?…:;]['\"»”)]*$")
_MIN_WRAPPED_CHARS: Final = 40  # shorter lines are not continued by the next one
_HEAD_BYTES: Final = 1024  # of a page, in which it declares its encoding
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class PlainText:
    """A document as plain text.

    Attributes:
        title: Title that it gives itself; empty if it gives none.
        text: A line for each paragraph, item or row; headings begin with `#`.
    """

    title: str
    text: str


def read_document(path: Path, kind: DocumentKind) -> PlainText:
    """Read a document.

    Args:
        path: The file.
        kind: What it is.

    Raises:
        DocumentError: It is damaged, protected, or has no text.
    """
    if kind == "pdf":
        found = _read_pdf(path)
    elif kind == "html":
        found = PlainText(*read_page(_page(path).encode()))
    elif kind == "markdown":
        html = MarkdownIt("commonmark", {"html": False}).enable("table").render(_decoded(path))
        found = PlainText(*read_page(html.encode()))
    else:
        found = PlainText("", unwrapped(_decoded(path)))
    text = found.text.replace("\0", "")
    if not re.search(r"\w", text):
        raise DocumentError("The document has no text. Scanned pages must be recognized first (OCR).")
    return PlainText(found.title.replace("\0", "").strip(), text)


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    encoding = next((name for sign, name in _BOMS if content.startswith(sign)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError("The text is not in UTF-8. Save it as UTF-8, and send it again.") from error


def _page(path: Path) -> str:
    """A page: in UTF-8, or in what its first bytes or its head declare."""
    content = path.read_bytes()
    declared = _CHARSET.search(content, 0, _HEAD_BYTES)
    if declared is None or content.startswith(tuple(sign for sign, _ in _BOMS)):
        return _decoded(path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode(declared[1].decode(), "replace")
        except (LookupError, UnicodeError):
            return _decoded(path)


def _read_pdf(path: Path) -> PlainText:
    try:
        return _parsed_pdf(path)
    except (NotImplementedError, DependencyError) as error:
        words = "The PDF is protected or compressed in a way that is not supported. Save it anew as a PDF."
        raise DocumentError(words) from error
    except (DocumentError, MemoryError):
        raise
    except Exception as error:  # the parser raises whatever it stumbles over in a damaged file
        raise DocumentError("The PDF is damaged, or not a PDF.") from error


def _parsed_pdf(path: Path) -> PlainText:
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError("The PDF is protected by a password. Send it without one.")
    if len(reader.pages) > _MAX_PAGES:
        raise DocumentError(f"The PDF has more than {_MAX_PAGES} pages. Send it in parts.")
    pages = [unwrapped(page.extract_text()) for page in reader.pages]
    title = reader.metadata.title if reader.metadata else None
    return PlainText(str(title or ""), "\n".join(pages))


def unwrapped(text: str) -> str:
    """A text with one line for each paragraph: lines that only the page's width has broken are joined."""
    paragraphs: list[str] = []
    is_open = False
    for line in (each.strip() for each in text.splitlines()):
        if is_open and line and not _BULLET.match(line) and not line.startswith(("#", "|")):
            before = paragraphs[-1]
            joined = _HYPHEN.sub("", before) if line[0].islower() else before
            paragraphs[-1] = joined + ("" if joined != before else " ") + line
        elif line:
            paragraphs.append(line)
        is_open = bool(line) and not line.startswith(("#", "|")) and _goes_on(line)
    return "\n".join(paragraphs)


def _goes_on(line: str) -> bool:
    return len(line) >= _MIN_WRAPPED_CHARS and not _ENDS.search(line)
