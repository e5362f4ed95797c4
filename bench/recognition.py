"""How well speech is recognized, how well each voice is understood, and what recognition costs.

    python -m bench.recognition
        --data DIR      real recordings with known texts: `clips/` and `speech/`
        --parts PARTS   what to measure, of: recognizers, recordings, voices, cost; all if not given
        --voices IDS    voices to listen to, separated by commas; all if not given
        --keep FILE     also write the figures as JSON; parts that were not measured keep theirs
        --quick         one sentence of one voice: whether it still runs

Sentences are spoken by the voices of the installation and recognized again. Errors are words that were
replaced, left out or added, of a hundred spoken ones, by jiwer; letter case and punctuation do not count.
A voice is listened to by `whisper-base`, which none of them was made with. Models must be on this machine
(`visavis models pull --all`).
"""

import argparse
import asyncio
import json
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jiwer
import numpy as np
from scipy.signal import butter, sosfiltfilt
from training import nonspeech

from bench.machine import not_here, processor
from bench.sentences import UTTERANCES
from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer, voice_activity_detector
from visavis.bootstrap.speech import synthesizer
from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.engine.sound import open_sound
from visavis.errors import ModelNotReadyError
from visavis.ports import RECOGNITION_RATE_HZ, SpeechRecognizer, Voice, VoiceInfo
from visavis.settings import RecognitionSettings, Settings

Figures = dict[str, Any]

PARTS: Final = ("recognizers", "recordings", "voices", "cost")
LISTENER: Final = "whisper-base"
SPEAKERS: Final = (
    ("en", ("hibari", "kokoro-af_bella", "kokoro-am_michael")),
    ("es", ("kokoro-ef_dora", "kokoro-em_alex")),
    ("es", ("espeak",)),
    ("de", ("espeak",)),
)
MAX_LISTENED: Final = 4  # sentences of each voice
RECORDINGS: Final = {
    "speech/en_male_11s.mp3": "Imagination is more important than knowledge, for knowledge is limited, "
    "whereas imagination embraces the entire world, stimulating progress, giving birth to evolution.",
    "speech/clean_of_noisy.wav": "Our method is capable of producing satisfactory results even with audio "
    "that contains noise.",
    "speech/noisy_meeting_snr10.wav": "Our method is capable of producing satisfactory results even with "
    "audio that contains noise.",
    "clips/grid_bbaf2n.mpg": "Bin blue at F two now.",
    "clips/grid_brbk7n.mpg": "Bin red by K seven now.",
    "clips/grid_lbax4n.mpg": "Lay blue at X four now.",
    "clips/grid_lbbc2a.mpg": "Lay blue by C two again.",
    "clips/grid_pwij3p.mpg": "Place white in J three please.",
}
_NUMBERS: Final = {"2": "two", "3": "three", "4": "four", "7": "seven"}  # Whisper writes digits


@dataclass(frozen=True)
class Spoken:
    """A sentence and its sound at `RECOGNITION_RATE_HZ`."""

    text: str
    language: str
    samples: Floats


def noisy(samples: Floats) -> Floats:
    """With coloured noise, 10 dB below it."""
    noise = nonspeech.coloured(np.random.default_rng(5), len(samples), 0.5)
    gain = np.sqrt((samples**2).mean() / (noise**2).mean()) * 10 ** (-10 / 20)
    return (samples + gain * noise).astype(np.float32)


def telephone(samples: Floats) -> Floats:
    """As a telephone carries it: 300 to 3400 Hz, eight bits a sample with µ-law."""
    band = sosfiltfilt(butter(4, (300, 3400), "bandpass", fs=RECOGNITION_RATE_HZ, output="sos"), samples)
    level = np.abs(band).max() + 1e-9
    pressed = np.sign(band) * np.log1p(255 * np.abs(band) / level) / np.log(256)
    coarse = np.round(pressed * 127) / 127
    return (np.sign(coarse) * level * np.expm1(np.abs(coarse) * np.log(256)) / 255).astype(np.float32)


CONDITIONS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "clean": lambda samples: samples,
    "noise at 10 dB": noisy,
    "telephone": telephone,
}


