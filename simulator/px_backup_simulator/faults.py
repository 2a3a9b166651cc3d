# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: which request meets which fault."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from px_backup_simulator.errors import HTTP_OF_CODE, ControlError
from px_backup_simulator.log import Entry

Json = dict[str, Any]

KINDS = frozenset(
    {
        "drop_before",
        "drop_after",
        "status",
        "grpc_error",
        "slow_first_byte",
        "slow_body",
        "silence",
        "truncated_body",
        "html",
        "empty_body",
        "wrong_content_type",
        "not_object",
        "redirect",
        "expire_token",
    }
)
_MATCH_KEYS = frozenset({"rpc", "method", "path", "nth", "writes"})
_OPTIONS: dict[str, type | tuple[type, ...]] = {
    "seconds": (int, float),
    "status": int,
    "code": int,
    "text": str,
    "headers": dict,
    "body": object,
    "process": bool,
    "location": str,
    "content_type": str,
    "reset": bool,
}
_RULE_KEYS = frozenset({"kind", "match", "times", *_OPTIONS})


@dataclass(slots=True)
class Fault:
    """One rule, and how often it has been met."""

    kind: str
    match: Json = field(default_factory=dict)
    times: int = 1
    options: Json = field(default_factory=dict)
    seen: int = 0
    applied: int = 0

    def to_dict(self) -> Json:
        """The rule as JSON."""
        return asdict(self)

    def fits(self, entry: Entry) -> bool:
        """Whether the rule is for this request, whatever its number."""
        match = self.match
        return (
            match.get("rpc") in (None, entry.rpc)
            and str(match.get("method", entry.method)).upper() == entry.method
            and ("path" not in match or re.search(match["path"], entry.path) is not None)
            and match.get("writes") in (None, entry.writes)
        )

    def take(self, entry: Entry) -> bool:
        """Count a request; True when the fault strikes it."""
        if not self.fits(entry):
            return False
        self.seen += 1
        if self.seen < int(self.match.get("nth", 1)) or (self.times and self.applied >= self.times):
            return False
        self.applied += 1
        return True


def read_fault(given: Any) -> Fault:
    """A rule from its written form; ControlError when it makes no sense."""
    if not isinstance(given, dict) or given.get("kind") not in KINDS:
        raise ControlError(f"a fault needs a kind, one of {', '.join(sorted(KINDS))}")
    match = given.get("match") or {}
    unknown = sorted(set(given) - _RULE_KEYS) + [f"match.{key}" for key in sorted(set(match) - _MATCH_KEYS)]
    if unknown:
        raise ControlError(f"unknown keys in a fault: {', '.join(unknown)}")
    for key, kinds in _OPTIONS.items():
        if key in given and not isinstance(given[key], kinds):
            raise ControlError(f"fault {given['kind']}: {key} is of a wrong type")
    try:
        re.compile(match.get("path", ""))
    except (re.error, TypeError) as error:
        raise ControlError(f"bad path in a fault: {error}") from error
    times = given.get("times", 1)
    if not isinstance(times, int) or times < 0 or not isinstance(match.get("nth", 1), int):
        raise ControlError("times and nth must be whole numbers; times 0 means always")
    options = {key: given[key] for key in _OPTIONS if key in given}
    if given["kind"] == "status" and not 200 <= options.get("status", 0) <= 599:
        raise ControlError("fault status needs a status from 200 to 599")
    if options.get("code", 2) not in HTTP_OF_CODE:
        raise ControlError("code must be a gRPC code from 1 to 16")
    return Fault(given["kind"], dict(match), times, options)


def read_faults(given: Any) -> list[Fault]:
    """Rules from a list, a mapping with `faults`, or one rule."""
    if isinstance(given, dict):
        given = given.get("faults", [given])
    if not isinstance(given, list):
        raise ControlError("faults must be a list of rules")
    return [read_fault(rule) for rule in given]


def read_fault_file(path: str) -> list[Fault]:
    """Rules from a YAML or JSON file."""
    text = Path(path).read_text(encoding="utf-8")
    return read_faults(json.loads(text) if path.endswith(".json") else yaml.safe_load(text))


class FaultList:
    """The rules, in their order; the first that strikes is applied."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def pick(self, entry: Entry) -> Fault | None:
        """The fault for a request."""
        for rule in self.rules:
            if rule.take(entry):
                entry.fault = rule.kind
                return rule
        return None
