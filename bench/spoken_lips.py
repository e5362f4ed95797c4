"""Lips of spoken texts: whether they meet in every p b m, and come to the teeth in every f v.

    python -m bench.spoken_lips [--face FILE] [--keep]
    python -m bench.spoken_lips --quick

Voices of this machine speak sentences. Each is drawn twice: by hearing alone, and with the phonemes that the
voice gives. The landmark model measures the gap of the inner lips in the frames around each phoneme, in
distances of the outer eye corners. `--quick` takes one sentence of espeak-ng.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.lip_response import lips_in
from bench.machine import RESULTS
from bench.sentences import SENTENCES
from visavis import bootstrap
from visavis.bootstrap.speech import synthesizer
from visavis.engine.arrays import Floats
from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo, read_photo
from visavis.engine.resample import Resampler
from visavis.engine.rig.build import build_rig
from visavis.engine.speech import RATE_HZ, Phoneme, SpeechModel
from visavis.engine.stream import Pose, Stream
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView
from visavis.errors import ModelNotReadyError
from visavis.ports import SpeechSynthesizer
from visavis.samples.portrait import read_portrait
from visavis.worker.children.speaking import speak
from visavis.worker.protocol import SpokenText

SIDE_PX: Final = 320
CLOSED, SMALL = 0.018, 0.045
"""Gaps below which a mouth counts as closed, and below which it passes as the lip at the teeth."""
BEFORE_S, AFTER_S = 0.05, 0.03
VOWELS: Final = "aɑæɛɔ"
MIN_VOWEL_S: Final = 0.09
SAID: Final = (
    "Peter bought five maps from my mother.",
    "Bob and Pam may move the big blue box before five.",
    "Five brave foxes love very foamy waves.",
    "Please open the map and find the shop by the river.",
    "We open from Monday to Friday, from nine to five.",
    "The fair price for both pumps is about fifty pounds.",
    "Maybe Mum and Bob will come home by bus.",
    "Probably nobody remembers the problem before breakfast.",
    "Hello, how may I help you?",
    "Vivian found fifty photographs of Philip.",
    "Public transport improves people's mobility.",
    "Bye for now, and have a very pleasant afternoon!",
)
VOICES: Final = ("hibari", "kokoro-am_michael", "kokoro-bf_emma", "espeak")


def texts() -> list[SpokenText]:
    """English by each voice, and five languages by espeak-ng."""
    english = [SpokenText(text=text, voice=voice, language="en-us") for voice in VOICES for text in SAID]
    others = [
        SpokenText(text=f"{sentence}.", voice="espeak", language=language)
        for language, whole in SENTENCES.items()
        if language != "en-us"
        for sentence in whole.replace("?", ".").split(".")
        if sentence.strip()
    ]
    return english + others


class Measure:
    """One face, and how its lips stand."""

    def __init__(self, models: FaceModels, photo: Photo, speech: SpeechModel) -> None:
        self._models, self._speech = models, speech
        self._view = FaceView(build_rig(models, photo).rig, side_px=SIDE_PX)
        rest = self._view.draw(self._view.neutral)
        self._rest = models.landmarks(rest, models.detect(rest)[0])

    def gaps(
        self, sound: Floats, told: Sequence[Phoneme], moments: Sequence[tuple[float, float]]
    ) -> list[tuple[float, float]]:
        """The smallest and the largest gap in each span of time."""
        stream = Stream(self._view, self._speech)
        stream.tell(told)
        poses = [*stream.hear(sound), *stream.hear(np.zeros(RATE_HZ // 2, np.float32))]
        seen: dict[int, float] = {}
        found = []
        for begin_s, end_s in moments:
            gaps = [self._gap(pose, seen) for pose in poses if begin_s <= pose.time_s <= end_s]
            found.append((min(gaps), max(gaps)))
        return found

    def _gap(self, pose: Pose, seen: dict[int, float]) -> float:
        if pose.index not in seen:
            gap, _ = lips_in(self._models, self._view.draw(pose.weights), self._rest)[0]
            seen[pose.index] = float(gap)
        return seen[pose.index]


def spans(phonemes: Sequence[Phoneme], letters: str, *, min_s: float = 0.0) -> list[tuple[float, float]]:
    """When phonemes that begin with one of these letters can be seen."""
    return [
        (each.start_s - BEFORE_S, each.end_s + AFTER_S)
        for each in phonemes
        if each.ipa.lstrip("ˈˌ")[:1] in tuple(letters) and each.end_s - each.start_s >= min_s
    ]


def measure(way: Measure, voices: SpeechSynthesizer, spoken: SpokenText) -> dict[str, list[list[float]]]:
    """The gaps around each phoneme, by kind, by hearing and with the phonemes; the largest in vowels."""
    speech = speak(voices, spoken)
    resample = Resampler(speech.rate_hz, RATE_HZ)
    sound = np.concatenate([resample(speech.samples), resample.finish()])
    kinds = {
        "p b m": spans(speech.phonemes, "pbm"),
        "f v": spans(speech.phonemes, "fv"),
        "open vowels": [
            (begin_s + BEFORE_S, end_s - AFTER_S)
            for begin_s, end_s in spans(speech.phonemes, VOWELS, min_s=MIN_VOWEL_S)
        ],
    }
    moments = [moment for kind in kinds.values() for moment in kind]
    both = [way.gaps(sound, told, moments) for told in ((), speech.phonemes)]
    found, at = {}, 0
    for kind, each in kinds.items():
        which = max if kind == "open vowels" else min
        found[kind] = [[which(gap) for gap in gaps[at : at + len(each)]] for gaps in both]
        at += len(each)
    return found


def rows(found: dict[str, dict[str, list[list[float]]]]) -> dict[str, dict[str, str]]:
    """How many were hit, by hearing and with the phonemes, by voice."""
    table = {}
    for voice, kinds in found.items():
        hits = {"p b m": CLOSED, "f v": SMALL}
        row = {
            kind: " → ".join(str(sum(gap < limit for gap in gaps)) for gaps in kinds[kind])
            + f" of {len(kinds[kind][0])}"
            for kind, limit in hits.items()
        }
        shut = [sum(gap < CLOSED for gap in gaps) for gaps in kinds["open vowels"]]
        row["shut in open vowels"] = " → ".join(map(str, shut)) + f" of {len(kinds['open vowels'][0])}"
        table[voice] = row
    return table


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--face", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true", help="in bench/results/spoken_lips.json")
    options = parser.parse_args()
    settings = bootstrap.read_settings()
    use_one_thread()
    photo = read_photo(options.face) if options.face else Photo(read_portrait(), None)
    way = Measure(bootstrap.face_models(settings.models), photo, bootstrap.speech_model())
    voices = synthesizer(settings)
    said = [SpokenText(text=SAID[0], voice="espeak", language="en-us")] if options.quick else texts()
    found: dict[str, dict[str, list[list[float]]]] = {}
    count = 0
    for spoken in said:
        try:
            measured = measure(way, voices, spoken)
        except ModelNotReadyError as error:
            print(f"without {spoken.voice}: {error.message}")
            continue
        count += 1
        of_voice = found.setdefault(f"{spoken.voice} {spoken.language[:2]}", {})
        for kind, gaps in measured.items():
            kept = of_voice.setdefault(kind, [[], []])
            for all_gaps, new in zip(kept, gaps, strict=True):
                all_gaps.extend(new)
    table = rows(found)
    print(f"{count} sentences; by hearing → with phonemes")
    for voice, row in table.items():
        print(f"  {voice:22s}", "   ".join(f"{kind}: {value}" for kind, value in row.items()))
    if options.keep:
        kept = {"sentences": count, "by hearing → with phonemes": table}
        (RESULTS / "spoken_lips.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
