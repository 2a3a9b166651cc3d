# SPDX-License-Identifier: GPL-3.0-or-later
"""One restore as the simulator keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

Json = dict[str, Any]

RUNNING = frozenset({"Pending", "InProgress"})
ENDS = frozenset({"Success", "PartialSuccess", "Failed", "Aborted", "Invalid", "Retained"})
STATUSES = RUNNING | ENDS | {"Deleting"}

# Shares of the duration: when the run starts, when namespaces exist, when volumes are done.
STARTED, PREPARED, VOLUMES_DONE = 0.1, 0.25, 0.6


@dataclass(slots=True)
class Restore:
    """Settings as given, the end that the run will have, and what has happened since.

    Attributes:
        given: fields of RestoreInfo that the request sets; `namespace_mapping` as it became.
        final: fields of RestoreInfo that the end brings: `volumes`, `resources`, `total_size`.
        work: what the run puts into the cluster, in its order: each entry has `entry` (the object in its target
            namespace) and, for a claim, `volume`.
        labels_of: labels of the target namespaces.
        done: how many entries of `work` are in the cluster; -1: not even the namespaces are.
    """

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
    work: list[Json] = field(default_factory=list)
    labels_of: dict[str, dict[str, str]] = field(default_factory=dict)
    done: int = -1
    forced: bool = False
    stripped: bool = False
    delete_asked: float | None = None
    delete_seconds: float = 0.0

    @property
    def cluster_name(self) -> str:
        """The name of the target cluster."""
        return str(self.given.get("cluster_ref", {}).get("name", ""))

    @property
    def cluster_uid(self) -> str:
        """The uid of the target cluster."""
        return str(self.given.get("cluster_ref", {}).get("uid", ""))

    @property
    def backup_uid(self) -> str:
        """The uid of the backup."""
        return str(self.given.get("backup_ref", {}).get("uid", ""))

    @property
    def object_type(self) -> str:
        """All or VirtualMachine."""
        return str(self.given.get("backup_object_type", {}).get("type", "All"))

    @property
    def share(self) -> Json:
        """Restores cannot be shared."""
        return {}

    def get_progress(self, now: float) -> float:
        """Return the share of the run that is over at a moment: 0 to 1, below 1 while it runs."""
        if self.delete_asked is not None:
            now = self.delete_asked
        if self.forced and self.status in ENDS:
            return 1.0
        elapsed = 1.0 if self.duration <= 0 else min(1.0, max(0.0, (now - self.created) / self.duration))
        return min(elapsed, 0.5) if self.status in RUNNING else elapsed

    def is_running(self, now: float) -> bool:
        """Tell whether it has not ended and is not being deleted."""
        return self.delete_asked is None and self.get_progress(now) < 1.0

    def get_status(self, now: float) -> tuple[str, str]:
        """Return the status and its reason at a moment."""
        if self.delete_asked is not None:
            return "Deleting", ""
        progress = self.get_progress(now)
        if self.forced or progress >= 1.0:
            return self.status, self.reason
        if self.status in RUNNING and progress >= 0.4:
            return "InProgress", self.reason
        return _find_running_status(progress)

    def to_dict(self) -> Json:
        """Return everything that must be kept, as JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_dict(cls, data: Json) -> Restore:
        """Return the restore that `to_dict` wrote."""
        return cls(**data)


def _find_running_status(progress: float) -> tuple[str, str]:
    if progress < STARTED:
        return "Pending", ""
    if progress < PREPARED:
        return "InProgress", "Volume or Resource restores are in progress"
    if progress < VOLUMES_DONE:
        return "InProgress", "Volume restores are in progress"
    return "InProgress", "Application resources restore is in progress"
