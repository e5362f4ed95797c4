"""Whether anybody pays twice, pays for nothing, or gets time unpaid: hostile payments by the thousand.

    python -m bench.payments [--runs 2000] [--lanes 3] [--seed 1] [--limit-s N] [--keep | --add] [--quick]

Each run is one wallet that buys a session: on a chain of this machine, from a gateway that may be killed at a
step of the payment, by a facilitator that may behave badly, with a client that may do so too. At the end the
balances on the chains, the ledger and the sessions must agree, wallet by wallet. A session for which nobody
came takes no slot any more.

The database is real, the gateways are real processes, and payments are reconciled as a worker does. No worker
runs the sessions: a row says that there are slots. A photo counts as read before, so no face is looked for.
"""

import argparse
import asyncio
import hashlib
import io
import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from harness import evm_node, paying, solana_node
from harness.dying_gateway import dying_gateway
from harness.payment_books import Books, faults_in
from PIL import Image
from solders.keypair import Keypair

from bench.hostile_payments import CONDUCTS, DOLLAR, PURSE, Lane, Run, Shop
from bench.machine import RESULTS, not_here, processor
from visavis import bootstrap
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.bootstrap import payments as choosing
from visavis.core import rigs
from visavis.core.database import Database, migrate
from visavis.samples.portrait import read_portrait
from visavis.worker.payments import reconcile, release_unused

PAY_TO: Final = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
SOLANA_PAY_TO: Final = Keypair.from_seed(bytes([9]) * 32).pubkey()
MINUTE: Final = DOLLAR // 10
FREE_MINUTES: Final = 5
_PAUSE_S: Final = 0.2
_RECONCILE_S: Final = 0.5
_HEARTBEAT_S: Final = 2.0
_LIVE_SLOTS: Final = 1_000_000
_LEDGER: Final = (
    "SELECT coalesce(sum(amount_micros) FILTER (WHERE reason = 'received'), 0)::bigint, "
    "coalesce(sum(amount_micros), 0)::bigint FROM ledger JOIN wallets USING (account_id) WHERE address = %s"
)
_SESSIONS: Final = (
    "SELECT id, max_duration_s FROM sessions JOIN wallets USING (account_id) "
    "WHERE status <> 'reserved' AND address = %s"
)
_OPEN: Final = "SELECT count(*) FROM payments WHERE status IN ('reserved', 'pending')"
_RESERVED: Final = "SELECT count(*) FROM sessions WHERE status = 'reserved'"
_EXPIRY_S: Final = 3600
_OPEN_S: Final = 60
_RESULT: Final = RESULTS / "payments.json"


def check(shop: Shop, run: Run) -> list[str]:
    """What is wrong with a wallet at the end: its balance on the chain, its credit and its sessions."""
    is_solana = isinstance(run.wallet, Keypair)
    left = shop.solana.balance(run.wallet.pubkey()) if is_solana else shop.evm.balance(run.wallet.address)
    paid = PURSE - left
    ((received, credit),) = shop.rows(_LEDGER, run.address)
    sessions = dict(shop.rows(_SESSIONS, run.address))
    sold = sum((seconds // 60 - FREE_MINUTES) * MINUTE for seconds in sessions.values())
    answered = sum(round(each["price_usd"] * DOLLAR) for each in run.bought)
    books = Books(paid, received, credit, sold, answered)
    faults = [*run.faults, *faults_in(books, CONDUCTS[run.conduct], price=DOLLAR)]
    faults += [
        f"no session {each['session_id']}" for each in run.bought if each["session_id"] not in sessions
    ]
    return faults


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Shop, dict[str, str], paying.Facilitator]]:
    """Start a database, two chains and a facilitator; gives also the settings of gateways.

    Args:
        folder: Data folder of the gateways.
    """
    postgres = EmbeddedPostgres(folder / "postgres")
    with ExitStack() as stack:
        postgres.start()
        stack.callback(postgres.stop)
        migrate(postgres.url)
        evm = stack.enter_context(evm_node.evm_node())
        solana = stack.enter_context(solana_node.solana_node())
        facilitator = stack.enter_context(paying.facilitator())
        solana.fund(paying.FEE_PAYER, 0, lamports=10**12)
        solana.fund(SOLANA_PAY_TO, 0)
        facilitator.add_evm(evm)
        facilitator.add_solana(solana)

        connection = stack.enter_context(psycopg.connect(postgres.url, autocommit=True))

        def rows(statement: str, *values: object) -> list[Any]:
            done = connection.execute(statement.encode(), values)
            return done.fetchall() if done.description else []

        shop = Shop(evm, solana, rows, _face())
        facilitator.behave = shop.behave
        digest = hashlib.sha256(shop.face).digest()
        rows("INSERT INTO rigs (id, path) VALUES (%s, 'rigs/x')", rigs.rig_id(digest))
        rows("INSERT INTO workers (id, slots, busy, live_slots) VALUES ('one', 1, 0, %s)", _LIVE_SLOTS)
        yield shop, _settings(shop, facilitator), facilitator


