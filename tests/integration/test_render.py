"""The main job, from files to a file."""

import wave
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from visavis.engine.mp4 import SOUND_RATE_HZ, Mp4Writer
from visavis.engine.render import Progress, render
from visavis.engine.rig.controls import INDEX
from visavis.engine.rig.model import Rig
from visavis.engine.sound import open_sound
from visavis.engine.speech import SpeechModel
from visavis.engine.view import FaceView
from visavis.errors import OutputError, SoundError


def test_a_video_is_as_long_as_its_audio(
    small_rig: Rig, speech_model: SpeechModel, sentence_file: Path, tmp_path: Path
) -> None:
    path, reports = tmp_path / "out.mp4", list[Progress]()
    with open_sound(sentence_file, rate_hz=SOUND_RATE_HZ) as sound:
        rendered = render(
            FaceView(small_rig, side_px=256), sound, path, speech=speech_model, on_progress=reports.append
        )
    assert list(tmp_path.iterdir()) == [path]
    with av.open(str(path)) as video:
        picture, track = video.streams.video[0], video.streams.audio[0]
        assert picture.codec_context.name == "h264"
        assert track.codec_context.name == "aac"
        assert picture.average_rate == 25
        assert (picture.width, picture.height) == (256, 256)
        assert picture.codec_context.pix_fmt == "yuv420p"
        frames = [float(frame.time or 0) for frame in video.decode(picture)]
    assert len(frames) == rendered.frames
    assert frames == pytest.approx([index / 25 for index in range(len(frames))])
    with open_sound(sentence_file) as sound, open_sound(path) as track_of_video:
        spoken, heard = (np.concatenate([b.samples[0] for b in each]) for each in (sound, track_of_video))
    assert abs(len(heard) - len(spoken)) < 0.05 * 48_000
    assert rendered.duration_s == pytest.approx(len(spoken) / 48_000, abs=0.04)
    # The sound has kept its place: it matches best without a shift.
    spoken, heard = spoken[:96_000], heard[:96_000]
    shifts = range(-480, 481, 24)
    scores = [float(np.roll(heard, shift)[480:-480] @ spoken[480:-480]) for shift in shifts]
    assert abs(shifts[int(np.argmax(scores))]) <= 24
    assert [report.frames for report in reports] == sorted(report.frames for report in reports)
    assert reports[-1].frames == reports[-1].total_frames == rendered.frames


def test_the_same_job_gives_the_same_frames(
    small_rig: Rig, speech_model: SpeechModel, sentence_file: Path, tmp_path: Path
) -> None:
    contents = []
    for name in ("one.mp4", "two.mp4"):
        with open_sound(sentence_file, rate_hz=SOUND_RATE_HZ) as sound:
            render(FaceView(small_rig, side_px=128), sound, tmp_path / name, speech=speech_model)
        with av.open(str(tmp_path / name)) as video:
            contents.append([frame.to_ndarray().tobytes() for frame in video.decode(video=0)])
    assert contents[0] == contents[1]


def test_a_failure_leaves_no_files_and_keeps_the_old_one(
    small_rig: Rig, speech_model: SpeechModel, sentence_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"what was there before")

    class StoppedError(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise StoppedError

    with pytest.raises(StoppedError), open_sound(sentence_file, rate_hz=SOUND_RATE_HZ) as sound:
        render(FaceView(small_rig, side_px=128), sound, path, speech=speech_model, on_progress=stop)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"what was there before"


def test_a_missing_folder_gives_one_clear_error(tmp_path: Path) -> None:
    writer = Mp4Writer(tmp_path / "nowhere" / "out.mp4", size=(64, 64), fps=Fraction(25), channels=1)
    with pytest.raises(OutputError, match="cannot be written"), writer:
        pass


def test_an_encoder_that_fails_at_the_end_is_ended(tmp_path: Path) -> None:
    writer = Mp4Writer(tmp_path / "out.mp4", size=(64, 64), fps=Fraction(25), channels=1)
    with pytest.raises(cv2.error), writer:
        writer.add_frame(np.zeros((64, 64), np.uint8))  # without colours
    assert not writer._thread.is_alive()
    assert not list(tmp_path.iterdir())


def test_audio_that_fails_midway_leaves_no_file(
    small_rig: Rig, speech_model: SpeechModel, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"\xff\xfb\x90\x00" + bytes(range(256)) * 40)
    with pytest.raises(SoundError), open_sound(broken, rate_hz=SOUND_RATE_HZ) as sound:
        render(FaceView(small_rig, side_px=128), sound, tmp_path / "out.mp4", speech=speech_model)
    assert list(tmp_path.iterdir()) == [broken]


PATCHES = np.array(
    [
        (0, 0, 0), (255, 255, 255), (128, 128, 128), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0),
        (0, 255, 255), (255, 0, 255), (200, 150, 120), (120, 70, 50), (250, 220, 200), (40, 90, 160),
        (20, 60, 30), (180, 30, 60), (10, 20, 40),
    ],
    np.uint8,
)  # fmt: skip


