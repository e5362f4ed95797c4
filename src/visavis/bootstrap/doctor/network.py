"""Checks of the network: ports, the address for others, TLS, services that the settings name."""

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from visavis.bootstrap.doctor.finding import Finding, ok, problem, warning
from visavis.settings import RoomSettings, Settings

_TIMEOUT_S: Final = 5.0
_DAY_S: Final = 86_400
_GOOD_DAYS: Final = 14
_EVERY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def check_ports(settings: Settings, host: str, port: int) -> list[Finding]:
    """Check whether the server and its rooms can listen. A visavis that listens there already is fine.

    Args:
        settings: All settings.
        host: Address of the HTTP server.
        port: Its port.
    """
    if _is_visavis(host, port):
        return [ok("HTTP port", f"visavis is running on {host} port {port}")]
    findings = [_check_port("HTTP port", socket.SOCK_STREAM, host, port, "--port")]
    if settings.livekit.url is None:
        findings += _check_room_ports(settings.rooms, host)
    return findings


def _check_room_ports(rooms: RoomSettings, host: str) -> Iterator[Finding]:
    address = rooms.host or ("127.0.0.1" if ":" in host else host)
    yield _check_port("Room port", socket.SOCK_STREAM, address, rooms.port, "VISAVIS_ROOMS_PORT")
    yield _check_port("Media port", socket.SOCK_DGRAM, address, rooms.udp_port, "VISAVIS_ROOMS_UDP_PORT")


def _check_port(name: str, kind: socket.SocketKind, host: str, port: int, setting: str) -> Finding:
    shown = f"{'UDP' if kind is socket.SOCK_DGRAM else 'TCP'} {port} on {host}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return problem(name, f"{shown}: {error.strerror or error}", f"Choose another port with {setting}.")
    return ok(name, f"{shown} is free")


def _is_visavis(host: str, port: int) -> bool:
    if port == 0:
        return False
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not listened on
    connection = HTTPConnection(address, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/")
        return "POST /v1/realtime/session" in json.loads(connection.getresponse().read(65_536))["endpoints"]
    except (OSError, HTTPException, ValueError, LookupError, TypeError):  # another program, or none
        return False
    finally:
        connection.close()


def check_address(settings: Settings, host: str) -> Finding:
    """Check whether browsers on other machines may use their microphone here: they want TLS.

    Args:
        settings: All settings.
        host: Address of the HTTP server.
    """
    public = settings.server.public_url
    if public is None:
        if _is_loopback(host):
            return ok("Address", f"{host}: only this machine reaches the server")
        return warning(
            "Address",
            f"{host}, without TLS",
            "Browsers on other machines give no microphone. Put a proxy with TLS in front, and set "
            "VISAVIS_PUBLIC_URL (https://…) and VISAVIS_ROOMS_URL (wss://…).",
        )
    parts = urlsplit(public)
    if parts.scheme != "https":
        if _is_loopback(parts.hostname or ""):
            return ok("Address", public)
        return warning(
            "Address",
            f"{public} is not https",
            "Browsers give no microphone there. Put a proxy with TLS in front of the server.",
        )
    if settings.livekit.url is None and settings.rooms.url is None:
        return warning(
            "Address",
            f"{public}, but rooms have no address with TLS",
            "Set VISAVIS_ROOMS_URL (wss://…): pages with https cannot reach ws:// addresses.",
        )
    return ok("Address", public)


def check_tls(settings: Settings) -> list[Finding]:
    """Check the certificate at the public URL, and the files of certificates that settings name."""
    findings = [*_check_files(settings)]
    if settings.server.public_url and settings.server.public_url.startswith("https://"):
        findings.append(_check_certificate(settings.server.public_url))
    return findings or [ok("TLS", "no setting names a certificate, nor an address with TLS")]


def _check_files(settings: Settings) -> Iterator[Finding]:
    named = {
        "VISAVIS_WEBHOOK_CA": settings.webhooks.ca,
        "VISAVIS_SSO_CA": settings.sso.ca,
        "VISAVIS_SMTP_CA": settings.mail.ca,
    }
    for setting, path in named.items():
        if path is not None:
            yield _check_authorities(setting, path)
    certificate, key = settings.credentials.certificate, settings.credentials.key
    if certificate is not None and key is not None:
        yield _check_key_pair(certificate, key)
    elif certificate is not None or key is not None:
        yield problem(
            "TLS",
            "only one of VISAVIS_CREDENTIALS_CERTIFICATE and VISAVIS_CREDENTIALS_KEY is set",
            "Set both, or neither.",
        )


def _check_authorities(setting: str, path: Path) -> Finding:
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError as error:  # of which SSLError is a kind
        return problem(
            "TLS", f"{setting}: {path}: {_reason(error)}", "Name a file of certificates in PEM format."
        )
    return ok("TLS", f"{setting}: {path}")


def _check_key_pair(certificate: Path, key: Path) -> Finding:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:
        return problem(
            "TLS",
            f"content credentials: {_reason(error)}",
            "VISAVIS_CREDENTIALS_CERTIFICATE and VISAVIS_CREDENTIALS_KEY must be a certificate and its key "
            "(PEM).",
        )
    return ok("TLS", f"content credentials are signed with {certificate}")


def _check_certificate(url: str) -> Finding:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=_TIMEOUT_S) as raw,
            ssl.create_default_context().wrap_socket(raw, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLError as error:
        return problem("TLS", f"{url}: {_reason(error)}", "Renew or correct the certificate of the proxy.")
    except OSError as error:
        return warning(
            "TLS",
            f"{url}: {_reason(error)}",
            "Start the proxy, or correct VISAVIS_PUBLIC_URL. From this machine the address may be closed.",
        )
    days = (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / _DAY_S
    found = f"{url}: the certificate is valid for {days:.0f} days"
    return ok("TLS", found) if days >= _GOOD_DAYS else warning("TLS", found, "Renew the certificate soon.")


def check_services(settings: Settings) -> list[Finding]:
    """Check whether the services that settings name answer; any answer will do."""
    findings = [_check_service(name, url) for name, url in _services(settings)]
    return findings or [ok("Services", "no setting names a service: everything runs on this machine")]


def _services(settings: Settings) -> Iterator[tuple[str, str]]:
    named = {
        "LIVEKIT_URL": settings.livekit.url,
        "VISAVIS_LLM_URL": settings.language_model.url,
        "VISAVIS_IMAGES_URL": settings.images.url,
        "VISAVIS_SPEECH_OPENAI_URL": settings.speech.openai_url,
        "VISAVIS_RECOGNITION_URL": settings.recognition.url,
        "VISAVIS_PAYMENT_FACILITATOR": settings.payments.facilitator if settings.payments.pay_to else None,
    }
    if settings.speech.elevenlabs_api_key is not None:
        named["VISAVIS_SPEECH_ELEVENLABS_URL"] = settings.speech.elevenlabs_url
    for name, url in named.items():
        if url is not None and "://" in url:
            yield name, url


def _check_service(name: str, url: str) -> Finding:
    import httpx

    shown = url.partition("?")[0]
    try:
        address = httpx.URL(url.replace("wss://", "https://", 1).replace("ws://", "http://", 1))
        answer = httpx.head(address.copy_with(username="", password=""), timeout=_TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        advice = (
            f"Start the service, or correct {name}. HTTPS_PROXY and SSL_CERT_FILE apply to this connection."
        )
        return problem("Services", f"{name}: {shown}: {reason}", advice)
    return ok("Services", f"{name}: {shown} answers ({answer.status_code})")


def _is_loopback(host: str) -> bool:
    if host in _EVERY_ADDRESS:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.strerror or str(error)
