"""`visavis render`: a photo and audio in, a video out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import platformdirs
import structlog
import typer

from visavis import bootstrap
from visavis.bootstrap.marking import can_mark, marker
from visavis.bootstrap.recognition import speech_recognizer
from visavis.cli.console import clear_errors, doing, frames_bar, say, warn
from visavis.cli.faces import face_file
from visavis.cli.saying import profile_of, say_text
from visavis.engine.background import KEEP, put_before
from visavis.engine.mp4 import SOUND_RATE_HZ
from visavis.engine.performer import Emotion, Manners
from visavis.engine.photo import read_photo
from visavis.engine.render import Rendered
from visavis.engine.render import render as render_video
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.file import is_rig, load_rig
from visavis.engine.rig.model import Rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import Phoneme
from visavis.engine.threads import use_one_thread
from visavis.engine.view import FaceView, PhotoView, View
from visavis.errors import InputError, OutputError, PhotoError
from visavis.ports.video_options import MAX_FPS, MAX_SIZE_PX, MIN_SIZE_PX
from visavis.settings import CredentialSettings, ModelSettings, Settings
from visavis.whole_file import whole_file
from visavis.worker.children.captioning import Captions, caption, recognized_words

log = structlog.get_logger()

DEFAULT_SIZE_PX: Final = 512


class CaptionMode(StrEnum):
    """Where the captions go."""

    NONE = "none"
    BURNED = "burned"
    FILE = "file"


class Framing(StrEnum):
    """Part of the photo that the video shows."""

    FACE = "face"
    PHOTO = "photo"


@dataclass(frozen=True)
class Look:
    """Appearance of the video.

    Attributes:
        framing: A square around the head, or the whole photo.
        size_px: Side of the square.
        background: Background, as `put_before` accepts it.
    """

    framing: Framing = Framing.FACE
    size_px: int = DEFAULT_SIZE_PX
    background: str = KEEP


@clear_errors
def render(
    face: Annotated[
        Path,
        typer.Argument(
            help="Photo of one face (PNG, JPEG or WebP), a .visavis rig, or avatar:ID for an avatar that is "
            "saved on this machine."
        ),
    ],
    speech: Annotated[Path | None, typer.Argument(help="Audio file: WAV, MP3, OGG, WebM, FLAC, M4A…")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="MP4 file to write.")] = Path("out.mp4"),
    frame: Annotated[
        Framing, typer.Option(help="face: a square around the head. photo: the whole photo, up to 1080p.")
    ] = Framing.FACE,
    size: Annotated[
        int, typer.Option(help="Width and height of the square, in pixels.", min=MIN_SIZE_PX, max=MAX_SIZE_PX)
    ] = DEFAULT_SIZE_PX,
    fps: Annotated[
        str, typer.Option(help="Frame rate, in frames per second: 25, 30, 29.97, 30000/1001…")
    ] = "25",
    background: Annotated[
        str, typer.Option(help="keep, blur, a colour as #rrggbb, or a picture file; only with --frame face.")
    ] = KEEP,
    liveliness: Annotated[
        float,
        typer.Option(help="Movement of head, brows and gaze: 0 still, 1 natural, 2 vivid.", min=0.0, max=2.0),
    ] = 1.0,
    emotion: Annotated[Emotion, typer.Option(help="Emotion of the person.")] = Emotion.NEUTRAL,
    seed: Annotated[int, typer.Option(help="Seed of blinks and nods.", min=0)] = 0,
    text: Annotated[
        str | None,
        typer.Option(
            "--say",
            help="Text to speak instead of an audio file, with the agent's voice or the default one.",
        ),
    ] = None,
    captions: Annotated[
        CaptionMode,
        typer.Option(
            help="Captions of what is recognized in the audio. burned: in the picture. file: in files beside "
            "the video, as .srt and .vtt."
        ),
    ] = CaptionMode.NONE,
    data: Annotated[
        Path | None, typer.Option(help="Data folder of the server whose avatar is rendered.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Work without the network: nothing is downloaded.")
    ] = False,
) -> None:
    """Render a video in which the face speaks the audio, or a text."""
    if (speech is None) == (text is None):
        raise InputError('Name an audio file, or a text with --say "…".')
    if output.suffix.lower() != ".mp4":
        raise InputError(f"{output} is no name of an MP4 file, the only format: let it end in .mp4.")
    settings = bootstrap.read_settings()
    if offline:
        settings = replace(settings, models=settings.models.model_copy(update={"offline": True}))
    look = Look(frame, _even(size), background)
    manners = Manners(liveliness, emotion, seed)
    with face_file(settings, face, data) as photo, TemporaryDirectory(prefix="visavis-say-") as folder:
        profile = profile_of(photo)
        if profile is not None:
            manners = replace(
                profile.manners, liveliness=liveliness, emotion=emotion, seed=seed or profile.manners.seed
            )
        spoken = say_text(settings, text, profile, Path(folder)) if text is not None else None
        sound = spoken.path if spoken else speech
        make_video(
            settings,
            photo,
            sound or Path(),
            output,
            look,
            fps=parse_fps(fps),
            manners=manners,
            captions=captions,
            phonemes=spoken.phonemes if spoken else (),
        )


def make_video(
    settings: Settings,
    face: Path,
    sound_path: Path,
    output: Path,
    look: Look,
    *,
    fps: Fraction,
    manners: Manners,
    captions: CaptionMode = CaptionMode.NONE,
    phonemes: tuple[Phoneme, ...] = (),
) -> Rendered:
    """Render the video, with a progress bar and a final line."""
    use_one_thread()
    started = time.perf_counter()
    _refuse_missing(face, "photo")
    with open_sound(sound_path, rate_hz=SOUND_RATE_HZ) as sound:
        rig = open_face(settings.models, face, None if look.framing is Framing.PHOTO else look.size_px)
        view = _view(rig, look)
        captioned = _captions(settings, sound_path, captions, view.size)
        with frames_bar(float(fps)) as on_progress, _marked(settings.credentials, output) as target:
            rendered = render_video(
                view,
                sound,
                target,
                speech=bootstrap.speech_model(),
                phonemes=phonemes,
                captions=captioned.painter,
                fps=fps,
                manners=manners,
                on_progress=on_progress,
            )
    captioned.write(output)
    warn((*rendered.warnings, *captioned.warnings))
    taken_s = time.perf_counter() - started
    log.info("video_rendered", frames=rendered.frames, size=rendered.size, seconds=round(taken_s, 3))
    width, height = rendered.size
    say.print(
        f"{output}: {rendered.duration_s:.1f} s, {rendered.frames} frames of {width}x{height} at "
        f"{float(fps):g} fps, {output.stat().st_size / 1e6:.1f} MB, rendered in {taken_s:.1f} s "
        f"({rendered.duration_s / taken_s:.1f}× real time)",
        markup=False,
    )
    return rendered


def _captions(settings: Settings, sound: Path, mode: CaptionMode, size: tuple[int, int]) -> Captions:
    if mode is CaptionMode.NONE:
        return Captions()
    with doing("Recognizing the speech"):
        folders = bootstrap.model_folders(settings.models)
        words = recognized_words(speech_recognizer(settings.recognition, folders), sound)
    return caption(
        words, "burned" if mode is CaptionMode.BURNED else "file", size, settings.jobs.caption_font
    )


@contextmanager
def _marked(settings: CredentialSettings, output: Path) -> Iterator[Path]:
    """Yield a path to render to. At the end, the file there goes to `output`, with content credentials.

    Without their library, which is an extra, the file goes to `output` unchanged.
    """
    if not can_mark():
        yield output
        return
    mark = marker(settings, platformdirs.user_data_path("visavis"))
    if not output.parent.is_dir():
        raise OutputError(f"{output} cannot be written: the folder {output.parent} does not exist.")
    with whole_file(output, suffix=".mp4") as video:  # the library recognizes the format by the suffix
        yield video
        with whole_file(video) as marked:
            mark(video, marked)


def open_face(settings: ModelSettings, face: Path, size_px: int | None) -> Rig:
    """Open a photo, or a rig file, as a rig; print the warnings about the face.

    Args:
        settings: Settings of the face models.
        face: Path of the file.
        size_px: Side of the frames for which the rig is built; `None` for the scale of the photo.
    """
    content = _content(face)
    if is_rig(content):
        return load_rig(content)
    with doing("Reading the face") as now:
        models = bootstrap.face_models(settings, progress=now)
        built = build_rig(models, read_photo(content), size=size_px)
    warn(built.warnings)
    return built.rig


def parse_fps(text: str) -> Fraction:
    """Parse a frame rate into an exact fraction; 29.97 and similar numbers mean the broadcast rates.

    Raises:
        InputError: It is not a number from 1 to `MAX_FPS`.
    """
    try:
        fps = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"{text} is not a frame rate. Use a number such as 25 or 29.97.") from error
    broadcast = Fraction(round(fps) * 1000, 1001)
    if fps.denominator != 1 and abs(fps - broadcast) < Fraction(1, 100):
        fps = broadcast
    if not 1 <= fps <= MAX_FPS:
        raise InputError(f"The frame rate must be between 1 and {MAX_FPS}, not {text}.")
    return fps.limit_denominator(1001)


def _view(rig: Rig, look: Look) -> View:
    if look.framing is Framing.PHOTO:
        if look.background != KEEP:
            raise InputError(
                "--background works only with --frame face. With --frame photo, the photo keeps its "
                "background."
            )
        return PhotoView(rig)
    return FaceView(put_before(rig, look.background), side_px=look.size_px)


def _even(size: int) -> int:
    if size % 2:
        raise InputError(f"The size must be an even number, not {size}.")
    return size


def _refuse_missing(path: Path, what: str) -> None:
    if not path.is_file():
        raise PhotoError(f"The {what} {path} does not exist.")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PhotoError(f"The photo cannot be read ({error.strerror}).") from error
