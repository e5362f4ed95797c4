"""The agents of the document of paid sessions speak, with files in place of the services of speech."""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from harness.http_server import serving_http
from harness.streamed_sound import streamed
from harness.viewing import Viewer, mouth_box, watching
from tests.support.documents import PAID_SESSIONS, document, listing
from tests.support.live import Stage, asynchronous
from tests.support.server import Server, in_database

from visavis.core import sharing
from visavis.core.database import Database
from visavis.core.schema import Session

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("stage", ["embedded"], indirect=True)]
HOST = "https://render.mirrorstage.ai"
LOUD = 0.1
BLOCK_S = 0.01
SOUND_S = 1.5
ACTIVE = "SELECT id FROM sessions WHERE status = 'active' AND joined_at IS NOT NULL"


@contextmanager
def speech_service(sound: bytes) -> Iterator[tuple[str, list[str]]]:
    """Answer each text with a sound. Yields the address, and the texts that came."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(sound)))
            self.end_headers()
            self.wfile.write(sound)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_http(Handler) as url:
        yield url, texts


async def opened(server: Server) -> str:
    """ID of the session that an agent has opened, once its avatar is there."""
    while True:
        found = await asyncio.to_thread(server.rows, ACTIVE)
        if found:
            return str(found[0][0])
        await asyncio.sleep(0.05)


async def credentials(server: Server, session_id: str) -> dict[str, str]:
    """What a viewer of a session gets by its own link."""

    async def link(database: Database) -> str:
        async with database.transaction() as tx:
            return await sharing.view_token(tx, await tx.get_one(Session, session_id))

    share = await asyncio.to_thread(in_database, server.database_url, link)
    async with httpx.AsyncClient(base_url=server.url) as client:
        found: dict[str, str] = (await client.get(f"/v1/view/{session_id}", params={"share": share})).json()
        return found


def heard_s(viewer: Viewer) -> float:
    return BLOCK_S * sum(level > LOUD for level in viewer.sound.values)


@pytest.mark.parametrize(
    ("title", "vendor", "kind", "count"),
    [
        ("Agent + ElevenLabs", "https://api.elevenlabs.io", "pcm", 3),
        ("Agent + Fish Audio", "https://api.fish.audio", "mp3", 2),
    ],
)
@asynchronous
async def test_an_agent_of_the_document_speaks(
    stage: Stage, media: Path, tmp_path: Path, title: str, vendor: str, kind: str, count: int
) -> None:
    code = listing(document(PAID_SESSIONS), "import asyncio", "asyncio.run(main())", after=title)
    shutil.copy(media / "face.jpg", tmp_path)
    stage.server.end_sessions()
    with speech_service(streamed(kind, SOUND_S)) as (url, texts):
        program = tmp_path / "agent.py"
        program.write_text(code.replace(HOST, stage.server.url).replace(vendor, url))
        agent = await asyncio.create_subprocess_exec(
            sys.executable, program.name, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
        )
        try:
            view = await credentials(stage.server, await opened(stage.server))
            async with watching(
                view["livekit_url"], view["livekit_access_token"], mouth_box(stage.rig)
            ) as viewer:
                assert agent.stderr is not None
                complaints = (await agent.stderr.read()).decode()
                assert await agent.wait() == 0, complaints
                assert len(texts) == count
                # The agent has left; its last words are still to be heard.
                await viewer.until(lambda: heard_s(viewer) > 0.9 * count * SOUND_S)
        finally:
            if agent.returncode is None:
                agent.kill()
                await agent.wait()
            stage.server.end_sessions()
