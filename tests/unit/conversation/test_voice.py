"""A voice that stalls after the language model has stalled: a sentence is made before it is needed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit.agents import APIConnectOptions

from visavis.ports import SpeechPart, Voice
from visavis.providers.tts.catalogue import VoiceCatalogue
from visavis.providers.tts.espeak import Espeak
from visavis.realtime.conversation.voice import AvatarVoice

SENTENCE = "I cannot answer now."


class Stalling(Espeak):
    """The voices of espeak-ng, which speak when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_speak = asyncio.Event()
        self.asked = 0

    async def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        self.asked += 1
        await self.may_speak.wait()
        async for part in super().speak(text, voice):
            yield part


def avatar_voice(stalling: Stalling, local: Espeak) -> AvatarVoice:
    return AvatarVoice(
        VoiceCatalogue([stalling]), Voice("en", tempo=1.5), local=local, local_voice=Voice("en"), first_s=1.5
    )


async def length_of(voice: AvatarVoice) -> int:
    return sum([len(part.samples) async for part in voice.parts(SENTENCE)])


async def length_by(speaker: Espeak, voice: Voice) -> int:
    return sum([len(part.samples) async for part in speaker.speak(SENTENCE, voice)])


def test_a_prepared_sentence_is_spoken_without_asking_again() -> None:
    async def check() -> None:
        stalling, local = Stalling(), Espeak()
        voice = avatar_voice(stalling, local)
        voice.prepare(SENTENCE + " Ask me again.")
        stalling.may_speak.set()
        wanted = await length_by(local, Voice("en", tempo=1.5))
        for _ in range(2):
            assert await length_of(voice) == wanted
        assert stalling.asked == 1
        await voice.aclose()

    asyncio.run(check())


def test_a_sentence_that_is_not_ready_in_time_is_spoken_by_the_local_voice() -> None:
    async def check() -> None:
        stalling, local = Stalling(), Espeak()
        voice = avatar_voice(stalling, local)
        voice.prepare(SENTENCE)
        assert await length_of(voice) == await length_by(local, Voice("en"))
        assert not stalling.may_speak.is_set()
        await voice.aclose()

    asyncio.run(check())


def test_the_next_sentence_is_made_while_one_is_heard() -> None:
    async def check() -> None:
        speaker, local, following = Stalling(), Espeak(), "Ask me again."
        speaker.may_speak.set()
        upcoming = [following]
        voice = AvatarVoice(
            VoiceCatalogue([speaker]),
            Voice("en"),
            local=local,
            local_voice=Voice("en"),
            first_s=1.5,
            upcoming=lambda: upcoming.pop() if upcoming else "",
        )
        assert await length_of(voice)
        early = voice._next
        assert early is not None
        assert early.sentence == following
        await early.making  # before anybody asks for it
        assert speaker.asked == 2
        made = [part async for part in voice.parts(following)]
        wanted = [part async for part in Espeak().speak(following, Voice("en"))]
        assert [len(part.samples) for part in made] == [len(part.samples) for part in wanted]
        assert speaker.asked == 2  # and not made again
        await voice.aclose()

    asyncio.run(check())


@pytest.mark.parametrize("text", ["!!!", "\U0001f642 \U0001f642", "…"])
def test_a_text_with_nothing_to_speak_is_no_failure(text: str) -> None:
    """As such the library counts it, and ends a conversation after some."""

    async def check() -> None:
        speaker, local = Stalling(), Espeak()
        voice = avatar_voice(speaker, local)
        stream = voice.stream(conn_options=APIConnectOptions(max_retry=0))
        stream.push_text(text)
        stream.end_input()
        heard = [event.frame async for event in stream]
        assert 0 < sum(frame.duration for frame in heard) < 0.1
        assert not any(any(frame.data) for frame in heard)
        assert speaker.asked == 0
        await voice.aclose()

    asyncio.run(check())


def test_a_sentence_that_is_not_said_after_all_is_dropped() -> None:
    async def check() -> None:
        speaker, local = Stalling(), Espeak()
        voice = AvatarVoice(
            VoiceCatalogue([speaker]),
            Voice("en"),
            local=local,
            local_voice=Voice("en"),
            first_s=1.5,
            upcoming=lambda: "This is never said.",
        )
        speaker.may_speak.set()
        assert await length_of(voice)
        first = voice._next
        assert first is not None
        assert await length_of(voice) == await length_by(local, Voice("en"))
        assert voice._next is not first
        await voice.aclose()
        assert first.making.done()

    asyncio.run(check())
