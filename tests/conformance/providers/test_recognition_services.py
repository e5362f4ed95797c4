"""What becomes of a recognition service that refuses, fails, stalls, breaks off or sends nonsense."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from harness.room_clients import asynchronous
from pydantic import SecretStr
from tests.conformance.providers.recognition import Saying, say, silence
from tests.conformance.providers.recognition_servers import (
    KEY,
    RecognitionServer,
    alternative,
    error,
    recognition_server,
    result,
)

from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer
from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError, SettingsError
from visavis.ports import Recognition, SpeechRecognizer
from visavis.settings import ModelSettings, RecognitionSettings

PROVIDERS = ("openai", "deepgram")
FAILURES = {401: ProviderError, 404: ProviderError, 429: ProviderBusyError, 500: ProviderBusyError}


def service(provider: str, url: str, key: str = KEY, timeout_s: float = 30.0) -> SpeechRecognizer:
    path = "/v1" if provider == "openai" else ""
    settings: dict[str, Any] = {"provider": provider, "url": url + path, "timeout_s": timeout_s}
    return speech_recognizer(
        RecognitionSettings(api_key=SecretStr(key), **settings), bootstrap.model_folders(ModelSettings())
    )


async def failure_of_whole(recognizer: SpeechRecognizer, saying: Saying) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await recognizer.recognize(saying.samples, "en")
    await recognizer.close()
    assert KEY not in caught.value.message
    return caught.value


async def failure_of_stream(recognizer: SpeechRecognizer, saying: Saying) -> ProviderError:
    stream = recognizer.stream("en")
    say(stream, saying.samples)
    say(stream, silence(0.3))
    stream.end_utterance()
    with pytest.raises(ProviderError) as caught:
        await asyncio.wait_for(_read(aiter(stream)), 60)
    await stream.close()
    await recognizer.close()
    assert KEY not in caught.value.message
    return caught.value


async def _read(results: Any) -> list[Recognition]:
    return [each async for each in results]


async def failures(provider: str, server: RecognitionServer, saying: Saying, **settings: Any) -> set[type]:
    """The classes of the errors of both ways to use a service."""
    found = {type(await failure_of_whole(service(provider, server.url, **settings), saying))}
    return found | {type(await failure_of_stream(service(provider, server.url, **settings), saying))}


@pytest.mark.parametrize("provider", PROVIDERS)
@asynchronous
async def test_it_refuses(provider: str, sayings: Sequence[Saying]) -> None:
    async with recognition_server() as server:
        assert await failures(provider, server, sayings[0], key="wrong") == {ProviderError}
        for status, expected in FAILURES.items():

            async def refuse(request: web.Request, status: int = status) -> web.StreamResponse:
                return error(status)

            server.answer = refuse
            assert await failures(provider, server, sayings[0]) == {expected}


@pytest.mark.parametrize("provider", PROVIDERS)
@asynchronous
async def test_it_stalls(provider: str, sayings: Sequence[Saying]) -> None:
    async def stall(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with recognition_server() as server:
        server.answer = stall
        assert await failures(provider, server, sayings[0], timeout_s=0.3) == {ProviderTimeoutError}


@pytest.mark.parametrize("provider", PROVIDERS)
@asynchronous
async def test_it_breaks_off(provider: str, sayings: Sequence[Saying]) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"text": "Half a')
        assert request.transport is not None
        request.transport.close()
        return response

    async with recognition_server() as server:
        server.answer = break_off
        assert await failures(provider, server, sayings[0]) == {ProviderBusyError}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"text": 1}', b"[]", b"\xff\xfe"])
@pytest.mark.parametrize("provider", PROVIDERS)
@asynchronous
async def test_it_answers_nonsense(provider: str, body: bytes, sayings: Sequence[Saying]) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    async with recognition_server() as server:
        server.answer = answer
        assert type(await failure_of_whole(service(provider, server.url), sayings[0])) is ProviderError


@pytest.mark.parametrize("provider", PROVIDERS)
@asynchronous
async def test_nobody_is_there(provider: str, sayings: Sequence[Saying]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    recognizer = service(provider, f"http://127.0.0.1:{port}")
    assert type(await failure_of_stream(recognizer, sayings[0])) is ProviderBusyError


@asynchronous
async def test_a_stream_is_sent_nonsense(sayings: Sequence[Saying]) -> None:
    async def babble(connection: web.WebSocketResponse) -> None:
        await connection.send_str('{"type": "Results"}')
        await connection.receive()

    async with recognition_server() as server:
        server.talk = babble
        assert type(await failure_of_stream(service("deepgram", server.url), sayings[0])) is ProviderError


@asynchronous
async def test_a_stream_is_broken_off(sayings: Sequence[Saying]) -> None:
    async def leave(connection: web.WebSocketResponse) -> None:
        await connection.receive()
        await connection.close(code=1011, message=b"NET-0001")

    async with recognition_server() as server:
        server.talk = leave
        found = await failure_of_stream(service("deepgram", server.url), sayings[0])
        assert type(found) is ProviderBusyError


@asynchronous
async def test_a_stream_is_never_answered(sayings: Sequence[Saying]) -> None:
    async def swallow(connection: web.WebSocketResponse) -> None:
        async for _ in connection:
            pass

    async with recognition_server() as server:
        server.talk = swallow
        recognizer = service("deepgram", server.url, timeout_s=0.3)
        assert type(await failure_of_stream(recognizer, sayings[0])) is ProviderTimeoutError


@asynchronous
async def test_texts_of_a_stream_belong_to_their_utterance(sayings: Sequence[Saying]) -> None:
    """The service answers the first utterance when the second one has begun already."""
    length_s = len(sayings[0].samples) / 16_000

    async def answer_late(connection: web.WebSocketResponse) -> None:
        finalizes = 0
        async for message in connection:
            finalizes += isinstance(message.data, str) and "Finalize" in message.data
            if finalizes == 2:
                break
        for at, text in enumerate(("First.", "Second.")):
            count = len(sayings[at].samples)
            begin_s = at * length_s
            await connection.send_json(result(alternative(text, []), begin_s, count, is_final=True))
        await connection.receive()

    async with recognition_server() as server:
        server.talk = answer_late
        recognizer = service("deepgram", server.url)
        stream = recognizer.stream("en")
        for saying in sayings[:2]:
            say(stream, saying.samples)
            stream.end_utterance()
        results = aiter(stream)
        assert [(await anext(results)).text for _ in range(2)] == ["First.", "Second."]
        await stream.close()
        await recognizer.close()


def test_settings_that_do_not_belong_together() -> None:
    for given in ({"url": "http://localhost/v1"}, {"api_key": SecretStr("k")}):
        settings: dict[str, Any] = dict(given)
        with pytest.raises(SettingsError, match="VISAVIS_RECOGNITION_PROVIDER"):
            speech_recognizer(RecognitionSettings(**settings), bootstrap.model_folders(ModelSettings()))
