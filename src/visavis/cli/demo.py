"""`visavis demo`: sample videos, made from files that come with visavis and its extra `demo`."""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from visavis import bootstrap
from visavis.cli.console import clear_errors, doing, say
from visavis.cli.render import Look, make_video
from visavis.engine.performer import Manners
from visavis.samples import SENTENCE, write_astronaut, write_portrait, write_sentence


@clear_errors
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the videos.")] = Path("out"),
) -> None:
    """Render two sample videos: a built-in portrait and an astronaut speak a sentence."""
    settings = bootstrap.read_settings()
    output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="visavis-demo-") as folder:
        portrait, photo = Path(folder) / "portrait.png", Path(folder) / "astronaut.png"
        speech = Path(folder) / "sentence.wav"
        with doing("Preparing the portrait and the sentence"):
            write_portrait(portrait)
            write_astronaut(photo)
            write_sentence(speech)
        say.print(f"Sentence: {SENTENCE}", markup=False)
        for face in (portrait, photo):
            video = output / f"{face.stem}.mp4"
            make_video(settings, face, speech, video, Look(), fps=Fraction(25), manners=Manners())
