"""The command line as a person types it: a process of its own, its exit code, its files."""

import os
import signal
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

COMMAND = [sys.executable, "-m", "visavis"]


def visavis(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **(env or {})},
    )


def clear_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a wrong input ends in."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("visavis: ")
    return lines[0]


@pytest.fixture(autouse=True)
def _models(face_models_folder: Path) -> None:
    """The models are here before the first command needs them."""
    return


def test_render_prints_what_it_made(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    done = visavis("render", portrait_file, sentence_file, "-o", out, "--size", 256, "--fps", "29.97")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "256x256 at 29.97 fps" in done.stdout
    assert "real time" in done.stdout
    assert "made by AI" in visavis("verify", out).stdout
    with av.open(str(out)) as video:
        rate = video.streams.video[0].average_rate
        assert rate is not None
        assert (rate.numerator, rate.denominator) == (30_000, 1001)


@pytest.mark.slow
def test_a_rig_renders_like_its_photo_without_models(
    portrait_file: Path, sentence_file: Path, tmp_path: Path
) -> None:
    rig, out = tmp_path / "face.visavis", tmp_path / "out.mp4"
    assert visavis("rig", "build", portrait_file, "-o", rig).returncode == 0
    assert "opened in" in visavis("rig", "show", rig).stdout
    bare = {"VISAVIS_MODELS_DIR": str(tmp_path / "none"), "VISAVIS_OFFLINE": "true"}
    done = visavis("render", rig, sentence_file, "-o", out, env=bare)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["face.visavis", "out.mp4"]


def test_the_whole_photo(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.png"
    Image.open(portrait_file).resize((600, 600)).crop((-301, 0, 900, 600)).save(wide)
    done = visavis("render", wide, sentence_file, "-o", tmp_path / "out.mp4", "--frame", "photo")
    assert done.returncode == 0, done.stderr
    assert "1200x600" in done.stdout


@pytest.mark.parametrize("background", ["blur", "#102030", "picture"])
def test_backgrounds(background: str, portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    if background == "picture":
        background = str(tmp_path / "background.png")
        Image.new("RGB", (300, 200), (10, 200, 10)).save(background)
    out = tmp_path / "out.mp4"
    done = visavis(
        "render", portrait_file, sentence_file, "-o", out, "--size", 256, "--background", background
    )
    assert done.returncode == 0, done.stderr
    with av.open(str(out)) as video:
        corner = next(video.decode(video=0)).to_ndarray(format="rgb24")[:8, :8].reshape(-1, 3).mean(axis=0)
    if background.startswith("#"):
        assert corner == pytest.approx([16, 32, 48], abs=8)
    elif background.endswith(".png"):
        assert corner == pytest.approx([10, 200, 10], abs=14)


def test_a_contact_sheet(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    assert visavis("render", portrait_file, sentence_file, "-o", out).returncode == 0
    done = visavis("inspect", out, "--start", 1, "--seconds", 1.27)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "out.png") as sheet:
        assert sheet.size == (1600, 200 + 2 * 110)


def no_face(path: Path) -> None:
    Image.effect_noise((400, 400), 60).convert("RGB").save(path)


def too_large(path: Path) -> None:
    Image.new("1", (8000, 8000)).save(path)


def cut_off(path: Path) -> None:
    Image.new("RGB", (400, 400), (200, 150, 120)).save(path)
    path.write_bytes(path.read_bytes()[:300])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (no_face, "No face was found"),
        (too_large, "megapixels"),
        (cut_off, "damaged"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_text("hello"), "PNG"),
        (lambda path: None, "does not exist"),
    ],
    ids=["no face", "too large", "cut off", "empty", "text", "missing"],
)
def test_an_unusable_photo(make: object, says: str, sentence_file: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    make(photo)  # type: ignore[operator]
    before = list(tmp_path.iterdir())
    assert says in clear_line(visavis("render", photo, sentence_file, "-o", tmp_path / "out.mp4"))
    assert list(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"hello", "not audio"), (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio")],
    ids=["empty", "text", "cut off"],
)
def test_unusable_audio(content: bytes, says: str, portrait_file: Path, tmp_path: Path) -> None:
    sound = tmp_path / "sound.wav"
    sound.write_bytes(content)
    assert says in clear_line(visavis("render", portrait_file, sound, "-o", tmp_path / "out.mp4"))
    assert list(tmp_path.iterdir()) == [sound]


def test_a_video_without_audio(portrait_file: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    with av.open(str(silent), "w") as video:
        stream = video.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            video.mux(stream.encode(frame))
        video.mux(stream.encode(None))
    assert "no audio track" in clear_line(
        visavis("render", portrait_file, silent, "-o", tmp_path / "out.mp4")
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fps", "fast"], "frame rate"),
        (["--fps", "0"], "frame rate"),
        (["--size", "333"], "even"),
        (["--background", "nowhere.png"], "background"),
        (["--background", "blur", "--frame", "photo"], "--frame face"),
    ],
)
def test_invalid_options(
    options: list[str], says: str, portrait_file: Path, sentence_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mp4"
    assert says in clear_line(visavis("render", portrait_file, sentence_file, "-o", out, *options))


def test_only_an_mp4_file_is_written(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    assert "let it end in .mp4" in clear_line(visavis("render", portrait_file, sentence_file, "-o", out))
    assert not out.exists()


def test_an_unwritable_output(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    done = visavis("render", portrait_file, sentence_file, "-o", tmp_path / "nowhere" / "out.mp4")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr


def test_an_unknown_setting_is_refused(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    done = visavis(
        "render", portrait_file, sentence_file, "-o", tmp_path / "o.mp4", env={"VISAVIS_MODLES": "x"}
    )
    assert "VISAVIS_MODLES" in clear_line(done)


def test_variables_of_clients_are_ignored(portrait_file: Path, sentence_file: Path, tmp_path: Path) -> None:
    client = {"VISAVIS_API_URL": "http://127.0.0.1:8000", "VISAVIS_API_KEY": "sk_live_x"}
    done = visavis(
        "render", portrait_file, sentence_file, "-o", tmp_path / "o.mp4", "--size", 128, env=client
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_missing_models_offline_give_an_instruction(
    portrait_file: Path, sentence_file: Path, tmp_path: Path
) -> None:
    bare = {"VISAVIS_MODELS_DIR": str(tmp_path / "none")}
    done = visavis("render", portrait_file, sentence_file, "-o", tmp_path / "o.mp4", "--offline", env=bare)
    assert done.returncode == 1
    assert "models pull" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_midway_leaves_nothing_behind(
    number: signal.Signals, portrait_file: Path, tmp_path: Path
) -> None:
    long_sound = tmp_path / "long.wav"
    with wave.open(str(long_sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(16_000 * 600, np.int16).tobytes())
    command = [*COMMAND, "render", str(portrait_file), str(long_sound), "-o", str(tmp_path / "out.mp4")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        # The half-written file shows that the work is under way.
        while not list(tmp_path.glob(".*.part")):
            assert running.poll() is None
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "stopped" in said
    assert list(tmp_path.iterdir()) == [long_sound]


def test_help_and_version() -> None:
    assert "render" in visavis("--help").stdout
    assert visavis("--version").stdout.startswith("visavis ")


@pytest.mark.slow
def test_memory_does_not_grow_with_length(portrait_file: Path, tmp_path: Path) -> None:
    peaks = []
    rig = tmp_path / "face.visavis"
    assert visavis("rig", "build", portrait_file, "-o", rig, "--size", 128).returncode == 0
    for seconds in (5, 300):
        sound = tmp_path / f"{seconds}.wav"
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            noise = np.random.default_rng(0).normal(0, 2000, 16_000 * seconds)
            file.writeframes(noise.astype(np.int16).tobytes())
        code = (
            "import resource, sys\n"
            "from visavis.cli.main import app\n"
            f"app(['render', {str(rig)!r}, {str(sound)!r}, '-o', {str(tmp_path / 'o.mp4')!r},"
            " '--size', '128', '--fps', '5'], standalone_mode=False)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
        )
        peaks.append(int(done.stdout.split()[-1]))
    # An hour would be 12 times as long; what grew with it would show here.
    assert peaks[1] < peaks[0] * 1.12
