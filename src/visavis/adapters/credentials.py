"""Content credentials (C2PA): every video and picture contains a signed statement that it was made by AI."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from c2pa import Builder, C2paError, C2paSignerInfo, Reader, Signer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from visavis import __version__
from visavis.errors import MarkError, SettingsError
from visavis.whole_file import whole_file

AI_SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
AI_SOURCES: Final = (
    AI_SOURCE,
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
)
_YEARS: Final = 10
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_UNTRUSTED: Final = "signingCredential.untrusted"
_CURVES: Final = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}
_VIDEO: Final = "video/mp4"
_FORMATS: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
}
_ASSERTIONS: Final[list[dict[str, Any]]] = [
    {
        "label": "c2pa.actions.v2",
        "data": {
            "actions": [
                {
                    "action": "c2pa.created",
                    "digitalSourceType": AI_SOURCE,
                    "softwareAgent": {"name": "visavis", "version": __version__},
                }
            ]
        },
    }
]


@dataclass(frozen=True)
class Verdict:
    """Content of a file's credentials.

    Attributes:
        made_by_ai: Whether the credentials say that the video was made by AI.
        intact: Whether the file is unchanged since it was signed.
        trusted: Whether the signer is on the trust list of C2PA; a self-signed one is not.
        signed_by: Name in the certificate.
        generator: Software that made the video.
        problems: Codes of problems, except the missing trust.
    """

    made_by_ai: bool
    intact: bool
    trusted: bool
    signed_by: str
    generator: str
    problems: tuple[str, ...]


class Marker:
    """Writes content credentials into videos and pictures."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Load the certificate chain and its key.

        Raises:
            SettingsError: They cannot be read or used.
        """
        try:
            chain, private = certificate.read_bytes(), key.read_bytes()
            self._info = C2paSignerInfo(_algorithm(private), chain, private, None)
            Signer.from_info(self._info).close()
        except (OSError, ValueError, TypeError, C2paError) as error:
            raise SettingsError(
                "The certificate or private key for content credentials is not valid. Check "
                "VISAVIS_CREDENTIALS_CERTIFICATE and VISAVIS_CREDENTIALS_KEY."
            ) from error

    def mark(self, source: Path, target: Path) -> None:
        """Copy a file and add credentials to the copy.

        Args:
            source: A PNG, JPEG or WebP file, told by its suffix; or else an MP4.
            target: File to write, with the same suffix.

        Raises:
            MarkError: The credentials could not be written.
        """
        try:
            with (
                Signer.from_info(self._info) as signer,
                Builder(_manifest(_FORMATS.get(source.suffix.lower(), _VIDEO))) as builder,
            ):
                builder.sign_file(source, target, signer)
        except (C2paError, OSError) as error:
            target.unlink(missing_ok=True)
            raise MarkError(f"The content credentials could not be written ({error}).") from error


def _manifest(content_type: str) -> dict[str, Any]:
    return {
        "claim_generator_info": [{"name": "visavis", "version": __version__}],
        "title": "Talking avatar" if content_type == _VIDEO else "Avatar",
        "format": content_type,
        "assertions": _ASSERTIONS,
    }


def ensure_certificate(folder: Path) -> tuple[Path, Path]:
    """Find the certificate chain and its key in a folder; create them if they are missing."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (certificate.exists() and key.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        chain, private = _self_made()
        for path, content in ((key, private), (certificate, chain)):
            with whole_file(path) as part:
                part.touch(mode=0o600)
                part.write_bytes(content)
    return certificate, key


def verify(path: Path) -> Verdict | None:
    """Read the credentials of a file; `None` if it has none.

    Raises:
        MarkError: The file cannot be read.
    """
    if not path.is_file():
        raise MarkError(f"The file {path} does not exist.")
    try:
        with Reader(path) as reader:
            report = json.loads(reader.json())
    except C2paError as error:
        if "ManifestNotFound" in type(error).__name__ or "no JUMBF" in str(error):
            return None
        raise MarkError(f"The content credentials of {path} cannot be read ({error}).") from error
    manifest = report["manifests"][report["active_manifest"]]
    codes = {each["code"] for each in report.get("validation_status", [])}
    problems = tuple(sorted(codes - {_UNTRUSTED}))
    generator = manifest.get("claim_generator_info") or [{}]
    return Verdict(
        made_by_ai=any(source in AI_SOURCES for source in _sources(manifest)),
        intact=not problems,
        trusted=report.get("validation_state") == "Trusted",
        signed_by=str(manifest.get("signature_info", {}).get("issuer", "")),
        generator=" ".join(str(generator[0][part]) for part in ("name", "version") if part in generator[0]),
        problems=problems,
    )


def _sources(manifest: dict[str, Any]) -> list[str]:
    found = []
    for assertion in manifest.get("assertions", []):
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            found += [action.get("digitalSourceType", "") for action in assertion["data"].get("actions", [])]
    return found


def _algorithm(private: bytes) -> bytes:
    key = serialization.load_pem_private_key(private, password=None)
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return b"ed25519"
    if isinstance(key, rsa.RSAPrivateKey):
        return b"ps256"
    raise ValueError("unsupported type of private key")


def _self_made() -> tuple[bytes, bytes]:
    """Create a root certificate and a certificate under it: the standard accepts no self-signed signer."""
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("visavis self-made root"), _name("visavis self-made signer")

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365 * _YEARS))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        )

    root = (
        begin(root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        begin(name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING]), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return own.public_bytes(pem) + root.public_bytes(pem), private


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "visavis (self-made)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
