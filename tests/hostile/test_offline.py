"""Offline nothing leaves this machine, and no library keeps notes for its maker."""

import pytest
from harness.quiet_network import can_unshare, watched


@pytest.mark.parametrize("what", ["render", "serve"])
def test_nothing_leaves_the_machine(what: str, face_models_folder: object) -> None:
    if not can_unshare():
        pytest.skip("a network of its own needs the right to make namespaces, unshare, ip and /dev/net/tun")
    seen = watched(what)
    assert (seen.packets, seen.names, seen.cache_files) == (0, [], [])
