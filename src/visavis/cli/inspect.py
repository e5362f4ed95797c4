"""`visavis inspect`: a contact sheet of a video."""

from pathlib import Path
from typing import Annotated

import cv2
import typer

from visavis import bootstrap
from visavis.cli.console import clear_errors, doing, say
from visavis.engine.sheet import contact_sheet
from visavis.engine.threads import use_one_thread
from visavis.errors import InputError, OutputError


@clear_errors
def inspect(
    video: Annotated[Path, typer.Argument(help="A video of one face.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PNG file to write; next to the video if not given.")
    ] = None,
    start: Annotated[float, typer.Option(help="Start of the close-ups, in seconds.", min=0)] = 0.0,
    seconds: Annotated[
        float, typer.Option(help="Duration of the close-ups, in seconds.", min=0.1, max=60)
    ] = 4.0,
) -> None:
    """Draw a contact sheet: whole frames, and the mouth in each frame with the level of the audio."""
    if not video.is_file():
        raise InputError(f"The video {video} does not exist.")
    path = output or video.with_suffix(".png")
    settings = bootstrap.read_settings()
    use_one_thread()
    with doing("Reading the video") as now:
        models = bootstrap.face_models(settings.models, progress=now)
        sheet = contact_sheet(video, models, start_s=start, seconds=seconds)
    done, encoded = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    if not done:
        raise AssertionError(f"no PNG of {sheet.shape}")
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from error
    say.print(f"{path}: {sheet.shape[1]}x{sheet.shape[0]}", markup=False)
