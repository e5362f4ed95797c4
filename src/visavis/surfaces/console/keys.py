"""Keys: listed, made, revoked."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from visavis.core import rates, webhooks
from visavis.core.billing import money, usage
from visavis.core.billing.usage import MonthlyUsage
from visavis.core.identity import keys, sign_ins
from visavis.core.identity.principals import Allowance, Scope
from visavis.core.schema import ApiKey, User
from visavis.errors import NotPermittedError
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, SignedIn

_CREATED: Final = 201
_NO_CONTENT: Final = 204

router = APIRouter(prefix=f"{PREFIX}/keys", tags=["Keys"])
KeyId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("")
async def list_keys(principal: SignedIn, context: Given) -> wire.KeyList:
    """Your keys, newest first, with what they were used for this month. Operators see everybody's."""
    rows = []
    async with context.shared.database.transaction() as tx:
        me = (await sign_ins.holder(tx, principal)).user
        for key, user in reversed(await keys.visible(tx, principal)):
            used = await usage.this_month(tx, key)
            requests = await rates.requests_this_month(tx, keys.principal_of(key))
            rows.append(_row(key, user, me, used=used, requests=requests))
    return wire.KeyList(
        keys=rows,
        may_create=Scope.KEYS in principal.scopes,
        default_requests_per_minute=context.shared.requests.requests_per_minute,
    )


@router.post("", status_code=_CREATED)
async def create_key(body: wire.KeyRequest, principal: SignedIn, context: Given) -> wire.NewKey:
    """Make a key. It is shown in this answer and never again."""
    allowance = Allowance(
        requests_per_minute=body.requests_per_minute,
        monthly_cap=body.monthly_cap,
        allows_conversation=body.allows_conversation,
    )
    async with context.shared.database.transaction() as tx:
        me = (await sign_ins.holder(tx, principal)).user
        if me is None or Scope.KEYS not in principal.scopes:
            raise NotPermittedError("You are signed in with an API key. Sign in as a user to create keys.")
        row, key = await keys.create(
            tx, body.name, allowance=allowance, user=me, account_id=principal.account_id
        )
        await tx.refresh(row)
        secret = await webhooks.secret_of(tx, row.id, context.webhooks.shared_secret)
    shown = _row(row, me, me, used=MonthlyUsage(), requests=0)
    return wire.NewKey(key=key, webhook_secret=secret, row=shown)


@router.patch("/{key_id}", status_code=_NO_CONTENT)
async def change_key(key_id: KeyId, body: wire.KeyChange, principal: SignedIn, context: Given) -> None:
    """Change what a key may do, from its next request on."""
    async with context.shared.database.transaction() as tx:
        await keys.edit(tx, principal, key_id, allows_conversation=body.allows_conversation)


@router.delete("/{key_id}", status_code=_NO_CONTENT)
async def revoke_key(key_id: KeyId, principal: SignedIn, context: Given) -> None:
    """Refuse a key from now on."""
    async with context.shared.database.transaction() as tx:
        await keys.revoke(tx, principal, key_id)


def _row(
    key: ApiKey, user: User | None, me: User | None, *, used: MonthlyUsage, requests: int
) -> wire.KeyRow:
    return wire.KeyRow(
        id=key.id,
        prefix=key.prefix,
        name=key.name,
        owner=user.email if user else None,
        is_console=key.tier == keys.CONSOLE_TIER,
        is_own=me is not None and key.user_id == me.id,
        requests_per_minute=key.requests_per_minute,
        monthly_cap=key.monthly_cap,
        requests_this_month=requests,
        seconds_this_month=used.seconds,
        cost_usd_this_month=money.to_usd(used.cost_micros),
        allows_conversation=key.allows_conversation,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
