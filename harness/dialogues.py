"""Scripted dialogues: a YAML file says who says what, and what the avatar must do.

A step is a mapping with one key:

    user: TEXT      the user says it            second: TEXT    a second user says it
    speak: TEXT     the avatar is to say it     cough: N        the user coughs
    hum: TEXT       the user hums it while the avatar speaks
    pause: S        nothing is said for so long
    answer: REGEX   the avatar's next line      heard: REGEX    the user's next line
    whole: true     the avatar said what it was to say, to the end
    cut: true       it was interrupted, and only what was heard is in the transcript
    nothing: S      for so long nobody has a new line
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import yaml

from harness.talking import Sound, Talker, at_room_rate, talking
from harness.viewing import RATE_HZ
from visavis.adapters.livekit import LiveKitRooms
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.bootstrap import model_folders
from visavis.bootstrap.installation import Installation
from visavis.bootstrap.parts import room_server
from visavis.bootstrap.speech import synthesizer
from visavis.core.database import Database
from visavis.ports import SpeechSynthesizer, Voice
from visavis.providers.tts.alphabet import Spelling
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.kokoro import Kokoro
from visavis.providers.tts.spelling import spell_with_espeak
from visavis.settings import Settings, read_settings

FOLDER = Path(__file__).parents[1] / "bench/dialogues"
_LONGEST_S = 25.0
_VOICES = {"en": "kokoro-am_michael", "es": "kokoro-em_alex", "de": "kokoro-im_nicola"}
_NEAREST_SOUNDS = {"ɑ": "a", "œ": "ø"}  # of German in an Italian voice
_SECOND_VOICE = "kokoro-af_bella"


class DialogueError(AssertionError):
    """The avatar did not do what it must."""


@dataclass
class Dialogue:
    """A script.

    Attributes:
        name: Name of the file and of the dialogue.
        steps: Steps, in order.
        language: BCP 47 tag.
        session: Fields of the session.
        echo: How loud the microphone hears the avatar, 0..1.
        noise_db: How far speech is above the noise; `None` for no noise.
    """

    name: str
    steps: list[dict[str, Any]]
    language: str = "en"
    session: dict[str, Any] = field(default_factory=dict)
    echo: float = 0.0
    noise_db: float | None = None


def read_dialogues(words: str = "") -> Iterator[Dialogue]:
    """The dialogues whose names contain some words. `like` names defaults that several share."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for read in yaml.safe_load(path.read_text()):
            read = {**read, "name": f"{path.stem}: {read['name']}"}
            base = read.pop("like", {})
            dialogue = Dialogue(**{**base, **read})
            if words.lower() in dialogue.name.lower():
                yield dialogue


class _GermanUser(Kokoro):
    """An Italian who speaks German: recognizers understand this voice better than others that we have."""

    def _find(self, voice: Voice) -> str:
        return voice.name.removeprefix("kokoro-")

    def _spell(self, sentence: str, voice: str) -> Spelling:
        """German by the nearest sounds that an Italian voice has, with a break after a prefix."""
        del voice
        spelling = spell_with_espeak(sentence, self._espeak.base("de"))
        symbols, words, before = "", [], ""
        for symbol, word in zip(spelling.symbols, spelling.words, strict=True):
            nearest = _NEAREST_SOUNDS.get(symbol, symbol)
            sounds = f" {nearest}" if symbol == "ˈ" and before == "ə" else nearest
            symbols, before = symbols + sounds, symbol
            words += [word] * len(sounds)
        return Spelling(symbols, tuple(words))


def speech(text: str, voice: str, language: str = "en") -> Sound:
    """A text as somebody says it."""

    async def speak() -> Sound:
        settings = read_settings()
        is_german = language == "de" and voice.startswith("kokoro-")
        voices: SpeechSynthesizer = (
            _GermanUser(model_folders(settings.models), Espeak()) if is_german else synthesizer(settings)
        )
        parts = [part async for part in voices.speak(text, Voice(language, voice))]
        await voices.close()
        return at_room_rate(np.concatenate([part.samples for part in parts]), parts[0].rate_hz)

    return asyncio.run(speak())


def cough() -> Sound:
    """A short burst of noise through a throat."""
    rng = np.random.default_rng(1)
    count = round(0.28 * 48_000)
    noise = np.convolve(rng.standard_normal(count), np.ones(24) / 24, "same")
    envelope = np.exp(-np.arange(count) / (0.07 * 48_000)) * np.minimum(1, np.arange(count) / 480)
    return np.asarray(noise * envelope * 1.5, np.float32)


def sounds_of(dialogue: Dialogue) -> dict[str, Sound]:
    """What is said in a dialogue, as sound; made before it begins."""
    voice, sounds = _VOICES[dialogue.language[:2]], {}
    for step in dialogue.steps:
        for key, value in step.items():
            if key in ("user", "hum"):
                sounds[value] = speech(value, voice, dialogue.language)
            if key == "second":
                sounds[value] = speech(value, _SECOND_VOICE)
    return sounds


