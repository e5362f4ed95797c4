import asyncio

import pytest
from tests.conformance.providers.synthesizers import check_synthesizer

from visavis.bootstrap.speech import synthesizer
from visavis.ports import Voice
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.hibari import Hibari
from visavis.settings import Settings

pytestmark = pytest.mark.unit

ENGLISH = (
    "It's $9.99, Dr. Smith — or 1,250 well-known people's e-mails.",
    '"Bob baked a pie!" she said on 3/4/2024.',
    "Really?",
)
GERMAN = ("Am 3. Oktober um 7:30 Uhr kam Herr Dr. Müller.", "Schön, nicht wahr?")
CHINESE = ("今天天气很好！", "我们走吧？")


def test_hibari() -> None:
    asyncio.run(check_synthesizer(Hibari(), Voice("en-gb", "hibari"), ENGLISH))


@pytest.mark.parametrize(
    ("voice", "sentences"),
    [
        (Voice("en-us", "espeak-f2"), ENGLISH),
        (Voice("de", "m3"), GERMAN),
        (Voice("zh-CN"), CHINESE),
    ],
)
def test_espeak(voice: Voice, sentences: tuple[str, ...]) -> None:
    asyncio.run(check_synthesizer(Espeak(), voice, sentences))


@pytest.mark.parametrize(
    ("voice", "sentences"),
    [(Voice("", "default"), ENGLISH), (Voice("de-AT"), GERMAN), (Voice("en", "f2"), ENGLISH)],
)
def test_all_voices_as_one(voice: Voice, sentences: tuple[str, ...]) -> None:
    asyncio.run(check_synthesizer(synthesizer(Settings()), voice, sentences))
