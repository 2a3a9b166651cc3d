# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of requests: what the server makes of bodies and queries.

Facts: docs/server-behaviour.md, section 1.5.
"""

from __future__ import annotations

from typing import Any, Callable

from .model import Check
from .probe import NOBODY, Probe
from .seen import Seen
from .server_checks import GOOD, INVALID

_OPTIONS = "enumerate_options"
_SORT = f"{_OPTIONS}.sort_option.sortBy.type"
_INDEX = f"{_OPTIONS}.object_index"
_LABELS = f"{_OPTIONS}.labels"


def _post(more: dict[str, Any] | None = None, **options: Any) -> Callable[[Probe], Seen]:
    """Return the probe of a list by POST with these options, and with more fields beside them."""

    def send(probe: Probe) -> Seen:
        body = {"org_id": probe.api.org_id, "enumerate_options": {"max_objects": 1, **options}, **(more or {})}
        return probe.post(f"/backup/{probe.org}/enumerate", body, "Backup.EnumerateByPost").seen

    return send


def _sorted_by(kind: str | int) -> Callable[[Probe], Seen]:
    """Return the probe of a list by POST that is sorted by this name or number."""
    return _post(sort_option={"sortBy": {"type": kind}})


def _query(key: str, value: str) -> Callable[[Probe], Seen]:
    """Return the probe of a list with one more pair in its query."""
    return lambda probe: probe.list_backups([(key, value)], max_objects=1).seen


def _enum_name(probe: Probe) -> Seen:
    return probe.references("Cluster.Enumerate", [("cluster_enumerate_options.cluster_status", "Online")]).seen


def _map_key(probe: Probe) -> Seen:
    found = probe.list_backups([(f"{_LABELS}[{NOBODY}]", "x")], max_objects=1)
    return {**found.seen, "empty": not found.good.get("backups")}


def _two_brackets(probe: Probe) -> Seen:
    probe.backups()
    found = probe.list_backups([(f"{_LABELS}[{NOBODY}[x]", "x")], max_objects=1)
    return {**found.seen, "ignored": found.status == 200 and bool(found.good.get("backups"))}


_IGNORED: Seen = {**GOOD, "ignored": True}

REQUEST_CHECKS = (
    Check("json.unknown-field", "1.5", "Unknown fields of a body are ignored.", GOOD, _post(more={NOBODY: 1}), "2.9.0"),
    Check(
        "json.wrong-type", "1.5", "A body with a wrong type is HTTP 400.", INVALID, _post(name_filter={"a": 1}), "2.9.0"
    ),
    Check("json.null", "1.5", "null is accepted and means not set.", GOOD, _post(name_filter=None), "2.9.0"),
    Check("json.unknown-enum", "1.5", "An unknown enumeration name is HTTP 400.", INVALID, _sorted_by(NOBODY), "2.9.0"),
    Check("json.enum-number", "1.5", "An enumeration is accepted by number in a body.", GOOD, _sorted_by(2), "2.9.0"),
    Check("query.unknown-key", "1.5", "Unknown keys of a query are ignored.", GOOD, _query(NOBODY, "x")),
    Check("query.wrong-type", "1.5", "A wrong type in a query is HTTP 400.", INVALID, _query(_INDEX, "x")),
    Check("query.sort-name", "1.5", "sort_option in a query refuses names.", INVALID, _query(_SORT, "Name"), "2.9.0"),
    Check("query.sort-number", "1.5", "sort_option in a query accepts numbers.", GOOD, _query(_SORT, "2"), "2.9.0"),
    Check("query.enum-name", "1.5", "Other enumerations in a query are accepted by name.", GOOD, _enum_name, "3.0.0"),
    Check("query.map", "1.5", "A map in a query is written with brackets.", {**GOOD, "empty": True}, _map_key),
    Check("query.map-plain", "1.5", "A map without brackets is HTTP 400.", INVALID, _query(_LABELS, "team")),
    Check("query.two-brackets", "1.5", "A query key with two brackets is ignored.", _IGNORED, _two_brackets),
)
