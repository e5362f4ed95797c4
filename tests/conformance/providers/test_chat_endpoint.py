"""The endpoint's client, against a server that speaks OpenAI's wire, well and badly."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import pytest
from aiohttp import web
from harness.room_clients import asynchronous
from pydantic import SecretStr
from tests.conformance.providers.chat_server import (
    KEY,
    MODEL,
    Behaviour,
    ChatServer,
    begin,
    chat_server,
    end,
    error,
    send,
)
from tests.conformance.providers.language_model_checks import QUESTION, SYSTEM, answer, check_language_model

from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from visavis.ports import ChatDelta, ChatMessage, Tool, ToolCall
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.settings import LanguageModelSettings


def endpoint(server: ChatServer, **settings: Any) -> ChatEndpoint:
    known: dict[str, Any] = {"url": server.url, "api_key": SecretStr(KEY), "model": MODEL}
    return ChatEndpoint(LanguageModelSettings(**(known | settings)))


async def failure(model: ChatEndpoint) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await answer(model, [SYSTEM, QUESTION])
    await model.close()
    assert KEY not in caught.value.message
    return caught.value


@asynchronous
async def test_it_is_a_language_model() -> None:
    async with chat_server() as server:
        await check_language_model(endpoint(server), has_tools=True)


@asynchronous
async def test_what_is_sent() -> None:
    async with chat_server() as server:
        model = endpoint(server, temperature=0.5, max_tokens=7)
        call = ToolCall("call_1", "weather", '{"city": "Bern"}')
        messages = [
            ChatMessage("system", "Be brief."),
            ChatMessage("system", "We open at 9."),
            ChatMessage("user", "And the weather?"),
            ChatMessage("assistant", "", tool_calls=(call,)),
            ChatMessage("tool", "Sunny", tool_call_id="call_1"),
        ]
        assert [delta async for delta in model.chat(messages, [Tool("weather", "Of a city.")])]
        await model.close()
        (body,) = server.requests
    assert body == {
        "model": MODEL,
        "stream": True,
        "temperature": 0.5,
        "max_tokens": 7,
        "messages": [
            {"role": "system", "content": "Be brief.\n\nWe open at 9."},
            {"role": "user", "content": "And the weather?"},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city": "Bern"}'},
                    }
                ],
            },
            {"role": "tool", "content": "Sunny", "tool_call_id": "call_1"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "Of a city.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ],
    }


@asynchronous
async def test_several_calls_whose_pieces_are_mixed() -> None:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        for index, name in enumerate(("first", "second")):
            piece = {"index": index, "id": f"call_{name}", "function": {"name": name, "arguments": '{"n'}}
            await send(response, {"tool_calls": [piece]})
        for index in (1, 0):
            piece = {"index": index, "function": {"arguments": f'": {index}}}'}}
            await send(response, {"tool_calls": [piece]})
        whole = {"index": 0, "id": "call_third", "function": {"name": "third", "arguments": ""}}
        await send(response, {"tool_calls": [whole]})
        return await end(response, "tool_calls")

    async with chat_server() as server:
        server.behave = behave
        model = endpoint(server)
        (delta,) = [delta async for delta in model.chat([QUESTION], [Tool("first", "")])]
        await model.close()
    assert delta.tool_calls == (
        ToolCall("call_first", "first", '{"n": 0}'),
        ToolCall("call_second", "second", '{"n": 1}'),
        ToolCall("call_third", "third", "{}"),
    )


@asynchronous
async def test_leaving_in_the_middle_ends_the_request() -> None:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        await send(response, {"content": "On and "})
        await asyncio.Event().wait()
        return response

    async with chat_server() as server:
        server.behave = behave
        model = endpoint(server)
        async with aclosing(cast("AsyncGenerator[ChatDelta]", model.chat([QUESTION]))) as deltas:
            assert (await anext(deltas)).text == "On and "
        await server.left.wait()
        await model.close()


@asynchronous
async def test_wrong_settings_are_named() -> None:
    async with chat_server() as server:
        wrong_key = await failure(endpoint(server, api_key=SecretStr("wrong")))
        no_key = await failure(endpoint(server, api_key=None))
        wrong_model = await failure(endpoint(server, model="other"))
        wrong_path = await failure(endpoint(server, url=server.url.removesuffix("/v1")))
    for caught, setting in (
        (wrong_key, "VISAVIS_LLM_API_KEY"),
        (no_key, "VISAVIS_LLM_API_KEY"),
        (wrong_model, "VISAVIS_LLM_MODEL"),
        (wrong_path, "VISAVIS_LLM_URL"),
    ):
        assert setting in caught.message
        assert not caught.retryable


async def _rate_limited(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    return error(429, "rate_limit_exceeded")


async def _failed(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    return web.Response(status=500, text="<html>Internal Server Error</html>")


async def _failed_in_the_middle(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await send(response, {"content": "We open"})
    await response.write(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n')
    return response


async def _cut_off(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await send(response, {"content": "We open"})
    assert request.transport is not None
    request.transport.abort()
    return response


async def _ended_early(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await send(response, {"content": "We open"})
    return response


async def _refused(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    return error(400, "context_length_exceeded")


async def _web_page(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


async def _no_json(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await response.write(b"data: {nonsense\n\n")
    return response


async def _no_text(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await response.write(b"data: \xff\xfe\n\n")
    return response


async def _other_json(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await response.write(b'data: {"choices": [{"delta": "text"}]}\n\n')
    return response


async def _only_thoughts(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await send(response, {"reasoning_content": "Let me think"})
    return await end(response, "length")


async def _bad_call(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    response = await begin(request)
    await send(
        response, {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "[1"}}]}
    )
    return await end(response, "tool_calls")


@pytest.mark.parametrize("behave", [_rate_limited, _failed, _failed_in_the_middle, _cut_off, _ended_early])
@asynchronous
async def test_a_failure_for_the_moment_may_be_retried(behave: Behaviour) -> None:
    async with chat_server() as server:
        server.behave = behave
        caught = await failure(endpoint(server))
        assert isinstance(caught, ProviderBusyError)
        assert not isinstance(caught, ProviderTimeoutError)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "behave", [_refused, _web_page, _no_json, _no_text, _other_json, _only_thoughts, _bad_call]
)
@asynchronous
async def test_a_failure_that_stays_is_not_retried(behave: Behaviour) -> None:
    async with chat_server() as server:
        server.behave = behave
        caught = await failure(endpoint(server))
        assert not caught.retryable
        assert len(server.requests) == 1


@asynchronous
async def test_nobody_listens_there() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/v1"
        caught = await failure(ChatEndpoint(LanguageModelSettings(url=url, model=MODEL)))
    assert isinstance(caught, ProviderBusyError)
    assert "VISAVIS_LLM_URL" in caught.message


@pytest.mark.parametrize("letters", ["", "We open"])
@asynchronous
async def test_a_server_that_stalls(letters: str) -> None:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        for letter in letters:
            await send(response, {"content": letter})
        await asyncio.Event().wait()
        return response

    async with chat_server() as server:
        server.behave = behave
        caught = await failure(endpoint(server, first_token_timeout_s=0.2))
        assert isinstance(caught, ProviderTimeoutError)
        await server.left.wait()


@asynchronous
async def test_an_answer_without_end() -> None:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = await begin(request)
        while True:
            await send(response, {"content": "on "})
            await asyncio.sleep(0.01)

    async with chat_server() as server:
        server.behave = behave
        caught = await failure(endpoint(server, timeout_s=0.3))
        assert isinstance(caught, ProviderTimeoutError)
        await server.left.wait()
