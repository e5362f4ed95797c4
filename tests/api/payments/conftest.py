"""One server that takes payments, for all tests of them."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from harness import evm_node, paying, solana_node

from tests.support.payments import PAY_TO, SLOTS, SOLANA_PAY_TO, Shop
from tests.support.server import Server, until


@pytest.fixture
def shop(open_shop: Shop) -> Iterator[Shop]:
    yield open_shop
    open_shop.end_all()


@pytest.fixture(scope="package")
def open_shop(open_folder: Callable[[], Path], face_models_folder: Path, media: Path) -> Iterator[Shop]:
    if shutil.which("node") is None:
        pytest.skip("the chain comes from npm, and Node is not installed")
    with (
        evm_node.evm_node() as evm,
        solana_node.solana_node() as solana,
        paying.facilitator() as facilitator,
    ):
        solana.fund(paying.FEE_PAYER, 0, lamports=10**10)
        solana.fund(SOLANA_PAY_TO, 0)
        facilitator.add_evm(evm)
        facilitator.add_solana(solana)
        nodes = {evm_node.NETWORK: evm.url, solana_node.NETWORK: solana.url}
        env = {
            "VISAVIS_ROOMS_PORT": "0",
            "VISAVIS_ROOMS_UDP_PORT": "0",
            "VISAVIS_LIVE_SLOTS": str(SLOTS),
            "VISAVIS_LIVE_SPARE_CONVERSATIONS": "0",
            "VISAVIS_RENDER_PROCESSES": "1",
            "VISAVIS_PAYMENT_PAY_TO": json.dumps(
                {evm_node.NETWORK: PAY_TO, solana_node.NETWORK: str(SOLANA_PAY_TO)}
            ),
            "VISAVIS_PAYMENT_RPC_URLS": json.dumps(nodes),
            "VISAVIS_PAYMENT_FACILITATOR": facilitator.url,
            "VISAVIS_PAYMENT_TRIES_PER_MINUTE": "100000",
        }
        server = Server(open_folder(), env)
        try:
            server.start()
            until(lambda: httpx.get(f"{server.url}/health").json()["available"], what="live slots")
            yield Shop(server, evm, solana, facilitator, (media / "face.jpg").read_bytes())
        finally:
            if server.process is not None and server.process.poll() is None:
                server.stop()
