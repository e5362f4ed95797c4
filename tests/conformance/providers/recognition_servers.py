"""A server that speaks the wire of recognition services, with a real recognizer behind it."""

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import WSMsgType, web

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ, SpeechRecognizer, TimedText

KEY = "key-of-the-test"
_INTERIM_EVERY_S = 1.0
_BYTES_PER_S = 2 * RECOGNITION_RATE_HZ

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


@dataclass
class RecognitionServer:
    """A server of OpenAI's `/v1/audio/transcriptions` and of Deepgram's `/v1/listen`.

    Attributes:
        recognizer: Recognizes what is sent; may be missing if `answer` and `talk` do all.
        url: Address.
        requests: Fields or query of each request, in order.
        messages: Types of the messages of WebSockets that are not sound, in order.
        answer: Answers requests instead of the recognizer.
        talk: Talks to clients of WebSockets instead of the recognizer.
        has_left: Set when a client said that no more sound comes.
    """

    recognizer: SpeechRecognizer | None
    url: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    answer: Answer | None = None
    talk: Talk | None = None
    has_left: asyncio.Event = field(default_factory=asyncio.Event)

    async def transcribe(self, request: web.Request) -> web.StreamResponse:
        """OpenAI's interface."""
        if self.answer is not None:
            await request.read()
            return await self.answer(request)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return error(401)
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        self.requests.append(fields)
        upload = form["file"]
        assert isinstance(upload, web.FileField)
        assert self.recognizer is not None
        sound = samples_of_wav(upload.file.read())
        found = await self.recognizer.recognize(sound, fields.get("language", ""))
        answer: dict[str, Any] = {"text": found.text}
        if fields["response_format"] == "verbose_json":
            words = [{"word": each.text, "start": each.start_s, "end": each.end_s} for each in found.words]
            answer |= {"task": "transcribe", "duration": 1.0, "language": "english", "words": words}
        return web.json_response(answer)

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Deepgram's interface for whole sounds."""
        if self.answer is not None:
            await request.read()
            return await self.answer(request)
        if request.headers.get("Authorization") != f"Token {KEY}":
            return error(401)
        self.requests.append(dict(request.query))
        assert self.recognizer is not None
        sound = samples_of_wav(await request.read())
        found = await self.recognizer.recognize(sound, request.query.get("language", ""))
        channel = {"alternatives": [alternative(found.text, found.words)]}
        return web.json_response({"metadata": {}, "results": {"channels": [channel]}})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Deepgram's interface for streams."""
        if self.answer is not None:
            return await self.answer(request)
        if request.headers.get("Authorization") != f"Token {KEY}":
            return error(401)
        self.requests.append(dict(request.query))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await (self.talk or self.recognize)(socket)
        await socket.close()
        return socket

    async def recognize(self, socket: web.WebSocketResponse) -> None:
        """Recognize what comes, once a second and when asked for final texts."""
        sound, final_bytes, shown_bytes = bytearray(), 0, 0
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                sound += message.data
                if len(sound) - shown_bytes >= _INTERIM_EVERY_S * _BYTES_PER_S:
                    shown_bytes = len(sound)
                    await self._send_result(socket, sound, final_bytes, is_final=False)
                continue
            self.messages.append(json.loads(message.data)["type"])
            if self.messages[-1] == "Finalize" and len(sound) > final_bytes:
                await self._send_result(socket, sound, final_bytes, is_final=True)
                final_bytes = shown_bytes = len(sound)
            elif self.messages[-1] == "CloseStream":
                self.has_left.set()
                await socket.send_json({"type": "Metadata", "duration": 0.0, "channels": 0})
                return

    async def _send_result(
        self, socket: web.WebSocketResponse, sound: bytearray, begin: int, *, is_final: bool
    ) -> None:
        assert self.recognizer is not None
        samples = samples_of(bytes(sound[begin:]))
        found = await self.recognizer.recognize(samples, self.requests[-1]["language"])
        text = alternative(found.text, found.words, begin / _BYTES_PER_S)
        await socket.send_json(result(text, begin / _BYTES_PER_S, len(samples), is_final=is_final))


@asynccontextmanager
async def recognition_server(recognizer: SpeechRecognizer | None = None) -> AsyncIterator[RecognitionServer]:
    """A server on a free port, in the test's own event loop."""
    server = RecognitionServer(recognizer)
    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/audio/transcriptions", server.transcribe)
    app.router.add_post("/v1/listen", server.listen)
    app.router.add_get("/v1/listen", server.stream)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await runner.cleanup()


def error(status: int) -> web.Response:
    """An error. Its text holds what must not reach logs."""
    return web.json_response({"error": {"message": f"Incorrect: {KEY}"}}, status=status)


def samples_of_wav(content: bytes) -> Floats:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RECOGNITION_RATE_HZ, 1, 2)
        return samples_of(file.readframes(file.getnframes()))


def samples_of(content: bytes) -> Floats:
    return np.frombuffer(content, "<i2").astype(np.float32) / 32_768


def alternative(text: str, words: Sequence[TimedText], offset_s: float = 0.0) -> dict[str, Any]:
    """A text in Deepgram's shape."""
    timed = [
        {
            "word": each.text.strip(".,?!").lower(),
            "punctuated_word": each.text,
            "start": offset_s + each.start_s,
            "end": offset_s + each.end_s,
            "confidence": 0.9,
        }
        for each in words
    ]
    return {"transcript": text, "confidence": 0.9, "words": timed}


def result(text: dict[str, Any], start_s: float, samples: int, *, is_final: bool) -> dict[str, Any]:
    """A message with a text."""
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "start": start_s,
        "duration": samples / RECOGNITION_RATE_HZ,
        "is_final": is_final,
        "speech_final": is_final,
        "from_finalize": is_final,
        "channel": {"alternatives": [text]},
        "metadata": {"request_id": "1"},
    }
