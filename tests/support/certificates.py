"""Certificates for servers of the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path


def self_signed(name: str, folder: Path) -> Path:
    """A certificate of a host, and its key."""
    key = _new_key()
    return _write_pem(folder / "certificate.pem", key, _certificate(name, key, name, key))


def signed_by_authority(name: str, folder: Path) -> tuple[Path, Path]:
    """The certificate of an authority, and that of a host which it signed, with its key."""
    own, key = _new_key(), _new_key()
    certificate = _certificate("authority", own, "authority", own, is_authority=True)
    _write_pem(folder / "authority.pem", own, certificate)
    return (
        folder / "authority.pem",
        _write_pem(folder / "certificate.pem", key, _certificate(name, key, "authority", own)),
    )


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signer: str,
    signing: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, signer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    if is_authority:
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        builder = builder.add_extension(constraints, critical=True)
    return builder.sign(signing, hashes.SHA256())


def _write_pem(file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Path:
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
