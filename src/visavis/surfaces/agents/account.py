"""The credits of an account, and what they were spent on."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from visavis.core import agents
from visavis.core.billing import balances
from visavis.surfaces.agents import wire
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.principals import PollingPrincipal
from visavis.surfaces.shared.context import Given

_MAX_OFFSET: Final = 2**31

router = APIRouter(tags=["Account"])


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class Credits(_Wire):
    """Credits of an account."""

    balance: int = Field(examples=[750])
    plan_credits: int = Field(default=0, description="There are no plans here: always 0.")
    topup_credits: int = Field(examples=[750], description="Credits that the operator granted, and are left.")


class CreditSummary(_Wire):
    """The credits of an account."""

    success: Literal[True] = True
    data: Credits


class CreditRow(_Wire):
    """One change of the credits of an account."""

    activity_type: Literal["grant", "generation", "refund"]
    agent_code: str | None = Field(examples=[wire.CODE], description="`null` if the agent was deleted.")
    credits_change: int = Field(examples=[250], description="Credits that were used; negative if given.")
    created_at: str


class CreditHistory(_Wire):
    """Changes of the credits of an account, newest first."""

    success: Literal[True] = True
    data: list[CreditRow]
    pagination: wire.Pagination


@router.get("/v2/credit-summaries", responses=errors())
async def summary(principal: PollingPrincipal, context: Given) -> CreditSummary:
    """Your credits."""
    async with context.database.transaction() as tx:
        balance = await balances.balance(tx, principal.account_id)
    return CreditSummary(data=Credits(balance=balance, topup_credits=balance))


@router.get("/v1/usage", responses=errors())
async def history(
    principal: PollingPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=200, description="Rows to return.")] = 50,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Rows to skip.")] = 0,
) -> CreditHistory:
    """What your credits were granted for and spent on, newest first."""
    async with context.database.transaction() as tx:
        page = await balances.page(tx, principal, limit=limit, offset=offset)
        codes = await agents.codes(tx, principal, {row.subject_id for row in page.rows})
    rows = [
        CreditRow.model_validate(
            {
                "activity_type": row.reason,
                "agent_code": codes.get(row.subject_id),
                "credits_change": -(row.credits or 0),
                "created_at": wire.moment(row.at),
            }
        )
        for row in page.rows
    ]
    return CreditHistory(
        data=rows,
        pagination=wire.Pagination(
            limit=limit, offset=offset, total=page.count, has_more=offset + len(rows) < page.count
        ),
    )
