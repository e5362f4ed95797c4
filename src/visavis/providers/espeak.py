"""Speech by espeak-ng: small, instant, every language it knows; no beauty."""

import importlib
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ExtraMissingError, InputError, RequestError
from visavis.ports import Voice
from visavis.samples.sentence import speak

DEFAULT_LANGUAGE: Final = "en-us"
_FULL_SCALE: Final = 32_768


class Espeak:
    """The synthesiser that comes with the extra `serve`.

    A voice's language is one of espeak-ng's, with a region it does not know left out; a voice's name is one
    of its variants, such as `f2` or `m3`.
    """

    def check(self, voice: Voice) -> None:
        """Refuse what espeak-ng does not know; see the port."""
        self._name(voice)

    def say(self, text: str, voice: Voice) -> tuple[Floats, int]:
        """Say a text; see the port."""
        samples, rate_hz = speak(text, self._name(voice))
        if not samples.any():
            raise InputError("There is nothing in the text that can be said aloud.")
        return np.asarray(samples, np.float32) / np.float32(_FULL_SCALE), rate_hz

    @property
    def languages(self) -> frozenset[str]:
        """The tags that are understood."""
        return self._languages

    def _name(self, voice: Voice) -> str:
        language = voice.language.lower().replace("_", "-") or DEFAULT_LANGUAGE
        while language not in self._languages:
            language, _, region = language.rpartition("-")
            if not language:
                raise RequestError(
                    f"language: there is no speech for {region!r}. Use a tag such as en-us, de, es or cmn."
                )
        variant = voice.name.lower()
        if not variant or variant == "default":
            return language
        if variant not in self._variants:
            some = ", ".join(sorted(self._variants)[:12])
            raise RequestError(f"voice: there is no such voice. Use default, or one of: {some}, …")
        return f"{language}+{self._variants[variant]}"

    @cached_property
    def _data(self) -> Path:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ImportError as error:
            raise ExtraMissingError(
                "Text to speech needs espeak-ng: `pip install 'visavis[serve]'`."
            ) from error
        return Path(loader.get_data_path())

    @cached_property
    def _languages(self) -> frozenset[str]:
        """From the data: each voice file names its language's tags, one a line."""
        found = set[str]()
        for file in (self._data / "lang").rglob("*"):
            if file.is_file():
                lines = file.read_text(errors="replace").splitlines()
                found |= {words[1].lower() for line in lines if (words := line.split())[:1] == ["language"]}
        return frozenset(found)

    @cached_property
    def _variants(self) -> dict[str, str]:
        return {
            file.name.lower(): file.name
            for file in (self._data / "voices" / "!v").iterdir()
            if file.is_file()
        }
