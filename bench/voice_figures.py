"""Measures the pitch and the tempo of every English voice of this machine.

    python -m bench.voice_figures [--quick]

It prints the table of `visavis.providers.tts.figures`; `--quick` measures one voice.
"""

import argparse
import asyncio
from typing import Final

import numpy as np

from visavis.bootstrap.speech import synthesizer
from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.engine.speech import RATE_HZ
from visavis.engine.voice import measure_voice
from visavis.errors import VisavisError
from visavis.ports import SpeechSynthesizer, Voice
from visavis.settings import Settings

TEXT: Final = (
    "Good morning, and thank you for calling. We are open from nine to six. What can I do for you today?"
)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one voice")
    is_quick = parser.parse_args().quick
    voices = synthesizer(Settings())
    for info in voices.voices():
        if info.rtf is None or "en" not in {tag.partition("-")[0] for tag in info.languages}:
            continue
        try:
            samples = asyncio.run(_speak(voices, info.id))
        except VisavisError as error:
            print(f"    # {info.id}: {error.message}")
            continue
        found = measure_voice(samples)
        figures = f"{found.pitch_hz:.1f}, {found.pitch_spread:.2f}, {found.syllables_per_s:.2f}"
        print(f'    "{info.id}": VoiceMeasures({figures}),', flush=True)
        if is_quick:
            return


async def _speak(voices: SpeechSynthesizer, name: str) -> Floats:
    parts = [part async for part in voices.speak(TEXT, Voice("en-us", name))]
    sounds = []
    for part in parts:
        resample = Resampler(part.rate_hz, RATE_HZ)
        sounds += [resample(part.samples), resample.finish()]
    return np.concatenate(sounds)


if __name__ == "__main__":
    main()
