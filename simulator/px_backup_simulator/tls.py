# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, valid ones and bad ones."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MODES = ("none", "valid", "expired", "wrong-host", "self-signed", "untrusted")
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the certificates are."""

    ca: str
    server_cert: str
    server_key: str
    client_cert: str
    client_key: str


def make_files(mode: str, host: str, folder: Path) -> TlsFiles:
    """Make a CA, a server certificate of the mode, and a good client certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="PX-Backup simulator")
    server_cert, server_key = _make_server_pair(mode, host, authority)
    client = authority.issue_cert("client@simulator.example", common_name="simulator-client")
    files = TlsFiles(*(str(folder / f"{name}.pem") for name in ("ca", "server", "server-key", "client", "client-key")))
    _write(files.ca, authority.cert_pem.bytes(), 0o644)
    _write(files.server_cert, server_cert, 0o644)
    _write(files.server_key, server_key, 0o600)
    _write(files.client_cert, b"".join(blob.bytes() for blob in client.cert_chain_pems), 0o644)
    _write(files.client_key, client.private_key_pem.bytes(), 0o600)
    return files


def make_server_context(files: TlsFiles, client_auth: bool) -> ssl.SSLContext:
    """Make the TLS context of the server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_cert, files.server_key)
    if client_auth:
        context.load_verify_locations(files.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _make_server_pair(mode: str, host: str, authority: trustme.CA) -> tuple[bytes, bytes]:
    names = list(dict.fromkeys((host, *_LOCAL))) if host not in ("0.0.0.0", "::") else list(_LOCAL)
    if mode == "self-signed":
        return _make_self_signed(names)
    if mode == "untrusted":
        authority = trustme.CA(organization_name="Unknown authority")
    if mode == "wrong-host":
        names = ["wrong.example.com"]
    now = datetime.datetime.now(datetime.UTC)
    if mode == "expired":
        before, after = now - datetime.timedelta(days=30), now - datetime.timedelta(days=1)
        leaf = authority.issue_cert(*names, not_before=before, not_after=after)
    else:
        leaf = authority.issue_cert(*names)
    return b"".join(blob.bytes() for blob in leaf.cert_chain_pems), leaf.private_key_pem.bytes()


def _make_self_signed(names: list[str]) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "self-signed simulator")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([_make_general_name(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _make_general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: str, content: bytes, mode: int) -> None:
    if os.path.exists(path):
        os.unlink(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
