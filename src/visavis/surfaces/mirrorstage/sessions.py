"""Paid sessions: opened, read, shared, extended, ended."""

import hashlib
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.responses import JSONResponse

from visavis.core import leases, paid_sessions, rates, sessions, sharing
from visavis.core.billing import money, payments
from visavis.core.billing.prepaid import MINUTE_S, MINUTES_PER_HOUR, Prepaid, prepaid_of
from visavis.core.database import Tx
from visavis.core.identity import wallets
from visavis.core.schema import ACTIVE, Session
from visavis.core.secret import SEALS, seal, shared_secret
from visavis.errors import PaymentsUnavailableError, RequestError, SessionEndedError, TermsNotAcceptedError
from visavis.ports.payments import Payments
from visavis.surfaces.mirrorstage import error_responses, wire
from visavis.surfaces.mirrorstage.checkout import SIGNATURE, Answer, Checkout, Order
from visavis.surfaces.mirrorstage.context import Given, PaidContext
from visavis.surfaces.mirrorstage.credit import PROOF, spend_credit
from visavis.surfaces.mirrorstage.outputs import Output, read_output
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.authentication import bearer
from visavis.surfaces.shared.bodies import MULTIPART, BodyType
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES, URLENCODED

_ROOM_PREFIX: Final = "paid-"
_USES_PER_MINUTE: Final = 600  # of one session
_NEW: Final = BodyType(wire.PaidSessionRequest, (MULTIPART,))
_EXTENSION: Final = BodyType(wire.ExtensionRequest, (JSON, URLENCODED, MULTIPART))
_TOKEN: Final = bearer("Use: Authorization: Bearer <session_token>")

router = APIRouter(tags=["Paid sessions"])
SessionId = Annotated[str, Path(description="As the creation gave it.", examples=[wire.SESSION_ID])]
Token = Annotated[str, Depends(_TOKEN)]


@router.post("/v1/sessions", response_model=wire.PaidSessionCreated, openapi_extra=_NEW.openapi())
async def create(request: Request, context: Given) -> Response:
    """Open a session, and pay for it in the same request.

    Without a payment the answer is 402, and its header `PAYMENT-REQUIRED` says what can be paid on which
    network. Send the same request again with the signed payment as `PAYMENT-SIGNATURE`. Everything that can
    be refused is refused before: then nothing is charged.
    """
    await _count(context, f"buy:{owner_of(request.client)}", context.settings.tries_per_minute)
    shared = context.shared
    async with _NEW.read(request, folder=shared.folder, max_bytes=shared.requests.max_face_bytes) as sent:
        body = sent.fields
        if not body.accept_tos:
            raise TermsNotAcceptedError("Read the terms at GET /tos, then send accept_tos=true.")
        minutes = _checked_minutes(context, body.duration_minutes)
        prepaid = _prepaid(context, minutes)
        if prepaid.paid_micros > 0:
            _payments(context)  # before any work
        main = wire.main_output(body)
        output = await read_output(shared, main, body.outputs, max_outputs=context.settings.max_outputs)
        if SIGNATURE not in request.headers and PROOF not in request.headers:
            await _refuse_when_full(context)  # before any work; what was paid before may have its slot
        async with shared.database.transaction() as tx:
            anybody = wallets.principal_of(await wallets.account_of(tx, wallets.ANYBODY))
        rig = await faces.rig_of_upload(shared, anybody, body.reference_image, "reference_image")
        opening = _Opening(context, request, minutes, prepaid, output, rig)
        if opening.price_micros == 0:
            return JSONResponse(await opening.open_free(anybody.account_id))
        return await _sell(context, request, opening.order(sent.digest), body.wallet)


@router.get("/v1/sessions/{session_id}")
async def read(
    session_id: SessionId, token: Token, request: Request, context: Given
) -> wire.PaidSessionAnswer:
    """A session. `status` is `warming` until the avatar has come; then its paid time runs."""
    async with context.shared.database.transaction() as tx:
        row = await _find(tx, session_id, token)
        view_url = await _view_url(tx, context, request, row)
        return wire.session_answer(
            row, view_url=view_url, wallet=await wallets.address_of(tx, row.account_id)
        )


@router.post("/v1/sessions/{session_id}/share")
async def share(session_id: SessionId, token: Token, request: Request, context: Given) -> wire.ShareCreated:
    """A link with which others watch a session, until it ends."""
    async with context.shared.database.transaction() as tx:
        row = await _find(tx, session_id, token)
        link = await sharing.share(tx, row)
    url = _view_link(context.shared.base_url(request), row.id, link)
    return wire.ShareCreated(session_id=row.id, share_url=url, view_url=url, share_kind="view")


@router.delete("/v1/sessions/{session_id}/share")
async def revoke(
    session_id: SessionId,
    token: Token,
    context: Given,
    share: Annotated[
        str | None, Query(max_length=200, description="Token of one link; all links if it is left out.")
    ] = None,
) -> wire.SharesRevoked:
    """Make links of a session invalid, its `view_url` included. Whoever watches by them is removed."""
    async with context.shared.database.transaction() as tx:
        row = await _find(tx, session_id, token)
        count = await sharing.revoke(tx, row, share)
    return wire.SharesRevoked(session_id=row.id, revoked=count)


