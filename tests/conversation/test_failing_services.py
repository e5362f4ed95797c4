"""A conversation whose recognizer, language model and voice are services that fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from harness.dialogues import speech
from harness.http_server import serving_http
from harness.talking import Sound, Talker, talking
from tests.support.live import Stage, asynchronous, start_live

from visavis.engine.rig.model import Rig

FALLBACK = "I cannot answer now."


class _Failure(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_error(500)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _failing_service() -> Iterator[str]:
    with serving_http(_Failure) as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def stage(
    open_folder: Callable[[], Path], model_folder: Callable[[str], Path], portrait_rig: Rig
) -> Iterator[Stage]:
    for model in ("face", "kokoro"):
        model_folder(model)
    with _failing_service() as url:
        server = start_live(
            open_folder(),
            VISAVIS_RECOGNITION_PROVIDER="openai",
            VISAVIS_RECOGNITION_URL=url,
            VISAVIS_LLM_URL=url,
            VISAVIS_LLM_MODEL="failing",
            VISAVIS_SPEECH_OPENAI_URL=url,
        )
        try:
            yield Stage(server, portrait_rig)
        finally:
            assert server.stop() == 0


@pytest.fixture(scope="module")
def question() -> Sound:
    return speech("How much is a coffee?", "kokoro-am_michael")


@asynchronous
async def test_who_gets_no_answer_is_told_so_in_another_voice(stage: Stage, question: Sound) -> None:
    sent = {
        "mode": "conversation",
        "instructions": "A coffee costs three euros.",
        "greeting": "Welcome.",
        "voice": "openai-alloy",
        "fallback": FALLBACK,
    }
    async with (
        stage.session(json=sent) as made,
        talking(made["livekit_url"], made["token"]) as talker,
    ):
        await talker.until(lambda: said(talker) == ["Welcome."], within_s=60)
        await talker.until(lambda: talker.is_silent(0.5))
        assert max(level for _, level in talker.levels(0.0)) > 0.02  # the voice on this machine spoke
        _, asked_s = await talker.say(question)
        await talker.until(lambda: said(talker) == ["Welcome.", FALLBACK])
        assert talker.first_sound_s(asked_s)
        await talker.until(lambda: talker.is_silent(0.5))
        await talker.room.local_participant.send_text("How much is a coffee?", topic="lk.chat")
        await talker.until(lambda: said(talker) == ["Welcome.", FALLBACK, FALLBACK])


def said(talker: Talker) -> list[str]:
    return [line.text for line in talker.finals("avatar")]
