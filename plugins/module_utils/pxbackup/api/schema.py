# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses of the API and the objects in them, as data, and the functions that make them typed and whole.

In JSON zero values are omitted and 64-bit integers are strings (docs/server-behaviour.md, sections 1.1 and 1.5).
After :func:`decode` every documented key is there: integers are ``int``, lists and maps are never ``None``, an absent
enum is its zero ``Invalid``, an absent object or time is ``None``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any, Callable, NamedTuple, Optional

from ..errors import ProtocolError
from ..limits import LARGEST_INT, NESTING, SMALLEST_INT
from .backup_messages import BACKUP_MESSAGES
from .releases import CALLS
from .restore_messages import RESTORE_MESSAGES

# Message -> field -> type; the notation is explained in ``backup_messages.py``.
MESSAGES = {**BACKUP_MESSAGES, **RESTORE_MESSAGES}

# Objects in these responses, of which only a part is used.
OTHER_OBJECTS: dict[str, dict[str, str]] = {
    "ClusterObject": {"metadata": "Metadata", "clusterInfo": "object"},
    "BackupLocationObject": {"metadata": "Metadata", "backup_location_info": "object"},
    "RuleObject": {"metadata": "Metadata", "rules_info": "object"},
    "CloudCredentialObject": {"metadata": "Metadata", "cloud_credential_info": "object"},
    "SchedulePolicyObject": {"metadata": "Metadata", "schedule_policy_info": "object"},
    "BackupScheduleObject": {"metadata": "Metadata", "backup_schedule_info": "object"},
    "VolumeResourceOnlyPolicyObject": {"metadata": "Metadata", "volume_resource_only_policy_info": "object"},
    "MetricsInspectResponse.Stats": {
        "cluster": "str",
        "cluster_ref": "ObjectRef",
        "num_namespaces": "int",
        "total_namespaces": "int",
    },
    "ActivityEnumerateResponse.Data": {"successful": "int", "failed": "int", "in_progress": "int", "total": "int"},
    "VersionInfo": {"major": "str", "minor": "str", "patch": "str"},
}

# Keys of an error; no response of the API has a field of such a name.
_ERROR_KEYS = frozenset({"error", "code", "message"})

_ZERO: dict[str, Any] = {"str": "", "int": 0, "bool": False, "time": None, "enum": "Invalid"}


# Brings a value into its type.
Reader = Callable[[Any], Any]

# What a caller reads of an object, as fields such as ``metadata.name``; ``None`` for all of it.
Parts = Optional[frozenset[str]]


class Field(NamedTuple):
    """One field of a message: its scalar type or message, whether it is a list or a map, its first release."""

    kind: str
    repeated: bool
    mapped: bool
    since: str | None


def parse_field(text: str) -> Field:
    """Return the parts of a type such as ``[ObjectRef] @2.9.0``."""
    kind, _at, since = text.partition(" @")
    repeated, mapped = kind.startswith("["), kind.startswith("{")
    return Field(kind.strip("[]{}"), repeated, mapped, since or None)


def decode_response(rpc: str, raw: dict[str, Any], parts: Parts = None) -> dict[str, Any]:
    """Return the response to a call, typed and whole.

    ``{}`` is a response in which every value is zero. Unknown keys beside known ones are those of newer releases.

    Args:
        parts: what is read of each object in the response; the rest of it is neither built nor checked.

    Raises:
        ProtocolError: it is an error, has none of the keys of its message, or a value of a type that the API never
            sends.
    """
    fields = CALLS[rpc].response
    unknown = raw.keys() - fields.keys()
    if unknown & _ERROR_KEYS:
        reason = raw.get("message") or raw.get("error") or "no reason given"
        raise ProtocolError(
            f"the server responded to {rpc} with an error and HTTP 200: {reason}",
            hint="check the server and the gateways before it",
        )
    if unknown and len(unknown) == len(raw):
        raise ProtocolError(f"the response to {rpc} has none of the keys of such a response", hint=_HINT_ADDRESS)
    return _decoder(f"{rpc} response", parts)(raw)


def decode(message: str, raw: Any, parts: Parts = None) -> dict[str, Any]:
    """Return ``raw`` as a whole and typed object of ``message``; keys that are not in the table stay as they are.

    Args:
        parts: the fields to return, where not all are read.

    Raises:
        ProtocolError: a value has a type that the API never sends.
    """
    return (_decoder(message) if parts is None else _picker(message, parts))(raw)


def parts_below(parts: Parts, name: str) -> Parts:
    """Return what is read of the field ``name`` of an object."""
    if parts is None:
        return None
    return _branches(parts).get(name, frozenset())


def _branches(parts: Iterable[str]) -> dict[str, Parts]:
    """Return the fields of an object that are read, each with what is read of it."""
    rests: dict[str, set[str]] = {}
    for part in sorted(parts):
        name, _dot, rest = part.partition(".")
        rests.setdefault(name, set()).add(rest)
    return {name: None if "" in below else frozenset(below) for name, below in rests.items()}


_HINT_ADDRESS = "is api_url the address of the PX-Backup REST API?"

_TABLES = {**MESSAGES, **OTHER_OBJECTS, **{f"{rpc} response": call.response for rpc, call in CALLS.items()}}


