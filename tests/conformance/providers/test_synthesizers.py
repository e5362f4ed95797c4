"""Every voice of this machine conforms; all voices are chosen from as one synthesizer."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from tests.conformance.providers.synthesizers import check_parts, check_synthesizer, speak

from visavis.bootstrap.speech import synthesizer
from visavis.engine.arrays import Floats
from visavis.errors import InputError, ModelNotReadyError, RequestError
from visavis.ports import Voice
from visavis.ports.models import ModelFolders
from visavis.providers.tts.catalogue import VoiceCatalogue
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.hibari import Hibari
from visavis.providers.tts.kokoro import Kokoro
from visavis.settings import ModelSettings, Settings, SpeechSettings

ENGLISH = (
    "It's $9.99, Dr. Smith — or 1,250 well-known people's e-mails.",
    '"Bob baked a pie!" she said on 3/4/2024.',
    "Really?",
)
GERMAN = ("Am 3. Oktober um 7:30 Uhr kam Herr Dr. Müller.", "Schön, nicht wahr?")
CHINESE = ("今天天气很好！", "我们走吧？")


def voices(directory: Path, **speech: bool | str) -> VoiceCatalogue:
    """All voices of a machine that has its models in this folder."""
    return synthesizer(
        Settings(models=ModelSettings(dir=directory), speech=SpeechSettings.model_validate(speech))
    )


def chosen(catalogue: VoiceCatalogue, voice: Voice) -> str:
    return catalogue._choose(voice)[1].name


def test_hibari() -> None:
    asyncio.run(check_synthesizer(Hibari(), Voice("en-gb", "hibari"), ENGLISH))


@pytest.mark.parametrize(
    ("voice", "sentences"),
    [(Voice("en-us", "espeak-f2"), ENGLISH), (Voice("de", "m3"), GERMAN), (Voice("zh-CN"), CHINESE)],
)
def test_espeak(voice: Voice, sentences: tuple[str, ...]) -> None:
    asyncio.run(check_synthesizer(Espeak(), voice, sentences))


def test_kokoro(model_folder: ModelFolders) -> None:
    async def check() -> None:
        model_folder("kokoro")
        kokoro = Kokoro(model_folder, Espeak())
        check_parts(await speak(kokoro, "¿Qué tal?", Voice("es", "kokoro-ef_dora")), ["¿Qué tal?"])
        await check_synthesizer(kokoro, Voice("en-gb", "kokoro-bm_george"), ("It's $5.", "Really?"))

    asyncio.run(check())


def test_kokoro_without_its_model(tmp_path: Path) -> None:
    catalogue = voices(tmp_path)
    with pytest.raises(ModelNotReadyError, match="visavis models pull kokoro"):
        catalogue.check(Voice("es", "kokoro-ef_dora"))
    assert chosen(catalogue, Voice("es")) == "espeak"


@pytest.mark.parametrize(
    ("voice", "sentences"),
    [(Voice("", "default"), ENGLISH), (Voice("de-AT"), GERMAN), (Voice("en", "f2"), ENGLISH)],
)
def test_all_voices_as_one(tmp_path: Path, voice: Voice, sentences: tuple[str, ...]) -> None:
    asyncio.run(check_synthesizer(voices(tmp_path), voice, sentences))


@pytest.mark.parametrize(
    ("voice", "name"),
    [
        (Voice(), "hibari"),
        (Voice("en-AU", "default"), "hibari"),
        (Voice("de"), "espeak"),
        (Voice("de", "onyx"), "espeak"),
        (Voice("", "de-DE-KatjaNeural"), "espeak-f1"),
        (Voice("", "onyx"), "espeak"),
        (Voice("en", "21m00Tcm4TlvDq8ikWAM"), "hibari"),
        (Voice("en", "my-cloned-voice"), "hibari"),
        (Voice("en", "f3"), "f3"),
    ],
)
def test_the_closest_voice(tmp_path: Path, voice: Voice, name: str) -> None:
    assert chosen(voices(tmp_path, map_unknown_voices=True), voice) == name


def test_a_default_voice_where_it_speaks_the_language(tmp_path: Path) -> None:
    catalogue = voices(tmp_path, default_voice="espeak-m3")
    assert chosen(catalogue, Voice("en")) == "espeak-m3"
    english = voices(tmp_path, default_voice="hibari")
    assert chosen(english, Voice("de")) == "espeak"


def test_refusals_name_the_choices(tmp_path: Path) -> None:
    catalogue = voices(tmp_path)
    with pytest.raises(RequestError, match=r"^voice: unknown voice\. Use default, or one of: hibari, espeak"):
        catalogue.check(Voice("en", "onyx"))
    with pytest.raises(RequestError, match=r"^voice: this voice does not speak de\. .*one of: espeak"):
        catalogue.check(Voice("de", "hibari"))
    for name in ("", "f2", "nobody"):
        with pytest.raises(RequestError, match=r"^language: no voice speaks 'tlh'"):
            catalogue.check(Voice("tlh", name))


@pytest.mark.parametrize("voice", [Voice("en", "hibari"), Voice("en", "espeak")])
def test_long_and_mixed_texts(voice: Voice, tmp_path: Path) -> None:
    """Endless numbers, no punctuation, several scripts: everything is spoken, and nothing fails."""

    async def check() -> None:
        catalogue = voices(tmp_path)
        for text in ("7" * 300, "word " * 120, "Привет, Bob! 你好 😀 αβγ — ok."):
            parts = await speak(catalogue, text, voice)
            assert sum(len(part.samples) for part in parts) > parts[0].rate_hz
        with pytest.raises(InputError):
            await speak(catalogue, "😀 — …", voice)
        await catalogue.close()

    asyncio.run(check())


@pytest.mark.parametrize("voice", [Voice("en", "hibari"), Voice("en", "espeak")])
def test_closures_are_where_phonemes_say(voice: Voice, tmp_path: Path) -> None:
    """Within each b and p between vowels there is a moment far quieter than the vowels around it."""

    async def check() -> None:
        catalogue = voices(tmp_path)
        (part,) = await speak(catalogue, "A baby, a puppy and a paper cup above a cabin.", voice)
        levels = _levels(part.samples, part.rate_hz)
        stops = [each for each in part.phonemes if each.text in ("b", "p")]
        assert len(stops) >= 8
        for stop in stops:
            around = levels[_frames(stop.start_s - 0.1, stop.end_s + 0.1)].max()
            assert levels[_frames(stop.start_s - 0.01, stop.end_s)].min() < around - 12
        await catalogue.close()

    asyncio.run(check())


_FRAME_S = 0.005


def _frames(start_s: float, end_s: float) -> slice:
    return slice(max(0, round(start_s / _FRAME_S)), round(end_s / _FRAME_S) + 1)


def _levels(samples: Floats, rate_hz: int) -> Floats:
    """Loudness in dB of each frame."""
    frame = round(_FRAME_S * rate_hz)
    count = len(samples) // frame
    power = (samples[: count * frame].reshape(count, frame) ** 2).mean(axis=1)
    levels: Floats = 10 * np.log10(power + 1e-9)
    return levels
