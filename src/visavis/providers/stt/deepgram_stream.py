"""A stream to Deepgram: sound goes out as it comes, texts come back by their time in the stream."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import ValidationError

from visavis.engine.arrays import Floats
from visavis.errors import ProviderBusyError, ProviderError
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, TimedText, VoiceActivityDetector
from visavis.providers.stt.deepgram_wire import (
    CLOSE_STREAM,
    FINALIZE,
    KEEP_ALIVE,
    Message,
    StreamResult,
)
from visavis.providers.stt.results import Results
from visavis.providers.stt.service import Service, pcm16

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_KEEP_ALIVE_S: Final = 4.0  # Deepgram ends a connection on which nothing comes for 10 s
_CLOSE_TIMEOUT_S: Final = 1.0
_MAX_WAITING_BYTES: Final = 30 * 2 * RECOGNITION_RATE_HZ  # half a minute of sound
_SLACK_S: Final = 0.1  # by which times of the service may be off
_VOICED: Final = 0.5  # probability of voice in a window


@dataclass
class _Utterance:
    """An utterance, in seconds since the begin of the stream.

    Attributes:
        begin_s: Begin.
        end_s: End; infinite while it lasts.
        voiced_end_s: End of the last voice; `None` for no voice.
        covered_s: End of what is final.
        finals: Stretches whose text stays as it is.
        interim: Text after these, which may change.
    """

    begin_s: float
    end_s: float = float("inf")
    voiced_end_s: float | None = None
    covered_s: float = 0.0
    finals: list[StreamResult] = field(default_factory=list)
    interim: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it is over."""
        return self.end_s < float("inf")

    @property
    def is_complete(self) -> bool:
        """Whether its final text is known."""
        return self.voiced_end_s is None or self.covered_s >= self.voiced_end_s - _SLACK_S

    def recognition(self, language: str, *, is_final: bool) -> Recognition:
        """What was recognized until now."""
        best = [result.channel.alternatives[0] for result in self.finals]
        texts = [*(each.transcript for each in best), self.interim]
        words = tuple(
            TimedText(word.text, max(0.0, word.start - self.begin_s), max(0.0, word.end - self.begin_s))
            for each in best
            for word in each.words
        )
        return Recognition(" ".join(text for text in texts if text), is_final, language, words)


