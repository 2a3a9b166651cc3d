# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Doubts about a namespace's backups that its age does not show, each a sentence with a severity."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from ..text import count_of
from .inventory import Location, Schedule
from .records import Record
from .tally import Tally
from .targets import Target
from .words import size_of

# The newest good backup is compared with the median of so many before it, and only when there are enough of them.
COMPARED = 5
_FEWEST = 3
# Below this share of the median, size or number of resources has collapsed.
COLLAPSED = 0.5

_LOCATION_WORDS = {
    "Valid": "",
    "ValidationInProgress": "",
    "LimitedAvailability": "the backup location has limited availability",
}


class Doubt(NamedTuple):
    """One result of a check: ``kind`` for programs, ``severity`` (warning, critical), a sentence for people."""

    kind: str
    severity: str
    text: str


def find_doubts(
    tally: Tally,
    locations: dict[str, Location] | None,
    namespace: str,
    target: Target | None = None,
    schedules: Sequence[Schedule] = (),
) -> list[Doubt]:
    """Return what is doubtful about the backups of a namespace.

    Args:
        locations: the backup locations by uid, ``None`` when they could not be read.
        namespace: the namespace, also of a virtual machine.
        target: the objectives that hold for it.
        schedules: the schedules that back it up.
    """
    doubts = _counts(tally)
    if schedules and all(item.suspended for item in schedules):
        doubts.append(Doubt("schedule", "warning", "every schedule of the namespace is suspended"))
    drill = tally.last_drill.drill if tally.last_drill else None
    if drill and drill.seconds is not None and target and target.rto and drill.seconds > target.rto:
        words = f"the last restore drill took {drill.seconds} seconds, the target is {target.rto}"
        doubts.append(Doubt("drill", "warning", words))
    if tally.last_good is None:
        return doubts
    return doubts + _of_location(tally.last_good, locations) + _of_content(tally, tally.last_good, namespace)


def _counts(tally: Tally) -> list[Doubt]:
    counts = (
        (tally.future, "future", "created in the future"),
        (tally.undated, "undated", "without a creation time"),
        (tally.cloud_missing, "cloud_missing", "with missing objects in the backup location"),
    )
    doubts = [Doubt(kind, "warning", f"{count_of(count, 'backup')} {words}") for count, kind, words in counts if count]
    if tally.narrowed and tally.last_good is None:
        words = f"{count_of(tally.narrowed, 'backup')} of selected resources only, which do not count as protection"
        doubts.append(Doubt("narrowed", "warning", words))
    return doubts


def _of_location(record: Record, locations: dict[str, Location] | None) -> list[Doubt]:
    if locations is None or not record.location.uid:
        return []
    location = locations.get(record.location.uid)
    if location is None:
        return [Doubt("location", "critical", "the backup location is not found, or not visible to this user")]
    words = _LOCATION_WORDS.get(location.status, "the backup location is not valid")
    return [Doubt("location", "critical", words)] if words else []


def _of_content(tally: Tally, record: Record, namespace: str) -> list[Doubt]:
    doubts = []
    if not (record.resources or record.volumes):
        doubts.append(Doubt("empty", "critical", "the last good backup holds no resource and no volume"))
    for words in (record.failed.get(namespace), record.failed.get("") if record.status == "Success" else None):
        if words:
            doubts.append(Doubt("incomplete", "critical", f"in the last good backup {words}"))
    earlier = tally.earlier_sizes(COMPARED)
    if len(earlier) >= _FEWEST:
        size, resources = median(item.size for item in earlier), median(item.resources for item in earlier)
        if record.size < COLLAPSED * size:
            words = f"the last good backup has {size_of(record.size)}, the ones before it had {size_of(size)} (median)"
            doubts.append(Doubt("size_collapsed", "warning", words))
        if record.resources < COLLAPSED * resources:
            found = count_of(record.resources, "resource")
            words = f"the last good backup has {found}, the ones before it had {int(resources)} (median)"
            doubts.append(Doubt("resources_collapsed", "warning", words))
    return doubts
