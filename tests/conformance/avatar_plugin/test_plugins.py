"""Plugins of other vendors, unmodified, in real agent sessions. `bench.plugins` runs all of them."""

import pytest
from harness.avatar_plugin import faults, observe
from harness.room_clients import Target
from harness.vendor_plugins import plugins
from harness.viewing import mouth_box
from tests.support.live import Stage, asynchronous
from tests.support.server import until

pytestmark = pytest.mark.slow
TESTED = ("bey", "keyframe")  # the common form, and the one whose sound comes in records


@pytest.mark.parametrize("name", TESTED)
@asynchronous
async def test_a_plugin_works(stage: Stage, rooms: Target, name: str) -> None:
    plugin = next(each for each in plugins("") if each.name == name)
    seen = await observe(plugin.starter(stage.server.url, stage.server.key), rooms, mouth_box(stage.rig))
    assert not faults(seen), seen
    look = "SELECT count(*) FROM sessions WHERE status = 'active'"
    until(lambda: stage.server.rows(look) == [(0,)], what="the end of the session")