def _settings(shop: Shop, facilitator: paying.Facilitator) -> dict[str, str]:
    pay_to = {evm_node.NETWORK: PAY_TO, solana_node.NETWORK: str(SOLANA_PAY_TO)}
    return {
        "LIVEKIT_URL": "ws://127.0.0.1:1",  # no worker runs these sessions
        "LIVEKIT_API_KEY": "bench",
        "LIVEKIT_API_SECRET": "bench-" * 8,
        "VISAVIS_PAYMENT_PAY_TO": json.dumps(pay_to),
        "VISAVIS_PAYMENT_RPC_URLS": json.dumps(
            {evm_node.NETWORK: shop.evm.url, solana_node.NETWORK: shop.solana.url}
        ),
        "VISAVIS_PAYMENT_FACILITATOR": facilitator.url,
        "VISAVIS_PAYMENT_TRIES_PER_MINUTE": "1000000",
    }


def _face() -> bytes:
    file = io.BytesIO()
    Image.fromarray(read_portrait()).convert("RGB").resize((256, 256)).save(file, "JPEG")
    return file.getvalue()


@contextmanager
def worker(shop: Shop, url: str) -> Iterator[None]:
    """Reconcile payments all the time, as a worker does at intervals, and keep the slots alive."""
    ended = threading.Event()

    async def work() -> None:
        database = Database(url)
        taking = choosing.payments(bootstrap.read_settings().payments)
        try:
            while taking is not None and not ended.is_set():
                shop.rows("UPDATE workers SET seen_at = now()")
                await reconcile(database, taking)
                await release_unused(database)
                await asyncio.sleep(_RECONCILE_S)
        finally:
            if taking is not None:
                await taking.close()
            await database.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(asyncio.run, work())
        try:
            yield
        finally:
            ended.set()
            working.result()


def expire(shop: Shop, facilitator: paying.Facilitator) -> None:
    """Let all signatures expire, and the time after which nobody comes any more for what was paid."""
    for late in facilitator.late:
        late.join()
    shop.evm.pass_time(_EXPIRY_S)
    shop.solana.expire_blockhash()
    shop.rows("UPDATE payments SET created_at = created_at - interval '1 hour' WHERE settled_at IS NULL")
    _await_none(shop, _OPEN)
    shop.rows("UPDATE payments SET settled_at = settled_at - interval '1 hour'")
    _await_none(shop, _RESERVED)


def _await_none(shop: Shop, count: str) -> None:
    deadline = time.monotonic() + _OPEN_S
    while shop.rows(count) != [(0,)] and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)


