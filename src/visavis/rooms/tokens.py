"""Access tokens: identity and permissions of a participant."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackSource

from visavis.errors import NotAllowedError, TokenError

MAX_IDENTITY_CHARACTERS: Final = 256
_LEEWAY_S: Final = 60  # for clocks of other machines

REFRESHED_TTL_S: Final = 600
"""A refreshed token is valid for at least so long, so that a client can resume with it."""

_SOURCES: Final = {
    "camera": TrackSource.CAMERA,
    "microphone": TrackSource.MICROPHONE,
    "screen_share": TrackSource.SCREEN_SHARE,
    "screen_share_audio": TrackSource.SCREEN_SHARE_AUDIO,
}
_SOURCE_NAMES: Final = {source: name for name, source in _SOURCES.items()}
_KINDS: Final = {
    "standard": ParticipantInfo.STANDARD,
    "ingress": ParticipantInfo.INGRESS,
    "egress": ParticipantInfo.EGRESS,
    "sip": ParticipantInfo.SIP,
    "agent": ParticipantInfo.AGENT,
}


@dataclass(frozen=True)
class Grants:
    """Content of a valid token.

    Attributes:
        identity: Identity, unique in a room.
        room: The only room that the token is for; empty for none.
        kind: Kind of participant.
        permission: Permissions in the room.
        subscribes_to: Kinds of participants whose tracks it may receive; `None` for all. This grant
            (`canSubscribeKinds`) is an extension; LiveKit's server does not know it.
        issued_at_s, expires_at_s: Unix time.
        key: API key that signed the token.
        claims: All claims, for the refreshed token.
        can_join, can_create, can_list, is_admin: Permissions on rooms.
    """

    identity: str = ""
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: ParticipantInfo.Kind = ParticipantInfo.STANDARD
    room: str = ""
    can_join: bool = False
    can_create: bool = False
    can_list: bool = False
    is_admin: bool = False
    permission: ParticipantPermission = field(default_factory=ParticipantPermission)
    subscribes_to: frozenset[ParticipantInfo.Kind] | None = None
    issued_at_s: float = 0.0
    expires_at_s: float = 0.0
    key: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def require_join(self, asked_room: str = "") -> str:
        """Name of the room that may be joined.

        Raises:
            NotAllowedError: The token does not allow joining, or not this room.
        """
        if not self.can_join or not self.room or (asked_room and asked_room != self.room):
            raise NotAllowedError("The token lacks roomJoin for this room.")
        if not self.identity:
            raise NotAllowedError("The token has no identity.")
        return self.room

    def require_admin(self, room: str) -> None:
        """Check that the token administers this room.

        Raises:
            NotAllowedError: It does not.
        """
        if not self.is_admin or room != self.room:
            raise NotAllowedError("The token lacks roomAdmin for this room.")

    def require_create(self) -> None:
        """Check that the token may create and delete rooms.

        Raises:
            NotAllowedError: It may not.
        """
        if not self.can_create:
            raise NotAllowedError("The token lacks roomCreate.")

    def require_list(self) -> None:
        """Check that the token may list rooms.

        Raises:
            NotAllowedError: It may not.
        """
        if not self.can_list:
            raise NotAllowedError("The token lacks roomList.")


def read_token(token: str, keys: Mapping[str, str]) -> Grants:
    """Verify a token and read it.

    Args:
        token: A JSON web token, HS256.
        keys: API keys with their secrets.

    Raises:
        TokenError: It is missing, forged, expired, not yet valid, or signed by an unknown key.
    """
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        secret = keys.get(issuer) if isinstance(issuer, str) else None
        if secret is None:
            raise TokenError("The API key of the token is unknown.")
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            leeway=_LEEWAY_S,
            options={"verify_aud": False, "verify_iat": False, "require": ["exp"]},
        )
        return _read_claims(claims)
    except (jwt.InvalidTokenError, TypeError, ValueError, AttributeError) as error:
        raise TokenError("The token is not valid.") from error


def _read_claims(claims: Mapping[str, Any]) -> Grants:
    video = claims.get("video") or {}
    identity = str(claims.get("sub") or "")
    if len(identity) > MAX_IDENTITY_CHARACTERS:
        raise TokenError(f"An identity can have at most {MAX_IDENTITY_CHARACTERS} characters.")
    return Grants(
        identity=identity,
        name=str(claims.get("name") or ""),
        metadata=str(claims.get("metadata") or ""),
        attributes={str(key): str(value) for key, value in (claims.get("attributes") or {}).items()},
        kind=_KINDS.get(str(claims.get("kind") or ""), ParticipantInfo.STANDARD),
        room=str(video.get("room") or ""),
        can_join=video.get("roomJoin") is True,
        can_create=video.get("roomCreate") is True,
        can_list=video.get("roomList") is True,
        is_admin=video.get("roomAdmin") is True,
        permission=_read_permission(video),
        subscribes_to=_read_kinds(video.get("canSubscribeKinds")),
        issued_at_s=float(claims.get("iat") or claims.get("nbf") or 0),
        expires_at_s=float(claims["exp"]),
        key=str(claims["iss"]),
        claims=claims,
    )


def _read_kinds(names: Any) -> frozenset[ParticipantInfo.Kind] | None:
    return None if names is None else frozenset(_KINDS[name] for name in names if name in _KINDS)


def _read_permission(video: Mapping[str, Any]) -> ParticipantPermission:
    """Read permissions. Missing ones are granted, but for changing oneself; data follows publishing."""
    can_publish = video.get("canPublish") is not False
    data = video.get("canPublishData")
    return ParticipantPermission(
        can_subscribe=video.get("canSubscribe") is not False,
        can_publish=can_publish,
        can_publish_data=can_publish if data is None else data is True,
        can_publish_sources=[
            _SOURCES[source] for source in video.get("canPublishSources") or () if source in _SOURCES
        ],
        can_update_metadata=video.get("canUpdateOwnMetadata") is True,
        hidden=video.get("hidden") is True,
        agent=video.get("agent") is True,
        can_subscribe_metrics=video.get("canSubscribeMetrics") is True,
    )


def refresh_token(grants: Grants, info: ParticipantInfo, keys: Mapping[str, str]) -> str:
    """Create a token with which a participant can resume after its first one has expired.

    It has the participant's current description. It is valid as long as the first one, and at least for
    `REFRESHED_TTL_S`.

    Args:
        grants: Grants of the first token.
        info: Current description of the participant.
        keys: API keys with their secrets.
    """
    now_s = int(time.time())
    claims = {name: value for name, value in grants.claims.items() if name != "iat"}
    claims |= {"nbf": now_s, "exp": max(int(grants.expires_at_s), now_s + REFRESHED_TTL_S)}
    claims |= {"name": info.name, "metadata": info.metadata, "attributes": dict(info.attributes)}
    claims["video"] = {**grants.claims["video"], **_write_permission(info.permission)}
    return jwt.encode(claims, keys[grants.key], algorithm="HS256")


def _write_permission(permission: ParticipantPermission) -> dict[str, Any]:
    return {
        "canSubscribe": permission.can_subscribe,
        "canPublish": permission.can_publish,
        "canPublishData": permission.can_publish_data,
        "canPublishSources": [
            _SOURCE_NAMES[source] for source in permission.can_publish_sources if source in _SOURCE_NAMES
        ],
        "canUpdateOwnMetadata": permission.can_update_metadata,
        "hidden": permission.hidden,
        "agent": permission.agent,
        "canSubscribeMetrics": permission.can_subscribe_metrics,
    }


def may_publish(permission: ParticipantPermission, source: TrackSource) -> bool:
    """Whether a track from this source may be published."""
    allowed = permission.can_publish_sources
    return permission.can_publish and (not allowed or source in allowed)
