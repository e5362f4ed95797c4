"""Every route of every surface, and what a walk over them must know of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.routing import WebSocketRoute

from visavis.bootstrap.surfaces import SURFACES

SCIM_USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
SCIM_GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
_PATCH: Final = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "externalId", "value": "x"}],
}
NO_JOB, NO_SESSION, NO_KEY = "000000000000", "ses_00000000000000000000", str(2**52)


def never(kind: str) -> str:
    """An identifier of the usual form that was never given out."""
    return f"{kind}_{'0' * 20}"


# What never existed, for each name of a parameter. `own` and `foreign` come from what the test makes.
NEVER: Final = {
    "job_id": NO_JOB,
    "session_id": NO_SESSION,
    "key_id": NO_KEY,
    "org_id": never("org"),
    "member_id": never("mem"),
    "invitation_id": never("inv"),
    "token_id": never("sct"),
    "user_id": never("mem"),
    "group_id": never("grp"),
    "avatar_id": "00000000-0000-0000-0000-000000000000",
    "name": "results/never/1.mp4",
    **dict.fromkeys(("agent_id", "code", "agent_code"), "A000000000"),
    "webhook_id": "wh_0000000000000000",
    "embed_token_id": never("emb"),
    "document_id": "doc_0000000000000000",
}
# Parameters that identify nothing: a value with which the route can be asked.
PLAIN: Final = {"format": "srt", "schema_id": SCIM_USER, "type_id": "User"}

# Bodies and queries with which a route comes to its identifiers. `{name}` stands for an identifier.
BODIES: Final[dict[str, dict[str, Any]]] = {
    "PATCH /v1/realtime/session/{session_id}": {"files": {"face": ("face.png", b"no picture", "image/png")}},
    "POST /v1/agent/{code}": {"json": {"system_prompt": "x"}},
    "POST /v1/agent/{agent_code}/speak": {"json": {"message": "x"}},
    "POST /v1/agent/{agent_code}/add-context": {"json": {"context": "x"}},
    "POST /v1/embed-tokens/request": {"json": {"agent_id": "{agent_id}"}},
    "POST /v1/organizations/{org_id}/members": {"json": {"email": "x@tenancy.example"}},
    "PATCH /v1/organizations/{org_id}/members/{member_id}": {"json": {"role": "admin"}},
    "POST /v1/organizations/{org_id}/invitations": {"json": {"email": "x@tenancy.example"}},
    "POST /v1/organizations/{org_id}/scim-tokens": {"json": {"name": "x"}},
    "POST /v1/organizations/{org_id}/sso/setup": {"json": {}},
    "POST /v1/organizations/{org_id}/sso/test": {"json": {}},
    "POST /v1/organizations/{org_id}/sso/enable": {"json": {"enabled": True}},
    "PATCH /scim/v2/Users/{user_id}": {"json": _PATCH},
    "PATCH /scim/v2/Groups/{group_id}": {"json": _PATCH},
    "PATCH /console/api/keys/{key_id}": {"json": {"allows_conversation": False}},
    "PATCH /console/api/users/{user_id}": {"json": {"is_operator": True}},
    "GET /console/api/view/{session_id}": {"params": {"share": "never"}},
    "GET /v1/view/{session_id}": {"params": {"share": "never"}},
    "GET /v1/files/{name}": {"params": {"expires": "9999999999", "signature": "0" * 64}},
    "PATCH /api/v1/avatars/{avatar_id}": {"json": {"label": "x"}},
    # No identifier in the path, one in the body.
    "POST /api/v1/avatars/save": {"json": {"job_id": "{job_id}", "label": "x"}},
    "POST /v1/realtime/session": {"json": {"avatar_id": "{avatar_id}"}},
    "POST /console/api/session/account": {"json": {"organization_id": "{org_id}"}},
    "POST /console/api/token": {"json": {"key_id": "{key_id}"}},
}

_JOINS: Final = "opens a session in a room whose token is sent"
_NAMES_AVATARS: Final = "opens a session in a room; avatars are found as by POST /v1/realtime/session"

# Routes that change something and name nothing that exists, each with the reason.
NAMELESS: Final = {
    "POST /v1/realtime_sessions": _JOINS,
    "POST /v1/engine/session": _JOINS,
    "POST /v1/sessions/plugins/livekit": _JOINS,
    "POST /v1/runtime-tokens/request": "makes a token of the own key",
    "POST /api/liveai/sessions": _JOINS,
    "POST /integrations/livekit/agents": _JOINS,
    "POST /compose/token": "makes a token of the own key",
    "POST /api/v2/sessions": _JOINS,
    "POST /v2/conversations": _JOINS,
    "POST /v1/sessions": _JOINS,
    "POST /v1/avatars/{avatar_id}/avatar_sessions": _NAMES_AVATARS,
    "POST /v2/agents/{agent_id}/sessions/join": _NAMES_AVATARS,
    "POST /v1/generate": "makes a job of what is sent",
    "POST /v1/tts/generate": "makes a job of what is sent",
    "POST /v1/tts/generate-wav": "makes a job of what is sent",
    "POST /v1/tts/generate-video": "makes a job of what is sent",
    "POST /api/v1/avatars/generate": "makes a job of what is sent",
    "PUT /api/v1/avatars/settings": "chooses for the own account",
    "POST /v1/validate": "checks the own key",
    "POST /v1/agent/generate": "makes an agent of what is sent",
    "POST /v1/embed/sessions": "opens a session of the agent of the embed token that is sent",
    "POST /v1/audio/speech": "keeps nothing",
    "POST /v1/tts": "keeps nothing",
    "POST /v1/webhooks": "registers a URL that is sent",
    "POST /v1/avatar/session": _JOINS,
    "POST /v1/organizations": "makes an organization",
    "GET /scim/v2/Schemas/{schema_id}": "what the surface can do",
    "GET /scim/v2/ResourceTypes/{type_id}": "what the surface can do",
    "POST /v1/auth/sso/webhook": "takes what WorkOS signed",
    "POST /scim/v2/Users": "provisions a member of the own organization",
    "POST /scim/v2/Groups": "makes a group of the own organization",
    "POST /scim/v2/.search": "searches the own directory, as GET does",
    "POST /scim/v2/Users/.search": "searches the own directory, as GET does",
    "POST /scim/v2/Groups/.search": "searches the own directory, as GET does",
    "POST /console/api/session": "signs in",
    "DELETE /console/api/session": "signs out",
    "POST /console/api/session/link": "takes a secret, and no identifier",
    "POST /console/api/session/link/look": "takes a secret, and no identifier",
    "POST /console/api/invitations/look": "takes a secret, and no identifier",
    "POST /console/api/invitations/accept": "takes a secret, and no identifier",
    "POST /console/api/password": "changes the own password",
    "POST /console/api/users": "invites somebody, as an operator",
    "POST /console/api/keys": "makes a key of the own account",
    "POST /console/api/checks/photo": "keeps nothing",
    "POST /console/api/checks/sound": "keeps nothing",
}

# Routes that say something of the whole installation, each with the reason.
SHARED: Final = {
    "GET /metrics": "counts of the whole installation, for its operator",
    "GET /v1/status": "capacity is one for all accounts",
    "GET /v1/health": "the state of the server",
    "GET /health": "capacity is one for all accounts",
}
VOLATILE: Final = frozenset(
    {"image_url", "url", "remaining", "resets_in", "requests_used", "requests_this_month"}
)


@dataclass(frozen=True)
class Walked:
    """A route that is walked.

    Attributes:
        surface: Name of the surface.
        method: Method, or `WS`.
        path: Path with parameters in braces, without their types.
    """

    surface: str
    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


def routes() -> Iterator[Walked]:
    """Every route of every surface but the pages, which hold nothing of accounts."""
    for surface in SURFACES:
        if surface.name == "pages":
            continue
        for route in iter_route_contexts(surface.create_app().routes):
            assert route.path, f"{surface.name}: how is {route} walked?"
            is_websocket = isinstance(route.original_route, WebSocketRoute)
            methods = {"WS"} if is_websocket else set(route.methods or ()) - {"HEAD", "OPTIONS"}
            path = re.sub(r":\w+}", "}", route.path)
            yield from (Walked(surface.name, method, path) for method in sorted(methods))
