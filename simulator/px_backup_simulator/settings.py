# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that steers the simulator and may change while it runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from px_backup_simulator.auth import LOGIN_ERRORS
from px_backup_simulator.errors import ControlError
from px_backup_simulator.surface import releases

# A hundred years in seconds: larger numbers are mistakes, and would leave the range of a time stamp.
LARGEST_NUMBER = 3_155_760_000

CHOICES = {
    "unknown_fields": ("ignore", "reject", "record"),
    "zero_values": ("omit", "render"),
    "not_found": ("not_found", "unknown"),
    "duplicates": ("already_exists", "unknown"),
    "permission_errors": ("denied", "unknown"),
    "missing_namespace": ("fail_run", "refuse_create"),
    "label_update": ("replace", "merge"),
    "ownership_update": ("apply", "ignore"),
    "schedules": ("off", "on"),
    "locked_delete": ("refuse", "pending", "delete"),
    "dependent_delete": ("pending", "refuse"),
    "restore_mapping": ("accept", "refuse"),
    "missing_data": ("fail_run", "refuse_create"),
    "backup_in_use": ("delete", "refuse"),
    "default_storage_class": ("one", "none", "several"),
    "reason_index": ("empty_first", "from_one"),
    "colon_names": ("verb", "accept", "refuse"),
    "query_enums": ("sort_by_number", "by_number", "by_name"),
    "query_map_keys": ("last_bracket", "first_bracket"),
    "token_claims": ("all", "no_sub", "no_exp", "opaque"),
    "login_error": ("none", *LOGIN_ERRORS),
}


@dataclass(frozen=True)
class Settings:
    """One set of settings; a change makes a new one."""

    release: str = field(default_factory=lambda: releases()[-1])
    unknown_fields: str = "ignore"
    zero_values: str = "omit"
    page_cap: int = 0
    reference_page_cap: int = 0
    latency_ms: float = 0.0
    backup_seconds: float = 2.0
    delete_seconds: float = 0.5
    restore_seconds: float = 2.0
    cancel_seconds: float = 0.5
    delete_workers: int = 0
    incremental_chain: int = 0
    lock_days: int = 7
    missing_seconds: float = 1.0
    token_seconds: float = 3600.0
    not_found: str = "not_found"
    duplicates: str = "already_exists"
    permission_errors: str = "denied"
    missing_namespace: str = "fail_run"
    label_update: str = "replace"
    ownership_update: str = "apply"
    schedules: str = "off"
    locked_delete: str = "refuse"
    dependent_delete: str = "pending"
    restore_mapping: str = "accept"
    missing_data: str = "fail_run"
    backup_in_use: str = "delete"
    default_storage_class: str = "one"
    reason_index: str = "empty_first"
    colon_names: str = "verb"
    query_enums: str = "sort_by_number"
    query_map_keys: str = "last_bracket"
    token_claims: str = "all"
    login_error: str = "none"
    federated: bool = False
    churn: dict[str, int] = field(default_factory=dict)

    @property
    def render_zero(self) -> bool:
        """Whether zero values are rendered."""
        return self.zero_values == "render"

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON."""
        return asdict(self)

    def with_changes(self, changes: dict[str, Any]) -> Settings:
        """Return these settings with some of them changed; ControlError when a change is not valid."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        for name, value in changes.items():
            _check(name, value, known)
        values = {name: type(known[name])(value) for name, value in changes.items()}
        return replace(self, **values)


def _check(name: str, value: Any, known: dict[str, Any]) -> None:
    if name not in known:
        raise ControlError(f"unknown setting {name!r}, known: {', '.join(sorted(known))}")
    if name == "release" and value not in releases():
        raise ControlError(f"unknown release {value!r}, known: {', '.join(releases())}")
    if name in CHOICES and value not in CHOICES[name]:
        raise ControlError(f"{name} must be one of {', '.join(CHOICES[name])}")
    if name == "churn":
        _check_churn(value)
    elif isinstance(known[name], bool):
        if not isinstance(value, bool):
            raise ControlError(f"{name} must be true or false")
    elif isinstance(known[name], int | float) and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_NUMBER
    ):
        raise ControlError(f"{name} must be a number from 0 to {LARGEST_NUMBER}")


def _check_churn(value: Any) -> None:
    good = isinstance(value, dict) and all(
        key in ("create", "delete") and isinstance(number, int) and number >= 0 for key, number in value.items()
    )
    if not good:
        raise ControlError('churn must look like {"create": 1, "delete": 1}')


def read_seconds(given: dict[str, Any], key: str, default: float) -> float:
    """Read a number of seconds; ControlError when it is none, or would leave the range of a time stamp."""
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise ControlError(f"{key} must be a number of seconds of at most {LARGEST_NUMBER}")
    return float(value)
