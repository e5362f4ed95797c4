"""Options of videos: how they are made, and their captions, which are fetched and deleted like the result."""

import io
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from tests.api.test_errors import code
from tests.support.jobs import OUTPUT, PRICES, a_job, a_key, begun
from tests.support.server import Server, in_database
from visavis.core import jobs
from visavis.core.database import Database

TEXT = "Peter bought five maps. They were my mother's."


def submit(client: httpx.Client, media: Path, **fields: str) -> str:
    form = {"image": ("face.png", (media / "face.png").read_bytes(), "image/png")}
    said = {"text": TEXT, "voice": "espeak"} | fields
    answer = client.post("/v1/tts/generate-video", files=form, data=said)
    return str(answer.raise_for_status().json()["job_id"])


def frame_of(server: Server, job_id: str) -> tuple[int, "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]"]:
    """Frame rate and first frame of the video of a job."""
    video = httpx.get(server.finished(job_id)["url"]).raise_for_status()
    with av.open(io.BytesIO(video.content)) as file:
        stream = file.streams.video[0]
        assert stream.average_rate is not None
        return int(stream.average_rate), next(file.decode(stream)).to_ndarray(format="rgb24")


def test_a_video_has_the_size_rate_and_background_that_were_asked_for(
    server: Server, client: httpx.Client, media: Path
) -> None:
    fields = {"size": "256", "fps": "30", "background": "#20404a", "liveliness": "0.5", "emotion": "happy"}
    rate, frame = frame_of(server, submit(client, media, text="Hello.", seed="7", **fields))
    assert (rate, frame.shape) == (30, (256, 256, 3))
    corner = frame[:12, :12].reshape(-1, 3).mean(0)
    assert np.abs(corner - (0x20, 0x40, 0x4A)).max() < 8


def test_a_video_can_show_the_whole_photo(server: Server, client: httpx.Client, media: Path) -> None:
    _, frame = frame_of(server, submit(client, media, text="Hello.", frame="photo", size="256"))
    with Image.open(media / "face.png") as photo:
        assert frame.shape == (photo.height, photo.width, 3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"size": "255"}, "size: must be a multiple of 2."),
        ({"size": "64"}, "size: must be at least 128."),
        ({"fps": "29.97"}, "fps: must be a whole number."),
        ({"fps": "61"}, "fps: must be at most 60."),
        ({"background": "blue"}, "background: must be keep, blur, or a colour such as #20404a."),
        ({"frame": "photo", "background": "blur"}, "background: must be keep with frame photo"),
        ({"liveliness": "nan"}, "liveliness: must be a finite number."),
        ({"emotion": "bored"}, "emotion: must be one of"),
        ({"seed": "-1"}, "seed: must be at least 0."),
    ],
)
def test_options_that_cannot_be_used_are_refused(
    fields: dict[str, str], message: str, client: httpx.Client, media: Path
) -> None:
    form = {"image": ("face.png", (media / "face.png").read_bytes(), "image/png")}
    answer = client.post("/v1/tts/generate-video", files=form, data={"text": TEXT, **fields})
    assert code(answer) == (422, "validation_error")
    assert answer.json()["message"].startswith(message)


def test_captions_are_fetched_like_the_result(server: Server, client: httpx.Client, media: Path) -> None:
    captioned, plain = submit(client, media, captions="file"), submit(client, media)
    links = server.finished(captioned)["output"]["captions"]
    assert list(links) == ["srt", "vtt"]
    files = {name: httpx.get(link) for name, link in links.items()}
    assert "00:00:00,0" in files["srt"].text
    assert "Peter bought five maps." in files["srt"].text
    assert files["vtt"].text.startswith("WEBVTT\n")
    assert files["vtt"].headers["content-type"].startswith("text/vtt")
    for name in ("srt", "vtt"):
        result = client.get(f"/v1/jobs/{captioned}/captions/{name}").raise_for_status().json()
        assert list(result) == ["url", "content_type", "expires_in"]
        assert httpx.get(result["url"]).text == files[name].text
    assert "captions" not in server.finished(plain)["output"]
    assert code(client.get(f"/v1/jobs/{plain}/captions/srt")) == (404, "no_output")
    assert client.get(f"/v1/jobs/{captioned}/captions/doc").status_code == 422


def test_captions_of_an_unknown_kind_are_refused(client: httpx.Client, media: Path) -> None:
    form = {"image": ("face.png", (media / "face.png").read_bytes(), "image/png")}
    answer = client.post("/v1/tts/generate-video", files=form, data={"text": TEXT, "captions": "sung"})
    assert code(answer) == (422, "validation_error")
    assert answer.json()["message"].startswith("captions: ")


def test_captions_are_deleted_with_their_job(postgres: str) -> None:
    """What deletes expired and orphaned files finds captions, too."""

    async def run(database: Database) -> None:
        key = await a_key(database)
        for ttl_s in (60, 0):
            job = await begun(database, await a_job(database, key))
            assert job is not None
            srt, vtt, lost = (f"results/{job.id}/{name}" for name in ("1.srt", "1.vtt", "2.srt"))
            output = OUTPUT.model_copy(update={"srt_path": srt, "vtt_path": vtt})
            async with database.transaction() as tx:
                assert await jobs.finish(tx, job, output, ttl_s=ttl_s, prices=PRICES)
            async with database.transaction() as tx:
                orphans = await jobs.orphaned_results(tx, [srt, vtt, lost])
                assert orphans == ([lost] if ttl_s else [srt, vtt, lost])
                assert ({srt, vtt} <= set(await jobs.expire(tx))) == (ttl_s == 0)

    in_database(postgres, run)
