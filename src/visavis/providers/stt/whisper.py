"""Whisper on CTranslate2: sound of at most half a minute in, text out, on the calling thread."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ExtraMissingError, ModelsCorruptError
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, TimedText

FILES: Final = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
"""Files of a model; without one of them the library would ask its hub."""

_FULL_S: Final = 30.0
_FRAME_S: Final = 0.01
_MIN_WINDOW_S: Final = 10.0
_SILENCE_AFTER_S: Final = 4.0
_MAX_TOKENS: Final = 448  # of a prompt and a text
_TOKENS_PER_S: Final = 15  # of the fastest speakers, in scripts that need several for a letter
_MIN_LENGTH_TOKENS: Final = 40
_LOOP_TOKENS_PER_S: Final = 7  # more than most people say
_LOOP_VARIETY: Final = 0.4  # share of different ones among the tokens of a loop
_MIN_REPEATED_WORDS: Final = 3
_SILENT: Final = 0.6  # probability that nobody speaks, above which a text must be likely
_MIN_LOGPROB: Final = -1.5  # of noise and music: -1.6 to -2; of speech that is hard to understand: -1.3
_MIN_LOGPROB_IF_SILENT: Final = -0.6
_PREPENDED: Final = "\"'“¿([{-"
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True)
class _Text:
    """What the decoder made of a window.

    Attributes:
        tokens: Tokens of the text, without times.
        text: The text itself.
        logprob: Mean logarithm of the probabilities of its tokens.
        no_speech: Probability that nobody speaks.
        is_endless: Whether it is longer than anybody can speak.
    """

    tokens: list[int]
    text: str
    logprob: float
    no_speech: float
    is_endless: bool

    @property
    def is_unlikely(self) -> bool:
        """Whether the model guesses, as it does where nobody speaks."""
        min_logprob = _MIN_LOGPROB_IF_SILENT if self.no_speech > _SILENT else _MIN_LOGPROB
        return self.logprob < min_logprob

    @property
    def may_be_repeated(self) -> bool:
        """Whether the decoder may have said something twice, or did not come to an end."""
        return self.is_endless or is_repeated(self.text)


class Whisper:
    """A Whisper model with 8-bit weights. It takes one call at a time.

    The encoder is made for windows of 30 s and costs the same for a short sound. With less silence after the
    sound it costs a third, but the decoder may then say everything twice. So a sound gets a window of its
    length and some silence, and the whole window only when something is said twice.

    Args:
        folder: Folder with `FILES`.

    Raises:
        ExtraMissingError: faster-whisper is not installed.
        ModelsCorruptError: A file is missing.
    """

    def __init__(self, folder: Path) -> None:
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ModelsCorruptError(f"The recognition model in {folder} lacks {', '.join(missing)}.")
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is loaded
        try:
            import ctranslate2
            from faster_whisper import tokenizer, transcribe
        except ImportError as error:
            raise ExtraMissingError(
                "Speech recognition needs faster-whisper. Run `pip install 'visavis[serve]'`."
            ) from error
        self._model: Any = transcribe.WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=1,
            num_workers=1,
            local_files_only=True,
        )
        self._merge_punctuations = transcribe.merge_punctuations
        self._suppressed = transcribe.get_suppressed_tokens
        self._new_tokenizer = tokenizer.Tokenizer
        self._as_storage = ctranslate2.StorageView.from_array
        self._tokenizers: dict[str, Any] = {}

    def recognize(self, samples: Floats, language: str = "", *, has_words: bool = False) -> Recognition:
        """Recognize a sound.

        Args:
            samples: Shape `(n,)`, at most 30 s at `RECOGNITION_RATE_HZ`.
            language: Two letters; empty for detection.
            has_words: Whether the times of words are wanted.

        Returns:
            A final text; empty if nothing was said that can be understood.
        """
        duration_s = len(samples) / RECOGNITION_RATE_HZ
        window_s = min(_FULL_S, max(_MIN_WINDOW_S, duration_s + _SILENCE_AFTER_S))
        encoded, frames = self._encode(samples, window_s)
        language = language or self._detect(encoded)
        text = self._decode(encoded, language, duration_s)
        if window_s < _FULL_S and text.may_be_repeated and not text.is_unlikely:
            encoded, frames = self._encode(samples, _FULL_S)
            text = self._decode(encoded, language, duration_s)
        if text.is_unlikely or text.is_endless or not any(letter.isalnum() for letter in text.text):
            return Recognition("", is_final=True)
        words = self._words(encoded, frames, language, text.tokens) if has_words else ()
        return Recognition(text.text, is_final=True, language=language, words=words)

    def _encode(self, samples: Floats, window_s: float) -> tuple[Any, int]:
        """Encoded sound with silence after it, and the number of frames of the sound."""
        count = round(window_s * RECOGNITION_RATE_HZ)
        padded = np.pad(samples[:count], (0, max(0, count - len(samples))))
        features = self._model.feature_extractor(padded)[:, : round(window_s / _FRAME_S) // 2 * 2]
        features = np.ascontiguousarray(features[None], np.float32)
        frames = min(features.shape[-1], round(len(samples) / RECOGNITION_RATE_HZ / _FRAME_S))
        return self._model.model.encode(self._as_storage(features)), frames

    def _detect(self, encoded: Any) -> str:
        if not self._model.model.is_multilingual:
            return "en"
        token: str = self._model.model.detect_language(encoded)[0][0][0]
        return token.strip("<|>")

    def _decode(self, encoded: Any, language: str, duration_s: float) -> _Text:
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(tokenizer, [])
        room = min(_MAX_TOKENS - len(prompt), _MIN_LENGTH_TOKENS + round(_TOKENS_PER_S * duration_s))
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + room,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed(tokenizer, [-1]),
        )[0]
        found = result.sequences_ids[0]
        tokens = [token for token in found if token < tokenizer.eot]
        return _Text(
            tokens=tokens,
            text=tokenizer.decode(tokens).strip(),
            logprob=result.scores[0] * len(found) / (len(found) + 1),  # the end of the text counts too
            no_speech=result.no_speech_prob,
            is_endless=len(found) >= room or _loops(tokens, duration_s),
        )

    def _words(self, encoded: Any, frames: int, language: str, tokens: list[int]) -> tuple[TimedText, ...]:
        tokenizer = self._tokenizer(language)
        words = self._model.find_alignment(tokenizer, [tokens], encoded, frames)[0]
        self._merge_punctuations(words, _PREPENDED, _APPENDED)
        return tuple(
            TimedText(word["word"].strip(), float(word["start"]), float(word["end"]))
            for word in words
            if word["word"].strip()
        )

    def _tokenizer(self, language: str) -> Any:
        if language not in self._tokenizers:
            self._tokenizers[language] = self._new_tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]


def is_repeated(text: str) -> bool:
    """Whether a text ends with the same words twice, at least three of them, or with any three times."""
    words = [word.strip(_APPENDED) for word in text.lower().split()]
    for length in range(1, len(words) // 2 + 1):
        last = words[-length:]
        if last != words[-2 * length : -length]:
            continue
        if length >= _MIN_REPEATED_WORDS or last == words[-3 * length : -2 * length]:
            return True
    return False


def _loops(tokens: list[int], duration_s: float) -> bool:
    """Whether a text says few things very often."""
    many = len(tokens) > _MIN_LENGTH_TOKENS + _LOOP_TOKENS_PER_S * duration_s
    return many and len(set(tokens)) < _LOOP_VARIETY * len(tokens)