def measure(runs: int, lanes: int, seed: int, limit_s: float) -> dict[str, Any]:
    """All runs, and what is wrong with them."""
    started = time.monotonic()
    with (
        TemporaryDirectory(prefix="visavis-bench-", ignore_cleanup_errors=True) as name,
        ExitStack() as stack,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        shop, settings, facilitator = stack.enter_context(opened(folder))
        os.environ.update(settings)
        gateways = [stack.enter_context(dying_gateway(folder, settings)) for _ in range(lanes)]
        shop.rows("UPDATE workers SET seen_at = now()")
        places = [Lane(shop, gateway, f"{seed}/{at}") for at, gateway in enumerate(gateways)]
        shares = [runs // lanes + (at < runs % lanes) for at in range(lanes)]

        def work(place: Lane, share: int) -> list[Run]:
            done = []
            for at in range(share):
                if time.monotonic() - started > limit_s:
                    break
                done.append(place.run())
                if at % 50 == 0:
                    print(f"{at} of {share} after {time.monotonic() - started:.0f} s", flush=True)
            return done

        with worker(shop, EmbeddedPostgres(folder / "postgres").url):
            with ThreadPoolExecutor(lanes) as pool:
                done = [run for part in pool.map(work, places, shares) for run in part]
            expire(shop, facilitator)
        faults = {run.address: found for run in done if (found := check(shop, run))}
        ((received,),) = shop.rows("SELECT sum(amount_micros)::bigint FROM ledger WHERE reason = 'received'")
        still_open, reserved = (shop.rows(count)[0][0] for count in (_OPEN, _RESERVED))
        on_chains = shop.evm.balance(PAY_TO) + shop.solana.balance(SOLANA_PAY_TO)
    for address, found in faults.items():
        print(address, *(f"\n  {each}" for each in found), file=sys.stderr)
    return {
        "runs": len(done),
        "runs_with_faults": len(faults),
        "payments_signed": sum(run.signed for run in done),
        "received_on_chains_usd": on_chains / DOLLAR,
        "received_in_ledger_usd": (received or 0) / DOLLAR,
        "payments_still_open": still_open,
        "sessions_still_reserved": reserved,
        "killed_at": dict(Counter(run.step for run in done if run.has_died)),
        "facilitator": dict(Counter(run.behaviour for run in done)),
        "client": dict(Counter(run.conduct for run in done)),
        "networks": dict(Counter(run.address.partition(":")[0] for run in done)),
        "took_s": round(time.monotonic() - started),
        "seeds": [seed],
    }


def added(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The figures of two measurements together."""
    both: dict[str, Any] = {}
    for name in sorted({*one, *other}, key=[*one, *other].index):
        first, second = one.get(name), other.get(name)
        if isinstance(first, dict) and isinstance(second, dict):
            both[name] = added(first, second)
        elif first is None or second is None or isinstance(first, str):
            both[name] = second if first is None else first
        else:
            both[name] = first + second
    return both


def main() -> None:
    """Measure, and keep the result if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--lanes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit-s", type=float, default=86_400, help="Begin no run after that time.")
    parser.add_argument("--keep", action="store_true", help="Replace the last result.")
    parser.add_argument("--add", action="store_true", help="Add to the last result, with another seed.")
    parser.add_argument("--quick", action="store_true", help="two runs: whether it still runs")
    asked = parser.parse_args()
    if shutil.which("node") is None:
        raise not_here("The chain comes from npm, and Node is not installed.")
    figures = measure(2 if asked.quick else asked.runs, asked.lanes, asked.seed, asked.limit_s)
    print(json.dumps(figures, indent=2))
    if asked.keep or asked.add:
        about = {"processor": processor(), "date": datetime.now(UTC).date().isoformat()}
        kept = added(json.loads(_RESULT.read_text()), figures) if asked.add else figures
        _RESULT.write_text(json.dumps(kept | about, indent=2) + "\n")
    is_open = figures["payments_still_open"] or figures["sessions_still_reserved"]
    agrees = figures["received_on_chains_usd"] == figures["received_in_ledger_usd"]
    sys.exit(bool(figures["runs_with_faults"] or is_open or not agrees))


if __name__ == "__main__":
    main()