class DeepgramStream:
    """Recognition of one speaker; see `RecognitionStream`.

    Deepgram does not answer every `Finalize`, so an utterance is over when final texts reach its last voice.

    Args:
        service: The service.
        url: Address of the WebSocket.
        headers: Headers of the request.
        detector: Tells where there is voice.
        language: BCP 47 tag; empty for several.
    """

    def __init__(
        self,
        service: Service,
        url: str,
        headers: Mapping[str, str],
        detector: VoiceActivityDetector,
        language: str,
    ) -> None:
        self._service, self._url, self._headers, self._language = service, url, headers, language
        self._activity, self._window_samples = detector.stream(), detector.window_samples
        self._windows = self._samples = 0
        self._utterances = deque([_Utterance(0.0)])
        self._waiting: deque[bytes | str] = deque()
        self._waiting_bytes = 0
        self._changed = asyncio.Event()
        self._results = Results()
        self._timers: list[asyncio.TimerHandle] = []
        self._task = asyncio.create_task(self._work())
        self._results.follow(self._task)

    def push(self, samples: Floats) -> None:
        """Take sound; see the port."""
        for probability in self._activity.push(samples):
            self._windows += 1
            if probability >= _VOICED:
                end_s = self._windows * self._window_samples / RECOGNITION_RATE_HZ
                self._utterances[-1].voiced_end_s = end_s
        self._samples += len(samples)
        self._send(pcm16(np.asarray(samples, np.float32)))
        if self._waiting_bytes > _MAX_WAITING_BYTES:
            self._fail(ProviderBusyError(f"{self._service.name} takes sound too slowly."))

    def pause(self) -> None:
        """Ask for the text of what there is; see the port."""
        utterance = self._utterances[-1]
        if utterance.is_complete:
            self._results.put(utterance.recognition(self._language, is_final=False))
        else:
            self._send(FINALIZE)

    def end_utterance(self) -> None:
        """The utterance is over; see the port."""
        utterance = self._utterances[-1]
        utterance.end_s = self._samples / RECOGNITION_RATE_HZ
        self._utterances.append(_Utterance(utterance.end_s))
        if not utterance.is_complete:
            self._send(FINALIZE)
            loop = asyncio.get_running_loop()
            self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
            self._timers.append(loop.call_later(self._service.timeout_s, self._give_up, utterance))
        self._give_finals()

    def __aiter__(self) -> AsyncIterator[Recognition]:
        """What was recognized; see the port."""
        return aiter(self._results)

    async def close(self) -> None:
        """End; see the port."""
        for timer in self._timers:
            timer.cancel()
        self._task.cancel()
        await asyncio.wait([self._task])

    def _send(self, message: bytes | str) -> None:
        self._waiting.append(message)
        self._waiting_bytes += len(message)
        self._changed.set()

    def _fail(self, error: ProviderError) -> None:
        self._results.fail(error)
        self._task.cancel()

    def _give_up(self, utterance: _Utterance) -> None:
        if utterance in self._utterances:
            self._fail(self._service.too_slow())

    async def _work(self) -> None:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidStatus, WebSocketException

        try:
            async with connect(
                self._url,
                additional_headers=self._headers,
                open_timeout=self._service.timeout_s,
                close_timeout=_CLOSE_TIMEOUT_S,
            ) as connection:
                sending = asyncio.create_task(self._send_all(connection))
                try:
                    await self._receive(connection)
                finally:
                    sending.cancel()
                    await asyncio.wait([sending])
        except InvalidStatus as error:
            raise self._service.refused(error.response.status_code) from error
        except TimeoutError as error:
            raise self._service.too_slow() from error
        except (WebSocketException, OSError) as error:
            raise self._service.unreachable() from error
        except ValidationError as error:
            raise self._service.unreadable() from error
        raise self._service.unreachable()  # the service has no reason to end

    async def _send_all(self, connection: "ClientConnection") -> None:
        """Send what waits, until this is cancelled or the connection ends, which `_receive` notices too."""
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed, TimeoutError):
            try:
                while True:
                    while self._waiting:
                        message = self._waiting.popleft()
                        self._waiting_bytes -= len(message)
                        await connection.send(message)
                    self._changed.clear()
                    try:
                        async with asyncio.timeout(_KEEP_ALIVE_S):
                            await self._changed.wait()
                    except TimeoutError:
                        self._send(KEEP_ALIVE)
            finally:
                async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                    await connection.send(CLOSE_STREAM)

    async def _receive(self, connection: "ClientConnection") -> None:
        async for message in connection:
            if Message.model_validate_json(message).type == "Results":
                self._take(StreamResult.model_validate_json(message))

    def _take(self, result: StreamResult) -> None:
        middle_s = result.start + result.duration / 2
        for utterance in self._utterances:
            if utterance.begin_s <= middle_s < utterance.end_s:
                break
        else:
            return  # of an utterance whose text was final already
        text = result.channel.alternatives[0].transcript
        utterance.interim = "" if result.is_final else text
        if result.is_final:
            utterance.finals.append(result)
            utterance.covered_s = result.end
        if utterance is self._utterances[-1] and text:
            self._results.put(utterance.recognition(self._language, is_final=False))
        if result.from_finalize and utterance.is_over:
            utterance.covered_s = utterance.end_s
        self._give_finals()

    def _give_finals(self) -> None:
        """Give the texts of utterances that are over and complete."""
        while self._utterances[0].is_over and self._utterances[0].is_complete:
            utterance = self._utterances.popleft()
            utterance.interim = ""
            self._results.put(utterance.recognition(self._language, is_final=True))
