"""What agents know beside their prompt: documents, which they name as the sources of their answers."""

import hashlib
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from visavis.core import agents
from visavis.core.identity.principals import Principal
from visavis.core.urls import Url, parse_url
from visavis.errors import CallbackError, DocumentError, MediaTypeError, NoActiveRoomsError, RequestError
from visavis.ports.knowledge import DocumentKind
from visavis.surfaces.agents import wire
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import NO_AGENT, NO_DOCUMENT
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.media import PDF, XML, kind_of
from visavis.surfaces.shared.uploads import HEAD_BYTES

_MAX_OFFSET: Final = 2**31
_MARKDOWN: Final = (".md", ".markdown", ".mdown")
_HTML_BEGINS: Final = (b"<!doctype html", b"<html", b"<?xml", b"<!--", b"<head", b"<body")
_WANTED: Final = "Send PDF, HTML, Markdown or text."

router = APIRouter(tags=["Knowledge"])
Code = Annotated[str, PathParameter(description="Code of the agent.", examples=[wire.CODE])]


def is_document(body: wire.ContextRequest) -> bool:
    """Whether a request gives an agent a document, rather than telling its live sessions something."""
    is_long = body.type == "add_context" and len(body.context) > wire.MAX_CONTEXT_CHARS
    return body.file is not None or bool(body.url) or is_long


async def learn(context: Context, principal: Principal, code: str, body: wire.ContextRequest) -> wire.Learned:
    """Let an agent know a document.

    Raises:
        AgentMissingError: The account has no such agent.
        RequestError: Several documents were sent at once, or fields that do not fit to one.
        InputError: The document cannot be used.
        MediaTypeError: It is of another kind.
    """
    if sum((body.file is not None, bool(body.url), bool(body.context))) > 1:
        raise RequestError("context, file and url: send one of them.")
    if body.type == "speak" or body.room_id:
        raise RequestError("file, url and long texts: they become documents of the agent, for all its rooms.")
    async with context.database.transaction() as tx:
        await agents.find(tx, principal, code)  # before anything is fetched
    with tempfile.TemporaryDirectory(prefix="document-", dir=context.folder) as folder:
        path = Path(folder) / secrets.token_hex(4)
        kind, name = await _bring(context, body, path)
        document = await context.read_document(path, kind, path.with_suffix(".json"), principal.owner)
        digest = hashlib.sha256(path.read_bytes()).digest()
    async with context.database.transaction() as tx:
        agent = await agents.find(tx, principal, code)
        row = await agents.knowledge.add(
            tx,
            principal,
            agent,
            document,
            name=body.name or document.title or name,
            kind=kind,
            digest=digest,
            max_passages=context.agents.max_passages,
        )
        try:
            rooms = len(await agents.live_rooms(tx, principal, agent))
        except NoActiveRoomsError:
            rooms = 0
    return wire.Learned(agent_code=code, delivered_to_rooms=rooms, document=wire.document_data(row))


@router.get("/v1/agent/{code}/documents", responses=errors(NO_AGENT))
async def list_documents(
    code: Code,
    principal: PollingPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=100, description="Documents to return.")] = 20,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Documents to skip.")] = 0,
) -> wire.DocumentList:
    """Documents that an agent knows, newest first."""
    async with context.database.transaction() as tx:
        agent = await agents.find(tx, principal, code)
        page = await agents.knowledge.documents(tx, principal, agent, limit=limit, offset=offset)
    return wire.DocumentList(
        data=[wire.document_data(row) for row in page.rows],
        pagination=wire.Pagination(
            limit=limit, offset=offset, total=page.count, has_more=offset + len(page.rows) < page.count
        ),
    )


@router.delete("/v1/agent/{code}/documents/{document_id}", responses=errors(NO_AGENT, NO_DOCUMENT))
async def forget(
    code: Code, document_id: str, principal: KeyPrincipal, context: Given
) -> wire.DocumentDeleted:
    """Let an agent forget a document, from its next answer on."""
    async with context.database.transaction() as tx:
        agent = await agents.find(tx, principal, code)
        await agents.knowledge.forget(tx, principal, agent, document_id)
    return wire.DocumentDeleted(document_id=document_id)


async def _bring(context: Context, body: wire.ContextRequest, path: Path) -> tuple[DocumentKind, str]:
    """Write a document to a path. Returns its kind, and a name for it."""
    if body.url:
        url = parse_url(body.url, "url")
        path.write_bytes(await _fetched(context, url))
        name = unquote(url.target.partition("?")[0].rstrip("/").rpartition("/")[2])
        return _kind_of(path, name), f"{url.host}{url.target}"
    if body.file is not None:
        path.write_bytes(body.file.path.read_bytes())
        kind = _kind_of(path, body.file.name, body.name, declared=body.file.declared_type)
        return kind, body.file.name or "Document"
    path.write_text(body.context)
    return "text", "Text"


async def _fetched(context: Context, url: Url) -> bytes:
    try:
        await context.check_callback(url.text)
        return await context.fetch(url.text, context.agents.max_document_bytes)
    except CallbackError as error:
        raise DocumentError(f"url: the document cannot be fetched. {error.message}") from error


def _kind_of(path: Path, *names: str, declared: str = "") -> DocumentKind:
    """What a document is: by its first bytes, and for texts by its names and by what the client says."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise DocumentError("The document is empty.")
    kind = kind_of(head)
    if kind == PDF:
        return "pdf"
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    if begin.startswith(_HTML_BEGINS) or declared.startswith(("text/html", "application/xhtml")):
        return "html"
    if (kind is not None and kind != XML) or (b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff")):
        raise MediaTypeError(f"The format of the document is not supported. {_WANTED}")
    is_named_so = any(name.lower().endswith(_MARKDOWN) for name in names)
    is_markdown = is_named_so or declared.startswith("text/markdown")
    return "markdown" if is_markdown else "text"
