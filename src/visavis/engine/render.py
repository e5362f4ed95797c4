"""The main job: a face and a sound file become a talking video."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from visavis.engine.arrays import Pixels
from visavis.engine.captions import CaptionPainter
from visavis.engine.downmix import Downmix
from visavis.engine.mp4 import SOUND_RATE_HZ, Mp4Writer
from visavis.engine.performer import Manners
from visavis.engine.resample import Resampler
from visavis.engine.sound import Sound
from visavis.engine.speech import RATE_HZ, Phoneme, SpeechModel
from visavis.engine.stream import DEFAULT_FPS, Frame, Stream
from visavis.engine.view import View


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        frames: Drawn so far.
        total_frames: As far as the sound's file tells; nothing if it does not.
    """

    frames: int
    total_frames: int | None


@dataclass(frozen=True)
class Rendered:
    """What came out.

    Attributes:
        frames: In the video.
        duration_s: Of the video.
        size: Width and height in pixels.
        warnings: Sentences for the person who sent the sound.
    """

    frames: int
    duration_s: float
    size: tuple[int, int]
    warnings: tuple[str, ...]


_EVERY_FRAMES: Final = 5  # between two reports of progress


def render(
    view: View,
    sound: Sound,
    path: Path,
    *,
    speech: SpeechModel,
    phonemes: Iterable[Phoneme] = (),
    captions: CaptionPainter | None = None,
    fps: Fraction = DEFAULT_FPS,
    manners: Manners | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Rendered:
    """Make the video of a face saying a sound. Memory does not grow with its length.

    Args:
        view: What draws the face.
        sound: Opened at `SOUND_RATE_HZ`; its track goes into the video.
        path: Of the MP4; it appears when it is whole.
        speech: What hears the sound.
        phonemes: What is said in it, in order; nothing if it is not known.
        captions: Draws captions into the frames; `None` for no captions.
        fps: Frames a second.
        manners: How the person moves.
        on_progress: Told now and then.

    Raises:
        SoundError: The sound cannot be decoded.
        OutputError: The file cannot be written.
    """
    stream = Stream(view, speech, fps=fps, manners=manners)
    stream.tell(phonemes)
    mix, to_speech = Downmix(SOUND_RATE_HZ), Resampler(SOUND_RATE_HZ, RATE_HZ)
    expected = None if sound.duration_s is None else max(1, round(sound.duration_s * fps))
    frames = 0
    with Mp4Writer(path, size=view.size, fps=fps, channels=sound.channels) as video:
        for block in sound:
            video.add_sound(block.samples)
            for frame in stream.push(to_speech(mix(block.samples))):
                video.add_frame(_captioned(frame, captions))
                frames = frame.index + 1
                if on_progress and frames % _EVERY_FRAMES == 0:
                    on_progress(Progress(frames, expected))
        rest = to_speech.finish()
        for part in (stream.push(rest), stream.finish()):
            for frame in part:
                video.add_frame(_captioned(frame, captions))
                frames = frame.index + 1
    if on_progress:
        on_progress(Progress(frames, frames))
    return Rendered(frames, float(frames / fps), view.size, tuple(sound.warnings))


def _captioned(frame: Frame, captions: CaptionPainter | None) -> Pixels:
    return captions.draw(frame.rgb, frame.time_s) if captions else frame.rgb
