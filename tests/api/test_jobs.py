"""What a job reports: its progress, and warnings about the photo and the audio."""

import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import psycopg
import pytest
from harness.covers import head
from PIL import Image

from tests.support.faces import marble
from tests.support.server import Server, files
from visavis.engine.face import FaceModels
from visavis.samples.portrait import read_portrait

REPEATS = 6


def png(rgb: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def statue(face_models: FaceModels) -> bytes:
    return png(marble(head(face_models, read_portrait(512)), face_models))


def test_warnings_about_the_photo_are_shown(
    server: Server, client: httpx.Client, media: Path, statue: bytes
) -> None:
    form = files(media) | {"image": ("statue.png", statue, "image/png")}
    job_id = client.post("/v1/generate", files=form).raise_for_status().json()["job_id"]
    pending = client.get(f"/v1/jobs/{job_id}").json()
    if pending["status"] == "pending":
        assert "warnings" not in pending["output"]
    [warning] = server.finished(job_id)["output"]["warnings"]
    assert "not look like a person's skin" in warning


def test_without_warnings_the_list_is_empty(server: Server, client: httpx.Client, media: Path) -> None:
    video = client.post("/v1/generate", files=files(media)).raise_for_status().json()["job_id"]
    speech = client.post("/v1/tts/generate", json={"text": "Hello."}).raise_for_status().json()["job_id"]
    assert [server.finished(each)["output"]["warnings"] for each in (video, speech)] == [[], []]


@pytest.fixture
def progress_channel(server: Server) -> Iterator[psycopg.Connection]:
    """Notifies of each stage and progress that is written to the row of a job."""
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        connection.execute(
            """
            CREATE FUNCTION tell_progress() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_notify('progress', json_build_array(NEW.id, NEW.stage, NEW.progress)::text);
                RETURN NULL;
            END $$;
            CREATE TRIGGER tell_progress AFTER UPDATE OF stage, progress ON jobs
                FOR EACH ROW EXECUTE FUNCTION tell_progress();
            """
        )
        connection.execute("LISTEN progress")
        yield connection
        connection.execute("DROP TRIGGER tell_progress ON jobs; DROP FUNCTION tell_progress()")


@pytest.fixture(scope="module")
def long_sound(media: Path) -> None:
    """A sound that takes much longer to render than a progress waits to be written."""
    with wave.open(str(media / "speech.wav")) as source, wave.open(str(media / "long.wav"), "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(source.readframes(source.getnframes()) * REPEATS)


@pytest.mark.usefixtures("long_sound")
def test_progress_follows_the_frames(
    client: httpx.Client, media: Path, progress_channel: psycopg.Connection
) -> None:
    form = files(media, audio="long.wav")
    job_id = client.post("/v1/generate", files=form).raise_for_status().json()["job_id"]
    written: list[tuple[str | None, float]] = []
    for notice in progress_channel.notifies(timeout=120):
        told_id, stage, progress = json.loads(notice.payload)
        if told_id == job_id:
            written.append((stage, progress))
        if written and written[-1][1] == 1.0:
            break
    assert written[0] == (None, 0.0)
    assert written[-1] == (None, 1.0)
    rendered = [progress for stage, progress in written if stage == "rendering"]
    assert len({share for share in rendered if 0 < share < 0.95}) > 1
    shares = [progress for _, progress in written]
    assert shares == sorted(shares)