async def token_of(data: Path, room: str, identity: str) -> str:
    """A token of another user for a room of the server with a data folder."""
    database = Database(EmbeddedPostgres(data / "postgres").url)
    try:
        address = await room_server(Installation.of(Settings(), data), database, public=False)
        return LiveKitRooms(address).token(room, identity, role="user")
    finally:
        await database.close()


async def play(dialogue: Dialogue, sounds: dict[str, Sound], client: httpx.AsyncClient, data: Path) -> None:
    """Hold a dialogue on a running server.

    Args:
        dialogue: The script.
        sounds: What is said in it, from `sounds_of`.
        client: Asks the server with its key.
        data: Data folder of the server.

    Raises:
        DialogueError: The avatar did not do what it must.
    """
    sent = {"mode": "conversation", "language": dialogue.language, "greeting": "Hello."} | dialogue.session
    made = (await client.post("/v1/realtime/session", json=sent)).raise_for_status().json()
    try:
        async with AsyncExitStack() as stack:
            talker = await stack.enter_async_context(talking(made["livekit_url"], made["token"]))
            await talker.until(lambda: talker.finals("avatar"), within_s=120)
            await talker.until(lambda: talker.is_silent(0.5))
            talker.echo = dialogue.echo
            if dialogue.noise_db is not None:
                talker.noise = 0.1 / 10 ** (dialogue.noise_db / 20)
            other = await token_of(data, made["room"], "second")
            await _Run(talker, sounds, made["livekit_url"], other, stack).play(dialogue)
    finally:
        await client.delete(f"/v1/realtime/session/{made['session_id']}")


class _Run:
    def __init__(
        self,
        talker: Talker,
        sounds: dict[str, Sound],
        url: str,
        second_token: str,
        stack: AsyncExitStack,
    ) -> None:
        self._talker, self._sounds, self._url = talker, sounds, url
        self._second_token, self._stack = second_token, stack
        self._other: Talker | None = None
        self._read = {line.id for line in talker.finals()}
        self._wanted = ""

    async def play(self, dialogue: Dialogue) -> None:
        for number, step in enumerate(dialogue.steps, 1):
            ((kind, value),) = step.items()
            try:
                await getattr(self, f"_{kind}")(value)
            except TimeoutError as error:
                raise DialogueError(self._told(number, f"{kind}: {value!r} did not come")) from error
            except DialogueError as error:
                raise DialogueError(self._told(number, str(error))) from error

    def _told(self, step: int, what: str) -> str:
        """What went wrong, with all that was said and understood until then."""
        lines = "; ".join(f"{line.speaker}: {line.text}" for line in self._talker.finals())
        return f"step {step}: {what} ({lines})"

    async def _user(self, text: str) -> None:
        await self._talker.say(self._sounds[text])

    async def _hum(self, text: str) -> None:
        await self._talker.say(self._sounds[text])

    async def _cough(self, _: Any) -> None:
        await self._talker.say(cough())

    async def _second(self, text: str) -> None:
        if self._other is None:
            self._other = await self._stack.enter_async_context(talking(self._url, self._second_token))
            await self._other.until_heard()
            await self._other.say(np.zeros(RATE_HZ // 2, np.float32))  # the first packets may be lost
        await self._other.say(self._sounds[text])

    async def _speak(self, text: str) -> None:
        self._wanted = text
        # Else the end of an answer would be taken for its begin.
        await self._talker.until(lambda: self._talker.is_silent(0.3))
        _, asked_s = await self._talker.say(np.zeros(1, np.float32))
        await self._talker.speak_request(text, None)
        await self._talker.until(lambda: self._talker.first_sound_s(asked_s), _LONGEST_S)

    async def _pause(self, seconds: float) -> None:
        await self._talker.say(np.zeros(round(seconds * 48_000), np.float32))

    async def _answer(self, wanted: str) -> None:
        await self._next(lambda speaker: speaker == "avatar", wanted)

    async def _heard(self, wanted: str) -> None:
        await self._next(lambda speaker: speaker != "avatar", wanted)

    async def _next(self, fits: Callable[[str], bool], wanted: str) -> None:
        def find() -> Any:
            return next(
                (line for line in self._talker.finals() if line.id not in self._read and fits(line.speaker)),
                None,
            )

        line = await self._talker.until(find, _LONGEST_S)
        self._read.add(line.id)
        if not re.search(wanted, line.text, re.IGNORECASE):
            raise DialogueError(f"{line.speaker} said {line.text!r}, not {wanted!r}")

    async def _whole(self, _: Any) -> None:
        await self._answer("")
        last = [line.text for line in self._talker.finals("avatar")][-1]
        if last != self._wanted:
            raise DialogueError(f"the avatar said {last!r} of {self._wanted!r}")

    async def _cut(self, _: Any) -> None:
        await self._answer("")
        said = [line.text for line in self._talker.finals("avatar") if self._wanted.startswith(line.text)]
        if not said or said[-1] == self._wanted:
            raise DialogueError(f"the avatar was not interrupted: {said}")

    async def _nothing(self, seconds: float) -> None:
        await self._pause(seconds)
        new = [line.text for line in self._talker.finals() if line.id not in self._read]
        if new:
            raise DialogueError(f"somebody said {new}")
