"""Speech services over real HTTP: their sound, their times, their failures."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr
from scipy.io import wavfile
from tests.conformance.providers.speech_server import (
    CHARACTER_S,
    KEY,
    VOICE,
    VOICE_ID,
    Behaviour,
    SpeechServer,
    cut_off,
    endless,
    garbage,
    refuse,
    silent,
    speech_server,
    stall,
    wav,
)
from tests.conformance.providers.synthesizers import check_synthesizer, speak

from visavis.bootstrap.speech import hosted_speaker
from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError
from visavis.ports import SpeechSynthesizer, Voice
from visavis.providers.tts.elevenlabs import ElevenLabs
from visavis.providers.tts.openai_endpoint import OpenAiSpeech
from visavis.settings import ModelSettings, Settings, SpeechSettings

SENTENCES = ("Bob baked a pie 😀 at nine.", "Really?")
Make = Callable[[str, str], SpeechSynthesizer]


def openai(url: str, key: str = KEY) -> SpeechSynthesizer:
    return OpenAiSpeech(
        SpeechSettings(
            openai_url=f"{url}/v1/", openai_api_key=SecretStr(key), openai_voices=(VOICE,), timeout_s=0.5
        )
    )


def elevenlabs(url: str, key: str = KEY) -> SpeechSynthesizer:
    return ElevenLabs(
        SpeechSettings(
            elevenlabs_url=url,
            elevenlabs_api_key=SecretStr(key),
            elevenlabs_voices=(VOICE_ID,),
            timeout_s=0.5,
        )
    )


both = pytest.mark.parametrize("make", [openai, elevenlabs])


def with_server(check: Callable[[SpeechServer], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        async with speech_server() as server:
            await check(server)

    asyncio.run(run())


@pytest.mark.parametrize(("make", "voice"), [(openai, f"openai-{VOICE}"), (elevenlabs, VOICE_ID)])
def test_services_conform(make: Make, voice: str) -> None:
    async def check(server: SpeechServer) -> None:
        await check_synthesizer(make(server.url, KEY), Voice("de-AT", voice), SENTENCES)
        sent = server.requests[0]
        assert "😀" not in sent.get("input", sent.get("text"))

    with_server(check)


def test_the_first_sound_comes_before_the_end_of_a_sentence() -> None:
    async def check(server: SpeechServer) -> None:
        service = openai(server.url)
        parts = await speak(
            service, "This sentence is long enough for more than one piece of sound.", Voice()
        )
        assert len(parts) > 1
        assert all(not part.text for part in parts[1:])
        await service.close()

    with_server(check)


@pytest.mark.parametrize("is_relative", [False, True])
def test_words_have_the_times_of_their_characters(is_relative: bool) -> None:
    async def check(server: SpeechServer) -> None:
        server.is_relative = is_relative
        service = elevenlabs(server.url)
        (part,) = await speak(service, SENTENCES[0], Voice())
        words = ["Bob", "baked", "a", "pie 😀", "at", "nine."]
        begins = [0, 4, 10, 12, 18, 21]
        assert [word.text for word in part.words] == words
        assert [word.start_s for word in part.words] == pytest.approx([at * CHARACTER_S for at in begins])
        assert all(before.end_s <= after.start_s for before, after in pairwise(part.words))
        await service.close()

    with_server(check)


@both
@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (refuse(429), ProviderBusyError),
        (refuse(500), ProviderBusyError),
        (refuse(400), ProviderError),
        (cut_off, ProviderBusyError),
        (stall, ProviderTimeoutError),
        (silent, ProviderBusyError),
        (garbage, ProviderError),
        (wav, ProviderError),
        (endless, ProviderError),
    ],
    ids=["429", "500", "400", "cut off", "stall", "silent", "garbage", "wav", "endless"],
)
def test_failures_have_names(make: Make, behave: Behaviour, error: type[ProviderError]) -> None:
    async def check(server: SpeechServer) -> None:
        server.behave = behave
        service = make(server.url, KEY)
        with pytest.raises(ProviderError) as caught:
            await speak(service, "Bob.", Voice())
        assert type(caught.value) is error
        assert KEY not in caught.value.message
        assert len(server.requests) == 1
        await service.close()

    with_server(check)


def test_jobs_get_the_sound_of_hosted_voices_as_a_file(tmp_path: Path) -> None:
    async def check(server: SpeechServer) -> None:
        speech = SpeechSettings(openai_url=f"{server.url}/v1", openai_api_key=SecretStr(KEY))
        speak_hosted = hosted_speaker(Settings(models=ModelSettings(dir=tmp_path), speech=speech))
        sound = tmp_path / "sound.wav"
        assert not await speak_hosted("Bob.", Voice("en"), sound)
        assert not sound.exists()
        assert await speak_hosted("Bob. Really?", Voice("en", VOICE), sound)
        rate_hz, samples = wavfile.read(sound)
        assert len(samples) / rate_hz == pytest.approx(CHARACTER_S * len("Bob.Really?"))

    with_server(check)


@both
def test_a_wrong_key_names_its_setting(make: Make) -> None:
    async def check(server: SpeechServer) -> None:
        service = make(server.url, "sk-another")
        with pytest.raises(ProviderError, match=r"VISAVIS_SPEECH_\w+_API_KEY"):
            await speak(service, "Bob.", Voice())
        await service.close()

    with_server(check)


@both
def test_a_server_that_is_not_there(make: Make) -> None:
    async def check() -> None:
        service = make("http://127.0.0.1:1", KEY)
        with pytest.raises(ProviderBusyError, match="cannot be reached"):
            await speak(service, "Bob.", Voice())
        await service.close()

    asyncio.run(check())
