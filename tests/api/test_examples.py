"""The examples of the API's documents, unchanged but for address, key and pauses between questions."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import av
import numpy as np

from tests.support.server import Server, until
from visavis.engine.face import FaceModels, find_face
from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ, ROW_RATE_HZ, SpeechMotion, load_speech_model
from visavis.engine.speech.calibration import LEAD_S, lips

CURL_SUBMIT: Final = """
curl -X POST "https://api.atlasv1.com/v1/generate" \\
-H "Authorization: Bearer YOUR_API_KEY" \\
-F "audio=@speech.mp3" \\
-F "image=@face.jpg"
"""
CURL_POLL: Final = """
curl "https://api.atlasv1.com/v1/jobs/a1b2c3d4e5f6" \\
-H "Authorization: Bearer YOUR_API_KEY"
"""
CURL_RESULT: Final = """
curl "https://api.atlasv1.com/v1/jobs/a1b2c3d4e5f6/result" \\
-H "Authorization: Bearer YOUR_API_KEY"
"""
CURL_DOWNLOAD: Final = 'curl -o output.mp4 "PRESIGNED_URL_FROM_ABOVE"'

PYTHON: Final = """
import requests, time
API_KEY = "YOUR_API_KEY"
headers = {"Authorization": f"Bearer {API_KEY}"}
# Step 1 — Submit job
job = requests.post(
    "https://api.atlasv1.com/v1/generate",
    headers=headers,
    files={
        "audio": ("speech.mp3", open("speech.mp3", "rb"), "audio/mp3"),
        "image": ("face.jpg", open("face.jpg", "rb"), "image/jpeg"),
    },
).json()
job_id = job["job_id"]
print(f"Job submitted: {job_id}")
# Step 2 — Poll until complete
while True:
    status = requests.get(
        f"https://api.atlasv1.com/v1/jobs/{job_id}",
        headers=headers,
    ).json()
    if status["status"] == "completed":
        break
    elif status["status"] == "failed":
        raise Exception(f"Job failed: {status['error']}")
    time.sleep(2)
# Step 3 — Get presigned URL + download
result = requests.get(
    f"https://api.atlasv1.com/v1/jobs/{job_id}/result",
    headers=headers,
).json()
# Download from presigned URL (no auth needed)
video = requests.get(result["url"])
with open("output.mp4", "wb") as f:
    f.write(video.content)
print(f"Saved — {status['timing']['latency_ms'] / 1000:.1f}s")
"""


def _copy(media: Path, folder: Path) -> None:
    for name in ("speech.mp3", "face.jpg"):
        (folder / name).write_bytes((media / name).read_bytes())


def _assert_speaks(content: bytes, media: Path, models: FaceModels, tmp_path: Path) -> None:
    """The lips open with the sound, and with no other moment of it."""
    path = tmp_path / "watched.mp4"
    path.write_bytes(content)
    opening = []
    with av.open(str(path)) as video:
        points = find_face(models, next(video.decode(video=0)).to_ndarray(format="rgb24")).landmarks
        video.seek(0)
        for frame in video.decode(video=0):
            points = models.landmarks(frame.to_ndarray(format="rgb24"), points)
            inner, eyes = points.points[[13, 14], :2], points.points[[33, 263], :2]
            opening.append(np.linalg.norm(inner[0] - inner[1]) / np.linalg.norm(eyes[0] - eyes[1]))
    with open_sound(media / "speech.mp3", rate_hz=RATE_HZ) as sound:
        heard = np.concatenate([block.samples[0] for block in sound])
    model = load_speech_model()
    motion, state = model.listen(heard, model.begin())
    wanted, _ = lips(SpeechMotion.concatenate([motion, model.finish(state)]))
    frames, rows = np.arange(len(opening)) / 25, (np.arange(len(wanted)) + 0.5) / ROW_RATE_HZ
    assert abs(len(opening) - 25 * len(heard) / RATE_HZ) < 2
    assert max(opening) - min(opening) > 0.05

    def agreement(shift_s: float) -> float:
        return float(np.corrcoef(opening, np.interp(frames + LEAD_S + shift_s, rows, wanted))[0, 1])

    assert agreement(0) > 0.6
    assert agreement(0) > max(agreement(shift_s) for shift_s in (-0.6, -0.4, 0.4, 0.6)) + 0.15


def test_the_python_example(server: Server, media: Path, face_models: FaceModels, tmp_path: Path) -> None:
    _copy(media, tmp_path)
    script = PYTHON.replace("https://api.atlasv1.com", server.url).replace("YOUR_API_KEY", server.key)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"Saved — \d+\.\ds", done.stdout)
    _assert_speaks((tmp_path / "output.mp4").read_bytes(), media, face_models, tmp_path)


def test_the_curl_examples(server: Server, media: Path, face_models: FaceModels, tmp_path: Path) -> None:
    _copy(media, tmp_path)

    def curl(command: str, **words: str) -> str:
        for old, new in {"https://api.atlasv1.com": server.url, "YOUR_API_KEY": server.key, **words}.items():
            command = command.replace(old, new)
        return subprocess.run(
            command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    job_id = re.findall(r'"job_id": ?"([0-9a-f]{12})"', curl(CURL_SUBMIT))[0]
    until(lambda: re.search(r'"status": ?"completed"', curl(CURL_POLL, a1b2c3d4e5f6=job_id)))
    url = re.findall(r'"url": ?"([^"]+)"', curl(CURL_RESULT, a1b2c3d4e5f6=job_id))[0]
    curl(CURL_DOWNLOAD, PRESIGNED_URL_FROM_ABOVE=url)
    _assert_speaks((tmp_path / "output.mp4").read_bytes(), media, face_models, tmp_path)
