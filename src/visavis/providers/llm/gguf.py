"""Answers of a model in a GGUF file, by llama.cpp in this process."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any, Final

from visavis.errors import ExtraMissingError, ProviderError, ProviderTimeoutError, SettingsError, VisavisError
from visavis.ports import ChatDelta, ChatMessage, Tool
from visavis.providers.llm.wire import CallsInPieces, Chunk, merge_systems, wire_message, wire_tool
from visavis.providers.model_thread import model_thread
from visavis.settings import LanguageModelSettings

_THREADS: Final = 1  # the avatar is drawn on the same processors
_GREEDY: Final = 0.0


@dataclass
class _Answer:
    """An answer on its way from the model's thread.

    Attributes:
        events: Chunks, then an error, or `None` at the end.
        is_unwanted: Set when nobody waits for it any more.
    """

    loop: asyncio.AbstractEventLoop
    events: asyncio.Queue[Mapping[str, Any] | Exception | None] = field(default_factory=asyncio.Queue)
    is_unwanted: Event = field(default_factory=Event)

    def put(self, event: Mapping[str, Any] | Exception | None) -> None:
        """Hand an event over, from any thread; what comes after the loop's end is lost."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.events.put_nowait, event)


class GgufModel:
    """The language model in `VISAVIS_LLM_FILE`, on one thread. It makes one answer at a time.

    Closing an answer ends it at its next token. The reading of a prompt is not interrupted.
    """

    def __init__(self, settings: LanguageModelSettings, file: Path) -> None:
        if not file.is_file():
            raise SettingsError(f"VISAVIS_LLM_FILE is not valid: {file} is not a file.")
        if find_spec("xllamacpp") is None:
            raise ExtraMissingError("VISAVIS_LLM_FILE needs llama.cpp. Run `pip install 'visavis[gguf]'`.")
        self._settings = settings
        self._file = file
        self._thread = model_thread("language-model")
        self._closing = Event()
        self._loaded: Any = None

    async def chat(
        self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()
    ) -> AsyncIterator[ChatDelta]:
        """The next message; see the port."""
        calls, has_text = CallsInPieces(), False
        async with aclosing(
            self._chunks(self._request(messages, tools, self._settings.max_tokens))
        ) as chunks:
            async for chunk in chunks:
                for choice in chunk.choices[:1]:
                    calls.add(choice.delta.tool_calls or ())
                    if choice.delta.content:
                        has_text = True
                        yield ChatDelta(choice.delta.content)
        if wanted := calls.complete():
            yield ChatDelta(tool_calls=wanted)
        elif not has_text:
            raise ProviderError("The language model in VISAVIS_LLM_FILE answered without text.")

    async def warm_up(self, messages: Sequence[ChatMessage]) -> None:
        """Load the model and read the messages, by an answer of one token."""
        if not any(message.role == "user" for message in messages):
            messages = [*messages, ChatMessage("user", "Hello.")]  # many templates demand a user's message
        async with aclosing(self._chunks(self._request(messages, (), 1))) as chunks:
            async for _ in chunks:
                pass

    async def close(self) -> None:
        """Release the model, after the answer that is being made has ended."""
        self._closing.set()
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._loaded = None

    def _request(
        self, messages: Sequence[ChatMessage], tools: Sequence[Tool], max_tokens: int
    ) -> dict[str, Any]:
        temperature = self._settings.temperature
        request: dict[str, Any] = {
            "messages": [wire_message(message) for message in merge_systems(messages)],
            "stream": True,
            "cache_prompt": True,
            "max_tokens": max_tokens,
            "temperature": _GREEDY if temperature is None else temperature,
        }
        if tools:
            request["tools"] = [wire_tool(tool) for tool in tools]
        return request

    async def _chunks(self, request: dict[str, Any]) -> AsyncGenerator[Chunk]:
        """What the model's thread makes."""
        answer = _Answer(asyncio.get_running_loop())
        end_s = answer.loop.time() + self._settings.timeout_s
        self._thread.submit(self._make, request, answer)
        try:
            while True:
                async with asyncio.timeout_at(end_s):
                    event = await answer.events.get()
                if event is None:
                    return
                if isinstance(event, Exception):
                    raise event
                yield Chunk.model_validate(event)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                "The language model in VISAVIS_LLM_FILE did not answer in time. Choose a smaller one, "
                "or raise VISAVIS_LLM_TIMEOUT_S."
            ) from error
        finally:
            answer.is_unwanted.set()

    def _make(self, request: dict[str, Any], answer: _Answer) -> None:
        """Make an answer, in the model's thread."""

        def take(chunk: Mapping[str, Any]) -> bool:
            if "error" in chunk:
                answer.put(ProviderError("The language model in VISAVIS_LLM_FILE refused the conversation."))
                return True
            answer.put(chunk)
            return answer.is_unwanted.is_set() or self._closing.is_set()

        try:
            if not answer.is_unwanted.is_set():
                self._model().handle_chat_completions(request, take)
        except VisavisError as error:
            answer.put(error)
        except Exception:  # noqa: BLE001 - the library raises what it likes, and its texts hold the prompt
            answer.put(ProviderError("The language model in VISAVIS_LLM_FILE failed."))
        else:
            answer.put(None)

    def _model(self) -> Any:
        """The model, loaded when it is first wanted."""
        if self._loaded is not None:
            return self._loaded
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._file)
        params.n_ctx = self._settings.context_tokens
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _THREADS
        params.warmup = False
        params.verbosity = 0  # its log holds prompts
        params.offline = True
        params.cache_ram_mib = 0  # the prefix stays in the one slot
        # The library also listens on a loopback port, which is of no use here: nobody is given this key.
        params.api_keys = [secrets.token_urlsafe()]
        params.ui = False
        try:
            self._loaded = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ProviderError(
                f"VISAVIS_LLM_FILE is not valid: {self._file} is not a model that llama.cpp can load."
            ) from error
        return self._loaded
