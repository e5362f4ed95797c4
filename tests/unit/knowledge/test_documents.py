"""Documents of every kind are read, cut, and refused with a reason."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from visavis.errors import DocumentError
from visavis.ports.knowledge import VECTOR_SIZE, DocumentKind
from visavis.providers.knowledge.documents import read_document, unwrapped
from visavis.providers.knowledge.minilm import MiniLm
from visavis.providers.knowledge.passages import MAX_PASSAGE_CHARS, cut

PAGE = b"""<!doctype html><html><head><title>Returns  policy</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav><script>alert(1)</script>
<main><h1>Returns</h1><p>Send it back within <b>30 days</b>.</p>
<h2>Costs</h2><ul><li>Parcel: 5 euros</li><li>Letter: free</li></ul>
<table><tr><th>Size</th><th>Price</th></tr><tr><td>Small</td><td>3</td></tr></table></main>
<footer>Imprint</footer></body></html>"""
MARKDOWN = """# Returns

Send it back within **30 days**, see [the form](https://example.com).

## Costs

- Parcel: 5 euros
- Letter: free

| Size | Price |
|---|---|
| Small | 3 |
"""
LINES = (
    "The warranty of every bicycle lasts for three years from the day on which it was de-",
    "livered. It covers the frame.",
)


def pdf(*lines: str, key: str = "", title: str = "") -> PdfWriter:
    """A PDF of one page."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    content.set_data(f"BT /F1 12 Tf 50 700 Td {shown} ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    if title:
        writer.add_metadata({"/Title": title})
    if key:
        writer.encrypt(key, algorithm="AES-256")
    return writer


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes, DocumentKind], tuple[str, str]]:
    def read(content: bytes, kind: DocumentKind) -> tuple[str, str]:
        path = tmp_path / "document"
        path.write_bytes(content)
        found = read_document(path, kind)
        return found.title, found.text

    return read


def test_pages_and_markdown_say_the_same(read: Callable[[bytes, DocumentKind], tuple[str, str]]) -> None:
    wanted = [
        *("# Returns", "Send it back within 30 days", "## Costs", "- Parcel: 5 euros", "- Letter: free"),
        *("Size | Price", "Small | 3"),
    ]
    for content, kind in ((PAGE, "html"), (MARKDOWN.encode(), "markdown")):
        title, text = read(content, kind)
        assert title == ("Returns policy" if kind == "html" else "")
        lines = [line.removesuffix(", see the form.").removesuffix(".") for line in text.splitlines()]
        assert lines == wanted


def test_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    pdf(*LINES, title="Handbook").write(path)
    found = read_document(path, "pdf")
    assert found.title == "Handbook"
    assert found.text == (
        "The warranty of every bicycle lasts for three years from the day on which it was delivered. "
        "It covers the frame."
    )


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"%PDF-1.7\n broken", "pdf", "damaged"),
        (b"", "text", "no text"),
        (b" \n\t", "text", "no text"),
        (b"caf\xe9", "text", "UTF-8"),
        (b"<html><script>x()</script></html>", "html", "no text"),
        (b"<html><p>caf\xe9</p></html>", "html", "UTF-8"),
        (b"<html><meta charset=klingon><p>caf\xe9</p></html>", "html", "UTF-8"),
        (b"<html><meta charset=hex><p>caf\xe9</p></html>", "html", "UTF-8"),
    ],
)
def test_what_cannot_be_read(
    read: Callable[[bytes, DocumentKind], tuple[str, str]], content: bytes, kind: DocumentKind, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        read(content, kind)


def test_pages_in_other_encodings(read: Callable[[bytes, DocumentKind], tuple[str, str]]) -> None:
    for head, encoding in (
        ("", "utf-16"),
        ("", "utf-8-sig"),
        ('<meta charset="windows-1252">', "cp1252"),
        ('<meta charset="windows-1252">', "utf-8"),  # what it is counts more than what it says
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-15">', "iso-8859-15"),
    ):
        page = f"<html><head>{head}</head><p>Öffnungszeiten: täglich, 5 €</p></html>"
        assert read(page.encode(encoding), "html")[1] == "Öffnungszeiten: täglich, 5 €", encoding


@pytest.mark.parametrize(
    ("dictionary", "trailer"),
    [
        (b"/Filter /JBIG2Decode", b""),
        (b"", b"/Encrypt << /Filter /Foreign /V 9 /R 9 >> /ID [(a) (a)]"),
    ],
)
def test_pdfs_that_need_what_is_not_there(
    read: Callable[[bytes, DocumentKind], tuple[str, str]], dictionary: bytes, trailer: bytes
) -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F %s >> >> >>" % font,
        b"<< /Length 2 " + dictionary + b" >> stream\nxx\nendstream",
    )
    content, places = b"%PDF-1.5\n", []
    for number, part in enumerate(parts, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    end = b"trailer << /Size 5 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (trailer, len(content))
    with pytest.raises(DocumentError, match="not supported"):
        read(content + table + end, "pdf")


def test_pdfs_without_text_or_with_a_password(tmp_path: Path) -> None:
    for writer, reason in ((pdf(), "no text"), (pdf("Secret.", key="x"), "password")):
        path = tmp_path / "a.pdf"
        writer.write(path)
        with pytest.raises(DocumentError, match=reason):
            read_document(path, "pdf")


def test_lines_that_the_width_of_a_page_has_broken() -> None:
    text = "A heading\nThis line is long enough to go on in the\nnext one.\n- one\n- two\n\nAnother."
    assert unwrapped(text).splitlines() == [
        *("A heading", "This line is long enough to go on in the next one.", "- one", "- two", "Another."),
    ]


def test_passages_are_whole_and_short() -> None:
    sentence = "The shop in the old town opens at nine in the morning. "
    text = f"# Shop\n{sentence}\n## Hours\n" + sentence * 40 + "\n" + "x" * 2000 + "\n# Other\nEnd."
    passages = cut(text, max_passages=100)
    assert [each.heading for each in passages if each.text.startswith("The shop")][:2] == [
        "Shop",
        "Shop › Hours",
    ]
    assert passages[-1].heading == "Other"
    assert all(0 < len(each.text) <= MAX_PASSAGE_CHARS for each in passages)
    whole = "".join(each.text for each in passages).replace(" ", "").replace("\n", "")
    assert whole.count("nineinthemorning.") == 41
    assert whole.count("x") == 2000
    with pytest.raises(DocumentError, match="more than 3 passages"):
        cut(text, max_passages=3)


def test_texts_that_mean_the_same_are_close(model_folder: Callable[[str], Path]) -> None:
    embedder = MiniLm(model_folder("minilm"))
    texts = (
        "How do I get my money back?",
        "Refunds are paid within two weeks.",
        "Our office is in Lisbon, near the river.",
    )
    asked, refund, office = np.array(embedder.embed(texts))
    assert asked.shape == (VECTOR_SIZE,)
    assert np.allclose(np.linalg.norm([asked, refund, office], axis=1), 1, atol=1e-3)
    assert asked @ refund > 0.3 > asked @ office
    alone = np.array(embedder.embed([texts[1]]))[0]
    assert np.allclose(alone, refund, atol=0.02)  # whatever it is embedded with
