"""A web page with livekit-client, in a real headless Chromium, talks to an avatar and sees it talk."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from bench.viewing import INSIDE, LIPS, RATE_HZ, Expected, Track, lag_s, mouth_box, sentence
from tests.conformance.rooms.browser import opened
from tests.live.conftest import Stage, asynchronous
from tests.live.test_talk import ALIKE, TRIES

PAGE = Path(__file__).with_name("page.html")


def wav() -> bytes:
    """The built-in sentence as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes((np.clip(sentence(), -1, 1) * 32767).astype(np.int16).tobytes())
    return file.getvalue()


@pytest.mark.usefixtures("browser")
@asynchronous
async def test_a_web_page_talks_to_an_avatar(stage: Stage, performed: Expected, tmp_path: Path) -> None:
    """The mouth that Chromium decodes moves as the engine moves it for the sound that the page sends."""
    rows, columns = mouth_box(stage.rig)
    box = (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    lips, widths, alike = Track(), set(), []
    async with stage.session() as made:
        query = {"url": made["livekit_url"], "token": made["token"]}
        query |= {"box": ",".join(map(str, box)), "greys": f"{INSIDE},{LIPS}"}
        async with opened(PAGE, tmp_path, query, wav()) as said:
            for _ in range(TRIES):
                sent_s = None
                while sent_s is None or lips.times_s[-1] < sent_s + performed.length_s + 1.1:
                    name, value = await said.get()
                    assert name != "failed", value
                    if name == "sentence" and sent_s is None:
                        sent_s = value
                    elif name == "lips":
                        for time_s, openness, width in value:
                            lips.add(time_s, openness)
                            widths.add(width)
                late_s, likeness = lag_s(lips, performed.lips, sent_s, performed.length_s)
                alike.append(round(likeness, 2))
                if likeness > ALIKE and late_s > 0.05:
                    break
            else:
                pytest.fail(f"the mouth moves otherwise: {alike}")
    assert widths == {512}
