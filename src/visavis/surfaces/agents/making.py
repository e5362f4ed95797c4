"""Making agents, and asking how far they are."""

import tempfile
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from visavis.core import agents, jobs, rigs
from visavis.core.agents import AgentState
from visavis.core.identity.principals import Principal
from visavis.core.schema import READY
from visavis.errors import AgentFormatError, RequestError
from visavis.surfaces.agents import NAME, wire
from visavis.surfaces.agents.documented import IDEMPOTENCY, errors
from visavis.surfaces.agents.error_responses import (
    BALANCE,
    EXISTS,
    FORMAT,
    NO_AGENT,
    NOT_READY,
    TOO_LARGE,
)
from visavis.surfaces.agents.error_responses import IDEMPOTENCY as MISMATCH
from visavis.surfaces.agents.media import discard_media, read_media, store_media
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.shared.bodies import ALL_KINDS, BodyType
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES
from visavis.surfaces.shared.links import link_to

_GENERATE: Final = BodyType(wire.GenerateRequest, ALL_KINDS)
_UPDATE: Final = BodyType(wire.UpdateRequest, ALL_KINDS)
_LONGEST_IDEMPOTENCY_KEY: Final = 200
_BASE64_GROWTH: Final = 4 / 3
_REPLAYED: Final = "Idempotency-Replayed"
_MAX_OFFSET: Final = 2**31

router = APIRouter(tags=["Agents"])
Code = Annotated[str, PathParameter(description="Code of the agent.", examples=[wire.CODE])]


@router.post("/v1/validate", responses=errors(), tags=["Account"])
async def validate(_principal: PollingPrincipal) -> wire.Valid:
    """Check a secret. It costs nothing."""
    return wire.Valid(valid=True)


@router.post(
    "/v1/agent/generate",
    responses=errors(BALANCE, EXISTS, MISMATCH, TOO_LARGE),
    openapi_extra=_GENERATE.openapi(IDEMPOTENCY),
)
async def generate(
    request: Request, response: Response, principal: KeyPrincipal, context: Given
) -> wire.Started:
    """Make an agent. It is answered at once; poll its status every few seconds.

    Credits are taken when the request is accepted, and given back when the agent cannot be made.
    """
    max_bytes = context.agents.max_file_bytes
    max_json_bytes = int(max_bytes * _BASE64_GROWTH) + MAX_TEXT_BYTES
    async with _GENERATE.read(
        request, folder=context.folder, max_bytes=max_bytes, max_json_bytes=max_json_bytes
    ) as sent:
        with tempfile.TemporaryDirectory(prefix="agent-", dir=context.folder) as folder:
            found, is_new = await _generate(request, principal, context, sent.fields, sent.digest, folder)
    if not is_new:
        response.headers[_REPLAYED] = "true"
    return wire.Started(message="Agent generation started", agent_id=found.agent.code, status="processing")


async def _generate(
    request: Request,
    principal: Principal,
    context: Context,
    body: wire.GenerateRequest,
    digest: bytes,
    folder: str,
) -> tuple[AgentState, bool]:
    """Look at everything, store the files, and only then open the transaction that accepts the agent."""
    idempotency_key = _idempotency_key(request)
    code = agents.check_code(body.agent_id) if body.agent_id else agents.new_code()
    sent = {"image": body.image, "video": body.video, "audio": body.audio}
    media = await read_media(context, sent, Path(folder))
    await context.store.check_room()
    paths = {name: file.path for name, file in media.files.items()}
    if paths:
        await context.check_media(paths.get("image"), paths.get("audio"), principal.owner)
    job_id = jobs.new_id()
    stored = await store_media(context, media, job_id)
    submission = jobs.Submission(
        id=job_id,
        kind=jobs.AGENT,
        surface=NAME,
        input=jobs.AgentInput(
            code=code,
            text=body.prompt or None,
            chars=len(body.prompt) or None,
            duration_s=body.duration,
            aspect_ratio=body.aspect_ratio,
            video_aspect_ratio=body.video_aspect_ratio,
            **stored,
        ),
        base_url=context.base_url(request),
        idempotency_key=idempotency_key,
        fingerprint=digest if idempotency_key else None,
    )
    wanted = agents.NewAgent(submission, body.prompt, context.agents.price_credits)
    try:
        async with context.database.transaction() as tx:
            found, is_new = await agents.create(tx, principal, wanted)
    except BaseException:
        await discard_media(context, stored)
        raise
    if not is_new:
        await discard_media(context, stored)
    return found, is_new


