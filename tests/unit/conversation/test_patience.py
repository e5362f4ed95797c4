"""A language model that fails: the real client against a server that speaks the vendor's wire."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
from harness.http_server import serving_http
from livekit.agents import llm

from visavis.bootstrap.conversations import patience_for
from visavis.bootstrap.speech import synthesizer
from visavis.ports import Voice
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.realtime.conversation.answers import Answers
from visavis.realtime.conversation.patience import Patience
from visavis.settings import LanguageModelSettings, RecognitionSettings, Settings, SpeechSettings

CHUNK = {
    "id": "1",
    "object": "chat.completion.chunk",
    "created": 0,
    "model": "m",
    "choices": [
        {"index": 0, "delta": {"role": "assistant", "content": "Three euros."}, "finish_reason": "stop"}
    ],
}


class Failing(BaseHTTPRequestHandler):
    """Fails as often as it is told, then answers."""

    failures: ClassVar[list[int]] = []
    asked: ClassVar[int] = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        status = self.failures.pop(0) if self.failures else 200
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if status == 200 else "application/json")
        self.end_headers()
        self.wfile.write(
            f"data: {json.dumps(CHUNK)}\n\ndata: [DONE]\n\n".encode() if status == 200 else b"{}"
        )

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def failing(*statuses: int) -> Iterator[str]:
    Failing.failures, Failing.asked = list(statuses), 0
    with serving_http(Failing) as url:
        yield f"{url}/v1"


async def answer(url: str) -> str:
    model = ChatEndpoint(LanguageModelSettings(url=url, model="m"))
    answers = Answers(model, fallback="Something went wrong.", first_s=20)
    chat = llm.ChatContext()
    chat.add_message(role="user", content="How much is a coffee?")
    async with answers.chat(chat_ctx=chat) as stream:
        text = "".join([chunk.delta.content or "" async for chunk in stream if chunk.delta is not None])
    await model.close()
    return text.strip()


@pytest.mark.parametrize("status", [429, 500])
def test_a_model_that_fails_once_is_asked_again(status: int) -> None:
    with failing(status) as url:
        assert asyncio.run(answer(url)) == "Three euros."
        assert Failing.asked == 2


@pytest.mark.parametrize("status", [429, 500])
def test_a_model_that_fails_twice_is_given_up(status: int) -> None:
    with failing(status, status, status) as url:
        assert asyncio.run(answer(url)) == "Something went wrong."
        assert Failing.asked == 2


def test_models_on_this_machine_are_waited_for_longer_than_services() -> None:
    """A busy machine makes them slow; asking again would make them slower."""
    service, url = Patience(), "http://localhost:1/v1"
    hosted = Settings(
        recognition=RecognitionSettings(provider="openai", url=url),
        language_model=LanguageModelSettings(url=url, model="m"),
        speech=SpeechSettings(openai_url=url),
    )
    voices = synthesizer(hosted)
    assert patience_for(hosted, voices, Voice(name="openai-alloy")) == service
    own = patience_for(Settings(), voices, Voice("en"))
    for mine, its in (
        (own.text_s, service.text_s),
        (own.answer_s, service.answer_s),
        (own.sound_s, service.sound_s),
    ):
        assert mine > 3 * its
    assert patience_for(hosted, voices, Voice("en")).sound_s == own.sound_s
    assert patience_for(Settings(), voices, Voice(name="nobody")) == own
