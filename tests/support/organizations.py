"""Users and organizations, in the database of a server."""

from typing import Any

import httpx

from tests.support.server import Server, in_database
from visavis.core.database import Database
from visavis.core.identity import keys, users
from visavis.core.identity.principals import Allowance

PATH = "/v1/organizations"
PASSWORD = "correct horse battery"  # noqa: S105 - made up


def a_user(server: Server, email: str, *, password: str | None = None) -> str:
    """Create a user, with a password only if one is given: hashing takes a while.

    Returns:
        A key of the user's own account.
    """

    async def make(database: Database) -> str:
        new = await users.prepare(email, password) if password else None
        async with database.transaction() as tx:
            user = await users.create(tx, new) if new else await users.find_or_add(tx, users.address(email))
            return (await keys.create(tx, f"{email}'s", user=user))[1]

    return in_database(server.database_url, make)


def a_members_key(server: Server, email: str, organization_id: str, **allowance: Any) -> str:
    """Create a key with which a member acts for an organization."""

    async def make(database: Database) -> str:
        (account_id,) = server.rows("SELECT account_id FROM organizations WHERE id = %s", organization_id)[0]
        async with database.transaction() as tx:
            user = await users.named(tx, email)
            made = await keys.create(
                tx, "member's", allowance=Allowance(**allowance), user=user, account_id=account_id
            )
            return made[1]

    return in_database(server.database_url, make)


def an_organization(owner: httpx.Client, name: str = "Example Incorporated") -> dict[str, Any]:
    """Create an organization through the API."""
    answer = owner.post(PATH, json={"name": name})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["organization"]
    return made


def add(client: httpx.Client, organization_id: str, email: str, role: str = "member") -> dict[str, Any]:
    """Add a member through the API."""
    answer = client.post(f"{PATH}/{organization_id}/members", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["member"]
    return made
