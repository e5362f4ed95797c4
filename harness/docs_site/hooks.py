"""Hooks of MkDocs: pages from outside of `docs/`, the API reference, examples as tabs, pages for machines.

Documents link to each other by their paths in the repository. Links to files that are no pages become plain
text: the site knows no address of the repository.
"""

import json
import posixpath
import re
import shutil
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from harness.docs_site import reference

ROOT: Final = Path(__file__).parents[2]
OPENAPI: Final = ROOT / "build/openapi"
# Pages that are not in docs/, and where each is on the site.
OUTSIDE: Final = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "examples/README.md": "web-examples.md",
    "sdk/core/README.md": "sdk/core.md",
    "sdk/react/README.md": "sdk/react.md",
    "sdk/elements/README.md": "sdk/elements.md",
    "plugins/livekit-plugins-visavis/README.md": "plugins/livekit.md",
    "plugins/pipecat-visavis/README.md": "plugins/pipecat.md",
    "skills/visavis/SKILL.md": "skill.md",
}
REFERENCES: Final = {
    "atlas": "Videos and live sessions",
    "avatars": "Avatars",
    "agents": "Agents",
    "mirrorstage": "Paid sessions",
    "organizations": "Organizations",
}
_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_FENCES: Final = re.compile(r"(?:^```(?:sh|python|ts)\n.*?^```\n\n?){2,}", re.MULTILINE | re.DOTALL)
_FENCE: Final = re.compile(r"^```(sh|python|ts)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_TABS: Final = {"sh": "curl", "python": "Python", "ts": "TypeScript"}
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_sources: dict[str, str] = {}  # where the text of a page of the site is in the repository
_texts: dict[str, str] = {}  # the pages as Markdown for everybody, without tabs


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in `docs/`."""
    for source, page in OUTSIDE.items():
        _sources[page] = source
        text = _FRONT_MATTER.sub("", (ROOT / source).read_text())
        files.append(File.generated(config, page, content=text))
    for name, title in REFERENCES.items():
        document = json.loads((OPENAPI / f"{name}.json").read_text())
        text = reference.page(document, title)
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, files: Files, **_: Any) -> str:
    """Make links work on the site, and let the languages of an example be tabs."""
    here = page.file.src_uri
    source = _sources.get(here, f"docs/{here}")
    _texts[here] = _with_links(markdown, source, here, files)
    return _FENCES.sub(_tabs, _texts[here])


def on_post_build(config: MkDocsConfig) -> None:
    """Copy the OpenAPI documents, which the reference links to."""
    target = Path(config.site_dir) / "openapi"
    target.mkdir(exist_ok=True)
    for name in REFERENCES:
        shutil.copy(OPENAPI / f"{name}.json", target)


def on_env(env: Any, config: MkDocsConfig, files: Files) -> Any:
    """Write every page as Markdown beside its HTML, and `llms.txt`, which lists them."""
    site, lines = Path(config.site_dir), [f"# {config.site_name}", "", f"> {config.site_description}", ""]
    for file in files.documentation_pages():
        page = file.page
        if page is None or file.src_uri not in _texts:
            continue
        target = site / file.src_uri
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_texts[file.src_uri])
        lines.append(f"- [{page.title}]({file.src_uri})")
    (site / "llms.txt").write_text("\n".join(lines) + "\n")
    return env


def _with_links(markdown: str, source: str, here: str, files: Files) -> str:
    pages = {each: page for page, each in _sources.items()}

    def link(found: re.Match[str]) -> str:
        image, text, address = found.groups()
        if re.match(r"[a-z]+:|#", address):
            return found[0]
        path, _, anchor = address.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        options = (wanted, f"{wanted}/README.md")
        target = next(
            (_on_site(each, pages, files) for each in options if _on_site(each, pages, files)), None
        )
        if target is None:
            return found[0] if image else text
        relative = posixpath.relpath(target, posixpath.dirname(here) or ".")
        return f"{image}[{text}]({relative}{'#' + anchor if anchor else ''})"

    return _LINK.sub(link, markdown)


def _on_site(path: str, pages: dict[str, str], files: Files) -> str | None:
    """The page or file of the site for a path of the repository; `None` if it has none."""
    if path in pages:
        return pages[path]
    inside = path.removeprefix("docs/")
    return inside if inside != path and files.get_file_from_path(inside) else None


def _tabs(found: re.Match[str]) -> str:
    blocks = []
    for language, code in _FENCE.findall(found[0]):
        inner = "".join(f"    {line}".rstrip() + "\n" for line in code.splitlines())
        blocks.append(f'=== "{_TABS[language]}"\n\n    ```{language}\n{inner}    ```\n')
    return "\n".join(blocks) + "\n"
