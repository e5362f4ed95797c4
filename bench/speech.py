"""Figures of the speech part: how well it hears, what it costs, and when it keeps the mouth shut.

    python -m bench.speech
        --work DIR      where the speech of synthesisers is kept, or made
        --data DIR      real recordings: `manifest.json`, `clips/` and `speech/`
        --lips DIR      lips measured in those clips: `lipscore.py curves CLIP -o CLIP.json`
        --grid DIR      the many sentences of one speaker that the lips are fitted to as well
        --lipscore FILE for the test on phoneme times
        --twin FILE     a model that never heard flite (`training.run --without flite`), asked about flite
        --keep FILE     also write the figures as JSON
        --quick         a second of everything that needs no data: whether it still runs

What is at hand is measured. Rows without data are left out, and those whose packages are not installed, which
is said: real English needs pocketsphinx. `training/requirements.txt` names them all; `make -C training bench`
installs them, and the synthesisers that training never heard, and runs this.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from training import espeak, nonspeech, score, sources
from training.calibrate import hear, read_clips, read_sound
from training.corpus import Utterance, utterance

from bench import speech_lips
from bench.sentences import SENTENCES
from visavis.engine.speech import RATE_HZ, SpeechModel, load_speech_model
from visavis.engine.speech.calibration import lips
from visavis.engine.speech.stream import SHIPPED, StreamModel

Row = tuple[str, str, str]
"""What was measured, the figure, and the target."""

SECONDS, QUICK_S = 20, 1

_CLEAN_READ = ("sense_and_sensibility", "en_male_11s", "clean_of_noisy")


def synthesisers(model: SpeechModel, work: Path) -> list[Row]:
    """Accuracy on synthesisers that training never heard."""
    rows: list[Row] = []
    for title, names in sources.HELD_OUT.items():
        items = sources.read(work, names)
        found = score.score(items, lambda sound: hear(model, sound))
        figure = f"{found.accuracy:.3f} ({found.in_speech:.3f} in speech)"
        target = "≥ .70" if "natural" in title else "≥ .66" if "never heard" in title else ""
        rows.append((f"{title}, 15 classes", figure, target))
        rows.append((f"{title}, voice gate right", f"{found.voice:.3f}", ""))
    return rows


def family_left_out(twin: Path, work: Path) -> list[Row]:
    """How the recipe carries over to a whole family of voices that it was not given."""
    model = StreamModel(twin, lips=None)
    items = sources.read(work, sources.FLITE)
    strangers = [item for item in items if item.voice in sources.FLITE_STRANGERS]
    rows: list[Row] = []
    for title, chosen in (
        ("flite's four voices", items),
        ("flite's awb and rms, strange speakers too", strangers),
    ):
        found = score.score(chosen[::6], lambda sound: hear(model, sound))
        figure = f"{found.accuracy:.3f} ({found.in_speech:.3f} in speech)"
        rows.append((f"{title}, by a twin without flite", figure, "≥ .66"))
    return rows


def real_english(model: SpeechModel, data: Path | None) -> list[Row]:
    """Accuracy, closures and the cost of noise on real speech.

    Raises:
        ModuleNotFoundError: pocketsphinx is not installed, which finds the words in it.
    """
    from training import english

    found = list(english.debian_recordings())
    if data:
        for name, words in english.EXTRA.items():
            file = next(data.glob(f"*/{name}.*"), None)
            if file:
                found.append((name, (read_sound(file) * 32767).astype(np.int16), words))
    items = [item for name, sound, words in found if (item := english.aligned(sound, words, name))]
    clean = score.score(items, lambda sound: hear(model, sound))
    noisy = score.score([_noisy(item, 20.0) for item in items], lambda sound: hear(model, sound))
    quiet = score.score([_scaled(item, -30.0) for item in items], lambda sound: hear(model, sound))
    read = [item for item in items if any(name in item.voice for name in _CLEAN_READ)]
    closures = score.score(read, lambda sound: hear(model, sound)).closure_f
    return [
        (f"real English, {len(items)} recordings, 15 classes", f"{clean.accuracy:.3f}", "≥ .66"),
        ("real English, in speech", f"{clean.in_speech:.3f}", "≥ .70"),
        ("real English, rows of th that are found", f"{clean.recall['TH']:.3f}", "≥ .45"),
        (f"pressed lips within 30 ms, {len(read)} clean read recordings, F", f"{closures:.3f}", "≥ .85"),
        ("lost at 20 dB white noise, points", f"{100 * (clean.accuracy - noisy.accuracy):.1f}", "≤ 4"),
        ("lost at -30 dB, points", f"{100 * (clean.accuracy - quiet.accuracy):.1f}", ""),
    ]


def _noisy(item: Utterance, ratio_db: float) -> Utterance:
    sound = item.sound
    noise = np.random.default_rng(5).normal(
        0, np.sqrt((sound**2).mean()) * 10 ** (-ratio_db / 20), len(sound)
    )
    return replace(item, samples=np.clip((sound + noise) * 32767, -32768, 32767).astype(np.int16))


def _scaled(item: Utterance, gain_db: float) -> Utterance:
    return replace(item, samples=np.round(item.samples * 10 ** (gain_db / 20)).astype(np.int16))


def phoneme_times(model: SpeechModel, lipscore: ModuleType) -> list[Row]:
    """Whether the lips show what espeak-ng says when it says it, by the rules of lipscore."""
    kappas = []
    for voice, text in SENTENCES.items():
        samples, rate_hz, events = lipscore.espeak_synth(text, voice)
        sound = utterance(samples / 32768, rate_hz, [], "espeak").sound
        curves = speech_lips.curves(hear(model, sound))
        curves |= {"t": np.arange(len(curves["A"])) / 25, "LL": np.zeros(len(curves["A"]))}
        kappas.append((voice, lipscore.visemes(curves, events)))
    mean = float(np.mean([kappa["mean_kappa"] for _, kappa in kappas]))
    each = ", ".join(f"{voice} {kappa['mean_kappa']:.2f}" for voice, kappa in kappas)
    return [("visemes by phoneme times, six languages, mean kappa", f"{mean:.3f} ({each})", "≥ .75")]


def gate(model: SpeechModel, seconds: int) -> list[Row]:
    """How much of what nobody speaks opens the mouth, at three levels, and what of a whisper does."""
    rows: list[Row] = []
    for kind, make in nonspeech.KINDS.items():
        rng = np.random.default_rng(99)
        sounds = [level * make(rng, seconds * RATE_HZ) for level in (0.5, 0.05, 0.005)]
        open_ = [float((hear(model, sound).voice > 0.5).mean()) for sound in sounds]
        rows.append(
            (f"gate open in {kind}, at -6, -26, -46 dB", " ".join(f"{share:.3f}" for share in open_), "0")
        )
    for title, variant, text in (
        ("whisper", "whisper", SENTENCES["en-us"]),
        ("laughter", "f2", "ha ha ha ha ha. ha ha ha ha."),
    ):
        speaker = espeak.Speaker()
        speaker.choose("en-us", variant)
        samples, timed = speaker.say(text, 170, 50, 50)
        item = utterance(samples / 32768, speaker.rate_hz, timed, title)
        motion = hear(model, item.sound)
        loud = motion.loudness_db > motion.loudness_db.max() - 20
        aperture, _ = lips(motion)
        open_share = float((motion.voice[loud] > 0.5).mean())
        rows.append((f"gate open in {title}", f"{open_share:.3f}", "1"))
        rows.append((f"widest opening in {title}", f"{np.percentile(aperture, 95):.2f}", ""))
    return rows


def cost(model: SpeechModel, seconds: int) -> list[Row]:
    """Time for a row in blocks of 20 ms, time to load, size."""
    sound = np.random.default_rng(1).normal(0, 0.1, seconds * RATE_HZ).astype(np.float32)
    state, spent = model.begin(), []
    for at in range(0, len(sound), 320):
        started = time.perf_counter()
        _, state = model.listen(sound[at : at + 320], state)
        spent.append(time.perf_counter() - started)
    loads = [_timed(load_speech_model) for _ in range(5)]
    return [
        (
            "20 ms of sound, median ms (p95)",
            f"{1e3 * np.median(spent):.3f} ({1e3 * np.percentile(spent, 95):.3f})",
            "< .3",
        ),
        ("loading, median ms", f"{1e3 * np.median(loads):.1f}", "< 100"),
        ("size, MB", f"{SHIPPED.stat().st_size / 1e6:.2f}", "< 3"),
        ("lookahead, ms", f"{1e3 * model.lookahead_s:.0f}", "60-80"),
    ]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("lipscore", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(options: argparse.Namespace) -> list[Row]:
    """Every row whose data is at hand."""
    model = load_speech_model()
    seconds = QUICK_S if options.quick else SECONDS
    rows = cost(model, seconds) + gate(model, seconds)
    if options.quick:
        return rows
    try:
        rows += real_english(model, options.data)
    except ModuleNotFoundError as missing:
        print(f"Without real English: {missing.name} is not installed (training/requirements.txt).")
    if options.work:
        sources.collect(options.work, [item for item in sources.SOURCES if not item.trained])
        rows += synthesisers(model, options.work)
    if options.work and options.twin:
        rows += family_left_out(options.twin, options.work)
    if options.lipscore:
        rows += phoneme_times(model, _module(options.lipscore))
    if options.data and options.lips:
        clips = read_clips(options.data, options.lips)
        rows += speech_lips.rows(clips, [hear(model, clip.sound) for clip in clips], options.grid)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and keep it where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("work", "data", "lips", "grid", "lipscore", "twin", "keep"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    rows = measure(options)
    for title, figure, target in rows:
        print(f"{title:62s} {figure:34s} {target}")
    if options.keep:
        kept: dict[str, Any] = {title: {"figure": figure, "target": target} for title, figure, target in rows}
        options.keep.parent.mkdir(parents=True, exist_ok=True)
        options.keep.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
