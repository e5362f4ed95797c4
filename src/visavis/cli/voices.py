"""`visavis voices`: the voices, and how they sound."""

import asyncio
import shutil
import subprocess
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich import box
from rich.table import Table
from scipy.io import wavfile

from visavis import bootstrap
from visavis.cli.console import clear_errors, doing, say
from visavis.errors import OutputError
from visavis.ports import SpeechPart, SpeechSynthesizer, Voice, VoiceInfo, is_ready

app = typer.Typer(help="List voices, and hear them.")

_SAMPLES: Final = {
    "en": "Hello! This is how I sound. Ask me anything.",
    "de": "Hallo! So klinge ich. Fragen Sie mich etwas.",
    "es": "¡Hola! Así suena mi voz. Pregúnteme lo que quiera.",
    "fr": "Bonjour ! Voici ma voix. Posez-moi une question.",
    "it": "Ciao! Questa è la mia voce. Mi faccia una domanda.",
    "pt": "Olá! É assim que eu falo. Pergunte o que quiser.",
}
_PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
_MAX_TAGS: Final = 2
_FULL_SCALE: Final = 32_767


@app.callback(invoke_without_command=True)
@clear_errors
def voices(
    context: typer.Context,
    language: Annotated[
        str, typer.Option(help="Only voices of this language, such as de or en.", metavar="TAG")
    ] = "",
) -> None:
    """List the voices: language, sex, where they come from, licence, cost, and what they need."""
    if context.invoked_subcommand is None:
        _show(_synthesizer(), language.lower())


@app.command("play")
@clear_errors
def play(
    voice: Annotated[str, typer.Argument(metavar="ID", help="ID of a voice, or default.")],
    text: Annotated[str | None, typer.Argument(help="Text to speak; a sample if not given.")] = None,
    language: Annotated[str, typer.Option(help="Language of the text.", metavar="TAG")] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="WAV file to write. Without it, the speech is played."),
    ] = None,
) -> None:
    """Speak a text with a voice: play it, or write a WAV file where it cannot be played."""
    synthesizer = _synthesizer()
    wanted = Voice(language, voice)
    synthesizer.check(wanted)
    if text is None:
        text = _sample(language or _own_language(synthesizer, voice))
    with doing("Speaking"):
        parts = asyncio.run(_speak(synthesizer, text, wanted))
    samples = np.concatenate([part.samples for part in parts])
    seconds = len(samples) / parts[0].rate_hz
    path = output or Path(f"{voice}.wav")
    try:
        wavfile.write(path, parts[0].rate_hz, (samples * _FULL_SCALE).astype(np.int16))
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}). Choose another --output.") from error
    if output is None and _is_played(path):
        path.unlink()
    else:
        say.print(f"{path}: {seconds:.1f} s", markup=False)


def _is_played(path: Path) -> bool:
    """Play a file, if this machine has a player that works."""
    for program, *options in _PLAYERS:
        if found := shutil.which(program):
            command = [found, *options, str(path)]
            return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    return False


def _synthesizer() -> SpeechSynthesizer:
    from visavis.bootstrap.speech import synthesizer

    return synthesizer(bootstrap.read_settings())


async def _speak(synthesizer: SpeechSynthesizer, text: str, voice: Voice) -> list[SpeechPart]:
    try:
        return [part async for part in synthesizer.speak(text, voice)]
    finally:
        await synthesizer.close()


def _own_language(synthesizer: SpeechSynthesizer, voice: str) -> str:
    return next((info.languages[0] for info in synthesizer.voices() if info.id == voice), "en")


def _sample(language: str) -> str:
    return _SAMPLES.get(language.lower().partition("-")[0], _SAMPLES["en"])


def _show(synthesizer: SpeechSynthesizer, language: str) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("id", "languages", "sex", "provider", "licence", "RTF", "needs"):
        table.add_column(title, justify="right" if title == "RTF" else "left", no_wrap=True)
    missing: dict[str | None, bool] = {None: False}
    for info in synthesizer.voices():
        if language and all(tag.partition("-")[0] != language.partition("-")[0] for tag in info.languages):
            continue
        if info.model not in missing:
            missing[info.model] = not is_ready(synthesizer, info)
        needs = info.model if missing[info.model] else ""
        rtf = "service" if info.rtf is None else f"{info.rtf:g}"
        table.add_row(info.id, _tags(info), info.sex or "", info.provider, info.licence, rtf, needs)
    say.print(table)
    say.print("RTF: processor seconds for a second of speech. Hear one with `visavis voices play ID`.")
    if any(missing.values()):
        say.print("Fetch what is missing with `visavis models pull NAME`.")


def _tags(info: VoiceInfo) -> str:
    if len(info.languages) <= _MAX_TAGS:
        return ", ".join(info.languages)
    return f"{info.languages[0]} +{len(info.languages) - 1}"
