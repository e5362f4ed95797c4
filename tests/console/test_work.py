"""What the console adds to the public API: jobs, usage, workers, settings, sessions, and its pages."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.datastructures import Headers

from tests.console.test_signing_in import API, PASSWORD, browser
from tests.support.server import Server, files, in_database, until
from visavis.core.database import Database
from visavis.core.identity import users
from visavis.surfaces.console.app import SURFACE
from visavis.surfaces.console.pages import STATIC, page

REPOSITORY = Path(__file__).parents[2]
HIDDEN = "of all keys, for no eyes"


@pytest.fixture(scope="module")
def shown(start_server: Callable[..., Server]) -> Server:
    return start_server(requests_per_minute="1000", webhook_secret=HIDDEN, live_slots="1")


@pytest.fixture(scope="module")
def operator(shown: Server) -> Iterator[httpx.Client]:
    async def make(database: Database) -> None:
        new = await users.prepare("op@example.com", PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new, is_operator=True)

    in_database(shown.database_url, make)
    with browser(shown) as client:
        body = {"email": "op@example.com", "password": PASSWORD}
        assert client.post(f"{API}/session", json=body).status_code == 200
        yield client


def test_jobs_are_found(shown: Server, operator: httpx.Client, media: Path) -> None:
    key = shown.make_key("Shop 100%_")
    with shown.client(key) as client:
        video = client.post("/v1/generate", files=files(media)).json()["job_id"]
        speech = client.post("/v1/tts/generate", json={"text": "Parrots are colourful."}).json()["job_id"]
    for job in (video, speech):
        assert shown.finished(job, key)["status"] == "completed"

    def found(**query: str) -> set[str]:
        page = operator.get(f"{API}/jobs", params=query)
        assert page.status_code == 200, page.text
        return {job["job_id"] for job in page.json()["jobs"]}

    assert found() == {video, speech}
    assert found(words=video[:8].upper()) == {video}
    assert found(words="parrots") == {speech}
    assert found(words="100%_") == {video, speech}
    assert found(words="1000_") == set()
    assert found(type="tts", status="completed") == {speech}
    assert found(status="failed") == set()
    assert operator.get(f"{API}/jobs", params={"status": "odd"}).status_code == 422
    row = operator.get(f"{API}/jobs", params={"words": video}).json()["jobs"][0]
    assert row["has_result"] is True
    assert httpx.get(row["url"]).headers["content-type"] == "video/mp4"
    token = operator.post(f"{API}/token", json={"key_id": row["key"]["id"]}).json()["token"]
    detail = operator.get(f"/v1/jobs/{video}", headers={"Authorization": f"Bearer {token}"}).json()
    assert detail["expires_in"] == operator.get(f"{API}/session").json()["limits"]["result_ttl_s"]
    assert httpx.get(detail["url"]).headers["content-type"] == "video/mp4"

    usage = operator.get(f"{API}/usage", params={"days": 1}).json()
    assert {day["type"] for day in usage["days"]} == {"video", "tts"}
    made = next(day for day in usage["days"] if day["type"] == "video")
    assert made["seconds"] == pytest.approx(row["duration_s"])
    exact = row["duration_s"] / 3600 * usage["price_per_hour_usd"]
    assert made["cost_usd"] == pytest.approx(exact, abs=0.5e-6)  # money is kept in whole micro-dollars

    with browser(shown) as stranger:
        stranger.post(f"{API}/session", json={"api_key": shown.make_key("Elsewhere")})
        assert stranger.get(f"{API}/jobs").json()["count"] == 0
        assert stranger.get(f"{API}/usage").json()["days"] == []


def test_workers_and_settings(shown: Server, operator: httpx.Client) -> None:
    workers = operator.get(f"{API}/workers").json()
    assert len(workers["workers"]) == 1
    assert workers["workers"][0]["slots"] >= 1
    answer = operator.get(f"{API}/settings")
    settings = {row["name"]: row for row in answer.json()["settings"]}
    assert settings["VISAVIS_REQUESTS_PER_MINUTE"]["value"] == 1000
    assert settings["VISAVIS_REQUESTS_PER_MINUTE"]["is_set"] is True
    secret = settings["VISAVIS_WEBHOOK_SECRET"]
    assert (secret["is_secret"], secret["is_set"], secret["value"]) == (True, True, None)
    assert HIDDEN not in answer.text
    assert {"DATABASE_URL", "LIVEKIT_URL"} <= settings.keys()


def test_a_session_is_shared_and_watched(shown: Server, operator: httpx.Client) -> None:
    token = operator.post(f"{API}/token", json={}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    made = operator.post("/v1/realtime/session", headers=bearer, json={}).raise_for_status().json()
    session_id = made["session_id"]
    try:
        assert operator.get(f"{API}/sessions").json()["sessions"][0]["session_id"] == session_id
        url = httpx.URL(operator.post(f"{API}/sessions/{session_id}/share").json()["url"])
        assert url.path == f"/watch/{session_id}"
        watched = httpx.get(f"{shown.url}{API}/view/{session_id}", params={"share": url.params["share"]})
        assert watched.json()["status"] == "active"
        assert watched.json()["livekit_url"] == made["livekit_url"]
        assert watched.json()["livekit_access_token"] != made["token"]
        for other in ("", "x" * 24, url.params["share"] + "x"):
            gone = httpx.get(f"{shown.url}{API}/view/{session_id}", params={"share": other})
            assert gone.status_code == 404
        with browser(shown) as stranger:
            stranger.post(f"{API}/session", json={"api_key": shown.make_key("Not its key")})
            assert stranger.post(f"{API}/sessions/{session_id}/share").status_code == 404
            assert stranger.get(f"{API}/sessions/{session_id}").status_code == 404
    finally:
        operator.delete(f"/v1/realtime/session/{session_id}", headers=bearer)
    over = httpx.get(f"{shown.url}{API}/view/{session_id}", params={"share": url.params["share"]}).json()
    assert (over["status"], over["livekit_access_token"]) == ("ended", None)
    assert operator.post(f"{API}/sessions/{session_id}/share").status_code == 409
    ended = operator.get(f"{API}/sessions", params={"words": session_id, "status": "ended"}).json()
    assert ended["sessions"][0]["reason"] == "deleted"


def test_a_transcript_is_shown_to_its_account(shown: Server, operator: httpx.Client) -> None:
    key, other = shown.make_key("Talks"), shown.make_key("Listens in")
    with shown.client(key) as client:
        made = until(lambda: _opened(client), within_s=60, what="a slot")
        path = f"/v1/realtime/session/{made['session_id']}"
        assert client.get(path).json()["transcript"] is None
        shown.rows(
            """UPDATE sessions SET conversation = '{"keeps_transcript": true}' WHERE id = %s RETURNING id""",
            made["session_id"],
        )
        assert client.get(path).json()["transcript"] == []
        shown.rows(
            "INSERT INTO transcript_segments (session_id, role, segment_id, account_id, text, start_s, "
            "end_s, is_interrupted, sources) SELECT id, r, 'SG_1', account_id, 'Hello ' || r, 1.5, 2, "
            "r = 'avatar', CASE r WHEN 'avatar' THEN ARRAY['Handbook'] ELSE ARRAY[]::text[] END "
            "FROM sessions, unnest(ARRAY['user', 'avatar']) AS r WHERE id = %s RETURNING role",
            made["session_id"],
        )
        times = {"start_seconds": 1.5, "end_seconds": 2.0}
        avatar, user = {"interrupted": True, "sources": ["Handbook"]}, {"interrupted": False, "sources": []}
        said = client.get(path).json()["transcript"]
        assert sorted(said, key=lambda each: str(each["role"])) == [
            {"id": "SG_1", "role": "agent", "text": "Hello avatar", **times, **avatar},
            {"id": "SG_1", "role": "user", "text": "Hello user", **times, **user},
        ]
        client.delete(path)
        assert len(client.get(path).json()["transcript"]) == 2
    with shown.client(other) as client:
        assert client.get(path).status_code == 404
    shown_path = f"{API}/sessions/{made['session_id']}/transcript"
    answer = operator.get(shown_path).json()
    assert answer["is_kept"]
    sources = {row["role"]: row["sources"] for row in answer["segments"]}
    assert sources == {"user": [], "avatar": ["Handbook"]}
    with browser(shown) as stranger:
        assert stranger.post(f"{API}/session", json={"api_key": other}).status_code == 200
        assert stranger.get(shown_path).status_code == 404


def _opened(client: httpx.Client) -> dict[str, Any] | None:
    answer = client.post("/v1/realtime/session")
    said: dict[str, Any] = answer.json()
    return said if answer.status_code == 200 else None


def test_what_answers_is_said(operator: httpx.Client) -> None:
    answer = operator.get(f"{API}/conversation").json()
    assert (answer["has_model"], answer["model"]) == (False, None)
    assert any("en" in voice["languages"] for voice in answer["voices"])


def test_pages_have_a_policy_of_their_own(shown: Server) -> None:
    html = {"Accept": "text/html,*/*;q=0.8"}
    for path in ("/", "/studio", "/sign-in"):
        page = httpx.get(f"{shown.url}{path}", headers=html)
        assert page.headers["content-type"].startswith("text/html")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "microphone=(self)" in page.headers["permissions-policy"]
    player = httpx.get(f"{shown.url}/watch/ses_1?share=x")
    assert "frame-ancestors *" in player.headers["content-security-policy"]
    assert "x-frame-options" not in player.headers
    # Programs get the API, as before.
    assert httpx.get(shown.url).json()["version"]
    assert httpx.get(f"{shown.url}/studio").json()["error"] == "not_found"
    assert httpx.get(f"{shown.url}/nowhere").json()["error"] == "not_found"
    assert httpx.post(shown.url, headers=html).status_code == 405
    assert httpx.get(f"{shown.url}{API}/session").headers["x-frame-options"] == "DENY"


@pytest.mark.skipif(not (STATIC / "index.html").is_file(), reason="the console is not built: make console")
@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/jobs/of/mine"])
def test_browsers_see_a_page_at_unknown_addresses(shown: Server, path: str) -> None:
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    missing = httpx.get(f"{shown.url}{path}", headers=html)
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in missing.headers["content-security-policy"]
    assert '<div id="root">' in missing.text
    assert httpx.head(f"{shown.url}{path}", headers=html).status_code == 404
    # Programs, and browsers' scripts, read errors as before; so does who sends something.
    for accept in ("*/*", "application/json"):
        assert httpx.get(f"{shown.url}{path}", headers={"Accept": accept}).json()["error"] == "not_found"
    assert httpx.post(f"{shown.url}{path}", headers=html).json()["error"] == "not_found"


def test_browsers_get_the_error_of_a_known_path(shown: Server) -> None:
    html = {"Accept": "text/html"}
    key = {"Authorization": f"Bearer {shown.make_key('Reads a page')}"}
    assert httpx.get(f"{shown.url}/v1/jobs/0123456789ab", headers=html | key).json()["error"] == "not_found"
    if (STATIC / "index.html").is_file():
        assert httpx.get(f"{shown.url}/jobs/", headers=html).status_code == 200


def test_files_are_checked_before_submission(
    shown: Server, operator: httpx.Client, media: Path, masked_png: bytes
) -> None:
    def check(kind: str, field: str, content: bytes) -> httpx.Response:
        return operator.post(f"{API}/checks/{kind}", files={field: ("chosen", content)})

    face = check("photo", "image", (media / "face.png").read_bytes()).raise_for_status().json()
    assert face["warnings"] == []
    xs, ys = zip(*face["outline"], strict=True)
    assert 0 <= min(xs) < max(xs) <= 1
    assert 0 <= min(ys) < max(ys) <= 1
    with Image.open(media / "face.png") as picture:
        lying = io.BytesIO()
        picture.crop((0, 0, picture.width, picture.height * 9 // 10)).rotate(90, expand=True).save(
            lying, "PNG"
        )
        turned = check("photo", "image", lying.getvalue()).raise_for_status().json()
    assert "does not stand upright" in turned["warnings"][0]
    # Turned to the left: what was above is at the left, what was at the right is above.
    for (x, y), (left, top) in zip(face["outline"], turned["outline"], strict=True):
        assert (left, top) == pytest.approx((y / 0.9, 1 - x), abs=0.04)
    black = io.BytesIO()
    Image.new("RGB", (256, 256)).save(black, "PNG")
    sound = (media / "short.wav").read_bytes()
    for kind, field, content, status, words in (
        ("photo", "image", black.getvalue(), 400, "No face was found"),
        ("photo", "image", masked_png, 400, "mouth seems to be covered"),
        ("photo", "image", sound, 415, "PNG, JPEG or WebP"),
        ("photo", "image", b"", 400, "empty"),
        ("photo", "audio", sound, 422, "audio"),
        ("sound", "audio", black.getvalue(), 415, "WAV"),
        ("sound", "audio", sound[:44], 400, "empty"),
    ):
        refused = check(kind, field, content)
        assert (refused.status_code, words in refused.json()["message"]) == (status, True), refused.text
    assert check("sound", "audio", sound).status_code == 204
    with browser(shown) as stranger:
        assert stranger.post(f"{API}/checks/photo", files={"image": b"x"}).status_code == 401
    assert not list((shown.data / "temporary").glob("upload-*"))


def test_checks_have_a_rate_limit(shown: Server) -> None:
    with browser(shown) as client:
        client.post(f"{API}/session", json={"api_key": shown.make_key("Checks")}).raise_for_status()
        most = client.get(f"{API}/session").json()["limits"]["max_upload_bytes"]
        png = b"\x89PNG\r\n\x1a\n"
        large = client.post(f"{API}/checks/photo", files={"image": png + bytes(most + 2**21)})
        assert (large.status_code, large.json()["error"]) == (413, "payload_too_large")
        answers = [client.post(f"{API}/checks/photo", files={"image": b"x"}) for _ in range(31)]
        assert answers[0].status_code == 400
        assert answers[-1].status_code == 429
        assert answers[-1].json()["retry_after_seconds"] > 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/assets/../index.html", 404),
        ("/assets/%2e%2e/app.py", 404),
        ("/assets/", 404),
        ("/assets/" + "x" * 300, 404),  # longer than a file's name may be
        ("/assets/x%00", 400),  # no address holds a NUL
    ],
)
def test_only_assets_are_served_as_assets(shown: Server, path: str, status: int) -> None:
    answer = httpx.get(httpx.URL(shown.url).copy_with(raw_path=path.encode()))
    assert answer.status_code == status


@pytest.mark.skipif(not (STATIC / "index.html").is_file(), reason="the console is not built: make console")
def test_built_assets_may_be_cached(shown: Server) -> None:
    page = httpx.get(shown.url, headers={"Accept": "text/html"}).text
    script = page.split('src="/assets/')[1].split('"')[0]
    asset = httpx.get(f"{shown.url}/assets/{script}")
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-type"].startswith("text/javascript")
    assert asset.headers["content-encoding"] == "gzip"
    plain = httpx.get(f"{shown.url}/assets/{script}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == asset.content


def test_a_console_without_pages_says_how_to_build_them(tmp_path: Path) -> None:
    answer = page("/", Headers({}), tmp_path)
    assert answer.status_code == 200
    assert b"make console" in bytes(answer.body)


def test_the_types_of_the_console_match_the_openapi_document() -> None:
    kept = (REPOSITORY / "console/openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == SURFACE.openapi(), "run `make openapi`"


def test_long_texts_of_jobs_are_shown_as_cut(shown: Server, operator: httpx.Client) -> None:
    whole, long = "Parrots are red.".ljust(100, "!"), "A parrot says more. " * 8
    with shown.client(shown.make_key("Texts")) as client:
        made = [
            client.post("/v1/tts/generate", json={"text": text}).json()["job_id"] for text in (whole, long)
        ]
    listed = operator.get(f"{API}/jobs", params={"words": "parrot"}).json()["jobs"]
    shown_as = {job["job_id"]: job["text_preview"] for job in listed}
    assert [shown_as[job] for job in made] == [whole, long[:99] + "…"]