@router.get("/v1/view/{session_id}")
async def view(
    session_id: SessionId, share: Annotated[str, Query(max_length=200)], request: Request, context: Given
) -> wire.ViewCredentials:
    """What a player needs: a token that watches and hears the avatar, and does nothing else."""
    await _count(context, f"look:{owner_of(request.client)}", _USES_PER_MINUTE)
    shared = context.shared
    async with shared.database.transaction() as tx:
        row = await sharing.shared(tx, session_id, share)
    status, is_active = wire.status_of(row), row.status == ACTIVE
    viewer = sharing.viewer(share)
    return wire.ViewCredentials(
        session_id=row.id,
        status=status,
        ready=status == "active",
        output_protocol=wire.protocol_of(row),
        livekit_url=row.livekit_url if is_active else None,
        livekit_access_token=shared.rooms.token(row.room, viewer, role="viewer") if is_active else None,
    )


@router.post(
    "/v1/sessions/{session_id}/extend",
    response_model=wire.Extended,
    openapi_extra=_EXTENSION.openapi(),
)
async def extend(session_id: SessionId, token: Token, request: Request, context: Given) -> Response:
    """Add time to a session, without a break. The wallet that created it pays. No minute of it is free."""
    shared = context.shared
    async with _EXTENSION.read(
        request, folder=shared.folder, max_bytes=MAX_TEXT_BYTES, max_json_bytes=MAX_TEXT_BYTES
    ) as sent:
        minutes = sent.fields.duration_minutes
        async with shared.database.transaction() as tx:
            row = await _find(tx, session_id, token)
            wallet = await wallets.address_of(tx, row.account_id)
        most = context.settings.max_minutes - wire.minutes_of(row)

        async def check() -> None:
            if row.status != ACTIVE:
                raise SessionEndedError("The session has ended.")
            if not 1 <= minutes <= most:
                raise RequestError(f"duration_minutes: must be between 1 and {max(1, most)}.")

        paid = prepaid_of(row)
        price = minutes * paid.price_per_minute_micros if paid is not None else 0
        if price <= 0:
            await check()
        if price > 0 and wallet is None:
            raise RequestError("duration_minutes: this session has no wallet that could pay for more time.")

        async def deliver(tx: Tx, _account_id: int, _session_id: str | None) -> Answer:
            principal = paid_sessions.principal_of(row)
            grown = await paid_sessions.extend(tx, principal, row.id, minutes=minutes, paid_micros=price)
            return wire.extended(grown, minutes=minutes, price_micros=price).model_dump(mode="json")

        if price <= 0:
            async with shared.database.transaction() as tx:
                return JSONResponse(await deliver(tx, row.account_id, row.id))

        async def reserve(_tx: Tx, _account_id: int) -> str:
            return row.id

        order = Order(
            purpose=payments.EXTENSION,
            minutes=minutes,
            price_micros=price,
            url=f"{shared.base_url(request)}{request.url.path}",
            description=f"{minutes} more minutes of an avatar session",
            fingerprint=_fingerprint(request, sent.digest),
            check=check,
            reserve=reserve,
            deliver=deliver,
            wallet=wallet.text if wallet else None,
        )
        return await _sell(context, request, order, None)


@router.delete("/v1/sessions/{session_id}")
async def end(session_id: SessionId, token: Token, context: Given) -> wire.PaidSessionEnded:
    """End a session. Its output stops, and whole minutes that were paid and not used become credit."""
    async with context.shared.database.transaction() as tx:
        found = await paid_sessions.find(tx, session_id, token)
        row = await sessions.end_by_key(tx, paid_sessions.principal_of(found), found.id)
    used_s = round(sessions.bill(row).duration_s)
    return wire.PaidSessionEnded(session_id=row.id, status="ended", gpu_seconds_used=used_s)


