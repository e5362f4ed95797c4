"""Sign-ins by OpenID Connect: authorization code with PKCE and nonce, by Authlib and joserfc.

All addresses come from clients or from what lies at such an address, so all requests go through `PublicHttp`.
Metadata and keys are fetched for each sign-in: keys that the provider exchanges are known at once.
"""

import json
import secrets
from typing import Any, Final

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from visavis.adapters.public_http import PublicHttp
from visavis.core.urls import parse_url
from visavis.errors import CallbackError, SsoConnectionError, SsoRefusal, SsoRefusedError, UrlError
from visavis.ports.identity_provider import Attempt, Connection, Identity, Returned

WELL_KNOWN: Final = "/.well-known/openid-configuration"
_SCOPE: Final = "openid email profile"
# Signatures with keys that the provider publishes. Never "none", and no keyed hash: its key would be public.
_ALGORITHMS: Final = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
_BASIC, _POST = "client_secret_basic", "client_secret_post"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MAX_BYTES: Final = 512 * 1024
_LEEWAY_S: Final = 60
_RANDOM_BYTES: Final = 32
_OK: Final = 200
# How providers refuse a client, whatever its code (RFC 6749, 5.2; Entra ID sends the second for unknown IDs).
_CLIENT_REFUSED: Final = frozenset({"invalid_client", "unauthorized_client"})
_NO_CODE: Final = "visavis-checks-the-client"
_JSON: Final = {"Accept": "application/json"}


class OidcProvider:
    """An `IdentityProvider` for all OpenID Connect providers."""

    def __init__(self, http: PublicHttp) -> None:
        """Prepare.

        Args:
            http: Reaches providers.
        """
        self._http = http

    async def check(self, connection: Connection, redirect_uri: str) -> None:
        """Look whether the metadata and the keys can be read, and whether the provider knows the client.

        A code that was never issued is exchanged: a provider that refuses the code, and not the client, has
        accepted the client's ID and secret.
        """
        metadata = await self._metadata(connection)
        await self._keys(metadata)
        verifier = secrets.token_urlsafe(_RANDOM_BYTES)
        try:
            await self._exchange(connection, metadata, redirect_uri, _NO_CODE, verifier)
        except SsoRefusedError as error:
            if error.reason is SsoRefusal.WRONG_CLIENT:
                raise SsoConnectionError(error.message) from error

    async def begin(self, connection: Connection, redirect_uri: str) -> Attempt:
        """Begin a sign-in."""
        metadata = await self._metadata(connection)
        state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            connection.client_id,
            "code",
            redirect_uri,
            _SCOPE,
            state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Attempt(url, state, nonce, verifier)

    async def finish(
        self, connection: Connection, redirect_uri: str, returned: Returned, attempt: Attempt
    ) -> Identity:
        """End a sign-in: exchange the code for an ID token, and check this."""
        metadata = await self._metadata(connection)
        _refuse_foreign(metadata, returned.issuer)
        verifier = attempt.code_verifier
        answer = await self._exchange(connection, metadata, redirect_uri, returned.code, verifier)
        keys = await self._keys(metadata)
        claims = _checked(answer, keys, metadata["issuer"], connection.client_id, attempt.nonce)
        if claims.get("email_verified") is False:
            raise SsoRefusedError(
                "The identity provider has not verified your e-mail address.", SsoRefusal.EMAIL_UNVERIFIED
            )
        email = claims.get("email") or claims.get("preferred_username")
        is_address = isinstance(email, str) and "@" in email
        return Identity(str(claims["sub"]), email.strip().lower() if is_address else None)

    async def _metadata(self, connection: Connection) -> dict[str, Any]:
        found = await self._read(connection.address, "The discovery URL")
        if str(found.get("issuer", "")).rstrip("/") + WELL_KNOWN != connection.address:
            raise SsoConnectionError("The discovery URL must be the issuer's URL, followed by " + WELL_KNOWN)
        for name in _ENDPOINTS:
            try:
                parse_url(str(found.get(name)), name)
            except UrlError as error:
                raise SsoConnectionError(
                    f"The identity provider's metadata is not usable. {error}"
                ) from error
        return found

    async def _keys(self, metadata: dict[str, Any]) -> KeySet:
        found = await self._read(metadata["jwks_uri"], "The identity provider's key set")
        try:
            return KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked by the library
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SsoConnectionError("The identity provider's key set cannot be read.") from error

    async def _exchange(
        self, connection: Connection, metadata: dict[str, Any], redirect_uri: str, code: str, verifier: str
    ) -> dict[str, Any]:
        methods = metadata.get("token_endpoint_auth_methods_supported") or [_BASIC]
        method = _POST if _POST in methods and _BASIC not in methods else _BASIC
        body = prepare_token_request(
            "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier
        )
        url, headers, body = ClientAuth(connection.client_id, connection.client_secret, method).prepare(
            "POST",
            metadata["token_endpoint"],
            {"Content-Type": "application/x-www-form-urlencoded", **_JSON},
            body,
        )
        status, answer = await self._send("POST", url, body.encode(), headers, "The identity provider")
        if status != _OK:
            raise _exchange_refused(answer)
        return _object(answer, "The identity provider's answer")

    async def _read(self, url: str, name: str) -> dict[str, Any]:
        status, body = await self._send("GET", url, b"", _JSON, name)
        if status != _OK:
            raise SsoConnectionError(f"{name} answers with status {status}.")
        return _object(body, name)

    async def _send(
        self, method: str, url: str, body: bytes, headers: dict[str, str], name: str
    ) -> tuple[int, bytes]:
        try:
            return await self._http.exchange(method, url, body, headers, max_bytes=_MAX_BYTES)
        except CallbackError as error:
            raise SsoConnectionError(
                f"{name} cannot be used: it must be an https address that this server may and can reach."
            ) from error


def _refuse_foreign(metadata: dict[str, Any], issuer: str | None) -> None:
    """Refuse a code that another provider made (RFC 9207): it might be meant for whoever asks for it."""
    is_said = metadata.get("authorization_response_iss_parameter_supported") is True
    if issuer != metadata["issuer"] if issuer is not None else is_said:
        raise SsoRefusedError(
            "The answer does not come from the organization's identity provider. Start again.",
            SsoRefusal.WRONG_ISSUER,
        )


def _exchange_refused(body: bytes) -> SsoRefusedError:
    try:
        code = _object(body, "The identity provider's answer").get("error")
    except SsoConnectionError:
        code = None
    if code in _CLIENT_REFUSED:
        return SsoRefusedError(
            "The identity provider refuses the client ID or the client secret.", SsoRefusal.WRONG_CLIENT
        )
    return SsoRefusedError("The identity provider does not confirm this sign-in. Start again.")


def _checked(answer: dict[str, Any], keys: KeySet, issuer: str, client_id: str, nonce: str) -> CodeIDToken:
    """The claims of an answer's ID token, if it is genuine, for us, and for this sign-in."""
    try:
        token = jwt.decode(str(answer["id_token"]), keys, _ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
            },
            params={"nonce": nonce, "client_id": client_id, "access_token": answer.get("access_token")},
        )
        claims.validate(leeway=_LEEWAY_S)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SsoRefusedError("The identity provider's answer is not valid. Start again.") from error
    return claims


def _object(body: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SsoConnectionError(f"{name} is not JSON.") from error
    if not isinstance(found, dict):
        raise SsoConnectionError(f"{name} is not a JSON object.")
    return found