# Decoders are built once: a list may contain a hundred thousand objects. Few ways to read one are in use at a time.
_DECODERS = 512


@lru_cache(maxsize=_DECODERS)
def _decoder(message: str, below: Parts = None) -> Callable[[Any], dict[str, Any]]:
    """Return what decodes a whole message.

    Args:
        below: what is read of the objects in it.
    """
    fields = {name: parse_field(text) for name, text in _TABLES[message].items()}
    single = {name: field.kind for name, field in fields.items() if not (field.repeated or field.mapped)}
    zeros = {name: _ZERO.get(single[name]) if name in single else None for name in fields}
    containers = tuple((name, list if fields[name].repeated else dict) for name in fields if name not in single)
    # Most values are texts of the right type: comparing it here saves a call for each.
    plain = {name: _PLAIN[kind] for name, kind in single.items() if kind in _PLAIN}
    plain_type = plain.get
    readers = {name: _reader(field, below) for name, field in fields.items()}

    def read(raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise _wrong(message, raw)
        whole = {**zeros, **raw}
        for name, value in raw.items():
            if value.__class__ is plain_type(name):
                continue
            reader = readers.get(name, _check_unknown)
            try:
                whole[name] = zeros.get(name) if value is None else reader(value)
            except (TypeError, ValueError, OverflowError):
                raise _wrong(f"{message}.{name}", value) from None
        for name, container in containers:
            if whole[name] is None:
                whole[name] = container()
        return whole

    return read


def _nothing() -> None:
    """Return the value of an absent object."""


@lru_cache(maxsize=_DECODERS)
def _picker(message: str, parts: frozenset[str]) -> Callable[[Any], dict[str, Any]]:
    """Return what decodes some fields of a message, and builds nothing else."""
    steps = []
    for name, below in _branches(parts).items():
        field = parse_field(_TABLES[message][name])
        single = not (field.repeated or field.mapped)
        zero = _ZERO.get(field.kind) if single else None
        absent = _nothing if single else list if field.repeated else dict
        steps.append((name, _PLAIN.get(field.kind) if single else None, _reader(field, below), zero, absent))

    def pick(raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise _wrong(message, raw)
        picked: dict[str, Any] = {}
        for name, plain, reader, zero, absent in steps:
            value = raw.get(name)
            if value.__class__ is plain:
                picked[name] = value
            elif value is None:
                picked[name] = absent() if zero is None else zero
            else:
                try:
                    picked[name] = reader(value)
                except (TypeError, ValueError, OverflowError):
                    raise _wrong(f"{message}.{name}", value) from None
        return picked

    return pick


def _reader(field: Field, below: Parts) -> Reader:
    """Return what brings a value of this field into its type, or raises what ``int`` raises.

    Args:
        below: what is read of the object, or of each of the objects, in the field.
    """
    plain = _PLAIN.get(field.kind)
    if plain is not None and (field.mapped or field.repeated):
        return partial(_copy_map if field.mapped else _copy_list, plain)
    if field.kind in _SCALARS:
        one = _SCALARS[field.kind]
    else:
        one = _decoder(field.kind) if below is None else _picker(field.kind, below)
    if field.mapped:
        return lambda value: {key: one(item) for key, item in _expect(dict, value).items()}
    if field.repeated:
        return lambda value: [one(item) for item in _expect(list, value)]
    return one


def _copy_list(kind: type, value: Any) -> list[Any]:
    for item in _expect(list, value):
        if item.__class__ is not kind:
            raise TypeError
    return list(value)


def _copy_map(kind: type, value: Any) -> dict[str, Any]:
    for item in _expect(dict, value).values():
        if item.__class__ is not kind:
            raise TypeError
    return dict(value)


def _expect(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    """Return a number, or a string of digits as the gateway writes 64 bits, as an integer."""
    if value.__class__ is str:
        if len(value) < 19 and value.isascii() and value.isdigit():
            # Nearly every integer of the API.
            return int(value)
        if not re.fullmatch("-?[0-9]{1,20}", value):
            raise ValueError
    elif isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise TypeError
    number = int(value)
    if not SMALLEST_INT <= number <= LARGEST_INT:
        raise ValueError
    return number


def _object(value: Any) -> Any:
    return _check_unknown(_expect(dict, value))


def _check_unknown(value: Any, depth: int = 0) -> Any:
    """Return a value of a field that is passed on as it is.

    Raises:
        ValueError: it is nested too deep, or contains a number that JSON does not know, and so cannot be passed on.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if isinstance(value, (dict, list)):
        if depth == NESTING:
            raise ValueError
        for item in value.values() if isinstance(value, dict) else value:
            if item.__class__ is not str:
                _check_unknown(item, depth + 1)
    return value


# Scalars by their names.
_PLAIN: dict[str, type] = {"str": str, "time": str, "enum": str, "bool": bool}
_SCALARS: dict[str, Reader] = {
    "int": _integer,
    "object": _object,
    **{name: partial(_expect, kind) for name, kind in _PLAIN.items()},
}


def _wrong(where: str, value: Any) -> ProtocolError:
    return ProtocolError(
        f"the server sent a {type(value).__name__} for {where} that the API never sends", hint=_HINT_ADDRESS
    )
