# SPDX-License-Identifier: GPL-3.0-or-later
"""Fault rules: which request meets which fault."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from px_backup_simulator.errors import HTTP_OF_CODE, ControlError
from px_backup_simulator.log import Entry
from px_backup_simulator.patterns import check_pattern, find_pattern

Json = dict[str, Any]

_PARAMETERS: dict[str, type | tuple[type, ...]] = {
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
    "name": str,
    "uid": str,
    "org": str,
    "set": dict,
    "remove": list,
    "keys": list,
    "total": (str, int),
    "complete": bool,
    "same": bool,
    "depth": int,
    "length": int,
    "gzip": bool,
    "part": str,
}
_NUMBERS = frozenset({"seconds", "depth", "length"})
LARGEST_LENGTH = 2**50
PARTS = ("headers", "chunk_size", "body", "trailer")
# Parameters that every kind which replaces or changes the response takes.
_REPLY = frozenset({"process", "headers", "status"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of fault takes.

    Attributes:
        parameters: the parameters of the rule, apart from `kind`, `match` and `times`.
        processes: whether the request is carried out unless the rule's `process` says otherwise.
    """

    parameters: frozenset[str]
    processes: bool


def _reply_kind(processes: bool, *parameters: str) -> Kind:
    return Kind(_REPLY | set(parameters), processes)


def _connection_kind(processes: bool, *parameters: str) -> Kind:
    return Kind(frozenset(parameters), processes)


KINDS: dict[str, Kind] = {
    # The response is another one, or none.
    "status": _reply_kind(False, "code", "text", "body", "content_type"),
    "grpc_error": _reply_kind(False, "code", "text"),
    "error_body": _reply_kind(False, "code", "text"),
    "contradiction": _reply_kind(False, "code", "text"),
    "stale_not_found": _reply_kind(False, "code"),
    "html": _reply_kind(False),
    "empty_body": _reply_kind(False),
    "not_object": _reply_kind(False, "body"),
    "other_message": _reply_kind(False, "body"),
    "redirect": _reply_kind(False, "location"),
    "old_retry": _reply_kind(False),
    "long_text": _reply_kind(False, "length", "text", "code"),
    "deep_json": _reply_kind(False, "depth"),
    # The response of the request, changed.
    "wrong_content_type": _reply_kind(False, "content_type"),
    "wrong_types": _reply_kind(True, "keys"),
    "other_object": _reply_kind(True, "name", "uid", "org"),
    "edited_body": _reply_kind(True, "set", "remove"),
    "short_body": _reply_kind(True, "keys"),
    "stale_list": _reply_kind(True, "name", "uid"),
    "lying_total": _reply_kind(True, "total", "complete"),
    "endless_pages": _reply_kind(True, "total", "same"),
    "hostile_text": _reply_kind(True, "keys", "text"),
    "bad_utf8": _reply_kind(True),
    "trailing_bytes": _reply_kind(True, "text"),
    "bad_gzip": _reply_kind(True),
    # The connection.
    "drop_before": _connection_kind(False, "reset"),
    "drop_after": _connection_kind(True, "reset"),
    "slow_first_byte": _connection_kind(True, "seconds"),
    "slow_body": _connection_kind(True, "seconds"),
    "silence": _connection_kind(False),
    "truncated_body": _connection_kind(True),
    "drip": _connection_kind(True, "part", "seconds"),
    "endless_continue": _connection_kind(False, "status", "seconds"),
    "huge_body": _connection_kind(False, "status", "length", "gzip", "headers"),
    "raw": _connection_kind(False, "text", "process"),
    # The token.
    "expire_token": _connection_kind(True),
}
_MATCH = {"rpc": str, "method": str, "path": str, "nth": int, "writes": bool, "name": str, "uid": str, "user": str}


