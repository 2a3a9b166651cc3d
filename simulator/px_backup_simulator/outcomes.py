# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ends: by a pattern in the backup's name, or by a rule of the control API."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from px_backup_simulator.errors import ControlError
from px_backup_simulator.patterns import check_pattern, find_pattern
from px_backup_simulator.settings import LARGEST_NUMBER

SUCCESS_TEXT = "Volumes and resources were backed up successfully"
PARTIAL_TEXT = "Some volumes and resources were not backed up"
FAILED_TEXT = "Volume backups failed"
ABORTED_TEXT = "Backup was aborted"
MISSING_TEXT = "Cloud backup objects are missing in the backup location"
STUCK_TEXT = "Volume backups are in progress"

TEXTS = {
    "Success": SUCCESS_TEXT,
    "PartialSuccess": PARTIAL_TEXT,
    "Failed": FAILED_TEXT,
    "Aborted": ABORTED_TEXT,
    "CloudBackupMissing": MISSING_TEXT,
    "InProgress": STUCK_TEXT,
}
NAME_PATTERNS = {
    "-sim-failed": "Failed",
    "-sim-partial": "PartialSuccess",
    "-sim-stuck": "InProgress",
    "-sim-aborted": "Aborted",
    "-sim-missing": "CloudBackupMissing",
}
# Failures of parts of a restore; restores only.
EFFECTS = ("resource_failed", "resource_missing", "volume_failed", "volume_missing", "stripped", "retained_restore")
STUBBORN = "-sim-stubborn"
_RETRY = re.compile(r"-retry\d+-\d+$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How backups and restores of a name end."""

    pattern: str
    status: str = ""
    reason: str = ""
    duration: float | None = None
    effects: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as JSON."""
        return asdict(self)


def read_outcome(given: dict[str, Any]) -> Outcome:
    """Read a rule of a control call."""
    pattern = given.get("pattern")
    status = given.get("status", "")
    if not isinstance(pattern, str):
        raise ControlError("an outcome needs a pattern, a regular expression that is searched in the name")
    check_pattern(pattern, "pattern")
    if status and status not in TEXTS:
        raise ControlError(f"status must be one of {', '.join(TEXTS)}")
    duration = given.get("duration")
    if duration is not None and (not isinstance(duration, int | float) or not 0 <= duration <= LARGEST_NUMBER):
        raise ControlError(f"duration must be a number of seconds from 0 to {LARGEST_NUMBER}")
    effects = given.get("effects", [])
    if not isinstance(effects, list) or not set(effects) <= set(EFFECTS):
        raise ControlError(f"effects must be a list of {', '.join(EFFECTS)}")
    seconds = None if duration is None else float(duration)
    return Outcome(pattern, status, str(given.get("reason", "")), seconds, tuple(effects))


def find_outcome(name: str, rules: list[Outcome]) -> Outcome:
    """Return the outcome of a name: of the newest rule that matches, else of the name itself, else none.

    A retry does not repeat its parent's ending, unless the name also holds `-sim-stubborn`.
    """
    for rule in reversed(rules):
        if find_pattern(rule.pattern, name):
            return rule
    if not _RETRY.search(name) or STUBBORN in name:
        for mark, status in NAME_PATTERNS.items():
            if mark in name:
                return Outcome(mark, status)
    return Outcome("")