@router.get("/v1/agent/status/{agent_id}", responses=errors(NO_AGENT))
async def status(
    agent_id: Code, request: Request, principal: PollingPrincipal, context: Given
) -> wire.AgentAnswer:
    """How far an agent is. `ready` and `failed` are final."""
    return await _answer(agent_id, request, principal, context)


@router.get("/v1/agent/{code}", responses=errors(NO_AGENT))
async def get(code: Code, request: Request, principal: PollingPrincipal, context: Given) -> wire.AgentAnswer:
    """An agent."""
    return await _answer(code, request, principal, context)


@router.get("/v1/agent/{code}/model/download", responses=errors(NO_AGENT, FORMAT), include_in_schema=False)
async def download(code: Code, principal: PollingPrincipal, context: Given) -> None:
    """Where clients of the hosted service look for models of its engine, which are not made here."""
    async with context.database.transaction() as tx:
        await agents.find(tx, principal, code)
    raise AgentFormatError(FORMAT.example)


@router.post("/v1/agent/{code}", responses=errors(NO_AGENT), openapi_extra=_UPDATE.openapi())
async def update(code: Code, request: Request, principal: KeyPrincipal, context: Given) -> wire.Updated:
    """Change the prompt of an agent, for sessions that begin from now on. Face and voice stay."""
    async with _UPDATE.read(
        request, folder=context.folder, max_bytes=MAX_TEXT_BYTES, max_json_bytes=MAX_TEXT_BYTES
    ) as sent:
        prompt = sent.fields.system_prompt
    async with context.database.transaction() as tx:
        agent = await agents.update_prompt(tx, principal, code, prompt)
    return wire.Updated(agent_code=agent.code)


@router.delete("/v1/agent/{code}", responses=errors(NO_AGENT, NOT_READY))
async def delete(code: Code, principal: KeyPrincipal, context: Given) -> wire.Deleted:
    """Delete an agent. Live sessions that show it go on."""
    async with context.database.transaction() as tx:
        paths = await agents.delete(tx, principal, code)
    await context.store.delete(paths)
    return wire.Deleted(agent_code=code)


@router.get("/v1/agents", responses=errors())
async def list_agents(
    request: Request,
    principal: PollingPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=100, description="Agents to return.")] = 20,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Agents to skip.")] = 0,
    status: Annotated[  # noqa: A002, RUF100 - the name in the query
        Literal["processing", "generating", "ready", "failed"] | None, Query(description="Only these.")
    ] = None,
) -> wire.AgentList:
    """Your agents, newest first."""
    async with context.database.transaction() as tx:
        page = await agents.page(
            tx, principal, status=_STATUSES.get(status or ""), limit=limit, offset=offset
        )
        states = [await agents.state(tx, principal, row.code) for row in page.rows]
    rows = [wire.agent_data(each, await _links(context, request, each)) for each in states]
    return wire.AgentList(
        data=rows,
        pagination=wire.Pagination(
            limit=limit, offset=offset, total=page.count, has_more=offset + len(rows) < page.count
        ),
    )


_STATUSES: Final = {
    "processing": "generating",
    **{name: name for name in ("generating", "ready", "failed")},
}


async def _answer(code: str, request: Request, principal: Principal, context: Context) -> wire.AgentAnswer:
    async with context.database.transaction() as tx:
        found = await agents.state(tx, principal, code)
    return wire.AgentAnswer(data=wire.agent_data(found, await _links(context, request, found)))


async def _links(context: Context, request: Request, found: AgentState) -> wire.Links:
    agent = found.agent
    if agent.status != READY:
        return wire.Links()
    paths: dict[str, Any] = {
        "image_url": agent.picture_path,
        "video_url": agent.clip_path,
        "model_url": rigs.rig_path(agent.rig_id) if agent.rig_id else None,
    }
    links = {name: await link_to(context, request, path) for name, path in paths.items() if path}
    return wire.Links.model_validate(links)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _LONGEST_IDEMPOTENCY_KEY:
        raise RequestError(f"Idempotency-Key: must have 1 to {_LONGEST_IDEMPOTENCY_KEY} characters.")
    return key
