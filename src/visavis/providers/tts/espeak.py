"""Speech by espeak-ng: small, instant, in every language that it knows; no beauty."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ExtraMissingError, InputError, RequestError
from visavis.ports import SpeechPart, Voice, VoiceInfo
from visavis.providers.tts.languages import find_language
from visavis.samples.sentence import speak

DEFAULT_LANGUAGE: Final = "en-us"
_FULL_SCALE: Final = 32_768
_RTF: Final = 0.002
_USUAL_RANK: Final = 5  # of a tag whose voice file gives it none; less comes first


class Espeak:
    """The synthesiser that comes with the extra `serve`.

    A voice's language is any tag of BCP 47 whose language espeak-ng speaks; a voice's name is one of its
    variants, such as `f2` or `m3`.
    """

    def check(self, voice: Voice) -> None:
        """Refuse what espeak-ng does not know; see the port."""
        self._name(voice)

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The default voice in every language; see the port."""
        languages = sorted(self._voices, key=lambda tag: (tag != DEFAULT_LANGUAGE, tag))
        return (
            VoiceInfo(
                "espeak", "espeak-ng", "espeak", tuple(languages), sex="male", licence="GPL-3.0", rtf=_RTF
            ),
        )

    async def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text, in one part; see the port."""
        samples, rate_hz = await asyncio.to_thread(self._speak, text, voice)
        yield SpeechPart(text, samples, rate_hz)

    async def close(self) -> None:
        """Nothing is open."""

    def _speak(self, text: str, voice: Voice) -> tuple[Floats, int]:
        samples, rate_hz = speak(text, self._name(voice))
        if not samples.any():
            raise InputError("The text contains nothing that can be spoken.")
        return np.asarray(samples, np.float32) / np.float32(_FULL_SCALE), rate_hz

    def _name(self, voice: Voice) -> str:
        language = find_language(voice.language or DEFAULT_LANGUAGE, self._voices.keys())
        if language is None:
            raise RequestError(
                f"language: no voice speaks {voice.language!r}. Use a BCP 47 tag such as en-US, de, "
                "es-MX or zh-CN."
            )
        base, variant = self._voices[language], voice.name.lower()
        if not variant or variant == "default":
            return base
        if variant not in self._variants:
            some = ", ".join(sorted(self._variants)[:12])
            raise RequestError(f"voice: unknown voice. Use default, or one of: {some}, …")
        return f"{base}+{self._variants[variant]}"

    @cached_property
    def _data(self) -> Path:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ImportError as error:
            raise ExtraMissingError(
                "Text to speech needs espeak-ng. Run `pip install 'visavis[serve]'`."
            ) from error
        return Path(loader.get_data_path())

    @cached_property
    def _voices(self) -> dict[str, str]:
        """The name of a voice by each tag that its file lists; of several, the one that ranks the tag first.

        espeak-ng finds a voice by the name of its file, and by no other tag in it. Some files belong to
        languages whose dictionary is not there: these stay silent.
        """
        found: dict[str, tuple[int, str]] = {}
        for file in sorted((self._data / "lang").rglob("*")):
            if not file.is_file():
                continue
            lines = [line.split() for line in file.read_text(errors="replace").splitlines()]
            tags = [words[1:] for words in lines if words[:1] == ["language"] and words[1:]]
            named = [words[1] for words in lines if words[:1] == ["dictionary"] and words[1:]]
            dictionary = named[0] if named else tags[0][0].partition("-")[0] if tags else ""
            if not (self._data / f"{dictionary}_dict").is_file():
                continue
            for tag, *weight in tags:
                rank = (int(weight[0]) if weight else _USUAL_RANK, file.name)
                found[tag.lower()] = min(rank, found.get(tag.lower(), rank))
        return {tag: name for tag, (_, name) in found.items()}

    @cached_property
    def _variants(self) -> dict[str, str]:
        return {
            file.name.lower(): file.name
            for file in (self._data / "voices" / "!v").iterdir()
            if file.is_file()
        }