@dataclass(slots=True)
class Fault:
    """One rule, and how often it has been met."""

    kind: str
    match: Json = field(default_factory=dict)
    times: int = 1
    options: Json = field(default_factory=dict)
    seen: int = 0
    applied: int = 0
    # The longest page that a rule of the kind endless_pages has seen: all further pages repeat its entries.
    page: list[Any] = field(default_factory=list, repr=False)

    @property
    def processes(self) -> bool:
        """Whether the request is carried out."""
        return bool(self.options.get("process", KINDS[self.kind].processes))

    def to_dict(self) -> Json:
        """Return the rule as JSON."""
        return {key: value for key, value in asdict(self).items() if key != "page"}

    def matches(self, entry: Entry) -> bool:
        """Tell whether the rule is for this request, whatever its number."""
        match = self.match
        return (
            match.get("rpc") in (None, entry.rpc)
            and str(match.get("method", entry.method)).upper() == entry.method
            and match.get("writes") in (None, entry.writes)
            and match.get("name") in (None, entry.name)
            and match.get("uid") in (None, entry.uid)
            and match.get("user") in (None, entry.user)
            and ("path" not in match or find_pattern(match["path"], entry.path))
        )

    def take(self, entry: Entry) -> bool:
        """Count a request; return whether the fault applies to it."""
        if not self.matches(entry):
            return False
        self.seen += 1
        if self.seen < self.match.get("nth", 1) or (self.times and self.applied >= self.times):
            return False
        self.applied += 1
        return True


def read_fault(given: Any) -> Fault:
    """Read a rule; ControlError when it is not valid."""
    if not isinstance(given, dict) or not isinstance(given.get("kind"), str) or given["kind"] not in KINDS:
        raise ControlError(f"a fault needs a kind, one of {', '.join(sorted(KINDS))}")
    name, kind = given["kind"], KINDS[given["kind"]]
    match = {} if given.get("match") is None else given["match"]
    if not isinstance(match, dict):
        raise ControlError(f"fault {name}: match must be a mapping")
    unknown = sorted(str(key) for key in set(given) - {"kind", "match", "times"} - kind.parameters)
    if unknown:
        known = ", ".join(sorted(kind.parameters)) or "none"
        raise ControlError(f"fault {name}: unknown parameters {', '.join(unknown)}; known: {known}")
    _check_match(name, match)
    times = given.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise ControlError(f"fault {name}: times must be a whole number; 0 means always")
    options = {key: given[key] for key in kind.parameters if key in given}
    _check_options(name, options)
    return Fault(name, dict(match), times, options)


def _check_match(name: str, match: Json) -> None:
    for key, value in match.items():
        if key not in _MATCH:
            raise ControlError(f"fault {name}: unknown match.{key}; known: {', '.join(_MATCH)}")
        wanted = _MATCH[key]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ControlError(f"fault {name}: match.{key} has the wrong type, it must be {wanted.__name__}")
    if "path" in match:
        check_pattern(match["path"], f"fault {name}: match.path")


def _check_options(name: str, options: Json) -> None:
    for key, value in options.items():
        wanted = _PARAMETERS[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted not in (bool, object)):
            raise ControlError(f"fault {name}: {key} has the wrong type")
        if key in _NUMBERS and not 0 <= float(value) <= LARGEST_LENGTH:  # type: ignore[arg-type]
            raise ControlError(f"fault {name}: {key} is out of range")
    if name == "status" and "status" not in options:
        raise ControlError("fault status needs a status from 200 to 599")
    lowest = 100 if name == "endless_continue" else 200
    if not lowest <= options.get("status", 200) <= 599:
        raise ControlError(f"fault {name}: status must be from {lowest} to 599")
    if options.get("code", 2) not in HTTP_OF_CODE:
        raise ControlError(f"fault {name}: code must be a gRPC code from 1 to 16")
    if options.get("part", "headers") not in PARTS:
        raise ControlError(f"fault {name}: part must be one of {', '.join(PARTS)}")


def read_faults(given: Any) -> list[Fault]:
    """Read rules from a list, a mapping with `faults`, or one rule."""
    if isinstance(given, dict):
        given = given.get("faults", [given])
    if not isinstance(given, list):
        raise ControlError("faults must be a list of rules")
    return [read_fault(rule) for rule in given]


class FaultList:
    """The rules, in their order; the first that applies is used."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def pick(self, entry: Entry) -> Fault | None:
        """Return the fault for a request."""
        for rule in self.rules:
            if rule.take(entry):
                entry.fault = rule.kind
                return rule
        return None
