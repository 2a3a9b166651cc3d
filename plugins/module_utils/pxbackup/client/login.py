# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login of PX-Backup: an OIDC password grant (behaviour note 7)."""

from __future__ import annotations

from ..errors import AuthenticationError, ProtocolError, PXBackupError, ServerError, ValidationError
from .connection import Login
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


def login_error(login: Login, error: PXBackupError) -> PXBackupError:
    """Return the error of a failed login in words that name the options of the login."""
    if error.http_status in (400, 401):
        meaning: PXBackupError = AuthenticationError(
            f"the login service refused the login of {login.username!r} (HTTP {error.http_status})",
            hint="check username, password, client_id and realm",
        )
    elif error.http_status == 404 or isinstance(error, ProtocolError):
        meaning = ProtocolError(
            f"the login service has no token endpoint at auth_url (HTTP {error.http_status})",
            hint="check auth_url and realm; most installations want /auth at the end of auth_url",
        )
    elif isinstance(error, ValidationError):
        return error
    elif error.http_status is not None:
        # Its own words are not passed on: they may quote the form, and so the password in another spelling.
        meaning = ServerError(
            f"the login service failed (HTTP {error.http_status})",
            hint="find out what is wrong with the login service, or run the task again later",
        )
        meaning.retriable = error.retriable
    else:
        error.message = f"the login failed: {error.message}"
        return error
    meaning.http_status, meaning.attempts = error.http_status, error.attempts
    meaning.method, meaning.path = error.method, error.path
    return meaning
