"""What the listener has understood, as events of a VAD and an STT of livekit-agents.

An `AgentSession` decides on turns and interruptions by these events. They come when the listener has made up
its mind about echo, coughs and the end of a turn, so the session is set to act on them at once.
"""

import asyncio
import time

from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    APIConnectOptions,
    LanguageCode,
    stt,
    utils,
    vad,
)
from livekit.agents.types import NOT_GIVEN, NotGivenOr

_LONG_ENOUGH_S = 60.0  # to interrupt, whatever the session asks for


class Ears:
    """A VAD and an STT that tell what a listener tells them."""

    def __init__(self) -> None:
        """Begin in silence."""
        self.activity, self.recognition = _Activity(), _Recognition()

    def began(self, voiced_s: float) -> None:
        """Somebody speaks. If the avatar does too, it is interrupted."""
        for kind in (vad.VADEventType.START_OF_SPEECH, vad.VADEventType.INFERENCE_DONE):
            self.activity.events.put_nowait(
                vad.VADEvent(
                    kind, 0, time.time(), speech_duration=voiced_s, silence_duration=0.0, speaking=True
                )
                if kind is vad.VADEventType.START_OF_SPEECH
                else vad.VADEvent(
                    kind,
                    0,
                    time.time(),
                    speech_duration=_LONG_ENOUGH_S,
                    silence_duration=0.0,
                    speaking=True,
                    raw_accumulated_speech=voiced_s,
                )
            )

    def paused(self, text: str, language: str) -> None:
        """What was said may be all: an answer can be prepared."""
        self._recognized(stt.SpeechEventType.PREFLIGHT_TRANSCRIPT, text, language)

    def went_on(self, text: str, language: str) -> None:
        """It was not all."""
        self._recognized(stt.SpeechEventType.INTERIM_TRANSCRIPT, text, language)

    def understood(self, text: str, language: str) -> None:
        """What was said."""
        self._recognized(stt.SpeechEventType.FINAL_TRANSCRIPT, text, language)

    def ended(self, silence_s: float) -> None:
        """Nobody speaks any more. If nothing was understood since `began`, the avatar goes on."""
        self.activity.events.put_nowait(
            vad.VADEvent(
                vad.VADEventType.END_OF_SPEECH,
                0,
                time.time(),
                speech_duration=0.0,
                silence_duration=silence_s,
            )
        )

    def _recognized(self, kind: stt.SpeechEventType, text: str, language: str) -> None:
        data = stt.SpeechData(language=LanguageCode(language or "en"), text=text, confidence=1.0)
        self.recognition.events.put_nowait(stt.SpeechEvent(kind, utils.shortuuid(), [data]))


class _Activity(vad.VAD):
    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.032))
        self.events: asyncio.Queue[vad.VADEvent] = asyncio.Queue()

    def stream(self) -> vad.VADStream:
        return _ActivityStream(self)


class _ActivityStream(vad.VADStream):
    def __init__(self, activity: _Activity) -> None:
        self._events = activity.events
        super().__init__(activity)

    async def _main_task(self) -> None:
        while True:
            self._event_ch.send_nowait(await self._events.get())


class _Recognition(stt.STT[str]):
    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.events: asyncio.Queue[stt.SpeechEvent] = asyncio.Queue()

    async def _recognize_impl(
        self,
        buffer: utils.AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        del buffer, language, conn_options
        raise NotImplementedError("The listener recognizes.")

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        del language
        return _RecognitionStream(self, conn_options)


class _RecognitionStream(stt.RecognizeStream):
    def __init__(self, recognition: _Recognition, conn_options: APIConnectOptions) -> None:
        self._events = recognition.events
        super().__init__(stt=recognition, conn_options=conn_options)

    async def _run(self) -> None:
        while True:
            self._event_ch.send_nowait(await self._events.get())
