"""A rendering process: reads requests from its standard input, one JSON object a line, and answers so.

It holds the models, does one thing at a time, and touches nothing but the files it is told of. Its parent
ends it when it takes too long; the kernel when it wants too much memory.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final

import av
import numpy as np
from av.audio.stream import AudioStream

from visavis.engine.arrays import Floats
from visavis.engine.face import FaceModels
from visavis.engine.face.landmarks import OVAL
from visavis.engine.mp4 import SOUND_RATE_HZ
from visavis.engine.photo import read_photo
from visavis.engine.render import render
from visavis.engine.rig.build import DEFAULT_SIZE_PX, build_rig, check_photo
from visavis.engine.rig.file import save_rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import SpeechModel
from visavis.engine.view import FaceView
from visavis.errors import InputError, NoSoundError, VisavisError
from visavis.ports import SpeechSynthesizer, Voice

_STDOUT_FD, _STDERR_FD = 1, 2
_MP3_BIT_RATE: Final = 128_000
_MP3_RATE_HZ: Final = 44_100
_MP3_CODEC: Final = "libmp3lame"
READY: Final = {"ready": True}
TAKEN: Final = {"taken": True}


@dataclass(frozen=True)
class Tools:
    """What a rendering process works with."""

    faces: FaceModels
    speech: SpeechModel
    synthesizer: SpeechSynthesizer


def serve(make_tools: Callable[[], Tools], *, memory_bytes: int) -> None:
    """Answer requests until there are no more.

    Args:
        make_tools: Loads the models; its chatter goes to standard error.
        memory_bytes: Address space that this process may have.
    """
    answers = os.fdopen(os.dup(_STDOUT_FD), "wb")
    os.dup2(_STDERR_FD, _STDOUT_FD)  # libraries that print do not disturb the conversation
    tools = make_tools()
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _say(answers, READY)
    for line in sys.stdin.buffer:
        _say(answers, TAKEN)  # who asked knows that it was heard, should this process die over it
        _say(answers, _answer(tools, json.loads(line)))


def _say(answers: BinaryIO, said: dict[str, Any]) -> None:
    answers.write(json.dumps(said).encode() + b"\n")
    answers.flush()


def _answer(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    work = {"check": _check, "face": _face, "rig": _rig, "video": _video, "speech": _speech}[request["do"]]
    try:
        return {"done": work(tools, request)}
    except VisavisError as error:
        is_input = isinstance(error, InputError)
        return {"failed": error.code, "message": error.message, "input": is_input}
    except MemoryError:
        words = "The file needs more memory than a job may have."
        return {"failed": "too_much_memory", "message": words, "input": True}
    except Exception as error:  # noqa: BLE001 - whatever it is, the next request must be answered
        return {"failed": "internal_error", "message": type(error).__name__, "input": False}


def _check(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    """Whether a photo and a sound can be used, as far as can be told quickly."""
    if photo := request.get("image"):
        check_photo(tools.faces, read_photo(Path(photo)))
    if speech := request.get("audio"):
        with open_sound(Path(speech), rate_hz=SOUND_RATE_HZ) as sound:
            if next(iter(sound), None) is None:
                raise NoSoundError("The sound file holds no sound.")
    return {}


def _face(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    """Where the face in a photo is, in shares of the picture, and what to say about it."""
    photo = read_photo(Path(request["image"]))
    checked = check_photo(tools.faces, photo)
    found = checked.face
    height, width = photo.rgb.shape[:2] if found.quarter_turns % 2 == 0 else photo.rgb.shape[1::-1]
    outline = found.face.landmarks.points[list(OVAL), :2] / np.array([width, height])
    for _ in range(found.quarter_turns):  # back to the photo as it was sent, which the browser shows
        outline = np.stack([1 - outline[:, 1], outline[:, 0]], axis=1)
    return {"outline": outline.round(4).tolist(), "warnings": list(checked.warnings)}


def _rig(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    """A face taken apart, as a file."""
    photo = read_photo(Path(request["image"]))
    save_rig(build_rig(tools.faces, photo, size=DEFAULT_SIZE_PX).rig, Path(request["output"]))
    return {}


def _video(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    """A face saying a sound, or a text."""
    target = Path(request["output"])
    view = FaceView(
        build_rig(tools.faces, read_photo(Path(request["image"])), size=DEFAULT_SIZE_PX).rig,
        side_px=DEFAULT_SIZE_PX,
    )
    spoken = Path(request["audio"]) if request.get("audio") else _spoken_file(tools, request, target)
    with open_sound(spoken, rate_hz=SOUND_RATE_HZ) as sound:
        rendered = render(view, sound, target, speech=tools.speech)
    return {"duration_s": rendered.duration_s, "sample_rate_hz": None}


def _speech(tools: Tools, request: dict[str, Any]) -> dict[str, Any]:
    """A text as a sound file."""
    samples, rate_hz = _say_text(tools, request)
    if request["format"] == "mp3":
        _write(samples, rate_hz, Path(request["output"]), "mp3", _MP3_CODEC, _MP3_RATE_HZ)
        return {"duration_s": len(samples) / rate_hz, "sample_rate_hz": _MP3_RATE_HZ}
    _write(samples, rate_hz, Path(request["output"]), "wav", "pcm_s16le", rate_hz)
    return {"duration_s": len(samples) / rate_hz, "sample_rate_hz": rate_hz}


def _spoken_file(tools: Tools, request: dict[str, Any], target: Path) -> Path:
    samples, rate_hz = _say_text(tools, request)
    path = target.with_suffix(".spoken.wav")
    _write(samples, rate_hz, path, "wav", "pcm_s16le", rate_hz)
    return path


def _say_text(tools: Tools, request: dict[str, Any]) -> tuple[Floats, int]:
    voice = Voice(request.get("language") or "", request.get("voice") or "")
    return tools.synthesizer.say(request["text"], voice)


def _write(samples: Floats, rate_hz: int, path: Path, container: str, codec: str, to_rate_hz: int) -> None:
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=to_rate_hz)
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{codec} encodes no sound")
        stream.layout = "mono"
        if codec == _MP3_CODEC:
            stream.bit_rate = _MP3_BIT_RATE
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=to_rate_hz)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[None], np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
