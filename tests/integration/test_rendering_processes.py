"""Errors of a real rendering process reach the caller."""

import asyncio
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, Literal, TypeVar

import pytest
from PIL import Image

from visavis.bootstrap import processes
from visavis.errors import ChildError, InputError, ModelNotReadyError, NoFaceError, PhotoError, SoundError
from visavis.samples import write_portrait
from visavis.settings import read_settings
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import (
    Checked,
    CheckRequest,
    FaceRequest,
    Message,
    Request,
    RigRequest,
    SpeechRequest,
    SpokenText,
    VideoRequest,
)
from visavis.worker.rendering_requests import run_request

_Result = TypeVar("_Result")
LIMIT_S = 60


def with_pool(do: Callable[[ProcessPool], Awaitable[_Result]]) -> _Result:
    async def run() -> _Result:
        async with (
            processes.fork_server() as forking,
            processes.rendering(forking, read_settings().jobs, size=1) as pool,
        ):
            return await do(pool)

    return asyncio.run(run())


def test_the_error_of_a_file_keeps_its_code(face_models_folder: Path, tmp_path: Path) -> None:
    blank, broken, words = tmp_path / "blank.png", tmp_path / "broken.png", tmp_path / "words.mp3"
    Image.new("RGB", (600, 600), "white").save(blank)
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    words.write_text("no sound at all")

    async def check(pool: ProcessPool) -> None:
        for request, kind, code in (
            (CheckRequest(image=blank), NoFaceError, "no_face"),
            (FaceRequest(image=blank), NoFaceError, "no_face"),
            (RigRequest(image=broken, output=tmp_path / "rig"), PhotoError, "invalid_photo"),
            (CheckRequest(audio=words), SoundError, "invalid_sound"),
        ):
            with pytest.raises(InputError) as raised:
                await run_request(pool, request, limit_s=LIMIT_S)
            assert type(raised.value) is kind
            assert raised.value.code == code
            assert raised.value.message.endswith(".")

    with_pool(check)


def test_a_process_finds_a_face_and_speaks_a_text(face_models_folder: Path, tmp_path: Path) -> None:
    photo, sound = tmp_path / "face.png", tmp_path / "speech.wav"
    write_portrait(photo)

    async def work(pool: ProcessPool) -> None:
        assert await run_request(pool, CheckRequest(image=photo), limit_s=LIMIT_S) == Checked()
        found = await run_request(pool, FaceRequest(image=photo), limit_s=LIMIT_S)
        assert all(0 <= each <= 1 for point in found.outline for each in point)
        speech = SpokenText(text="Good morning.", language="en-us")
        request = SpeechRequest(speech=speech, format="wav", output=sound)
        spoken = await run_request(pool, request, limit_s=LIMIT_S)
        with wave.open(str(sound)) as file:
            assert file.getframerate() == spoken.sample_rate_hz
            assert file.getnframes() == pytest.approx(spoken.duration_s * spoken.sample_rate_hz, abs=1)

    with_pool(work)


def test_an_unknown_request_fails(face_models_folder: Path) -> None:
    """As when a newer version was installed meanwhile: the process says so, and goes on."""

    class Unknown(Request[Checked]):
        result: ClassVar[type[Message]] = Checked
        type: Literal["unknown"] = "unknown"

    async def ask(pool: ProcessPool) -> None:
        with pytest.raises(ChildError, match="internal_error, ValidationError"):
            await run_request(pool, Unknown(), limit_s=LIMIT_S)
        assert await run_request(pool, CheckRequest(), limit_s=LIMIT_S) == Checked()

    with_pool(ask)


@pytest.mark.parametrize("captions", ["file", "burned"])
def test_captions_of_a_text_follow_its_words(
    captions: Literal["file", "burned"], face_models_folder: Path, tmp_path: Path
) -> None:
    photo, video = tmp_path / "face.png", tmp_path / "video.mp4"
    write_portrait(photo)
    speech = SpokenText(
        text="Good morning. 你好!" if captions == "burned" else "Good morning.", voice="espeak"
    )
    request = VideoRequest(image=photo, speech=speech, output=video, captions=captions)
    rendered = with_pool(lambda pool: run_request(pool, request, limit_s=LIMIT_S))
    assert rendered.srt is not None
    assert rendered.vtt is not None
    assert "Good morning." in rendered.srt.read_text()
    assert rendered.vtt.read_text().startswith("WEBVTT")
    lacks = any("letters that the font lacks (你好)" in warning for warning in rendered.warnings)
    assert lacks == (captions == "burned")


def test_a_missing_model_keeps_its_error(
    face_models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in face_models_folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).symlink_to(file)
    monkeypatch.setenv("VISAVIS_MODELS_DIR", str(tmp_path))
    with pytest.raises(ModelNotReadyError, match="visavis models pull whisper"):
        with_pool(lambda pool: run_request(pool, CheckRequest(recognizes=True), limit_s=LIMIT_S))
