"""A real OpenID Connect provider, and a client that goes through its pages."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import trustme

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "harness" / "oidc_provider.mjs"
HAS_PROVIDER = shutil.which("node") is not None and (ROOT / "node_modules" / "oidc-provider").is_dir()


@dataclass(frozen=True)
class Provider:
    """A running provider.

    Attributes:
        issuer: Its address.
        authority: PEM file with the certificate authority of its certificate.
    """

    issuer: str
    authority: Path

    @property
    def discovery_url(self) -> str:
        """Where its metadata are."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def sign_in(self, authorization_url: str, email: str) -> str:
        """Go through its pages as a browser does. Returns the address that it leads back to."""
        tls = ssl.create_default_context(cafile=self.authority)
        with httpx.Client(verify=tls, timeout=30) as browser:
            answer = browser.get(authorization_url)
            for _ in range(12):
                if answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if not target.startswith(self.issuer):
                        return target
                    answer = browser.get(target)
                    continue
                action = re.search(r'action="([^"]+)"', answer.text)
                assert answer.status_code == 200, answer.text
                assert action, answer.text
                prompt = "login" if 'name="login"' in answer.text else "consent"
                form = {"prompt": prompt, "login": email, "password": "any"}
                answer = browser.post(urljoin(str(answer.url), action[1]), data=form)
        raise AssertionError("the provider leads nowhere")


@contextmanager
def provider(folder: Path, authority: trustme.CA, redirect_uri: str) -> Iterator[Provider]:
    """Run a provider that leads back to `redirect_uri`; the folder has the authority's `ca.pem`."""
    certificate = authority.issue_cert("127.0.0.1")
    key, chain, ca = folder / "idp.key", folder / "idp.pem", folder / "ca.pem"
    certificate.private_key_pem.write_to_path(str(key))
    certificate.cert_chain_pems[0].write_to_path(str(chain))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", str(SCRIPT), str(port), str(key), str(chain), redirect_uri]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("https://"), process.stderr.read() if process.stderr else ""
        yield Provider(issuer, ca)
    finally:
        process.terminate()
        process.communicate(timeout=30)
