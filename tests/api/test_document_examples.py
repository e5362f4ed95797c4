"""The examples of docs/examples.md and of the skill, as they stand there, in all their languages."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.server import Server

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/examples.md"
SKILL = ROOT / "skills/visavis/SKILL.md"
LANGUAGES = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
SECTIONS = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
PROGRAMS = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
TIMEOUT_S = 200.0


def _run(server: Server, folder: Path, language: str, code: str) -> str:
    """Run an example. Returns what it says if it fails."""
    if language == "ts":
        # The examples use no syntax that JavaScript does not have.
        script = folder / f"{abs(hash(code))}.mjs"
        script.write_text(code)
        command = ["node", str(script)]
    else:
        command = [*LANGUAGES[language], code]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | PROGRAMS | {"VISAVIS_API_URL": server.url, "VISAVIS_API_KEY": server.key},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    return f"{language}: {done.stdout}{done.stderr}" if done.returncode else ""


@pytest.mark.slow
@pytest.mark.parametrize(("title", "text"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_the_examples_run(
    server: Server, freed: None, media: Path, tmp_path: Path, title: str, text: str
) -> None:
    shutil.copy(media / "face.jpg", tmp_path)
    shutil.copy(media / "short.wav", tmp_path / "speech.mp3")  # the content decides what a file is
    blocks = re.findall(r"^```(sh|python|ts)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in blocks] == ["sh", "python", "ts"]
    if shutil.which("node") is None:
        blocks = blocks[:2]
    # Sessions take turns: this server has one slot.
    workers = 1 if "realtime/session" in text else len(blocks)
    with ThreadPoolExecutor(workers) as pool:
        said = list(pool.map(lambda block: _run(server, tmp_path, *block), blocks))
    assert [each for each in said if each] == []
    for made in tmp_path.glob("*-*.mp[34]"):
        assert made.stat().st_size > 1000
    assert len(list(tmp_path.glob("*.mp[34]"))) in {1, 1 + len(blocks)}


@pytest.mark.slow
def test_what_the_skill_says_works(server: Server, freed: None, media: Path, tmp_path: Path) -> None:
    """All but what an agent is told, which needs one: `test_agents` has that."""
    shutil.copy(media / "face.jpg", tmp_path)
    shutil.copy(media / "short.wav", tmp_path / "speech.wav")
    blocks = re.findall(r"^```sh\n(.*?)^```$", SKILL.read_text(), re.MULTILINE | re.DOTALL)
    run = [block for block in blocks if "$AGENT" not in block]
    assert len(run) == len(blocks) - 1 == 4
    assert [said for block in run if (said := _run(server, tmp_path, "sh", block))] == []
    assert {path.name for path in tmp_path.glob("*.mp4")} == {"out.mp4", "hello.mp4"}
