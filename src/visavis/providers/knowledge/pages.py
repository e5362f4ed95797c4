"""Web pages as plain text: their own content, without navigation, scripts and styles."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LEFT_OUT: Final = (
    "script, style, noscript, template, svg, nav, header nav, footer, aside, form, iframe, button, "
    "[hidden], [aria-hidden=true]"
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset(_HEADINGS) | {
    *("address", "article", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "tfoot", "thead", "tr", "ul"),
}
_CELLS: Final = frozenset({"td", "th"})
_SPACES: Final = re.compile(r"\s+")
_MAX_DEPTH: Final = 200


def read_page(content: bytes) -> tuple[str, str]:
    """The title of a page, and its text: a line for each paragraph; headings begin with `#`."""
    page = LexborHTMLParser(content)
    titled = page.css_first("title")
    title = _SPACES.sub(" ", titled.text()).strip() if titled is not None else ""
    for node in page.css(_LEFT_OUT):
        node.decompose()
    root = page.css_first("main") or page.css_first("article") or page.body
    if root is None:
        return title, ""
    lines = _Lines()
    _read(root, lines, 0)
    lines.end()
    return title, "\n".join(lines.done)


class _Lines:
    """The lines of a page, as far as it is read."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._parts: list[str] = []
        self._sign = ""

    def add(self, text: str) -> None:
        self._parts.append(text)

    def begin(self, sign: str = "") -> None:
        """End the line before, and begin one with a sign."""
        self.end()
        self._sign = sign

    def end(self) -> None:
        line = _SPACES.sub(" ", "".join(self._parts)).strip(" |")
        if line:
            self.done.append(self._sign + line)
        self._parts, self._sign = [], ""


def _read(node: LexborNode, lines: _Lines, depth: int) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if child.is_text_node:
            lines.add(child.text_content or "")
        elif tag in _BLOCKS:
            lines.begin("#" * _HEADINGS[tag] + " " if tag in _HEADINGS else "- " if tag == "li" else "")
            if depth < _MAX_DEPTH:
                _read(child, lines, depth + 1)
            lines.end()
        elif depth < _MAX_DEPTH:
            _read(child, lines, depth + 1)
            if tag in _CELLS:
                lines.add(" | ")
