"""A server that answers as the API of WorkOS does, and signs webhooks as WorkOS does."""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

API_KEY, CLIENT_ID, WEBHOOK_SECRET = "sk_test_key", "client_123", "whsec_test"
NOW = "2026-03-25T16:47:07.000Z"


class WorkOs(ThreadingHTTPServer):
    """The state of the stand-in.

    Attributes:
        people: Codes and whom they stand for: ID, address and organization.
        calls: Paths that were asked for, with their bodies.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.codes: dict[str, dict[str, str]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        """Address of the API."""
        return f"http://127.0.0.1:{self.server_port}"

    def sign_in(self, authorization_url: str, email: str, *, organization: str | None = None) -> str:
        """What the pages of WorkOS do. Returns the address that they lead back to."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(authorization_url).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = {
            "challenge": asked["code_challenge"],
            "email": email,
            "organization": organization or asked["organization"],
        }
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"


class _Handler(BaseHTTPRequestHandler):
    server: WorkOs

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.path, body))
        if self.path == "/sso/token":
            self._answer(*self._token(body))
        elif self.headers["Authorization"] != f"Bearer {API_KEY}":
            self._answer(401, {"message": "Unauthorized"})
        elif self.path == "/organizations":
            count = sum(path == self.path for path, _ in self.server.calls)
            made = {"object": "organization", "id": f"org_remote_{count}", "name": body["name"]}
            made |= {"domains": [], "metadata": {}, "created_at": NOW, "updated_at": NOW}
            self._answer(201, made | {"external_id": body["external_id"]})
        else:
            self._answer(201, {"link": f"https://setup.workos.example/{body['organization']}"})

    def _token(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        found = self.server.codes.pop(body["code"], None)  # a code is good once
        digest = hashlib.sha256(body["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_ours = (body["client_id"], body["client_secret"]) == (CLIENT_ID, API_KEY)
        if found is None or challenge != found["challenge"] or not is_ours:
            return 400, {"error": "invalid_grant", "error_description": "The code is not valid."}
        profile = {
            "object": "profile",
            "id": f"prof_{found['email']}",
            "organization_id": found["organization"],
            "connection_id": "conn_remote",
            "connection_type": "OktaSAML",
            "idp_id": found["email"],
            "email": found["email"],
            "first_name": "Some",
            "last_name": "Body",
            "name": "Some Body",
            "raw_attributes": {},
        }
        return 200, {
            "token_type": "Bearer",
            "access_token": "access",
            "expires_in": 600,
            "profile": profile,
        }

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def workos() -> Iterator[WorkOs]:
    """Run the stand-in."""
    with WorkOs() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def signed(event: dict[str, Any], *, secret: str = WEBHOOK_SECRET, age_s: float = 0.0) -> tuple[bytes, str]:
    """The body of a webhook, and its signature."""
    body = json.dumps(event).encode()
    at = str(int((time.time() - age_s) * 1000))
    signature = hmac.new(secret.encode(), f"{at}.{body.decode()}".encode(), hashlib.sha256).hexdigest()
    return body, f"t={at}, v1={signature}"


if __name__ == "__main__":  # for tests that are not in Python: until standard input ends
    with workos() as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
