"""Nothing of one account can be seen by another: a walk over every route of every surface.

The routes come from the applications, so none can be forgotten. A route with identifiers is asked for what
somebody else has, and for what never existed: the answers must be the same. A route without identifiers that
reads must answer the same before and after somebody else has something. Each other route is listed in
`tests/support/routes.py`, with the reason why it takes no identifier.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.jobs import SAID
from tests.support.organizations import PASSWORD, PATH, a_members_key, a_user, add, an_organization
from tests.support.routes import (
    BODIES,
    NAMELESS,
    NEVER,
    PLAIN,
    SCIM_GROUP,
    SCIM_USER,
    SHARED,
    VOLATILE,
    Walked,
    routes,
)
from tests.support.server import Server, in_database
from visavis.core import agents, avatars, jobs, subscriptions
from visavis.core.agents import embedding
from visavis.core.database import Database
from visavis.core.identity import keys, sign_ins, users
from visavis.core.schema import Session
from visavis.ports.knowledge import Document, Passage
from visavis.surfaces.console.signed_in import COOKIE


@dataclass
class Account:
    """A user with everything that an account can have.

    Attributes:
        email: Address of the user.
        key: Key of the user's own account.
        cookie: Cookie of a browser that is signed in.
        scim_token: Token for the directory of an organization.
        identifiers: What the account has, by names of parameters.
    """

    email: str
    key: str
    cookie: str
    scim_token: str = ""
    identifiers: dict[str, str] = field(default_factory=dict)


def sign_in(server: Server, email: str) -> str:
    async def open_browser(database: Database) -> str:
        async with database.transaction() as tx:
            return await sign_ins._open(tx, user_id=(await users.named(tx, email)).id)

    return in_database(server.database_url, open_browser)


def an_account(server: Server, name: str) -> Account:
    email = f"{name}@tenancy.example"
    key = a_user(server, email, password=PASSWORD)
    return Account(email, key, sign_in(server, email))


def fill(server: Server, account: Account) -> None:
    """Let an account have one of each kind."""
    with server.client(account.key) as client:
        org = an_organization(client, f"Secret plans of {account.email}")["id"]
        member = add(client, org, f"colleague-of-{account.email}")
        invited = client.post(f"{PATH}/{org}/invitations", json={"email": f"guest-of-{account.email}"}).json()
        token = client.post(f"{PATH}/{org}/scim-tokens", json={}).json()
    a_members_key(server, account.email, org)
    account.scim_token = token["token"]
    with server.client(account.scim_token) as directory:
        person = {"schemas": [SCIM_USER], "userName": f"provisioned-by-{account.email}"}
        provisioned = directory.post("/scim/v2/Users", json=person).json()
        group = {"schemas": [SCIM_GROUP], "displayName": f"Group of {account.email}"}
        grouped = directory.post("/scim/v2/Groups", json=group).json()

    async def make(database: Database) -> dict[str, str]:
        async with database.transaction() as tx:
            row = await keys.find(tx, account.key)
            principal = keys.principal_of(row)
            wanted = jobs.Submission(
                id=jobs.new_id(), kind=jobs.SPEECH, surface="atlas", input=SAID, base_url=""
            )
            job = await jobs.submit(tx, principal, wanted)
            asked = jobs.AgentInput(
                code=agents.new_code(), duration_s=2, aspect_ratio="1:1", video_aspect_ratio="1:1"
            )
            made = jobs.Submission(
                id=jobs.new_id(), kind=jobs.AGENT, surface="agents", input=asked, base_url=""
            )
            state, _ = await agents.create(
                tx, principal, agents.NewAgent(made, f"You know {account.email}.", 0)
            )
            embedded = embedding.NewEmbedToken((), "", 3600, 1, 1)
            embed_token, _ = await embedding.issue(tx, principal, state.agent, embedded)
            document = await agents.knowledge.add(
                tx,
                principal,
                state.agent,
                Document(title="", language="", passages=(Passage(heading="", text=account.email),)),
                name=account.email,
                kind="text",
                digest=job.id.encode(),
                max_passages=1,
            )
            await tx.execute(
                text("DELETE FROM procrastinate_jobs WHERE args ->> 'job_id' = :id"), {"id": made.id}
            )
            failed = "UPDATE jobs SET status = 'failed', completed_at = now() WHERE id = :id"
            await tx.execute(text(failed), {"id": made.id})
            webhook = await subscriptions.create(
                tx, principal, surface="agents", url="https://example.com/", events=[], description=""
            )
            result = f"results/{job.id}/1.mp3"
            output = {"path": result, "size_bytes": 10, "duration_s": 2.0, "sample_rate_hz": 24_000}
            await tx.execute(
                text("DELETE FROM procrastinate_jobs WHERE args ->> 'job_id' = :id"), {"id": job.id}
            )
            await tx.execute(
                text(
                    "UPDATE jobs SET status = 'completed', completed_at = now(), "
                    "expires_at = now() + interval '1 day', output = CAST(:output AS jsonb) WHERE id = :id"
                ),
                {"id": job.id, "output": jobs.SpeechOutput.model_validate(output).model_dump_json()},
            )
            live = Session(
                id=f"ses_{job.id}{job.id[:8]}",
                account_id=principal.account_id,
                key_id=row.id,
                mode="passthrough",
                status="ended",
                reason="deleted",
                room=f"room-of-{job.id}",
                livekit_url="ws://127.0.0.1:1",
                idle_timeout_s=30,
                price_per_hour_micros=0,
                lease_until=row.created_at,
                ended_at=row.created_at,
                room_closed=True,
            )
            tx.add(live)
            await tx.flush()
            avatar = avatars.NewAvatar(
                id=avatars.new_id(),
                label="Secret face",
                name="Secret face",
                content_type=jobs.PNG,
                size_bytes=1,
                digest=job.id.encode(),
                job_id=job.id,
            )
            await avatars.save(tx, principal, avatar, max_avatars=10)
        return {
            "job_id": job.id,
            "avatar_id": avatar.id,
            "session_id": live.id,
            "key_id": str(row.id),
            "name": result,
            **dict.fromkeys(("agent_id", "code", "agent_code"), asked.code),
            "webhook_id": webhook.id,
            "embed_token_id": embed_token.id,
            "document_id": document.id,
        }

    account.identifiers = in_database(server.database_url, make)
    account.identifiers |= {"org_id": org, "member_id": member["id"]}
    account.identifiers["invitation_id"] = invited["invitation"]["id"]
    account.identifiers["token_id"] = token["scim_token"]["id"]
    account.identifiers |= {"user_id": provisioned["id"], "group_id": grouped["id"]}


ALL: Final = list(routes())
IDENTIFIED: Final = [
    each
    for each in ALL
    if (set(each.parameters) - PLAIN.keys() and each.name not in NAMELESS)
    or "{" in str(BODIES.get(each.name, {}).get("json", ""))
]
READ: Final = [
    each for each in ALL if each.method == "GET" and not each.parameters and each.name not in SHARED
]

# How each surface is told who asks.
CREDENTIALS: Final[dict[str, Callable[[Account], dict[str, str]]]] = {
    "agents": lambda account: {"api-secret": account.key},
    "avatars": lambda account: {"Authorization": f"Bearer {account.key}"},
    "atlas": lambda account: {"Authorization": f"Bearer {account.key}"},
    "organizations": lambda account: {"Authorization": f"Bearer {account.key}"},
    "scim": lambda account: {"Authorization": f"Bearer {account.scim_token}"},
    "console": lambda account: {"Cookie": f"{COOKIE}={account.cookie}"},
    # No key opens a paid session: each has a token of its own.
    "mirrorstage": lambda account: {"Authorization": f"Bearer {account.key}"},
    # Plugins of other vendors, whose keys come in various headers.
    "plugins": lambda account: {"Authorization": f"Bearer {account.key}", "X-Api-Key": account.key},
}


def credentials(walked: "Walked", account: Account) -> dict[str, str]:
    """Headers with which the client of a surface is known."""
    return CREDENTIALS[walked.surface.partition("-")[0]](account)


def filled(value: Any, identifiers: dict[str, str]) -> Any:
    """A body with identifiers in it; those that are numbers on the wire are numbers."""
    if isinstance(value, dict):
        return {key: filled(each, identifiers) for key, each in value.items()}
    found = re.fullmatch(r"{(\w+)}", value) if isinstance(value, str) else None
    if found is None:
        return value
    identifier = identifiers[found[1]]
    return int(identifier) if identifier.isdigit() and found[1] == "key_id" else identifier


def named_in(walked: Walked) -> list[str]:
    """Names of the identifiers that a request to a route holds."""
    in_body = re.findall(r"'{(\w+)}'", str(BODIES.get(walked.name, {}).get("json", "")))
    return [each for each in walked.parameters if each not in PLAIN] + in_body


def answer_to(
    server: Server, walked: Walked, account: Account, identifiers: dict[str, str]
) -> tuple[int, str, Any]:
    """Status, content type and body of an answer, without what the request itself holds."""
    path = walked.path.format_map({**PLAIN, **identifiers})
    headers = credentials(walked, account)
    if walked.method == "WS":
        try:
            with connect(f"ws{server.url.removeprefix('http')}{path}", additional_headers=headers) as socket:
                code = socket.recv(timeout=30)
                return 101, "", code
        except InvalidStatus as refused:
            said = (refused.response.body or b"").decode()
            return refused.response.status_code, "", without(said, identifiers)
    more = BODIES.get(walked.name, {})
    more = more | ({"json": filled(more["json"], identifiers)} if "json" in more else {})
    answer = httpx.request(walked.method, server.url + path, headers=headers, timeout=60.0, **more)
    return answer.status_code, answer.headers.get("content-type", ""), without(answer.text, identifiers)


def without(said: str, identifiers: dict[str, str]) -> str:
    for each in sorted(identifiers.values(), key=len, reverse=True):
        said = said.replace(each, "ID") if each else said
    return re.sub(r"req_[0-9a-f]{16}", "REQUEST", said)


@pytest.fixture(scope="module")
def curious(server: Server) -> Account:
    """Who asks; has one of each kind too."""
    account = an_account(server, "curious")
    fill(server, account)
    return account


@pytest.fixture(scope="module")
def before(server: Server, curious: Account) -> dict[Walked, tuple[int, str, Any]]:
    """What the curious account reads before the other one has anything."""
    return {each: answer_to(server, each, curious, {}) for each in READ}


@pytest.fixture(scope="module")
def other(server: Server, before: object) -> Account:
    """Whose things they are."""
    account = an_account(server, "other")
    fill(server, account)
    return account


def test_every_route_is_walked_or_listed() -> None:
    for each in ALL:
        assert each.surface.partition("-")[0] in CREDENTIALS, (
            f"say in CREDENTIALS how a client of {each.surface} is known"
        )
        unknown = set(each.parameters) - NEVER.keys() - PLAIN.keys()
        assert not unknown or each.name in NAMELESS, (
            f"{each.name}: add {unknown} to NEVER, and one of each kind to `fill`"
        )
    walked = (
        {each.name for each in IDENTIFIED} | {each.name for each in READ} | SHARED.keys() | NAMELESS.keys()
    )
    assert {each.name for each in ALL} - walked == set(), "list these routes in BODIES or NAMELESS"
    assert (BODIES.keys() | NAMELESS.keys() | SHARED.keys()) - {each.name for each in ALL} == set()


@pytest.mark.parametrize("walked", IDENTIFIED, ids=lambda each: each.name)
def test_what_others_have_is_as_what_never_existed(
    server: Server, curious: Account, other: Account, walked: Walked
) -> None:
    names = named_in(walked)
    own, foreign = curious.identifiers, other.identifiers
    # All identifiers of somebody else; then one of them, beside own ones.
    for asked in [set(names), *({each} for each in names if len(names) > 1)]:
        there = {name: (foreign if name in asked else own)[name] for name in names}
        nowhere = {name: NEVER[name] if name in asked else own[name] for name in names}
        seen, expected = (answer_to(server, walked, curious, each) for each in (there, nowhere))
        assert seen == expected
        assert seen[0] in {401, 403, 404, 410}, f"{walked.name} came to no identifier: {seen}"


@pytest.mark.parametrize("walked", READ, ids=lambda each: each.name)
def test_lists_and_counts_show_nothing_of_others(
    server: Server,
    curious: Account,
    before: dict[Walked, tuple[int, str, Any]],
    other: Account,
    walked: Walked,
) -> None:
    status, content_type, now = answer_to(server, walked, curious, {})
    assert (status, content_type, steady(now)) == (*before[walked][:2], steady(before[walked][2]))
    assert status < 500
    for each in (other.email, *other.identifiers.values()):
        assert not each or len(each) < 8 or each not in now


def steady(said: str) -> str:
    """An answer without what changes with each request."""
    return re.sub(rf'"({"|".join(VOLATILE)})":("[^"]*"|\d+)', "", said)


def test_a_search_finds_nothing_of_others(server: Server, curious: Account, other: Account) -> None:
    searched = {"/console/api/jobs": "secret words", "/console/api/sessions": "room-of"}
    headers = CREDENTIALS["console"](curious)
    for path, words in searched.items():
        found = httpx.get(server.url + path, params={"words": words}, headers=headers).json()
        assert found["count"] == 1, "the own one"
        foreign = itertools.chain(other.identifiers.values(), (other.email,))
        for each in foreign:
            nothing = httpx.get(server.url + path, params={"words": each}, headers=headers).json()
            assert not each or nothing["count"] == 0 or len(each) < 8
