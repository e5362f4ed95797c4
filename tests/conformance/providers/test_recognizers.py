"""Every recognizer and every detector does what its port promises."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.conformance.providers.recognition import Saying, check_detector, check_recognizer

from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer, voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.errors import ModelNotReadyError
from visavis.ports.models import ModelFolders
from visavis.settings import ModelSettings, RecognitionSettings


@pytest.fixture(scope="module")
def folders() -> ModelFolders:
    return bootstrap.model_folders(ModelSettings())


def require(folders: ModelFolders, name: str) -> None:
    try:
        folders(name)
    except ModelNotReadyError as error:
        pytest.skip(error.message)


def test_silero(sayings: Sequence[Saying], nobody_speaks: Sequence[Floats]) -> None:
    check_detector(voice_activity_detector(), sayings[0].samples, nobody_speaks)


def test_whisper_for_english(folders: ModelFolders, sayings: Sequence[Saying]) -> None:
    require(folders, "whisper-tiny.en")
    asyncio.run(check_recognizer(speech_recognizer(RecognitionSettings(), folders), sayings))


def test_whisper_for_other_languages(
    folders: ModelFolders, sayings: Sequence[Saying], german: Saying
) -> None:
    require(folders, "whisper-base")
    recognizer = speech_recognizer(RecognitionSettings(model="whisper-base"), folders)
    asyncio.run(check_recognizer(recognizer, [german, sayings[0]]))
