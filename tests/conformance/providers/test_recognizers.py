"""Every recognizer and every detector does what its port promises."""

from collections.abc import Callable, Sequence

import pytest
from harness.room_clients import asynchronous
from pydantic import SecretStr
from tests.conformance.providers.recognition import (
    Saying,
    check_detector,
    check_recognizer,
)
from tests.conformance.providers.recognition_servers import KEY, recognition_server

from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer, voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.ports import SpeechRecognizer
from visavis.ports.models import ModelFolders
from visavis.settings import ModelSettings, RecognitionSettings

Opened = Callable[[str], SpeechRecognizer]


@pytest.fixture
def whisper(model_folder: ModelFolders) -> Opened:
    """Opens a model that recognizes all languages that it knows."""

    def open_model(name: str) -> SpeechRecognizer:
        model_folder(name)
        return speech_recognizer(RecognitionSettings(model=name), model_folder)

    return open_model


def service(provider: str, url: str) -> SpeechRecognizer:
    settings = RecognitionSettings(provider=provider, url=url, api_key=SecretStr(KEY))
    return speech_recognizer(settings, bootstrap.model_folders(ModelSettings()))


def test_silero(sayings: Sequence[Saying], nobody_speaks: Sequence[Floats]) -> None:
    check_detector(voice_activity_detector(), sayings[0].samples, nobody_speaks)


@asynchronous
async def test_whisper_for_english(sayings: Sequence[Saying], whisper: Opened) -> None:
    await check_recognizer(whisper("whisper-tiny.en"), sayings)


@asynchronous
async def test_whisper_for_other_languages(
    sayings: Sequence[Saying], german: Saying, whisper: Opened
) -> None:
    await check_recognizer(whisper("whisper-base"), [german, sayings[0]])


@asynchronous
async def test_openai(sayings: Sequence[Saying], whisper: Opened) -> None:
    async with recognition_server(whisper("whisper-tiny.en")) as server:
        await check_recognizer(service("openai", f"{server.url}/v1"), sayings)
    streamed = {"model": "whisper-1", "language": "en", "response_format": "json"}
    times = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
    assert server.requests[0] == streamed | times
    assert server.requests[-1] == streamed


@asynchronous
async def test_deepgram(sayings: Sequence[Saying], whisper: Opened) -> None:
    async with recognition_server(whisper("whisper-tiny.en")) as server:
        await check_recognizer(service("deepgram", server.url), sayings)
        await server.has_left.wait()
    assert server.requests[0] == {"model": "nova-3", "punctuate": "true", "language": "en-us"}
    assert server.requests[-1]["interim_results"] == "true"
    assert set(server.messages) == {"Finalize", "CloseStream"}