@pytest.mark.parametrize("size", [(256, 256), (1280, 720)])
def test_colours_are_bt709_in_metadata_and_pixels(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "out.mp4"
    patches = PATCHES.reshape(4, 4, 3)
    frame = cv2.resize(patches, size, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    with Mp4Writer(path, size=size, fps=Fraction(25), channels=1) as writer:
        for _ in range(5):
            writer.add_frame(frame)
        writer.add_sound(np.zeros((1, SOUND_RATE_HZ // 5), np.float32))
    with av.open(str(path)) as video:
        context = video.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert tags == (1, 1, 1, 1)  # BT.709 three times, and limited range
        planes = next(video.decode(video=0)).to_ndarray(format="yuv420p").astype(float)
    width, height = size
    across, down = np.meshgrid(
        np.arange(4) * width // 4 + width // 8, np.arange(4) * height // 4 + height // 8
    )
    luma = (planes[:height][down, across] - 16) / 219
    blue, red = (
        (plane[down // 2, across // 2] - 128) / 224
        for plane in planes[height:].reshape(2, height // 2, width // 2)
    )
    # The standard's own formulas, backwards.
    r, b = luma + 1.5748 * red, luma + 1.8556 * blue
    g = (luma - 0.2126 * r - 0.0722 * b) / 0.7152
    seen = np.stack([r, g, b], axis=-1) * 255
    assert np.abs(seen - patches).max() <= 5  # roundings of luma and chroma, and the encoder's


class RecordingView(FaceView):
    """Draws like the real one, and records the weights."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig, side_px=128)
        self.weights = list[np.ndarray]()

    def draw(self, weights: np.ndarray) -> np.ndarray:
        self.weights.append(weights)
        return super().draw(weights)


def test_channels_that_cancel_move_the_lips_like_mono(
    small_rig: Rig, speech_model: SpeechModel, sentence_file: Path, tmp_path: Path
) -> None:
    """A microphone wired the wrong way round sounds full and sums to silence."""
    with open_sound(sentence_file, rate_hz=SOUND_RATE_HZ) as sound:
        voice = np.concatenate([block.samples[0] for block in sound])[: 2 * SOUND_RATE_HZ]
    moved = []
    for channels in (voice[None], np.stack([voice, -voice])):
        wav, view = tmp_path / "speech.wav", RecordingView(small_rig)
        with wave.open(str(wav), "wb") as file:
            file.setnchannels(len(channels))
            file.setsampwidth(2)
            file.setframerate(SOUND_RATE_HZ)
            file.writeframes(np.rint(channels.T * 32767).astype("<i2").tobytes())
        with open_sound(wav, rate_hz=SOUND_RATE_HZ) as sound:
            render(view, sound, tmp_path / "out.mp4", speech=speech_model)
        moved.append(np.array(view.weights)[:, : INDEX["close"]])
    one, opposed = moved
    assert one[:, INDEX["jaw"]].max() > 0.3
    np.testing.assert_allclose(opposed[25:], one[25:], atol=0.02)