class _Opening:
    """The opening of one session."""

    def __init__(
        self,
        context: PaidContext,
        request: Request,
        minutes: int,
        prepaid: Prepaid,
        output: Output,
        rig: str,
    ) -> None:
        self._context, self._request, self._minutes = context, request, minutes
        self._prepaid, self._output, self._rig = prepaid, output, rig

    @property
    def price_micros(self) -> int:
        """Price in micro-dollars."""
        return self._prepaid.paid_micros

    def order(self, body_digest: bytes) -> Order:
        """The order of a session that is paid."""
        return Order(
            purpose=payments.SESSION,
            minutes=self._minutes,
            price_micros=self.price_micros,
            url=f"{self._context.shared.base_url(self._request)}{self._request.url.path}",
            description=f"{self._minutes} minutes of an avatar session",
            fingerprint=_fingerprint(self._request, body_digest),
            check=partial(_refuse_when_full, self._context),
            reserve=self._reserve,
            deliver=self._deliver,
        )

    async def open_free(self, account_id: int) -> Answer:
        """Open a session that costs nothing."""
        async with self._context.shared.database.transaction() as tx:
            return await self._deliver(tx, account_id, None)

    async def _reserve(self, tx: Tx, account_id: int) -> str:
        output, principal = self._output, wallets.principal_of(account_id)
        secret = await shared_secret(tx, SEALS)
        wanted = sessions.NewSession(
            mode=sessions.PASSTHROUGH if output.token is None else sessions.EXTERNAL,
            livekit_url=output.livekit_url,
            rig_id=self._rig,
            idle_timeout_s=self._context.settings.max_minutes * MINUTE_S,
            max_duration_s=self._minutes * MINUTE_S,
            price_per_hour_micros=self._prepaid.price_per_minute_micros * MINUTES_PER_HOUR,
            room=output.room,
            room_prefix=_ROOM_PREFIX,
            sealed_token=seal(secret, output.token) if output.token is not None else None,
            prepaid=self._prepaid,
            output_protocol=output.protocol,
            sealed_outputs=seal(secret, output.sealable) if output.sealable is not None else None,
            is_reserved=True,
        )
        return (await sessions.open_session(tx, principal, wanted)).id

    async def _deliver(self, tx: Tx, account_id: int, session_id: str | None) -> Answer:
        token = paid_sessions.create_token()
        row = await paid_sessions.start(tx, session_id or await self._reserve(tx, account_id), token)
        if row.mode != sessions.EXTERNAL:
            await sharing.allow_view(tx, row)
        base = self._context.shared.base_url(self._request)
        status_url = f"{base}/v1/sessions/{row.id}"
        wallet = await wallets.address_of(tx, account_id)
        created = wire.PaidSessionCreated(
            session_id=row.id,
            token=token,
            status="warming",
            output_protocol=wire.protocol_of(row),
            livekit_url=row.livekit_url,
            view_url=await _view_url(tx, self._context, self._request, row),
            websocket_url=f"ws{status_url.removeprefix('http')}/stream?token={token}",
            status_url=status_url,
            estimated_ready_seconds=self._context.settings.startup_estimate_s,
            duration_minutes=self._minutes,
            price_usd=money.to_usd(self.price_micros),
            wallet=wallet.address if wallet else None,
        )
        return created.model_dump(mode="json")


async def _sell(context: PaidContext, request: Request, order: Order, wallet: str | None) -> Response:
    checkout = Checkout(context, _payments(context), order)
    header = request.headers.get(SIGNATURE)
    if header is not None:
        return await checkout.take(header)
    answer = await spend_credit(context, request, order, wallet)
    if answer is not None:
        return JSONResponse(answer)
    await order.check()
    return await checkout.ask()


def _payments(context: PaidContext) -> Payments:
    if context.payments is None:
        raise PaymentsUnavailableError(error_responses.PAYMENTS_UNAVAILABLE.example)
    return context.payments


def _prepaid(context: PaidContext, minutes: int) -> Prepaid:
    """What is paid for a new session."""
    settings = context.settings
    per_minute = money.from_usd(settings.price_per_minute_usd) if settings.required else 0
    return Prepaid(
        paid_micros=max(0, minutes - settings.free_minutes) * per_minute,
        free_minutes=settings.free_minutes,
        price_per_minute_micros=per_minute,
        refunds_unused=settings.refunds_unused,
    )


async def _refuse_when_full(context: PaidContext) -> None:
    async with context.shared.database.transaction() as tx:
        await leases.refuse_when_full(tx)


async def _find(tx: Tx, session_id: str, token: str) -> Session:
    await rates.take_named(tx, f"session:{session_id[:40]}", max_per_minute=_USES_PER_MINUTE)
    return await paid_sessions.find(tx, session_id, token)


async def _count(context: PaidContext, name: str, max_per_minute: int) -> None:
    async with context.shared.database.transaction() as tx:
        await rates.take_named(tx, name, max_per_minute=max_per_minute)


def _checked_minutes(context: PaidContext, wanted: int | None) -> int:
    settings = context.settings
    minutes = settings.default_minutes if wanted is None else wanted
    if not settings.min_minutes <= minutes <= settings.max_minutes:
        raise RequestError(
            f"duration_minutes: must be between {settings.min_minutes} and {settings.max_minutes}."
        )
    return minutes


def _fingerprint(request: Request, body_digest: bytes) -> bytes:
    return hashlib.sha256(request.url.path.encode() + b"\0" + body_digest).digest()


async def _view_url(tx: Tx, context: PaidContext, request: Request, row: Session) -> str | None:
    if row.mode == sessions.EXTERNAL or not await sharing.allows_view(tx, row):
        return None
    return _view_link(context.shared.base_url(request), row.id, await sharing.view_token(tx, row))


def _view_link(base: str, session_id: str, token: str) -> str:
    return f"{base}/view/{session_id}?share={token}"
