"""The published clients of x402, unmodified, as the document of paid sessions uses them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import solana_node
from harness.x402_package import NoPackageError, fetch_package
from solders.keypair import Keypair

from tests.support.documents import PAID_SESSIONS, document, indented, listing
from tests.support.payments import DOLLAR, Shop, bearer

HOST = "https://render.mirrorstage.ai"
# The one host in a client's package: the node of Solana that it asks.
SOLANA_HOST = """
from x402.mechanisms.svm.constants import NETWORK_CONFIGS
NETWORK_CONFIGS[{network!r}]["rpc_url"] = {url!r}
"""
# What newer versions of the client want to know besides.
ANSWER, ANSWER_AND_URL = "body=resp.content)", "body=resp.content, request_url=str(resp.url))"
BUY = 'print(json.dumps(asyncio.run(create_session("face.png"))))\n'


@pytest.fixture(scope="module")
def text() -> str:
    return document(PAID_SESSIONS)


@pytest.fixture(scope="module")
def buying(text: str) -> str:
    return listing(text, "import asyncio, httpx, os", "return resp.json()")


@pytest.fixture
def folder(tmp_path: Path, media: Path) -> Path:
    shutil.copy(media / "face.png", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def package() -> Path:
    """The client of the time at which the document was written."""
    try:
        return fetch_package()
    except NoPackageError as reason:
        pytest.skip(str(reason))


def run(shop: Shop, folder: Path, code: str, **env: str) -> Any:
    """What a program prints last, as JSON; its host is ours."""
    # Its client waits for five seconds; a photo that nobody has seen takes longer on a slow machine.
    photo = {"reference_image": ("face.png", (folder / "face.png").read_bytes(), "image/png")}
    assert httpx.post(shop.sessions, files=photo, data={"accept_tos": "true"}, timeout=60).status_code == 402
    program = folder / "program.py"
    program.write_text("import json\n" + code.replace(HOST, shop.server.url))
    done = subprocess.run(
        [sys.executable, program.name],
        cwd=folder,
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("is_newest", [False, True])
def test_the_listing_for_base_buys_and_extends(
    shop: Shop, folder: Path, package: Path, text: str, buying: str, *, is_newest: bool
) -> None:
    env = {} if is_newest else {"PYTHONPATH": str(package)}
    if is_newest:
        buying = buying.replace(ANSWER, ANSWER_AND_URL)
    wallet = shop.evm.wallet(5 * DOLLAR)
    lines = listing(text, "async with x402HttpxClient", 'print(f"Extended to')
    extending = f"""
from x402.http.clients import x402HttpxClient

async def extend(session_id, token):
    account = Account.from_key(os.environ["EVM_PRIVATE_KEY"])
    client = x402Client()
    register_exact_evm_client(client, EthAccountSigner(account))
{indented(lines, 4)}
    return result

made = asyncio.run(create_session("face.png"))
print(json.dumps([made, asyncio.run(extend(made["session_id"], made["token"]))]))
"""
    key = "0x" + bytes(wallet.key).hex()
    made, extended = run(shop, folder, buying + extending, EVM_PRIVATE_KEY=key, **env)
    assert (made["status"], made["duration_minutes"], made["price_usd"]) == ("warming", 15, 1.0)
    assert made["wallet"] == wallet.address.lower()
    assert (extended["session_id"], extended["added_minutes"]) == (made["session_id"], 10)
    assert shop.evm.balance(wallet.address) == 3 * DOLLAR
    seen = httpx.get(f"{shop.sessions}/{made['session_id']}", headers=bearer(made)).json()
    assert seen["duration_minutes"] == 25
    shop.end(made)


def test_the_listing_for_solana_buys(shop: Shop, folder: Path, package: Path, text: str, buying: str) -> None:
    wallet = Keypair()
    shop.solana.fund(wallet, 5 * DOLLAR)
    imports = listing(text, "from solders.keypair import", "from x402.mechanisms.svm.exact.register")
    setup = listing(text, "keypair = Keypair.from_base58_string", "register_exact_svm_client(")
    replaced = listing(buying, "    account = Account.from_key", "register_exact_evm_client(")
    code = imports + buying.replace(replaced, indented(setup, 4))
    host = SOLANA_HOST.format(network=solana_node.NETWORK, url=shop.solana.url)
    env = {"PYTHONPATH": str(package), "SOLANA_PRIVATE_KEY": str(wallet)}
    made = run(shop, folder, host + code + BUY, **env)
    assert (made["wallet"], made["price_usd"]) == (str(wallet.pubkey()), 1.0)
    assert shop.solana.balance(wallet.pubkey()) == 4 * DOLLAR
    shop.end(made)


def test_the_client_of_npm_pays(shop: Shop, tmp_path: Path) -> None:
    node = str(shutil.which("node"))
    wallet = shop.evm.wallet(5 * DOLLAR)
    face = tmp_path / "face.jpg"
    face.write_bytes(shop.face)
    script = Path(__file__).parents[3] / "harness/x402_fetch.mjs"
    done = subprocess.run(
        [node, str(script), shop.sessions, str(face), "0x" + bytes(wallet.key).hex()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["price_usd"] == 1.0
    assert shop.evm.balance(wallet.address) == 4 * DOLLAR
    shop.end(made)
