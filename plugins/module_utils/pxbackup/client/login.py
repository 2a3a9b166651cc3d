# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login of PX-Backup: an OIDC password grant (docs/server-behaviour.md, section 7)."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import AuthenticationError, ProtocolError, PXBackupError, ServerError
from .connection import Login
from .responses import Response, error_object, json_object, refusal
from .tokens import Token, token_of
from .urls import encode_segment


def login_path(login: Login) -> str:
    """Return the path of the token endpoint below ``auth_url``.

    Raises:
        ValidationError: the realm cannot be part of a URL.
    """
    return f"/realms/{encode_segment('realm', login.realm)}/protocol/openid-connect/token"


def login_form(login: Login) -> dict[str, str]:
    """Return the fields of the password grant."""
    return {
        "grant_type": "password",
        "client_id": login.client_id,
        "username": login.username,
        "password": login.password,
    }


def token_in(login: Login, response: Response, now: float) -> Token:
    """Return the token in the response to a login.

    Args:
        now: seconds since 1970.

    Raises:
        PXBackupError: the response contains none; the error says why, in words that name the options of a login.
    """
    if response.status == 200:
        try:
            return token_of(json_object(response, now), now)
        except ProtocolError as error:
            error.message = f"the login failed: {error.message}"
            error.hint = "is auth_url the address of the login service?"
            error.maybe_processed = False
            raise
    raise _login_error(login, response, refusal(response))


class _Reason(NamedTuple):
    """A fragment of what the login service may give as its reason, lower case, and what to do."""

    fragment: str
    hint: str


# Reasons of Keycloak and codes of OAuth 2.0 (RFC 6749, 5.2). The first that matches counts.
_REASONS = (
    _Reason("account disabled", "enable the account in the login service, or use another user"),
    _Reason("account is not fully set up", "log in once in a browser and complete the required actions of the account"),
    _Reason("temporarily", "wait until the account is unlocked: too many logins with a wrong password lock it"),
    _Reason("invalid user credentials", "check username and password"),
    _Reason("invalid_grant", "check username and password"),
    _Reason("not allowed for direct access grants", "allow direct access grants for the client, or set client_id"),
    _Reason("unauthorized_client", "check client_id: this client is not allowed to log in with a password"),
    _Reason("invalid_client", "check client_id: the login service does not know this client, or it needs a secret"),
    _Reason("unsupported_grant_type", "check auth_url and realm: this service does not accept passwords"),
    _Reason("invalid_scope", "check client_id and realm"),
    _Reason("realm does not exist", "check realm"),
)


def _login_error(login: Login, response: Response, error: PXBackupError) -> PXBackupError:
    """Return the error for a login without success."""
    status = response.status
    body = error_object(response)
    texts = [body.get(key) for key in ("error", "error_description")]
    reason = ": ".join(text.strip() for text in texts if isinstance(text, str) and text.strip())
    because = f": {reason}" if reason else ""
    hint = next((item.hint for item in _REASONS if item.fragment in reason.lower()), None)
    if status in (400, 401, 403):
        found: PXBackupError = AuthenticationError(
            f"the login service refused the login of {login.username!r} (HTTP {status}){because}",
            hint=hint or "check username, password, client_id and realm",
        )
    elif status == 404 or isinstance(error, ProtocolError):
        found = ProtocolError(
            f"there is no token endpoint at auth_url (HTTP {status}){because}",
            hint="check auth_url and realm; most installations need /auth at the end of auth_url",
        )
    else:
        found = ServerError(
            f"the login service failed (HTTP {status}){because}",
            hint="check the login service, or run the task again later",
        )
        found.retriable = error.retriable
    found.http_status = status
    return found
