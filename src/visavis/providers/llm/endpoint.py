"""Answers of an OpenAI-compatible endpoint: Ollama, vLLM, a llama.cpp server, OpenAI itself."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from visavis.ports import ChatDelta, ChatMessage, Tool
from visavis.providers.llm.wire import CallsInPieces, Chunk, merge_systems, wire_message, wire_tool
from visavis.settings import LanguageModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAIError

_NO_KEY: Final = "none"  # the client sends one in any case; servers without keys ignore it
_OPENAI: Final = "api.openai.com"
_CONNECT_TIMEOUT_S: Final = 5.0
_BUSY: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
_SETTING: Final = {
    401: "VISAVIS_LLM_API_KEY",
    403: "VISAVIS_LLM_API_KEY",
    404: "VISAVIS_LLM_MODEL and VISAVIS_LLM_URL",
}
_ERROR_CODE: Final = re.compile(r"[a-z0-9_.-]{1,60}")


class ChatEndpoint:
    """The language model at `VISAVIS_LLM_URL`. It sends each request once."""

    def __init__(self, settings: LanguageModelSettings) -> None:
        self._settings = settings
        self._host = urlsplit(settings.url or "").hostname or ""
        self._opened: AsyncOpenAI | None = None

    async def chat(
        self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()
    ) -> AsyncIterator[ChatDelta]:
        """The next message; see the port."""
        calls, has_text, is_complete = CallsInPieces(), False, False
        request = self._request(messages, tools) | self._length(self._settings.max_tokens)
        async with aclosing(self._chunks(request, self._settings.first_token_timeout_s)) as chunks:
            async for chunk in chunks:
                for choice in chunk.choices[:1]:
                    is_complete = is_complete or choice.finish_reason is not None
                    calls.add(choice.delta.tool_calls or ())
                    if choice.delta.content:
                        has_text = True
                        yield ChatDelta(choice.delta.content)
        if not is_complete:
            raise ProviderBusyError(f"The language model at {self._host} stopped in the middle of an answer.")
        if wanted := calls.complete():
            yield ChatDelta(tool_calls=wanted)
        elif not has_text:
            raise ProviderError(
                f"The language model at {self._host} answered without text. If it reasons before it answers, "
                "raise VISAVIS_LLM_MAX_TOKENS."
            )

    async def warm_up(self, messages: Sequence[ChatMessage]) -> None:
        """Let the server load the model and read the messages, by an answer of one token."""
        if not any(message.role == "user" for message in messages):
            messages = [*messages, ChatMessage("user", "Hello.")]  # many templates demand a user's message
        request = self._request(messages, ()) | self._length(1)
        async with aclosing(self._chunks(request, self._settings.timeout_s)) as chunks:
            async for _ in chunks:
                pass

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    @property
    def _client(self) -> "AsyncOpenAI":
        if self._opened is None:
            from openai import AsyncOpenAI, Timeout

            key = self._settings.api_key
            self._opened = AsyncOpenAI(
                base_url=self._settings.url,
                api_key=key.get_secret_value() if key else _NO_KEY,
                max_retries=0,
                timeout=Timeout(self._settings.timeout_s, connect=_CONNECT_TIMEOUT_S),
            )
        return self._opened

    def _request(self, messages: Sequence[ChatMessage], tools: Sequence[Tool]) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [wire_message(message) for message in merge_systems(messages)],
            "stream": True,
        }
        if tools:
            request["tools"] = [wire_tool(tool) for tool in tools]
        if self._settings.temperature is not None:
            request["temperature"] = self._settings.temperature
        return request

    def _length(self, tokens: int) -> dict[str, int]:
        """The limit of an answer. OpenAI has renamed the field; many other servers know the old name only."""
        return {"max_completion_tokens" if self._host == _OPENAI else "max_tokens": tokens}

    async def _chunks(self, request: dict[str, Any], chunk_timeout_s: float) -> AsyncGenerator[Chunk]:
        """What the server sends.

        Args:
            request: Body of the request.
            chunk_timeout_s: Timeout for each chunk.
        """
        from openai import OpenAIError

        loop = asyncio.get_running_loop()
        end_s = loop.time() + self._settings.timeout_s
        stream = None
        try:
            async with asyncio.timeout_at(min(end_s, loop.time() + chunk_timeout_s)):
                stream = await self._client.chat.completions.create(**request)
            if not stream.response.headers.get("content-type", "").startswith("text/event-stream"):
                raise self._unreadable()
            events = aiter(stream)
            while True:
                async with asyncio.timeout_at(min(end_s, loop.time() + chunk_timeout_s)):
                    event = await anext(events, None)
                if event is None:
                    return
                yield Chunk.model_validate(event.to_dict(warnings=False))
        except TimeoutError as error:
            raise ProviderTimeoutError(
                f"The language model at {self._host} did not answer in time. Choose a faster one, or raise "
                "VISAVIS_LLM_FIRST_TOKEN_TIMEOUT_S or VISAVIS_LLM_TIMEOUT_S."
            ) from error
        except OpenAIError as error:
            raise self._failure(error) from error
        except ValueError as error:  # of JSON, UTF-8 or the fields
            raise self._unreadable() from error
        finally:
            if stream is not None:
                await stream.close()

    def _unreadable(self) -> ProviderError:
        return ProviderError(
            f"{self._host} sent what no OpenAI-compatible API sends. Check VISAVIS_LLM_URL, "
            "which usually ends in /v1."
        )

    def _failure(self, error: "OpenAIError") -> ProviderError:
        """The error to raise. The text of the server stays out of it: it may repeat the key."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        name = f"The language model at {self._host}"
        if isinstance(error, APIStatusError):
            status, code = error.status_code, str(error.code or "")
            reason = f"{status}, {code}" if _ERROR_CODE.fullmatch(code) else str(status)
            if status in _BUSY:
                return ProviderBusyError(f"{name} is too busy or failed ({reason}).")
            if status in _SETTING:
                return ProviderError(f"{name} refused the request ({reason}). Check {_SETTING[status]}.")
            return ProviderError(
                f"{name} refused the request ({reason}). Check which VISAVIS_LLM_ settings it supports."
            )
        if isinstance(error, APITimeoutError):
            return ProviderTimeoutError(f"{name} did not answer in time.")
        if isinstance(error, APIConnectionError):
            return ProviderBusyError(
                f"{name} cannot be reached, or broke the connection. Check VISAVIS_LLM_URL."
            )
        return ProviderBusyError(f"{name} failed in the middle of an answer.")
