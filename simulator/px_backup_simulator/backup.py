# SPDX-License-Identifier: GPL-3.0-or-later
"""One backup as the simulator keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from px_backup_simulator.clock import parse_time
from px_backup_simulator.outcomes import MISSING_TEXT

Json = dict[str, Any]

RUNNING = frozenset({"Pending", "InProgress", "Captured"})
ENDS = frozenset({"Success", "PartialSuccess", "Failed", "Aborted", "CloudBackupMissing", "Invalid"})
STATUSES = RUNNING | ENDS | {"Deleting", "DeletePending"}


@dataclass(slots=True)
class Backup:
    """Settings as given, the end that the run will have, and what has happened since."""

    name: str
    uid: str
    org: str
    owner: str
    created: float
    updated: float
    duration: float
    labels: dict[str, str]
    given: Json
    final: Json
    status: str
    reason: str
    ownership: Json = field(default_factory=dict)
    share: Json = field(default_factory=dict)
    depends_on: list[str] = field(default_factory=list)
    forced: bool = False
    missing_after: float | None = None
    delete_asked: float | None = None
    delete_from: float | None = None
    delete_reason: str = ""
    generated: int | None = None
    cache: dict[Any, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def cluster_name(self) -> str:
        """The name of its cluster."""
        return str(self.given.get("cluster_ref", {}).get("name", ""))

    @property
    def cluster_uid(self) -> str:
        """The uid of its cluster."""
        return str(self.given.get("cluster_ref", {}).get("uid", ""))

    @property
    def object_type(self) -> str:
        """All or VirtualMachine."""
        return str(self.given.get("backup_object_type", {}).get("type", "All"))

    def has_ended(self, now: float) -> bool:
        """Tell whether the run has ended."""
        if self.forced:
            return self.status in ENDS
        return self.status in ENDS and now >= self.created + self.duration

    def get_status(self, now: float) -> tuple[str, str]:
        """Return the status and its reason at a moment."""
        if self.delete_asked is not None:
            return ("DeletePending", self.delete_reason) if self.delete_reason else ("Deleting", "<nil>")
        if self.forced:
            return self.status, self.reason
        elapsed = now - self.created
        if elapsed < self.duration or self.status in RUNNING:
            return _find_running_status(elapsed, self.duration, self.status in RUNNING, self.reason)
        if self.missing_after is not None and elapsed >= self.duration + self.missing_after:
            return "CloudBackupMissing", MISSING_TEXT
        return self.status, self.reason

    def is_settled(self, now: float) -> bool:
        """Tell whether its state stays the same until the next write."""
        if self.delete_asked is not None or not self.has_ended(now):
            return False
        return self.missing_after is None or now >= self.created + self.duration + self.missing_after

    def is_locked(self, now: float) -> bool:
        """Tell whether it is locked at a moment."""
        until = str(self.given.get("retention_time") or "")
        return bool(until) and parse_time(until) > now

    def touch(self, now: float) -> None:
        """Note a change."""
        self.updated = now
        self.cache.clear()

    def to_dict(self) -> Json:
        """Return everything that must be kept, as JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "cache"}

    @classmethod
    def from_dict(cls, data: Json) -> Backup:
        """Return the backup that `to_dict` wrote."""
        return cls(**data)


def _find_running_status(elapsed: float, duration: float, for_ever: bool, reason: str) -> tuple[str, str]:
    share = elapsed / duration if duration > 0 else 1.0
    if share < 0.1:
        return "Pending", ""
    if for_ever and share >= 0.4:
        return "InProgress", reason
    if share >= 0.7:
        return "InProgress", "Application resources backup is in progress"
    return "InProgress", "Volume backups are in progress"
