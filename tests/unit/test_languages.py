"""Language tags as clients write them lead to a voice that speaks, or to a refusal."""

import asyncio

import pytest

from visavis.errors import RequestError
from visavis.ports import Voice
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.languages import find_language

OFFERED = {
    *("ar", "cmn", "yue", "de", "en", "en-us", "es", "es-419", "fa", "fr", "he", "hr", "id", "ms", "no", "pt")
}
OFFERED |= {"pt-br", "ro", "zh"}
CLOSEST = (
    *("zh zh", "zh-CN zh", "zh_TW zh", "zh-Hans-CN zh", "zh-cmn cmn", "cmn-Hans cmn"),
    *("zh-HK yue", "zh-Hant-HK yue", "zh-MO yue", "zh-yue-HK yue", "yue yue"),
    *("en en", "EN en", "en-US en-us", "en_us en-us", "en-AU en", "en-US-u-ca-gregory en-us"),
    *("es es", "es-ES es", "es-MX es-419", "es-AR-x-a es-419", "es-419 es-419"),
    *("pt-PT pt", "pt-BR pt-br", "de-DE-1996 de", "de-x-mine de", "fr-Latn-CA fr"),
    *("iw he", "in-ID id", "mo ro", "sh hr", "nn-NO no", "zsm ms", "pes-IR fa"),
)


def spoken(espeak: Espeak, text: str, voice: Voice) -> bool:
    """Whether anything of a text can be heard."""

    async def speak() -> bool:
        return any([part.samples.any() async for part in espeak.speak(text, voice)])

    return asyncio.run(speak())


@pytest.mark.parametrize("pair", CLOSEST)
def test_the_closest_language_is_chosen(pair: str) -> None:
    tag, language = pair.split()
    assert find_language(tag, OFFERED) == language


@pytest.mark.parametrize(
    "tag",
    [
        *(
            "",
            "e",
            "en--us",
            "en-",
            "-en",
            "en_US.UTF-8",
            "en us",
            "deutsch sprechen",
            "x",
            "x-klingon",
            "i-klingon",
        ),
        *("tlh", "zh-nan", "zh-min-nan", "ja", "ſh", "日本語", "e\0n", "a" * 50),
    ],
)
def test_unsupported_languages_and_invalid_tags(tag: str) -> None:
    assert find_language(tag, OFFERED) is None


def test_every_language_that_is_offered_is_spoken() -> None:
    """No job may be taken in that fails for its language."""
    espeak = Espeak()
    assert {
        "en-us",
        "en-gb",
        "de",
        "es",
        "fr",
        "zh",
        "cmn",
        "yue",
        "ja",
        "ko",
        "no",
        "pt-pt",
    } <= espeak._voices.keys()
    for language in espeak._voices:
        assert spoken(espeak, "Hi 1 да", Voice(language)), language


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh-HK", "en-GB", "fr-FR", "no", "pt-PT", "es-MX", "iw"])
def test_usual_tags_are_spoken(tag: str) -> None:
    espeak = Espeak()
    espeak.check(Voice(tag, "f2"))
    assert spoken(espeak, "1 2 3", Voice(tag, "f2"))


def test_refused_languages_are_named() -> None:
    with pytest.raises(RequestError, match=r"^language: no voice speaks 'tlh'"):
        Espeak().check(Voice("tlh"))
