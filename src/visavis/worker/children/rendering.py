"""A rendering process: answers the requests of `visavis.worker.protocol`, one at a time.

It holds the models, and touches nothing but the files it is told of. Its parent ends it when it takes too
long; the kernel refuses it more memory than its parent allows it.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from pydantic import TypeAdapter

from visavis.engine.background import put_before
from visavis.engine.captions import TimedWord
from visavis.engine.face import FaceModels
from visavis.engine.face.landmarks import OVAL
from visavis.engine.mp4 import SOUND_RATE_HZ
from visavis.engine.performer import Emotion, Manners
from visavis.engine.photo import read_photo
from visavis.engine.render import Progress, render
from visavis.engine.rig.build import DEFAULT_SIZE_PX, build_rig, check_photo
from visavis.engine.rig.file import save_rig
from visavis.engine.rig.model import Rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import Phoneme, SpeechModel
from visavis.engine.view import FaceView, PhotoView, View
from visavis.errors import NoSoundError, TooMuchMemoryError, VisavisError
from visavis.ports import SpeechRecognizer, SpeechSynthesizer
from visavis.ports.video_options import VideoOptions
from visavis.worker.children import agents
from visavis.worker.children.captioning import caption, recognized_words
from visavis.worker.children.documents import DocumentTools, read_document
from visavis.worker.children.output import claim_output, send
from visavis.worker.children.picturing import check_pictures, fit, paint
from visavis.worker.children.remuxing import remux
from visavis.worker.children.sound_files import render_speech, write_sound
from visavis.worker.children.speaking import speak
from visavis.worker.protocol import (
    Accepted,
    Checked,
    CheckRequest,
    ClipRequest,
    DocumentRequest,
    FaceFound,
    FaceRequest,
    Failed,
    FitRequest,
    PaintRequest,
    PicturesRequest,
    Ready,
    RemuxRequest,
    RenderingAnswer,
    RenderingRequest,
    RigBuilt,
    RigRequest,
    SpeechRequest,
    SpokenText,
    VideoProgress,
    VideoRendered,
    VideoRequest,
    VoiceRequest,
    WatchRequest,
)

_PROGRESS_PERIOD_S: Final = 0.5
_REQUESTS: Final[TypeAdapter[RenderingRequest]] = TypeAdapter(RenderingRequest)


@dataclass(frozen=True)
class Tools:
    """What a rendering process works with.

    Attributes:
        faces: Find faces.
        speech: Hears speech.
        synthesizer: Speaks texts.
        recognizer: Gives what recognizes speech, which is loaded at the first call.
        documents: Reads documents.
        caption_font: Font of captions in pictures; the one of the package if `None`.
    """

    faces: FaceModels
    speech: SpeechModel
    synthesizer: SpeechSynthesizer
    recognizer: Callable[[], SpeechRecognizer]
    documents: DocumentTools
    caption_font: Path | None = None


def serve(make_tools: Callable[[], Tools]) -> None:
    """Answer requests until there are no more.

    Args:
        make_tools: Loads the models; its chatter goes to standard error.
    """
    answers = claim_output()
    tools = make_tools()
    send(answers, Ready())
    for line in sys.stdin.buffer:
        send(answers, Accepted())  # who asked knows that it was heard, should this process die over it
        send(answers, _answer(tools, line, answers))


def _answer(tools: Tools, line: bytes, progress: BinaryIO) -> RenderingAnswer:
    try:
        return _do(tools, _REQUESTS.validate_json(line), progress)
    except VisavisError as error:
        return Failed(code=error.code, message=error.message)
    except MemoryError:
        words = "The file needs more memory than a job may have."
        return Failed(code=TooMuchMemoryError.code, message=words)
    except Exception as error:  # noqa: BLE001 - whatever it is, the next request must be answered
        return Failed(code=VisavisError.code, message=type(error).__name__)


def _do(tools: Tools, request: RenderingRequest, progress: BinaryIO) -> RenderingAnswer:
    match request:
        case CheckRequest():
            return _check(tools, request)
        case FaceRequest():
            return _find_face(tools, request)
        case RigRequest():
            return _build_rig(tools, request)
        case VideoRequest():
            return _render_video(tools, request, progress)
        case SpeechRequest():
            return render_speech(tools.synthesizer, request)
        case PicturesRequest():
            return check_pictures(request)
        case PaintRequest() | FitRequest():
            return _make_picture(tools, request)
        case RemuxRequest():
            return remux(request)
        case WatchRequest() | VoiceRequest() | ClipRequest() | DocumentRequest():
            return _serve_agent(tools, request, progress)


def _make_picture(tools: Tools, request: PaintRequest | FitRequest) -> RenderingAnswer:
    if isinstance(request, PaintRequest):
        return paint(tools.faces, request)
    return fit(tools.faces, request)


def _serve_agent(
    tools: Tools, request: WatchRequest | VoiceRequest | ClipRequest | DocumentRequest, progress: BinaryIO
) -> RenderingAnswer:
    match request:
        case WatchRequest():
            return agents.watch_video(tools.faces, request)
        case VoiceRequest():
            return agents.match_voice(tools.synthesizer, request)
        case ClipRequest():
            tell = _progress_sender(progress)
            return agents.render_clip(tools.synthesizer, tools.speech, request, tell)
        case DocumentRequest():
            return read_document(tools.documents, request)


def _check(tools: Tools, request: CheckRequest) -> Checked:
    if request.image is not None:
        check_photo(tools.faces, read_photo(request.image))
    if request.audio is not None:
        with open_sound(request.audio, rate_hz=SOUND_RATE_HZ) as sound:
            if next(iter(sound), None) is None:
                raise NoSoundError("The audio file is empty. Use a file that contains speech.")
    if request.recognizes:
        tools.recognizer().check("")
    return Checked()


def _find_face(tools: Tools, request: FaceRequest) -> FaceFound:
    photo = read_photo(request.image)
    checked = check_photo(tools.faces, photo)
    found = checked.face
    height, width = photo.rgb.shape[:2] if found.quarter_turns % 2 == 0 else photo.rgb.shape[1::-1]
    outline = found.face.landmarks.points[list(OVAL), :2] / np.array([width, height])
    for _ in range(found.quarter_turns):  # back to the photo as it was sent, which the browser shows
        outline = np.stack([1 - outline[:, 1], outline[:, 0]], axis=1)
    points = tuple((x, y) for x, y in outline.round(4).tolist())
    return FaceFound(outline=points, warnings=tuple(checked.warnings))


def _build_rig(tools: Tools, request: RigRequest) -> RigBuilt:
    save_rig(build_rig(tools.faces, read_photo(request.image), size=DEFAULT_SIZE_PX).rig, request.output)
    return RigBuilt()


def _render_video(tools: Tools, request: VideoRequest, progress: BinaryIO) -> VideoRendered:
    options = request.options
    size_px = None if options.frame == "photo" else options.size
    built = build_rig(tools.faces, read_photo(request.image), size=size_px)
    view = _view(built.rig, options)
    path, phonemes, words = request.speech, tuple[Phoneme, ...](), list[TimedWord]()
    if isinstance(path, SpokenText):
        spoken = speak(tools.synthesizer, path)
        path, phonemes, words = request.output.with_suffix(".wav"), spoken.phonemes, list(spoken.words)
        write_sound(spoken, path, "wav")
    elif request.captions != "none":
        words = recognized_words(tools.recognizer(), path)
    captions = caption(words, request.captions, view.size, tools.caption_font)
    with open_sound(path, rate_hz=SOUND_RATE_HZ) as sound:
        rendered = render(
            view,
            sound,
            request.output,
            speech=tools.speech,
            phonemes=phonemes,
            captions=captions.painter,
            fps=Fraction(options.fps),
            manners=Manners(options.liveliness, Emotion(options.emotion), options.seed),
            on_progress=_progress_sender(progress),
        )
    srt, vtt = captions.write(request.output)
    warnings = (*built.warnings, *rendered.warnings, *captions.warnings)
    return VideoRendered(duration_s=rendered.duration_s, srt=srt, vtt=vtt, warnings=warnings)


def _view(rig: Rig, options: VideoOptions) -> View:
    if options.frame == "photo":
        return PhotoView(rig)
    return FaceView(put_before(rig, options.background), side_px=options.size)


def _progress_sender(answers: BinaryIO) -> Callable[[Progress], None]:
    """What tells how much of a video is rendered, at most every half second."""
    next_at = 0.0

    def tell(progress: Progress) -> None:
        nonlocal next_at
        now = time.monotonic()
        if progress.total_frames and now >= next_at:
            next_at = now + _PROGRESS_PERIOD_S
            send(answers, VideoProgress(share=min(1.0, progress.frames / progress.total_frames)))

    return tell