def error_percent(pairs: Sequence[tuple[str, str]]) -> float:
    """Words that were replaced, left out or added, of a hundred.

    Args:
        pairs: What was said, and what was recognized.
    """
    said, heard = zip(*((plain(a), plain(b)) for a, b in pairs), strict=True)
    return round(100 * float(jiwer.wer(list(said), list(heard))), 1)


def plain(text: str) -> str:
    """Words without case and punctuation; digits that stand alone as words."""
    letters = "".join(letter if letter.isalnum() or letter == "'" else " " for letter in text.casefold())
    return " ".join(_NUMBERS.get(word, word) for word in letters.split())


class Bench:
    """The voices, recognizers and the time that they take."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.speaker = synthesizer(self.settings)
        self._recognizers: dict[str, SpeechRecognizer] = {}

    def recognizer(self, model: str) -> SpeechRecognizer:
        """A model that recognizes all languages that it knows."""
        if model not in self._recognizers:
            folders = bootstrap.model_folders(self.settings.models)
            self._recognizers[model] = speech_recognizer(RecognitionSettings(model=model), folders)
        return self._recognizers[model]

    async def speak(self, text: str, language: str, voice: str) -> Spoken:
        """Speak a sentence."""
        chosen = Voice(language, voice)
        parts = [part async for part in self.speaker.speak(text, chosen)]
        resample = Resampler(parts[0].rate_hz, RECOGNITION_RATE_HZ)
        blocks = [resample(part.samples) for part in parts]
        return Spoken(text, language, np.concatenate([*blocks, resample.finish()]))

    async def errors(self, model: str, sentences: Iterable[Spoken]) -> float:
        """The error rate of a model, in percent."""
        recognizer = self.recognizer(model)
        pairs = [
            (each.text, (await recognizer.recognize(each.samples, each.language)).text) for each in sentences
        ]
        return error_percent(pairs)

    async def close(self) -> None:
        """Release the models."""
        await self.speaker.close()
        for recognizer in self._recognizers.values():
            await recognizer.close()


async def recognizers(bench: Bench) -> Figures:
    """Error rates by model, language and condition, of sentences by voices that sound like people."""
    figures: Figures = {}
    for language, voices in SPEAKERS:
        sentences = [
            await bench.speak(text, language, voice) for voice in voices for text in UTTERANCES[language]
        ]
        for model in ("whisper-tiny.en", "whisper-base") if language == "en" else ("whisper-base",):
            row = {
                condition: await bench.errors(
                    model, [Spoken(each.text, language, change(each.samples)) for each in sentences]
                )
                for condition, change in CONDITIONS.items()
            }
            figures[f"{model}, {language}, {len(sentences)} sentences by {', '.join(voices)}"] = row
    return figures


async def recordings(bench: Bench, data: Path) -> Figures:
    """Error rates for real people whose words are known."""
    sentences = {
        name: Spoken(text, "en", read_sound(data / name))
        for name, text in RECORDINGS.items()
        if (data / name).exists()
    }
    figures: Figures = {}
    for title, prefix in (("read sentences", "speech/"), ("GRID commands", "clips/")):
        chosen = [each for name, each in sentences.items() if name.startswith(prefix)]
        figures[f"{title}, {len(chosen)} recordings"] = {
            model: await bench.errors(model, chosen) for model in ("whisper-tiny.en", "whisper-base")
        }
    return figures


def read_sound(path: Path) -> Floats:
    """A file's sound, mono, at `RECOGNITION_RATE_HZ`."""
    with open_sound(path, rate_hz=RECOGNITION_RATE_HZ) as sound:
        return np.concatenate([block.samples.mean(axis=0) for block in sound])


async def voices(bench: Bench, wanted: Sequence[str]) -> Figures:
    """Error rates and costs of the voices, each in its own language."""
    figures: Figures = {}
    for info in bench.speaker.voices():
        if info.rtf is None or (wanted and info.id not in wanted):
            continue
        for language in spoken_languages(info):
            try:
                await bench.speak(UTTERANCES[language][0][:20], language, info.id)  # loads the model
                started_s = processor_s()
                said = [
                    await bench.speak(text, language, info.id) for text in UTTERANCES[language][:MAX_LISTENED]
                ]
            except ModelNotReadyError as error:
                print(f"Without {info.id}: {error.message}")
                break
            spent_s, length_s = processor_s() - started_s, sum(len(each.samples) for each in said)
            figures[f"{info.id}, {language}"] = {
                "errors %": await bench.errors(LISTENER, said),
                "RTF": round(spent_s * RECOGNITION_RATE_HZ / length_s, 3),
            }
            print(f"  {info.id:24s} {language:6s} {figures[f'{info.id}, {language}']}", flush=True)
    return figures


