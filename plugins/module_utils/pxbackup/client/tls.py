# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: the trusted authorities, the client certificate, and what a failed handshake means."""

from __future__ import annotations

import os
import ssl

from ..checks import check_file
from ..errors import TLSError
from ..limits import PEM_FILE_BYTES
from ..text import quoted
from .connection import Connection

_HINT_NAME = "use a name of the certificate in api_url, or issue a certificate for this name"
_HINT_AUTHORITY = "set ca_cert to the certificate of the authority"
_HINT_SELF_SIGNED = "set ca_cert to this certificate"
_HINT_WEAK = "replace it by a certificate with a key of at least 2048 bits (RSA) and a SHA-256 signature"
_NOT_TRUSTED = "the certificate of {host} was issued by an authority that is not trusted here"

# Fragments of OpenSSL's texts in lower case, the cause in our words and what to do. The first that occurs counts.
_TLS_TEXTS = (
    ("certificate has expired", "the certificate of {host} has expired", "renew the certificate of the server"),
    ("doesn't match", "the certificate of {host} is for another host name", _HINT_NAME),
    ("mismatch", "the certificate of {host} is for another host name", _HINT_NAME),
    ("self-signed certificate in certificate chain", _NOT_TRUSTED, _HINT_AUTHORITY),
    ("self signed certificate in certificate chain", _NOT_TRUSTED, _HINT_AUTHORITY),
    ("self-signed certificate", "the certificate of {host} is self-signed", _HINT_SELF_SIGNED),
    ("self signed certificate", "the certificate of {host} is self-signed", _HINT_SELF_SIGNED),
    ("unable to get local issuer", _NOT_TRUSTED, _HINT_AUTHORITY),
    (
        "unable to get issuer",
        "ca_cert contains an intermediate authority of {host} without the authorities above it",
        "add the certificates up to the root authority to ca_cert",
    ),
    (
        "certificate is not yet valid",
        "the certificate of {host} is not valid yet",
        "check the clocks of this host and of the server",
    ),
    ("key too weak", "a certificate of {host} has a weak key", _HINT_WEAK),
    ("key too small", "a certificate of {host} has a weak key", _HINT_WEAK),
    ("digest algorithm too weak", "a certificate of {host} has a weak signature", _HINT_WEAK),
    ("md too weak", "a certificate of {host} has a weak signature", _HINT_WEAK),
    (
        "wrong version number",
        "{host} does not use TLS",
        "check the port, or use http:// in api_url if the API really is without TLS",
    ),
    ("certificate required", "{host} requires a client certificate", "set client_cert and client_key"),
)

_HINT_VERIFICATION = (
    "replace the certificate of the server or of its authority; "
    "Python 3.13 and newer reject certificates that do not fully conform to RFC 5280"
)


def tls_error(exc: BaseException, host: str) -> TLSError:
    """Return what a failed handshake means, with what to do; no certificate or key content goes into it."""
    text = str(exc).lower()
    verification = getattr(exc, "verify_message", None)
    for fragment, cause, hint in _TLS_TEXTS:
        if fragment in text:
            return TLSError(cause.format(host=host), hint=hint)
    if verification:
        return TLSError(f"the certificate of {host} was rejected by OpenSSL ({verification})", hint=_HINT_VERIFICATION)
    return TLSError(
        f"the TLS handshake with {host} failed ({getattr(exc, 'reason', None) or 'no reason given'})",
        hint="check ca_cert, client_cert and client_key, and the TLS settings of the server",
    )


def needs_tls(connection: Connection) -> bool:
    """Whether TLS is used, or a file is to be checked. Reading the authorities takes a while."""
    urls = [connection.api_url, connection.login.auth_url if connection.login else ""]
    uses_tls = any(url.startswith("https:") for url in urls)
    # A proxy may use TLS for http:// as well: then validation is off for it, too.
    return uses_tls or bool(connection.ca_cert or connection.client_cert) or not connection.validate_certs


def ssl_context(connection: Connection) -> ssl.SSLContext:
    """Return the TLS settings: the authorities of the system, or ``ca_cert`` alone where it is set.

    Raises:
        TLSError: a file cannot be used.
    """
    cafile, capath = None, None
    if connection.ca_cert and connection.validate_certs:
        if os.path.isdir(connection.ca_cert):
            capath = connection.ca_cert
        else:
            check_file("ca_cert", connection.ca_cert, PEM_FILE_BYTES, TLSError)
            cafile = connection.ca_cert
    elif not any(ssl.get_default_verify_paths()[:2]):
        # This Python knows no store of the system (some builds do not): the one that comes with requests.
        import certifi  # comes with requests

        cafile = certifi.where()
    try:
        context = ssl.create_default_context(cafile=cafile, capath=capath)
    except (ssl.SSLError, OSError) as exc:
        raise TLSError(
            f"ca_cert {quoted(connection.ca_cert)} cannot be used ({_file_reason(exc)})",
            hint="set it to a PEM file with certificates, or to a directory prepared by openssl rehash",
        ) from None
    if not connection.validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if connection.client_cert:
        _load_client_cert(context, connection.client_cert, connection.client_key)
    return context


def _load_client_cert(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    check_file("client_cert", cert, PEM_FILE_BYTES, TLSError)
    if key:
        check_file("client_key", key, PEM_FILE_BYTES, TLSError)

    def refuse_encrypted() -> str:
        # Without this OpenSSL would ask for a passphrase on the terminal and hang the play.
        raise TLSError(
            f"client_key {quoted(key or cert)} is encrypted",
            hint="use a key without a passphrase, readable by its owner only",
        )

    try:
        context.load_cert_chain(cert, key, password=refuse_encrypted)
    except (ssl.SSLError, OSError) as exc:
        files = f"client_cert {quoted(cert)}" + (f" and client_key {quoted(key)}" if key else "")
        raise TLSError(
            f"{files} cannot be used ({_file_reason(exc)})",
            hint="use a PEM certificate and the key that belongs to it",
        ) from None


def _file_reason(exc: OSError) -> str:
    if isinstance(exc, ssl.SSLError):
        return (exc.reason or "no PEM data").lower().replace("_", " ")
    return (exc.strerror or "unreadable").lower()
