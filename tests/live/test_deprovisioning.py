"""A directory deprovisions somebody in a live session: all that the person has ends, in one transaction."""

import asyncio
import sys
import time
from typing import Any

import httpx
import pytest
from harness.room_clients import within
from tests.support.live import Stage, asynchronous
from tests.support.organizations import PATH, a_members_key, a_user, an_organization
from tests.support.server import Server, in_database

from visavis.core.database import Database
from visavis.core.identity import sign_ins, users

SCIM = "/scim/v2/Users"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OFF = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}


def sign_in_bound(server: Server, email: str, organization_id: str) -> str:
    """Sign in as the identity provider does. Returns the secret of the browser's cookie."""

    async def open_browser(database: Database) -> str:
        async with database.transaction() as tx:
            return await sign_ins.bound(tx, (await users.named(tx, email)).id, organization_id)

    return in_database(server.database_url, open_browser)


def provision(stage: Stage, email: str) -> tuple[httpx.Client, str, str, str]:
    """A member whom a directory provisions: its client, the ID of the member, a key, and a cookie."""
    server = stage.server
    with server.client(a_user(server, f"owner-of-{email}")) as owner:
        org = an_organization(owner, "Deprovisioning")["id"]
        token = owner.post(f"{PATH}/{org}/scim-tokens", json={"name": "Okta"}).json()["token"]
    directory = server.client(token)
    made = directory.post(SCIM, json={"schemas": [USER], "userName": email, "active": True})
    assert made.status_code == 201, made.text
    key = a_members_key(server, email, org)
    return directory, made.json()["id"], key, sign_in_bound(server, email, org)


@pytest.mark.parametrize("way", ["DELETE", "PATCH"])
@asynchronous
async def test_a_deprovisioned_user_loses_everything_at_once(stage: Stage, way: str) -> None:
    email = f"{way.lower()}-{time.monotonic_ns()}@deprovisioned.example"
    directory, member_id, key, cookie = await asyncio.to_thread(provision, stage, email)
    api = httpx.AsyncClient(base_url=stage.server.url, timeout=60)
    bearer = {"Authorization": f"Bearer {key}"}
    async with api:
        opened = await api.post("/v1/realtime/session", headers=bearer)
        assert opened.status_code == 200, opened.text
        made: dict[str, Any] = opened.json()
        api.cookies.set("visavis_console", cookie)
        assert (await api.get("/console/api/session")).json()["signed_in"] is True
        async with stage.watched(made) as viewer:
            closed = asyncio.Event()
            viewer.room.on("disconnected", lambda *_: closed.set())
            began_s = time.monotonic()
            body = {"json": OFF} if way == "PATCH" else {}
            answer = await asyncio.to_thread(directory.request, way, f"{SCIM}/{member_id}", **body)
            answered_s = time.monotonic() - began_s
            assert answer.status_code in {200, 204}, answer.text
            # When the directory has its answer, nothing is left.
            assert (await api.get("/v1/me", headers=bearer)).status_code == 403
            assert (await api.get("/console/api/session")).json()["signed_in"] is False
            await within(closed.wait())
            closed_s = time.monotonic() - began_s
    answered_ms, closed_ms = (round(each * 1e3) for each in (answered_s, closed_s))
    sys.stdout.write(f"{way}: answered after {answered_ms} ms, room closed after {closed_ms} ms\n")
    directory.close()
    # One transaction wrote all of it: its time is in all rows that have the database's.
    written = stage.server.rows(
        "SELECT m.updated_at, s.ended_at, a.at, m.xmin::text = k.xmin::text, s.reason FROM memberships m "
        "JOIN api_keys k ON k.user_id = m.user_id JOIN sessions s ON s.key_id = k.id "
        "JOIN audit_log a ON a.subject_id = m.id AND a.action = 'member.removed' "
        "WHERE m.id = %s AND s.id = %s",
        member_id,
        made["session_id"],
    )
    ((member, ended, noted, is_same, reason),) = written
    assert member == ended == noted
    assert is_same, "the key was revoked in another transaction"
    assert reason == "access_ended"
    assert (
        stage.server.rows(
            "SELECT 1 FROM sign_ins s JOIN memberships m ON m.user_id = s.user_id WHERE m.id = %s", member_id
        )
        == []
    )
