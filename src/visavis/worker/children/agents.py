"""What a rendering process does for agents: watches videos, compares voices, renders introductions."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from visavis.engine.agent_file import AgentVoice, read_profile
from visavis.engine.arrays import Floats
from visavis.engine.face import FaceModels
from visavis.engine.framing import framed
from visavis.engine.mp4 import SOUND_RATE_HZ
from visavis.engine.render import Progress, render
from visavis.engine.rig.file import load_rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import SpeechModel
from visavis.engine.view import PhotoView
from visavis.engine.voice import VoiceMeasures, measure_file
from visavis.engine.watching import watch
from visavis.errors import RigFileError
from visavis.ports import SpeechSynthesizer, VoiceInfo, is_ready
from visavis.worker.children.sound_files import write_sound
from visavis.worker.children.speaking import Speech, speak
from visavis.worker.protocol import (
    ClipRendered,
    ClipRequest,
    SpokenText,
    VideoWatched,
    VoiceMatched,
    VoiceRequest,
    WatchRequest,
)

_BEFORE_S: Final = 0.4  # before the first word of a clip
_AFTER_S: Final = 0.3
_MAX_SEMITONES: Final = 3.0  # beyond, a voice no longer sounds like a person's
_TEMPOS: Final = (0.8, 1.25)
_SPREAD_WEIGHT: Final = 0.3  # of the liveliness of the pitch, beside the pitch itself
_MECHANICAL: Final = "espeak"
_MECHANICAL_COST: Final = 6.0  # semitones by which a natural voice may be farther and is still chosen
_JPEG_QUALITY: Final = 92


def watch_video(faces: FaceModels, request: WatchRequest) -> VideoWatched:
    """Find the best frame of a video, and measure how the person moves; see `WatchRequest`."""
    seen = watch(faces, request.video)
    Image.fromarray(seen.face).save(request.face, "PNG")
    return VideoWatched(manners=seen.manners, at_s=seen.at_s)


def match_voice(synthesizer: SpeechSynthesizer, request: VoiceRequest) -> VoiceMatched:
    """Find the stock voice that is closest to a person's; see `VoiceRequest`."""
    heard = measure_file(request.sound)
    voices = [
        info
        for info in synthesizer.voices()
        if info.figures is not None and info.rtf is not None and info.rtf <= request.max_rtf
    ]
    spoken = [info for info in voices if _speaks(info, request.language) and is_ready(synthesizer, info)]
    if not heard.pitch_hz or not spoken:
        return VoiceMatched(voice=AgentVoice(language=request.language), pitch_hz=0, syllables_per_s=0)
    info, known = min(
        ((each, each.figures) for each in spoken if each.figures is not None),
        key=lambda pair: _distance(heard, *pair),
    )
    semitones = 12 * math.log2(heard.pitch_hz / known.pitch_hz)
    pitch = 2 ** (max(-_MAX_SEMITONES, min(_MAX_SEMITONES, semitones)) / 12)
    tempo = heard.syllables_per_s / known.syllables_per_s if heard.syllables_per_s else 1.0
    voice = AgentVoice(
        name=info.id,
        language=request.language,
        tempo=round(max(_TEMPOS[0], min(_TEMPOS[1], tempo)), 3),
        pitch=round(pitch, 3),
    )
    return VoiceMatched(voice=voice, pitch_hz=heard.pitch_hz, syllables_per_s=heard.syllables_per_s)


def render_clip(
    synthesizer: SpeechSynthesizer,
    speech: SpeechModel,
    request: ClipRequest,
    on_progress: Callable[[Progress], None],
) -> ClipRendered:
    """Draw the picture of an agent, and render its introduction; see `ClipRequest`."""
    content = request.agent.read_bytes()
    profile = read_profile(content)
    if profile is None:
        raise RigFileError("The file is a rig without an agent.")
    rig = load_rig(content)
    still = framed(rig, request.aspect_ratio)
    Image.fromarray(still.picture.rgb).save(request.picture, "JPEG", quality=_JPEG_QUALITY)
    spoken = _fitting(synthesizer, request, profile.voice)
    sound_path = request.output.with_suffix(".wav")
    write_sound(spoken, sound_path, "wav")
    view = PhotoView(framed(rig, request.video_aspect_ratio))
    with open_sound(sound_path, rate_hz=SOUND_RATE_HZ) as sound:
        rendered = render(
            view,
            sound,
            request.output,
            speech=speech,
            phonemes=spoken.phonemes,
            manners=profile.manners,
            on_progress=on_progress,
        )
    return ClipRendered(duration_s=rendered.duration_s)


def _fitting(synthesizer: SpeechSynthesizer, request: ClipRequest, voice: AgentVoice) -> Speech:
    """The first of the texts that fits into the clip, with silence around it; the last one is cut."""
    room_s = request.duration_s - _BEFORE_S - _AFTER_S
    spoken: Speech | None = None
    for text in request.texts:
        spoken = speak(
            synthesizer,
            SpokenText(
                text=text,
                language=voice.language,
                voice=voice.name,
                tempo=voice.tempo,
                pitch=voice.pitch,
            ),
        )
        if len(spoken.samples) / spoken.rate_hz <= room_s:
            break
    if spoken is None:
        raise ValueError("there is nothing to say")
    return _placed(spoken, request.duration_s)


def _placed(spoken: Speech, duration_s: float) -> Speech:
    rate_hz = spoken.rate_hz
    samples: Floats = np.zeros(round(duration_s * rate_hz), np.float32)
    begin = round(_BEFORE_S * rate_hz)
    heard = spoken.samples[: max(0, len(samples) - begin)]
    samples[begin : begin + len(heard)] = heard
    phonemes = tuple(
        each._replace(start_s=each.start_s + _BEFORE_S, end_s=each.end_s + _BEFORE_S)
        for each in spoken.phonemes
    )
    return replace(spoken, samples=samples, phonemes=phonemes, words=())


def _speaks(info: VoiceInfo, language: str) -> bool:
    wanted = language.lower().partition("-")[0] or "en"
    return any(tag.partition("-")[0] == wanted for tag in info.languages)


def _distance(heard: VoiceMeasures, info: VoiceInfo, known: VoiceMeasures) -> float:
    """How far a voice is from a person's, in semitones."""
    pitch = 12 * abs(math.log2(heard.pitch_hz / known.pitch_hz))
    if info.provider == _MECHANICAL:
        pitch += _MECHANICAL_COST
    return pitch + _SPREAD_WEIGHT * abs(heard.pitch_spread - known.pitch_spread)
