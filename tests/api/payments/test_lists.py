"""Payments in the lists of operators."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import evm_node

from tests.console.test_signing_in import API, PASSWORD, browser
from tests.support.payments import DOLLAR, Shop
from tests.support.server import in_database
from visavis.core.database import Database
from visavis.core.identity import users


@pytest.fixture(scope="module")
def operator(open_shop: Shop) -> Iterator[httpx.Client]:
    async def make(database: Database) -> None:
        new = await users.prepare("op@example.com", PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new, is_operator=True)

    in_database(open_shop.server.database_url, make)
    with browser(open_shop.server) as client:
        body = {"email": "op@example.com", "password": PASSWORD}
        assert client.post(f"{API}/session", json=body).status_code == 200
        yield client


def test_an_operator_finds_payments(shop: Shop, operator: httpx.Client) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    made = shop.buy(wallet)
    shop.end(made)

    def found(**query: str) -> dict[str, Any]:
        page = operator.get(f"{API}/payments", params=query)
        assert page.status_code == 200, page.text
        said: dict[str, Any] = page.json()
        return said

    (row,) = found(words=wallet.address.upper())["payments"]
    assert (row["status"], row["amount_usd"], row["minutes"]) == ("paid", 1.0, 15)
    assert (row["session_id"], row["network"]) == (made["session_id"], evm_node.NETWORK)
    assert shop.evm.call("eth_getTransactionReceipt", row["transaction"])["status"] == "0x1"
    for words in (row["transaction"], made["session_id"]):
        assert found(words=words)["payments"] == [row]
    nothing = {"payments": [], "count": 0, "limit": 25, "offset": 0}
    assert found(words=wallet.address, status="pending") == found(words="nobody%") == nothing
    with shop.server.client() as stranger:
        assert stranger.get(f"{API}/payments").status_code in {401, 403}


def test_payments_are_listed(shop: Shop) -> None:
    wallet = shop.evm.wallet(DOLLAR)
    made = shop.buy(wallet)
    shop.end(made)
    command = [str(Path(sys.executable).with_name("visavis")), "payments"]
    env = os.environ | shop.server.env
    for word, expected in (("list", made["session_id"]), ("refunds", wallet.address.lower())):
        said = subprocess.run(
            [*command, word, "--data", str(shop.server.data)], capture_output=True, text=True, env=env
        )
        assert said.returncode == 0, said.stderr
        assert expected in said.stdout
