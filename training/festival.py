"""Speech of festival's voices: diphones (recorded speech cut into halves of sounds) and HTS (statistical).

Each batch is one run of the `festival` program, which writes a sound and its segments per sentence.
"""

import random
import re
import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training import texts
from training.corpus import Timed, Utterance, utterance
from training.phonesets import ARPABET, CATALAN, CZECH, FINNISH, INDIC, ITALIAN, lookup
from visavis.engine.speech.ipa import Parts
from visavis.engine.speech.motion import RATE_HZ

_BATCH = 25


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of festival.

    Attributes:
        name: As in `(voice_NAME)`.
        package: The Debian package that it comes in.
        find: From its names of sounds to classes.
        language: Of the sentences that it reads.
        encoding: Of the text that it takes.
        late_s: How long after the sound its segment ends lie.
    """

    name: str
    package: str
    find: Callable[[str], Parts | None]
    language: str
    encoding: str = "latin1"
    late_s: float = 0.0


_english = lookup(ARPABET, strip="012", lower=True)
_finnish = lookup(FINNISH, strip=":")
_indic = lookup(INDIC, strip=":")
# Delays measured against the other synthesisers, by a network trained on one and asked about the others.
VOICES = {
    "ked": Voice("ked_diphone", "festvox-kdlpc16k", _english, "en", late_s=-0.004),
    "kal": Voice("kal_diphone", "festvox-kallpc16k", _english, "en", late_s=-0.006),
    "slt": Voice("cmu_us_slt_arctic_hts", "festvox-us-slt-hts", _english, "en", late_s=-0.005),
    "lp": Voice("lp_diphone", "festvox-italp16k", lookup(ITALIAN), "it"),
    "pc": Voice("pc_diphone", "festvox-itapc16k", lookup(ITALIAN), "it"),
    "mv": Voice("hy_fi_mv_diphone", "festvox-suopuhe-mv", _finnish, "it"),
    "lj": Voice("suo_fi_lj_diphone", "festvox-suopuhe-lj", _finnish, "it"),
    "dita": Voice("czech_dita", "festvox-czech-dita", lookup(CZECH), "cs", "latin2"),
    "krb": Voice("czech_krb", "festvox-czech-krb", lookup(CZECH), "cs", "latin2"),
    "machac": Voice("czech_machac", "festvox-czech-machac", lookup(CZECH), "cs", "latin2"),
    "ph": Voice("czech_ph", "festvox-czech-ph", lookup(CZECH), "cs", "latin2"),
    "ona": Voice("upc_ca_ona_hts", "festvox-ca-ona-hts", lookup(CATALAN), "es", late_s=-0.010),
    "hindi": Voice("hindi_NSK_diphone", "festvox-hi-nsk", _indic, "hi", "utf8"),
    "telugu": Voice("telugu_NSK_diphone", "festvox-te-nsk", _indic, "te", "utf8"),
}


def generate(key: str, minutes: float, seed: int) -> list[Utterance]:
    """Random sentences at random rates, until there are enough minutes.

    Raises:
        RuntimeError: Three batches in a row gave nothing; the message holds festival's own words.
    """
    voice, rng = VOICES[key], random.Random(seed)
    pool = [] if voice.language in ("hi", "te") else texts.sentences(voice.language)
    made: list[Utterance] = []
    seconds, fails, words = 0.0, 0, ""
    while seconds < minutes * 60:
        batch, words = _speak(voice, [_sentence(voice, pool, rng) for _ in range(_BATCH)], rng)
        made += [replace(item, voice=f"festival/{key}") for item in batch]
        seconds += sum(len(item.samples) for item in batch) / RATE_HZ
        fails = 0 if batch else fails + 1
        if fails == 3:
            raise RuntimeError(f"festival does not speak with {voice.name}: {words[-300:]}")
    return made


def _sentence(voice: Voice, pool: list[str], rng: random.Random) -> str:
    if voice.language == "hi":
        return texts.devanagari(rng)
    if voice.language == "te":
        return texts.telugu(rng)
    return re.sub(r'["\\()«»„“”…—–]', " ", rng.choice(pool))


def _speak(voice: Voice, sentences: list[str], rng: random.Random) -> tuple[list[Utterance], str]:
    """Run festival once; the recordings that came out well, and what it wrote to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice.name})"]
        for at, sentence in enumerate(sentences):
            lines += [
                f"(Parameter.set 'Duration_Stretch {rng.uniform(0.7, 1.2):.2f})",
                f'(set! spoken (SynthText "{sentence}"))',
                f'(utt.save.segs spoken "{folder}/{at}.seg")',
                f'(utt.save.wave spoken "{folder}/{at}.wav")',
            ]
        script = Path(folder, "batch.scm")
        script.write_bytes("\n".join(lines).encode(voice.encoding, "ignore"))
        run = subprocess.run(["festival", "-b", str(script)], capture_output=True, timeout=900, check=False)
        found = [_read(Path(folder), at, voice) for at in range(len(sentences))]
    return [item for item in found if item is not None], run.stderr.decode("latin1")


def _read(folder: Path, at: int, voice: Voice) -> Utterance | None:
    """One recording; None where the sentence broke festival, or the two files do not fit."""
    try:
        with wave.open(str(folder / f"{at}.wav")) as file:
            rate_hz = file.getframerate()
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
        lines = (folder / f"{at}.seg").read_text(encoding="latin1").splitlines()
    except (OSError, EOFError, wave.Error):
        return None
    timed: list[Timed] = []
    clock = 0.0
    for line in lines:
        fields = line.split()
        if len(fields) < 3 or line.startswith("#"):
            continue
        end = max(clock, float(fields[0]) - voice.late_s)
        timed.append((clock, end, voice.find(fields[2]) or ("schwa",)))
        clock = end
    if len(timed) < 4 or abs(clock - len(sound) / rate_hz) > 0.2:
        return None
    return utterance(sound, rate_hz, timed, voice.name)
