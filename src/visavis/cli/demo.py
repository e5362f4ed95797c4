"""`visavis demo`: the main job on what comes with visavis."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from visavis.cli.console import clear_errors, doing, say
from visavis.cli.render import Look, make_video
from visavis.engine.performer import Manners
from visavis.samples import SENTENCE, write_portrait, write_sentence
from visavis.settings import read_settings


@clear_errors
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the video.")] = Path("out"),
) -> None:
    """Let the built-in portrait say the built-in sentence."""
    settings = read_settings()
    output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="visavis-demo-") as folder:
        face, speech = Path(folder) / "portrait.png", Path(folder) / "sentence.wav"
        with doing("Painting the portrait, speaking the sentence"):
            write_portrait(face)
            write_sentence(speech)
        say.print(f"The portrait says: {SENTENCE}", markup=False)
        make_video(settings, face, speech, output / "demo.mp4", Look(), fps=Fraction(25), manners=Manners())
