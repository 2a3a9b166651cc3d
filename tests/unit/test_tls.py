# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates: trusted authorities, no authority from the environment, and the error for each failure."""

from __future__ import annotations

import datetime
import re
import ssl
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.arguments import CONNECTION
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import (
    Connection,
    Login,
    check_connection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.exchange import Exchange
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.network import network_error
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.options import connection_from
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.tls import tls_error
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.transport import Transport
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import (
    NetworkError,
    TLSError,
    ValidationError,
)
from ansible_collections.pxops.px_backup.tests.unit.support.samples import TOKEN, connection, transport
from ansible_collections.pxops.px_backup.tests.unit.support.server import (
    HTTPServer,
    Reply,
    host_of,
    in_turn,
    json_reply,
)

trustme = pytest.importorskip("trustme")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")


A_FILE = "set it to the path of a readable file on the managed host"
PARTS = {
    "no_file": f"cannot be used (no such file or directory); {A_FILE}",
    "no_regular_file": f"cannot be used (not a regular file); {A_FILE}",
    "authorities": "set it to a PEM file with certificates, or to a directory prepared by openssl rehash",
}


class Files(NamedTuple):
    """Certificate files of two authorities that know nothing of each other."""

    authority: Any
    ca: str
    other_ca: str
    cert: str
    key: str
    encrypted_key: str
    other_key: str


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("tls")
    authority, other = trustme.CA(), trustme.CA()
    client, foreign = authority.issue_cert("client@example.com"), other.issue_cert("x@example.com")
    key = serialization.load_pem_private_key(client.private_key_pem.bytes(), None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"passphrase"),
    )
    contents = {
        "ca": authority.cert_pem.bytes(),
        "other_ca": other.cert_pem.bytes(),
        "cert": client.cert_chain_pems[0].bytes(),
        "key": client.private_key_pem.bytes(),
        "encrypted_key": encrypted,
        "other_key": foreign.private_key_pem.bytes(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return Files(authority, **{name: str(folder / name) for name in contents})


@pytest.fixture
def serve_tls(files: Files) -> Iterator[Callable[..., HTTPServer]]:
    """Return a function that starts a server with a certificate of the first authority for the given names."""
    started: list[HTTPServer] = []

    def start(*names: str, client_ca: bool = False, **dates: Any) -> HTTPServer:
        settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        files.authority.issue_cert(*(names or ("127.0.0.1",)), **dates).configure_cert(settings)
        if client_ca:
            settings.verify_mode = ssl.CERT_REQUIRED
            files.authority.configure_trust(settings)
        server = HTTPServer(in_turn(json_reply({"ok": 1})), tls=settings)
        started.append(server.__enter__())
        return server

    yield start
    for server in started:
        server.__exit__()


def asked(url: str, **settings: Any) -> object:
    return transport(url, **settings).request("GET", "/x", writes=False)


def refused(url: str, **settings: Any) -> TLSError:
    with pytest.raises(TLSError) as caught:
        asked(url, **settings)
    assert caught.value.hint
    assert not caught.value.retriable
    return caught.value


def test_authority_as_a_file(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    assert asked(serve_tls().url, ca_cert=files.ca) == {"ok": 1}


def test_unknown_authority(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    server = serve_tls()
    for settings in ({}, {"ca_cert": files.other_ca}):
        error = refused(server.url, **settings)
        assert str(error) == (
            f"the certificate of {host_of(server.url)} was issued by an authority that is not trusted here; "
            "set ca_cert to the certificate of the authority"
        )
        assert error.maybe_processed is False
    assert server.requests == []


def test_authorities_in_a_folder(serve_tls: Callable[..., HTTPServer], files: Files, tmp_path: Path) -> None:
    # An empty folder trusts nobody: neither the system's authorities nor those of the environment.
    assert "not trusted here" in str(refused(serve_tls().url, ca_cert=str(tmp_path)))


def test_authorities_of_the_system(
    serve_tls: Callable[..., HTTPServer], files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL reads this variable; requests ignores it."""
    monkeypatch.setenv("SSL_CERT_FILE", files.ca)
    assert asked(serve_tls().url) == {"ok": 1}


def test_authorities_of_the_system_for_the_login_alone(
    serve_tls: Callable[..., HTTPServer], files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", files.ca)
    service = serve_tls()
    service.responder = lambda _request: json_reply({"access_token": TOKEN, "expires_in": 60})
    with HTTPServer(in_turn(json_reply({"ok": 1}))) as api:
        login = Login(f"{service.url}/auth", "eve", "correct horse")
        transport = Transport(check_connection(Connection(api.url, login=login)))
        assert transport.request("GET", "/x", writes=False) == {"ok": 1}


def test_only_the_task_warns_of_missing_validation(serve_tls: Callable[..., HTTPServer]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asked(serve_tls().url, validate_certs=False) == {"ok": 1}


def test_missing_file_is_an_error_without_tls_too(tmp_path: Path) -> None:
    with pytest.raises(TLSError, match="no such file or directory"):
        transport("http://px.example.com", ca_cert=str(tmp_path / "none.pem"))


def test_page_that_comes_over_tls(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    server = serve_tls()
    server.responder = lambda _request: Reply(400, b"<html>", (("Content-Type", "text/html"),))
    with pytest.raises(ValidationError) as caught:
        asked(server.url, ca_cert=files.ca)
    assert str(caught.value) == (
        "a proxy, a gateway or another service responded in place of PX-Backup (HTTP 400 with an HTML page); "
        "is api_url the address of the PX-Backup REST API (by default port 10001)?"
    )


def test_other_host_name(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    assert "another host name" in str(refused(serve_tls("px.example.com").url, ca_cert=files.ca))


def test_expired(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)  # noqa: UP017 - Python 3.9 too
    server = serve_tls(not_before=past, not_after=past + datetime.timedelta(days=1))
    assert "has expired" in str(refused(server.url, ca_cert=files.ca))


def test_server_without_tls(files: Files) -> None:
    with HTTPServer(in_turn(json_reply({}))) as server:
        assert "does not use TLS" in str(refused(server.url.replace("http:", "https:"), ca_cert=files.ca))


def test_client_certificate(serve_tls: Callable[..., HTTPServer], files: Files) -> None:
    server = serve_tls(client_ca=True)
    assert asked(server.url, ca_cert=files.ca, client_cert=files.cert, client_key=files.key) == {"ok": 1}
    # The refusal may overtake the request (TLS 1.3): then it is told as a broken connection.
    with pytest.raises((TLSError, NetworkError)):
        asked(server.url, ca_cert=files.ca)
    assert len(server.requests) == 1


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_environment_adds_no_authority(
    serve_tls: Callable[..., HTTPServer], files: Files, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, files.ca)
    assert "not trusted here" in str(refused(serve_tls().url, ca_cert=files.other_ca))


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("bundle", ["other_ca", "key", None])
def test_environment_takes_no_authority_away(
    serve_tls: Callable[..., HTTPServer],
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    bundle: str | None,
) -> None:
    monkeypatch.setenv(variable, getattr(files, bundle) if bundle else str(tmp_path / "none.pem"))
    assert asked(serve_tls().url, ca_cert=files.ca) == {"ok": 1}
    assert asked(serve_tls("elsewhere").url, validate_certs=False) == {"ok": 1}


@pytest.mark.parametrize("bundle", [False, True])
@pytest.mark.parametrize("way", ["plain", "ssl_config"])
def test_validation_can_be_switched_off_from_a_task(
    serve_tls: Callable[..., HTTPServer], files: Files, monkeypatch: pytest.MonkeyPatch, bundle: bool, way: str
) -> None:
    if bundle:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", files.other_ca)
    params = {name: option.get("default") for name, option in CONNECTION.items()}
    switch = {"validate_certs": False}
    params.update({"ssl_config": switch} if way == "ssl_config" else switch)
    given = connection_from({**params, "api_url": serve_tls("elsewhere").url, "token": TOKEN})
    assert Transport(check_connection(given)).request("GET", "/x", writes=False) == {"ok": 1}


def test_environment_does_not_switch_validation_on_or_off(
    serve_tls: Callable[..., HTTPServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONHTTPSVERIFY", "CURL_INSECURE"):
        monkeypatch.setenv(name, "0")
    server = serve_tls()
    refused(server.url)
    assert asked(server.url, validate_certs=False) == {"ok": 1}


@pytest.mark.parametrize(
    ("text", "reason", "sentence"),
    [
        (
            "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2578)",
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "px requires a client certificate; set client_cert and client_key",
        ),
        (
            "[SSL: NO_PROTOCOLS_AVAILABLE] no protocols available",
            "NO_PROTOCOLS_AVAILABLE",
            "the TLS handshake with px failed (NO_PROTOCOLS_AVAILABLE); "
            "check ca_cert, client_cert and client_key, and the TLS settings of the server",
        ),
        (
            "unknown",
            None,
            "the TLS handshake with px failed (no reason given); "
            "check ca_cert, client_cert and client_key, and the TLS settings of the server",
        ),
    ],
)
def test_failure_that_may_come_after_the_request(text: str, reason: str | None, sentence: str) -> None:
    failure = ssl.SSLError(1, text)
    if reason:
        failure.reason = reason
    exchange = Exchange("px", 1.0, 1.0, 1000, lambda: 0.0)
    error = network_error(failure, connection("https://px"), exchange)
    assert str(error) == sentence
    # With TLS 1.3 the server's refusal arrives when the request is already sent.
    assert error.maybe_processed is True
    exchange.connecting = True
    assert network_error(failure, connection("https://px"), exchange).maybe_processed is False


def test_failure_without_a_reason() -> None:
    assert "(no reason given)" in str(tls_error(ValueError("odd"), "px"))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"ca_cert": "{none}"},
            "ca_cert '{none}' {no_file}",
        ),
        (
            {"ca_cert": "{key}"},
            "ca_cert '{key}' cannot be used ({no_cert}); {authorities}",
        ),
        (
            {"client_cert": "{none}"},
            "client_cert '{none}' {no_file}",
        ),
        (
            {"client_cert": "{folder}"},
            "client_cert '{folder}' {no_regular_file}",
        ),
        (
            {"client_cert": "{cert}", "client_key": "{none}"},
            "client_key '{none}' {no_file}",
        ),
        (
            {"client_cert": "{cert}", "client_key": "{encrypted_key}"},
            "client_key '{encrypted_key}' is encrypted; use a key without a passphrase, readable by its owner only",
        ),
        (
            {"client_cert": "{cert}", "client_key": "{other_key}"},
            "client_cert '{cert}' and client_key '{other_key}' cannot be used (key values mismatch); "
            "use a PEM certificate and the key that belongs to it",
        ),
        (
            {"client_cert": "{cert}", "client_key": "{ca}"},
            "client_cert '{cert}' and client_key '{ca}' cannot be used ({no_key}); "
            "use a PEM certificate and the key that belongs to it",
        ),
        (
            {"client_cert": "{cert}"},
            "client_cert '{cert}' cannot be used ({no_key}); use a PEM certificate and the key that belongs to it",
        ),
    ],
)
def test_file_that_cannot_be_used(files: Files, tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    places = {**files._asdict(), "none": str(tmp_path / "none.pem"), "folder": str(tmp_path)}
    made = connection("https://px", **{name: text.format(**places) for name, text in settings.items()})
    with pytest.raises(TLSError) as caught:
        Transport(made)
    # The text of OpenSSL for a file without certificate or key differs between releases.
    pattern = re.escape(sentence.format(**places, **PARTS, no_cert="NO", no_key="NO")).replace("NO", "[a-z][A-Za-z ]+")
    assert re.fullmatch(pattern, str(caught.value))
    assert caught.value.attempts == 0
    assert "BEGIN" not in str(caught.value)


def test_certificate_and_key_in_one_file(files: Files, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(Path(files.cert).read_bytes() + Path(files.key).read_bytes())
    Transport(connection("https://px", client_cert=str(both))).close()
    both.write_bytes(Path(files.cert).read_bytes() + Path(files.encrypted_key).read_bytes())
    with pytest.raises(TLSError, match="is encrypted"):
        Transport(connection("https://px", client_cert=str(both)))


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="from Python 3.13 on an intermediate authority is enough")
def test_an_intermediate_authority_alone(files: Files, tmp_path: Path) -> None:
    intermediate = files.authority.create_child_ca()
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    intermediate.issue_cert("127.0.0.1").configure_cert(settings)
    alone = tmp_path / "intermediate.pem"
    alone.write_bytes(intermediate.cert_pem.bytes())
    both = tmp_path / "both.pem"
    both.write_bytes(intermediate.cert_pem.bytes() + Path(files.ca).read_bytes())
    with HTTPServer(in_turn(json_reply({"ok": 1})), tls=settings) as server:
        assert str(refused(server.url, ca_cert=str(alone))) == (
            f"ca_cert contains an intermediate authority of {host_of(server.url)} without the authorities above it; "
            "add the certificates up to the root authority to ca_cert"
        )
        assert asked(server.url, ca_cert=str(both)) == {"ok": 1}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Missing Authority Key Identifier", "rejected by OpenSSL (Missing Authority Key Identifier); replace the"),
        (
            "Basic Constraints of CA cert not marked critical",
            "(Basic Constraints of CA cert not marked critical);",
        ),
        ("certificate revoked", "was rejected by OpenSSL (certificate revoked); replace the certificate"),
        ("EE certificate key too weak", "a certificate of px has a weak key; replace it by a certificate with a key"),
        ("CA signature digest algorithm too weak", "a certificate of px has a weak signature; replace it"),
    ],
)
def test_the_text_of_openssl_and_the_hint(words: str, sentence: str) -> None:
    failure = ssl.SSLCertVerificationError(
        1, f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {words} (_ssl.c:1000)"
    )
    failure.reason, failure.verify_message = "CERTIFICATE_VERIFY_FAILED", words
    error = tls_error(failure, "px")
    assert sentence in str(error)
    assert error.category == "tls"


def test_a_certificate_with_a_weak_key(tmp_path: Path) -> None:
    """The words of OpenSSL itself, not those of a test."""
    x509 = pytest.importorskip("cryptography.x509")
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017 - Python 3.9 too
    cert = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "weak.pem"
    path.write_bytes(
        cert.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.set_ciphers("DEFAULT:@SECLEVEL=0")
    settings.load_cert_chain(path)
    with HTTPServer(in_turn(json_reply({"ok": 1})), tls=settings) as server:
        assert "has a weak key" in str(refused(server.url, ca_cert=str(path)))
