"""Files that are broken, cut off, mislabelled or made to do harm: no 5xx, and the server goes on."""

import random
import struct
import zlib
from pathlib import Path
from typing import Final

import httpx

from tests.support.server import Server, files

CUTS: Final = 3
FLIPS: Final = 3
REFUSED: Final = {400, 413, 415, 422}


def _bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it has `side`² pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def _endless_wav() -> bytes:
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        2**32 - 1,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        2**31,
        2**32 - 1,
        2,
        16,
        b"data",
        2**32 - 1,
    )
    return head + bytes(100)


def _playlist() -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def _spoiled(content: bytes, chance: random.Random) -> list[bytes]:
    cut = [content[: chance.randrange(1, len(content))] for _ in range(CUTS)]
    flipped = []
    for _ in range(FLIPS):
        bent = bytearray(content)
        for _ in range(40):
            bent[chance.randrange(len(bent))] = chance.randrange(256)
        flipped.append(bytes(bent))
    return cut + flipped


def test_malformed_media(server: Server, client: httpx.Client, media: Path) -> None:
    chance = random.Random(3)
    good = files(media)
    audio = [
        _endless_wav(),
        _playlist(),
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"\xff\xfb" * 3000,
        b"RIFF\0\0\0\0WAVE",
    ]
    for name in ("speech.mp3", "speech.ogg", "speech.webm", "short.wav"):
        audio += _spoiled((media / name).read_bytes(), chance)
    image = [
        _bomb(60_000),
        _bomb(2**31 - 1),
        b"\xff\xd8\xff\xd9",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"\x89PNG\r\n\x1a\n",
    ]
    for name in ("face.jpg", "face.png", "face.webp"):
        image += _spoiled((media / name).read_bytes(), chance)
    taken = []
    for part, spoiled in (("audio", audio), ("image", image)):
        for content in spoiled:
            answer = client.post("/v1/generate", files=good | {part: ("file", content, good[part][2])})
            assert answer.status_code in REFUSED | {202}, answer.text
            if answer.status_code == 202:
                taken.append(answer.json()["job_id"])
    for job_id in taken:
        job = server.finished(job_id)
        assert job["status"] == "completed" or job["error_code"] == "invalid_input", job
    job_id = client.post("/v1/generate", files=good).json()["job_id"]
    assert server.finished(job_id)["status"] == "completed"
    assert client.get("/v1/health").status_code == 200
