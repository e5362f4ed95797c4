"""Live sessions: searched, shared, and watched by whoever has a link."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request

from visavis.core import rates, sessions, sharing, transcripts
from visavis.core.billing import money
from visavis.core.identity import keys
from visavis.core.schema import ACTIVE, ApiKey, Session
from visavis.surfaces.console import live_wire, wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, SignedIn, machine_of

_MAX_OFFSET: Final = 2**31
_LOOKS_PER_MINUTE: Final = 600

router = APIRouter(prefix=PREFIX, tags=["Live"])
SessionId = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


@router.get("/sessions")
async def search_sessions(
    principal: SignedIn,
    context: Given,
    words: Annotated[str, Query(max_length=200, description="In id, room, reason or key name.")] = "",
    status: Literal["active", "ended"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET)] = 0,
) -> live_wire.LivePage:
    """Live sessions of your keys, newest first."""
    async with context.shared.database.transaction() as tx:
        page = await sessions.search(
            tx,
            principal,
            words=words.replace("\0", "").strip(),
            status=status,
            limit=limit,
            offset=offset,
        )
        wanted = {row.key_id for row in page.rows if row.key_id is not None}
        of_id = await keys.by_id(tx, principal, wanted)
    rows = [_row(row, of_id[row.key_id] if row.key_id is not None else None) for row in page.rows]
    return live_wire.LivePage(sessions=rows, count=page.count, limit=limit, offset=offset)


@router.get("/sessions/{session_id}")
async def read_session(session_id: SessionId, principal: SignedIn, context: Given) -> live_wire.LiveRow:
    """One live session."""
    async with context.shared.database.transaction() as tx:
        row, key = await sessions.read(tx, principal, session_id)
    return _row(row, key)


@router.get("/sessions/{session_id}/transcript")
async def read_transcript(
    session_id: SessionId, principal: SignedIn, context: Given
) -> live_wire.TranscriptAnswer:
    """What was said in a live session."""
    async with context.shared.database.transaction() as tx:
        row, _ = await sessions.read(tx, principal, session_id)
        said = await transcripts.of_session(tx, row)
    return live_wire.TranscriptAnswer(
        is_kept=sessions.keeps_transcript(row),
        segments=[
            live_wire.SpokenRow(
                id=each.id,
                role=each.role,
                text=each.text,
                start_s=each.start_s,
                is_interrupted=each.is_interrupted,
                sources=list(each.sources),
            )
            for each in said
        ],
    )


@router.get("/conversation")
async def read_conversation(_principal: SignedIn, context: Given) -> live_wire.ConversationAnswer:
    """What conversations can be held with: the voices, and what answers."""
    model = context.language_model
    return live_wire.ConversationAnswer(
        model=model.model or (model.file.name if model.file else None),
        has_model=model.url is not None or model.file is not None,
        voices=[
            live_wire.VoiceRow(id=voice.id, name=voice.name, languages=list(voice.languages), sex=voice.sex)
            for voice in context.shared.synthesizer.voices()
        ],
        price_per_hour_usd=context.shared.live.conversation_price_per_hour_usd,
    )


@router.post("/sessions/{session_id}/share")
async def share_session(
    session_id: SessionId, request: Request, principal: SignedIn, context: Given
) -> live_wire.ShareAnswer:
    """A link that lets others watch, until the session ends."""
    async with context.shared.database.transaction() as tx:
        row, _ = await sessions.read(tx, principal, session_id)
        token = await sharing.share(tx, row)
    url = f"{context.shared.base_url(request)}/watch/{row.id}?share={token}"
    return live_wire.ShareAnswer(session_id=row.id, url=url)


@router.get("/view/{session_id}")
async def view_session(
    session_id: SessionId,
    share: Annotated[str, Query(max_length=200)],
    request: Request,
    context: Given,
) -> live_wire.ViewAnswer:
    """What a player needs to show a session: a token that can watch, and do nothing else."""
    async with context.shared.database.transaction() as tx:
        await rates.take_named(tx, f"look:{machine_of(request)}", max_per_minute=_LOOKS_PER_MINUTE)
    async with context.shared.database.transaction() as tx:
        row = await sharing.shared(tx, session_id, share)
    if row.status != ACTIVE:
        return live_wire.ViewAnswer(session_id=row.id, status="ended", ready=False)
    return live_wire.ViewAnswer(
        session_id=row.id,
        status="active",
        ready=row.joined_at is not None,
        livekit_url=row.livekit_url,
        livekit_access_token=context.shared.rooms.token(row.room, sharing.viewer(share), role="viewer"),
    )


def _row(row: Session, key: ApiKey | None) -> live_wire.LiveRow:
    bill = sessions.bill(row)
    return live_wire.LiveRow(
        session_id=row.id,
        status=row.status,
        reason=row.reason,
        mode=row.mode,
        room=row.room,
        key=wire.KeyName(id=key.id, prefix=key.prefix, name=key.name) if key is not None else None,
        is_key_revoked=key is not None and key.revoked_at is not None,
        worker=row.worker_id,
        takeovers=row.placements - 1,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_s=bill.duration_s,
        cost_usd=money.to_usd(bill.cost_micros),
    )
