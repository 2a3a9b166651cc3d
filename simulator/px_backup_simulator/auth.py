# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, tokens and the login endpoint."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from px_backup_simulator.settings import Settings

Json = dict[str, Any]

ADMIN_GROUP = "px-admin-group"
ADMIN_NAMES = frozenset({"admin", "px-central-admin"})
FAR_AWAY = 4102444800  # 2100-01-01

# Refusals of Keycloak's token endpoint: HTTP status, `error`, `error_description`.
LOGIN_ERRORS: dict[str, tuple[int, str, str]] = {
    "account_disabled": (400, "invalid_grant", "Account disabled"),
    "account_not_set_up": (400, "invalid_grant", "Account is not fully set up"),
    "invalid_credentials": (401, "invalid_grant", "Invalid user credentials"),
    "invalid_client": (401, "invalid_client", "Invalid client or Invalid client credentials"),
    "unauthorized_client": (401, "unauthorized_client", "Invalid client or Invalid client credentials"),
    "direct_access_off": (400, "unauthorized_client", "Client not allowed for direct access grants"),
    "invalid_scope": (400, "invalid_scope", "Invalid scopes: openid"),
    "missing_parameter": (400, "invalid_request", "Missing form parameter: grant_type"),
    "https_required": (403, "invalid_request", "HTTPS required"),
    "realm_unknown": (404, "Realm does not exist", ""),
    "unknown_error": (500, "unknown_error", ""),
}
_LEFT_OUT = {"all": "", "no_sub": "sub", "no_exp": "exp"}


@dataclass(frozen=True, slots=True)
class User:
    """A caller."""

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
    """Whose token it is, and when it expires."""

    user: User
    expires: float


def make_user(user_id: str, name: str, groups: tuple[str, ...] = (), admin: bool = False) -> User:
    """Make a user: an administrator by name, by group, or because `admin` says so."""
    clean = tuple(group.lstrip("/") for group in groups)
    return User(user_id, name, clean, admin or name in ADMIN_NAMES or ADMIN_GROUP in clean)


def _encode_part(data: Json) -> str:
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def make_jwt(user: User, issued: float, expires: float, serial: int, form: str = "all") -> str:
    """Make a token with a signature that nobody checks.

    Args:
        user: whose token it is.
        issued: seconds since the epoch.
        expires: seconds since the epoch.
        serial: makes the token unlike others.
        form: "all" claims, "no_sub", "no_exp", or "opaque": a text that is no JWT.
    """
    if form == "opaque":
        return f"opaque-{hashlib.sha256(f'{user.id}/{serial}/{issued}'.encode()).hexdigest()}"
    groups = [f"/{group}" for group in user.groups]
    claims = {
        "sub": user.id,
        "preferred_username": user.name,
        "groups": groups,
        "iat": int(issued),
        "exp": int(expires),
        "jti": f"simulated-{serial}",
    }
    claims.pop(_LEFT_OUT[form], None)
    signature = base64.urlsafe_b64encode(f"simulated-signature-{serial:06d}".encode()).decode().rstrip("=")
    return f"{_encode_part({'alg': 'none', 'typ': 'JWT'})}.{_encode_part(claims)}.{signature}"


def read_claims(token: str) -> Json:
    """Return the claims of a JWT; nothing for other tokens."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


class Authenticator:
    """Accounts and tokens."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self._tokens: dict[str, Token] = {}
        self._first: dict[str, Token] = {}
        self._serial = 0

    def remember_tokens(self) -> None:
        """Remember the present tokens as those of the start."""
        self._first = {text: replace(token) for text, token in self._tokens.items()}

    def reset(self) -> None:
        """Go back to the tokens of the start."""
        self._tokens = {text: replace(token) for text, token in self._first.items()}

    def add_account(self, user: User, password: str) -> None:
        """Add a user with a password."""
        self.accounts[user.name] = Account(user, password)

    def get_user(self, user_id: str) -> User:
        """Return the user of an id; a new one without rights when it is not known."""
        for account in self.accounts.values():
            if account.user.id == user_id:
                return account.user
        return make_user(user_id, user_id)

    def add_token(self, text: str, user: User, expires: float = FAR_AWAY) -> None:
        """Make a token valid until a moment, in seconds since the epoch."""
        self._tokens[text] = Token(user, expires)

    def issue(self, user: User, now: float, seconds: float, form: str = "all") -> str:
        """Make a new token for a user, in one of the forms of `make_jwt`."""
        self._serial += 1
        text = make_jwt(user, now, now + seconds, self._serial, form)
        self.add_token(text, user, now + seconds)
        return text

    def expire(self, text: str | None = None) -> int:
        """End one token, or all; return how many."""
        hit = [token for key, token in self._tokens.items() if text is None or key == text]
        for token in hit:
            token.expires = 0.0
        return len(hit)

    def find_user(self, header: str, now: float) -> User | None:
        """Return the user whose valid token an Authorization header carries."""
        scheme, _, text = header.partition(" ")
        token = self._tokens.get(text.strip())
        if scheme.lower() != "bearer" or token is None or token.expires <= now:
            return None
        return token.user

    def login(self, form: dict[str, str], now: float, settings: Settings) -> tuple[int, Json]:
        """Return the response of the token endpoint: HTTP status and body."""
        refusal = self._find_refusal(form, settings)
        if refusal is not None:
            status, error, description = refusal
            return status, {"error": error, "error_description": description} if description else {"error": error}
        account = self.accounts[form["username"]]
        seconds = _parse_duration(form.get("token-duration", ""), settings.token_seconds)
        return 200, {
            "access_token": self.issue(account.user, now, seconds, settings.token_claims),
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": "profile email",
        }

    def _find_refusal(self, form: dict[str, str], settings: Settings) -> tuple[int, str, str] | None:
        if settings.login_error != "none":
            return LOGIN_ERRORS[settings.login_error]
        if form.get("grant_type") != "password":
            return 400, "unsupported_grant_type", "Unsupported grant_type"
        if not form.get("client_id"):
            return 401, "invalid_client", "Invalid client credentials"
        account = self.accounts.get(form.get("username", ""))
        if account is None or account.password != form.get("password"):
            return LOGIN_ERRORS["invalid_credentials"]
        return None


def _parse_duration(text: str, default: float) -> float:
    units = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    number, unit = text[:-1], text[-1:]
    return float(number) * units[unit] if unit in units and number.isdigit() else default
