"""The documents: links lead somewhere, and every decision has the same parts and a line in the index."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]


def documents() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def anchors(document: Path) -> set[str]:
    """The names by which GitHub links to headings: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="lists the documents with git")
def test_links_lead_to_files_and_headings() -> None:
    broken = []
    for document in documents():
        # Fragments of the changelog become part of CHANGELOG.md.
        is_fragment = document.parent.name == "changelog.d" and document.name != "README.md"
        folder = ROOT if is_fragment else document.parent
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (folder / name).resolve() if name else document
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{document.relative_to(ROOT)}: {link}")
    assert broken == []


def test_decisions_are_numbered_without_gaps() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_each_decision_has_its_parts_and_a_line_in_the_index(page: Path) -> None:
    text = page.read_text()
    head = re.match(r"# (\d+)\. (.+)\n\n- Status: (.+)\n- Date: (\d{4}-\d\d-\d\d)\n", text)
    assert head, f"{page.name} does not begin as the others do"
    number, title, _, date = head.groups()
    assert int(number) == int(page.name[:4])
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [word for heading in headings for word in SECTIONS if word.lower() in heading.lower()] == SECTIONS
    index = (ROOT / "docs/decisions/README.md").read_text()
    assert f"| [{page.name[:4]}]({page.name}) | {title} | {date} |" in index
