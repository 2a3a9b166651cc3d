# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, tokens and the login endpoint."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]

ADMIN_GROUP = "px-admin-group"
ADMIN_NAMES = frozenset({"admin", "px-central-admin"})
FAR_AWAY = 4102444800  # 2100-01-01


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who calls."""

    id: str
    name: str
    groups: tuple[str, ...] = ()
    admin: bool = False


@dataclass(slots=True)
class Account:
    """A user who can log in."""

    user: User
    password: str = field(repr=False)


@dataclass(slots=True)
class Token:
    """A token and its end."""

    user: User
    expires: float


def make_user(user_id: str, name: str, groups: tuple[str, ...] = (), admin: bool = False) -> User:
    """A user; an administrator by name, by group or because it is said."""
    clean = tuple(group.lstrip("/") for group in groups)
    return User(user_id, name, clean, admin or name in ADMIN_NAMES or ADMIN_GROUP in clean)


def _part(data: Json) -> str:
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def make_jwt(user: User, issued: float, expires: float, serial: int) -> str:
    """A token of the usual shape with a signature that nobody checks."""
    groups = [f"/{group}" for group in user.groups]
    claims = {
        "sub": user.id,
        "preferred_username": user.name,
        "groups": groups,
        "iat": int(issued),
        "exp": int(expires),
        "jti": f"simulated-{serial}",
    }
    signature = base64.urlsafe_b64encode(f"simulated-signature-{serial:06d}".encode()).decode().rstrip("=")
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.{signature}"


def read_claims(token: str) -> Json:
    """The claims of a token that looks like a JWT, else nothing."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


class Door:
    """Who may come in."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self._tokens: dict[str, Token] = {}
        self._first: dict[str, Token] = {}
        self._serial = 0

    def keep(self) -> None:
        """Remember the tokens of now as those that a reset brings back."""
        self._first = {text: replace(token) for text, token in self._tokens.items()}

    def reset(self) -> None:
        """Back to the tokens of the start."""
        self._tokens = {text: replace(token) for text, token in self._first.items()}

    def add_account(self, user: User, password: str) -> None:
        """A user with a password."""
        self.accounts[user.name] = Account(user, password)

    def user_with_id(self, user_id: str) -> User:
        """A known user, else a new ordinary one of that id."""
        for account in self.accounts.values():
            if account.user.id == user_id:
                return account.user
        return make_user(user_id, user_id)

    def add_token(self, text: str, user: User, expires: float = FAR_AWAY) -> None:
        """A token that is good until its end."""
        self._tokens[text] = Token(user, expires)

    def issue(self, user: User, now: float, seconds: float) -> str:
        """A new token for a user."""
        self._serial += 1
        text = make_jwt(user, now, now + seconds, self._serial)
        self.add_token(text, user, now + seconds)
        return text

    def expire(self, text: str | None = None) -> int:
        """End one token, or all; how many."""
        hit = [token for key, token in self._tokens.items() if text is None or key == text]
        for token in hit:
            token.expires = 0.0
        return len(hit)

    def user_of(self, header: str, now: float) -> User | None:
        """The user whose good token an Authorization header carries."""
        scheme, _, text = header.partition(" ")
        token = self._tokens.get(text.strip())
        if scheme.lower() != "bearer" or token is None or token.expires <= now:
            return None
        return token.user

    def login(self, form: dict[str, str], now: float, default_seconds: float) -> tuple[int, Json]:
        """The answer of the token endpoint: HTTP status and body."""
        if form.get("grant_type") != "password":
            return 400, {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        if not form.get("client_id"):
            return 401, {"error": "invalid_client", "error_description": "Invalid client credentials"}
        account = self.accounts.get(form.get("username", ""))
        if account is None or account.password != form.get("password"):
            return 401, {"error": "invalid_grant", "error_description": "Invalid user credentials"}
        seconds = _duration(form.get("token-duration", ""), default_seconds)
        return 200, {
            "access_token": self.issue(account.user, now, seconds),
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": "profile email",
        }


def _duration(text: str, default: float) -> float:
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    number, unit = text[:-1], text[-1:]
    return float(number) * units[unit] if unit in units and number.isdigit() else default