def spoken_languages(info: VoiceInfo) -> list[str]:
    """The languages that a voice is listened to in: its own, or all there are sentences in."""
    tags = [tag.partition("-")[0] for tag in info.languages]
    own = tags if len(tags) > 10 else tags[:1]
    return [language for language in UTTERANCES if language in own]


async def cost(bench: Bench) -> Figures:
    """Processor seconds of one thread for an utterance of usual length, and for voice activity."""
    figures: Figures = {}
    for model, language, voice in (
        ("whisper-tiny.en", "en", "hibari"),
        ("whisper-base", "en", "hibari"),
        ("whisper-base", "es", "kokoro-ef_dora"),
    ):
        said = [await bench.speak(text, language, voice) for text in UTTERANCES[language]]
        recognizer = bench.recognizer(model)
        await recognizer.prepare(language)
        spent_s = []
        for each in said:
            stream = recognizer.stream(language)
            started_s = processor_s()
            stream.push(np.pad(each.samples, (0, RECOGNITION_RATE_HZ // 3)))
            stream.end_utterance()
            await anext(aiter(stream))
            spent_s.append(processor_s() - started_s)
            await stream.close()
        lengths_s = [len(each.samples) / RECOGNITION_RATE_HZ for each in said]
        figures[f"{model}, {language}, utterances of {np.mean(lengths_s):.1f} s"] = {
            "median s": round(float(np.median(spent_s)), 2),
            "longest s": round(max(spent_s), 2),
        }
    stream, sound = voice_activity_detector().stream(), said[0].samples
    started_s = processor_s()
    windows = len(stream.push(sound))
    figures["voice activity, a window of 32 ms"] = {
        "ms": round(1e3 * (processor_s() - started_s) / windows, 3)
    }
    return figures


def processor_s() -> float:
    """Processor time of this process, all threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def quick(bench: Bench) -> None:
    """One sentence of one voice."""
    said = await bench.speak(UTTERANCES["en"][0], "en", "hibari")
    print(f"errors {await bench.errors('whisper-tiny.en', [said])} %")


async def measure(options: argparse.Namespace) -> dict[str, Figures]:
    """The tables that are wanted."""
    bench = Bench()
    tables: dict[str, Figures] = {}
    try:
        if options.quick:
            await quick(bench)
            return tables
        if "recognizers" in options.parts:
            tables["errors %, spoken sentences"] = await recognizers(bench)
        if "recordings" in options.parts and options.data:
            tables["errors %, real people"] = await recordings(bench, options.data)
        if "cost" in options.parts:
            tables["processor time"] = await cost(bench)
        if "voices" in options.parts:
            tables[f"voices, listened to by {LISTENER}"] = await voices(bench, options.voices)
    except ModelNotReadyError as error:
        raise not_here(error.message) from error
    finally:
        await bench.close()
    return tables


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--parts", type=lambda text: text.split(","), default=PARTS)
    parser.add_argument("--voices", type=lambda text: text.split(","), default=())
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    started_s = time.monotonic()
    tables = asyncio.run(measure(options))
    for title, rows in tables.items():
        print(title)
        for label, row in rows.items():
            print(f"  {label:72s}", "  ".join(f"{key} {value}" for key, value in row.items()))
    print(f"{time.monotonic() - started_s:.0f} s")
    if options.keep:
        kept = json.loads(options.keep.read_text()) if options.keep.exists() else {}
        for title, rows in tables.items():
            kept[title] = kept.get(title, {}) | rows if options.voices else rows
        options.keep.write_text(
            json.dumps({**kept, "processor": processor()}, indent=1, ensure_ascii=False) + "\n"
        )


if __name__ == "__main__":
    main()
