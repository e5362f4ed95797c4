"""Keys: listed, made, revoked."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from sqlalchemy import select

from visavis.core import accounts, rates, usage, webhooks
from visavis.core.schema import ApiKey, User
from visavis.core.sign_ins import Visitor
from visavis.errors import NotPermittedError
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.visitor import Given, SignedIn

_CREATED: Final = 201

router = APIRouter(prefix=f"{PREFIX}/keys", tags=["Keys"])


@router.get("")
async def list_keys(visitor: SignedIn, context: Given) -> wire.KeyList:
    """Your keys, newest first, with what they were used for this month. Operators see everybody's."""
    rows = []
    async with context.shared.database.transaction() as db:
        owners = {user.id: user.email for user in (await db.execute(select(User))).scalars()}
        for key in reversed(await accounts.list_keys(db, visitor.scope)):
            bill = await usage.bill(db, key)
            requests = await rates.requests_this_month(db, key)
            owner = owners.get(key.user_id) if key.user_id is not None else None
            rows.append(_row(key, owner, bill=bill, requests=requests, visitor=visitor))
    return wire.KeyList(
        keys=rows,
        may_create=visitor.user is not None,
        default_requests_per_minute=context.shared.limits.requests_per_minute,
    )


@router.post("", status_code=_CREATED)
async def create_key(body: wire.KeyRequest, visitor: SignedIn, context: Given) -> wire.NewKey:
    """Make a key. It is shown in this answer and never again."""
    if visitor.user is None:
        raise NotPermittedError("You are signed in with a key; sign in as a user to make others.")
    allowance = accounts.Allowance(requests_per_minute=body.requests_per_minute, monthly_cap=body.monthly_cap)
    async with context.shared.database.transaction() as db:
        row, key = await accounts.create_key(db, body.name, allowance=allowance, owner=visitor.user.email)
        await db.refresh(row)
        secret = await webhooks.secret_of(db, row.id, context.webhook_secret)
    bill = usage.MonthlyUsage(0.0, 0.0)
    shown = _row(row, visitor.user.email, bill=bill, requests=0, visitor=visitor)
    return wire.NewKey(key=key, webhook_secret=secret, row=shown)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: Annotated[int, Path(ge=1, lt=2**63)], visitor: SignedIn, context: Given) -> None:
    """Refuse a key from now on."""
    if not visitor.may_see(key_id):
        raise NotPermittedError("This key is not yours.")
    async with context.shared.database.transaction() as db:
        await accounts.revoke(db, key_id)


def _row(
    key: ApiKey, owner: str | None, *, bill: usage.MonthlyUsage, requests: int, visitor: Visitor
) -> wire.KeyRow:
    is_own = visitor.user is not None and key.user_id == visitor.user.id
    return wire.KeyRow(
        id=key.id,
        prefix=key.prefix,
        name=key.name,
        owner=owner,
        is_console=key.tier == accounts.CONSOLE_TIER,
        is_own=is_own,
        requests_per_minute=key.requests_per_minute,
        monthly_cap=key.monthly_cap,
        requests_this_month=requests,
        seconds_this_month=bill.seconds,
        cost_usd_this_month=bill.cost_usd,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
