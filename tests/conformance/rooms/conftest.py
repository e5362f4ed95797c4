"""The suite runs against the embedded server, and against a real livekit-server where Go can build one.

With LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET set it runs against that server instead.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.room_clients import Target
from harness.room_servers import BUILD_S, NoReferenceError, embedded, reference


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(BUILD_S + 120))


@pytest.fixture(scope="session", params=["embedded", "livekit-server"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    named = os.environ.get("LIVEKIT_URL")
    if named:
        if request.param != "embedded":
            pytest.skip("LIVEKIT_URL names the server")
        yield Target(named, os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"])
        return
    log = tmp_path_factory.mktemp("rooms") / f"{request.param}.log"
    with ExitStack() as stack:
        try:
            server = stack.enter_context((embedded if request.param == "embedded" else reference)(log))
        except NoReferenceError as reason:
            pytest.skip(str(reason))
        yield server.target
