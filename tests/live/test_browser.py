"""A web page with livekit-client, in a real headless Chromium, talks to an avatar, sees and hears it."""

import pytest
from harness.viewing import Expected
from harness.viewing_browser import watching_in_browser
from tests.live.test_talk import ALIKE, SYNC_S, TRIES
from tests.support.live import Stage, asynchronous


@pytest.mark.alone
@pytest.mark.usefixtures("browser")
@asynchronous
async def test_a_web_page_talks_to_an_avatar(stage: Stage, performed: Expected) -> None:
    """The mouth in Chromium moves as the engine moves it for the sound that the page sends, and with it."""
    seen = []
    async with (
        stage.session() as made,
        watching_in_browser(made["livekit_url"], made["token"], stage.rig) as viewer,
    ):
        for _ in range(TRIES):
            came = await viewer.next_sentence(performed)
            apart_s = came["lips_s"] - came["sound_s"]
            if came["likeness"] > ALIKE and came["lips_s"] > 0.05 and abs(apart_s) < SYNC_S:
                break
            seen.append((round(came["likeness"], 2), round(came["lips_s"], 3), round(apart_s, 3)))
        else:
            pytest.fail(f"how alike, how late, how far from the sound: {seen}")
        assert viewer.widths == {512}
