"""`visavis rig`: rig files."""

import time
from pathlib import Path
from typing import Annotated

import typer

from visavis import bootstrap
from visavis.cli.console import clear_errors, doing, say, warn
from visavis.cli.render import DEFAULT_SIZE_PX
from visavis.engine.photo import read_photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.file import SUFFIX, load_rig, save_rig
from visavis.engine.threads import use_one_thread
from visavis.ports.video_options import MAX_SIZE_PX, MIN_SIZE_PX

app = typer.Typer(help="Build and inspect rigs: faces prepared for rendering.", no_args_is_help=True)


@app.command("build")
@clear_errors
def build(
    photo: Annotated[Path, typer.Argument(help="Photo of one face: PNG, JPEG or WebP.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Rig file to write; next to the photo if not given.")
    ] = None,
    size: Annotated[
        int, typer.Option(help="Width and height of its frames, in pixels.", min=MIN_SIZE_PX, max=MAX_SIZE_PX)
    ] = DEFAULT_SIZE_PX,
) -> None:
    """Build a rig from a photo. `render` accepts it in place of the photo, and starts faster."""
    path = output or photo.with_suffix(SUFFIX)
    settings = bootstrap.read_settings()
    use_one_thread()
    with doing("Reading the face") as now:
        models = bootstrap.face_models(settings.models, progress=now)
        started = time.perf_counter()
        built = build_rig(models, read_photo(photo), size=size)
        taken_s = time.perf_counter() - started
        save_rig(built.rig, path)
    warn(built.warnings)
    say.print(
        f"{path}: {built.rig.size}x{built.rig.size}, {path.stat().st_size / 1e6:.1f} MB, "
        f"built in {taken_s:.2f} s",
        markup=False,
    )


@app.command("show")
@clear_errors
def show(rig: Annotated[Path, typer.Argument(help="Rig file (.visavis).")]) -> None:
    """Show what a rig contains."""
    started = time.perf_counter()
    opened = load_rig(rig)
    taken_ms = (time.perf_counter() - started) * 1e3
    height, width = opened.picture.rgb.shape[:2]
    mouth = "open" if opened.interior.from_photo else "closed"
    say.print(
        f"{rig}: frames of {opened.size}x{opened.size}, photo of {width}x{height}, "
        f"mouth {mouth}, {opened.pixels_per_cm:.1f} pixels per centimetre; opened in {taken_ms:.0f} ms",
        markup=False,
    )
