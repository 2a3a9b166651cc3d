# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: which authorities are trusted, the client certificate, and what a failed handshake means."""

from __future__ import annotations

import os
import ssl

from ..errors import TLSError
from .connection import Connection

# Fragments of OpenSSL's verification texts, the cause in our words and the way out.
_TLS_TEXTS = (
    (
        "certificate has expired",
        "the certificate of {host} has expired",
        "renew the server's certificate",
    ),
    (
        "doesn't match",
        "the certificate of {host} is for another host name",
        "use a name that the certificate holds in api_url, or give the server a certificate for this one",
    ),
    (
        "mismatch",
        "the certificate of {host} is for another host name",
        "use a name that the certificate holds in api_url, or give the server a certificate for this one",
    ),
    (
        "self-signed certificate in certificate chain",
        "the certificate of {host} comes from an authority that is not trusted here",
        "give the authority's certificate in ca_cert",
    ),
    (
        "self signed certificate in certificate chain",
        "the certificate of {host} comes from an authority that is not trusted here",
        "give the authority's certificate in ca_cert",
    ),
    (
        "self-signed certificate",
        "the certificate of {host} is self-signed",
        "give this certificate in ca_cert",
    ),
    (
        "self signed certificate",
        "the certificate of {host} is self-signed",
        "give this certificate in ca_cert",
    ),
    (
        "unable to get local issuer",
        "the certificate of {host} comes from an authority that is not trusted here",
        "give the authority's certificate in ca_cert",
    ),
    (
        "certificate is not yet valid",
        "the certificate of {host} is not valid yet",
        "check the clocks of this host and of the server",
    ),
    (
        "wrong version number",
        "{host} does not speak TLS",
        "check the port, or use http:// in api_url if the API really is without TLS",
    ),
    (
        "certificate required",
        "{host} asks for a client certificate",
        "give client_cert and client_key",
    ),
)


def tls_error(exc: BaseException, host: str) -> TLSError:
    """Return what a failed handshake means, with the way out; no certificate or key content goes into it."""
    text = str(exc).lower()
    sent = not isinstance(exc, ssl.SSLCertVerificationError)
    for fragment, cause, hint in _TLS_TEXTS:
        if fragment in text:
            return TLSError(cause.format(host=host), hint=hint, maybe_processed=sent)
    return TLSError(
        f"the TLS handshake with {host} failed ({getattr(exc, 'reason', None) or 'no reason given'})",
        hint="check ca_cert, client_cert and client_key, and the server's TLS settings",
        maybe_processed=sent,
    )


def ssl_context(connection: Connection) -> ssl.SSLContext:
    """Return the TLS settings: the system's authorities, or ``ca_cert`` alone where it is given."""
    cafile, capath = None, None
    if connection.ca_cert and connection.validate_certs:
        if not os.path.exists(connection.ca_cert):
            raise TLSError(f"ca_cert {connection.ca_cert!r} does not exist", hint="give a PEM file or a directory")
        if os.path.isdir(connection.ca_cert):
            capath = connection.ca_cert
        else:
            cafile = connection.ca_cert
    elif not any(ssl.get_default_verify_paths()[:2]):
        # This Python knows no system store (some builds do not): the one that comes with requests.
        import certifi  # comes with requests

        cafile = certifi.where()
    try:
        context = ssl.create_default_context(cafile=cafile, capath=capath)
    except (ssl.SSLError, OSError) as exc:
        raise TLSError(
            f"ca_cert {connection.ca_cert!r} cannot be used ({_file_reason(exc)})", hint="give a PEM file"
        ) from None
    if not connection.validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if connection.client_cert:
        _load_client_cert(context, connection.client_cert, connection.client_key)
    return context


def _load_client_cert(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    for name, path in (("client_cert", cert), ("client_key", key)):
        if path and not os.path.isfile(path):
            raise TLSError(f"{name} {path!r} does not exist", hint="give the path of a PEM file on the managed host")

    def refuse_encrypted() -> str:
        # Without this OpenSSL would ask for a passphrase on the terminal and hang the play.
        raise TLSError(
            f"client_key {key or cert!r} is encrypted",
            hint="give a key without a passphrase, readable by its owner only",
        )

    try:
        context.load_cert_chain(cert, key, password=refuse_encrypted)
    except (ssl.SSLError, OSError) as exc:
        raise TLSError(
            f"client_cert {cert!r}{f' and client_key {key!r}' if key else ''} cannot be used ({_file_reason(exc)})",
            hint="give a PEM certificate and the key that belongs to it",
        ) from None


def _file_reason(exc: OSError) -> str:
    if isinstance(exc, ssl.SSLError):
        return (exc.reason or "no PEM data").lower().replace("_", " ")
    return (exc.strerror or "unreadable").lower()
