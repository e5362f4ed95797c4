"""Measures SCIM: four clients provision, change and deprovision the same users at the same time.

    python -m bench.scim [--keep] [--quick]

Each client changes every user, with `If-Match`, and tries again when another one was faster. At the end every
change must be there: `lost_updates` and `server_errors` must be 0. `--quick` takes few users, to check that
the benchmark runs.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from harness.server_process import new_server

from bench.machine import keep
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.core.database import Database
from visavis.core.identity import keys, users

PATH = "/v1/organizations"
CLIENTS = 4
USERS, QUICK_USERS = 1000, 8
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFLICT = 412
SERVER_ERROR = 500
PAGE = 200


class Client:
    """One client, with what it saw.

    Attributes:
        statuses: Numbers of answers by status.
        taken_s: Time of each request, in seconds.
    """

    def __init__(self, url: str, token: str, number: int) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=f"{url}/scim/v2", headers=headers, timeout=600)
        self.number, self.statuses, self.taken_s = number, Counter[int](), list[float]()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request."""
        began = time.perf_counter()
        answer = self._http.request(method, path, json=body, headers=headers)
        self.taken_s.append(time.perf_counter() - began)
        self.statuses[answer.status_code] += 1
        return answer

    def change(self, user_id: str) -> None:
        """Add a phone number to a user, whatever others do meanwhile."""
        number = {"type": f"client-{self.number}", "value": f"+1 {self.number}"}
        operation = {"op": "add", "path": "phoneNumbers", "value": [number]}
        while True:
            version = self.ask("GET", f"/Users/{user_id}").headers["ETag"]
            body = {"schemas": [PATCH], "Operations": [operation]}
            answer = self.ask("PATCH", f"/Users/{user_id}", body, **{"If-Match": version})
            if answer.status_code != CONFLICT:
                return

    def close(self) -> None:
        """Close its connections."""
        self._http.close()


async def create_owner(data: Path) -> str:
    """Create a user in the database of a server. Returns the user's key."""
    database = Database(EmbeddedPostgres(data / "postgres").url)
    try:
        async with database.transaction() as tx:
            owner = await users.find_or_add(tx, "owner@bench.example")
            return (await keys.create(tx, "bench", user=owner))[1]
    finally:
        await database.close()


def at_once(clients: list[Client], do: Callable[[Client], None]) -> float:
    """Let all clients do something at the same time. Returns the seconds until the last one is done."""
    began = time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(do, clients))
    return time.perf_counter() - began


def everybody(client: Client, count: int) -> list[dict[str, Any]]:
    """All users of the directory, page by page."""
    pages = (
        client.ask("GET", f"/Users?startIndex={start}&count={PAGE}") for start in range(1, count + 1, PAGE)
    )
    return [each for page in pages for each in page.json()["Resources"]]


def measure(url: str, key: str, count: int) -> dict[str, float | int]:
    """Provision, change and deprovision users, and count what was lost."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=600) as owner:
        org = owner.post(PATH, json={"name": "Bench"}).json()["organization"]["id"]
        token = owner.post(f"{PATH}/{org}/scim-tokens", json={"name": "bench"}).json()["token"]
        clients = [Client(url, token, number) for number in range(CLIENTS)]
        names = [f"user{number}@bench.example" for number in range(count)]

        def provision(client: Client) -> None:
            for name in names[client.number :: CLIENTS]:
                client.ask("POST", "/Users", {"schemas": [USER], "userName": name, "active": True})

        provisioned_s = at_once(clients, provision)
        found = {each["userName"]: each["id"] for each in everybody(clients[0], count)}

        def change(client: Client) -> None:
            for user_id in found.values():
                client.change(user_id)

        changed_s = at_once(clients, change)
        lost = sum(CLIENTS - len(each.get("phoneNumbers", [])) for each in everybody(clients[0], count))

        def deprovision(client: Client) -> None:
            off = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
            for number, name in enumerate(names[client.number :: CLIENTS]):
                path = f"/Users/{found[name]}"
                if number % 2:
                    client.ask("DELETE", path)
                else:
                    client.ask("PATCH", path, off)

        deprovisioned_s = at_once(clients, deprovision)
        members = owner.get(f"{PATH}/{org}").json()["members"]
    statuses = sum((client.statuses for client in clients), Counter[int]())
    taken_ms = [each * 1e3 for client in clients for each in client.taken_s]
    for client in clients:
        client.close()
    return {
        "users": count,
        "clients": CLIENTS,
        "requests": sum(statuses.values()),
        "provisioned_per_s": round(count / provisioned_s, 1),
        "changes_per_s": round(count * CLIENTS / changed_s, 1),
        "deprovisioned_per_s": round(count / deprovisioned_s, 1),
        "request_p50_ms": round(statistics.median(taken_ms), 1),
        "request_p95_ms": round(statistics.quantiles(taken_ms, n=20)[-1], 1),
        "conflicts": statuses[CONFLICT],
        "lost_users": count - len(found),
        "lost_updates": lost,
        "members_left_active": sum(each["status"] == "active" for each in members) - 1,
        "server_errors": sum(number for status, number in statuses.items() if status >= SERVER_ERROR),
    }


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    settings = {"VISAVIS_ORGANIZATION_SCIM_REQUESTS_PER_MINUTE": "1000000", "VISAVIS_LIVE_SLOTS": "0"}
    with new_server(settings, has_log=True) as server:
        key = asyncio.run(create_owner(server.log.parent))
        figures = measure(server.url, key, QUICK_USERS if options.quick else USERS)
    print(json.dumps(figures, indent=2))
    if options.keep:
        keep("scim", figures)
    if figures["lost_users"] or figures["lost_updates"] or figures["server_errors"]:
        sys.exit("updates were lost, or the server failed")


if __name__ == "__main__":
    main()
