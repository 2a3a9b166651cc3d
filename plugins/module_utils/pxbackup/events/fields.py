# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of events and the fields of an event, as data. The code, the documentation and the tests use them."""

from __future__ import annotations

from typing import NamedTuple

# What can be emitted, with its meaning for the documentation.
TYPES: dict[str, str] = {
    "started": "The backup or restore is waiting or running.",
    "succeeded": "It ended with everything in it.",
    "partial": "It ended, but a part of it failed or was kept back.",
    "failed": "It failed or was aborted.",
    "missing": "The data of a backup is not found in its location any more.",
    "deleting": "Its deletion has begun.",
    "deleted": "It does not exist any more; an inspect has confirmed it.",
    "overdue": "A namespace has no good backup within its target.",
    "recovered": "A namespace that was overdue has a new good backup within its target.",
    "server_unreachable": "Two polls in a row failed.",
    "server_recovered": "The first complete poll after that.",
    "heartbeat": "The event source runs. One event every `heartbeat` seconds.",
}

# What each event source can emit.
BACKUP_TYPES = tuple(TYPES)
RESTORE_TYPES = tuple(name for name in TYPES if name not in ("missing", "overdue", "recovered"))

# Groups of types that have the same fields.
OBJECT_TYPES = ("started", "succeeded", "partial", "failed", "missing", "deleting", "deleted")
TARGET_TYPES = ("overdue", "recovered")


class Field(NamedTuple):
    """One field of an event.

    Attributes:
        name: dotted, below ``px_backup``.
        kind: the type of the value, for the documentation.
        types: the types of events that have it.
        text: what it holds.
        always: whether each event of these types has it.
    """

    name: str
    kind: str
    types: tuple[str, ...]
    text: str
    always: bool = True


ALL = tuple(TYPES)
PRESENT = tuple(name for name in OBJECT_TYPES if name != "deleted")

# The fields of every event source.
COMMON_FIELDS: tuple[Field, ...] = (
    Field("type", "string", ALL, "The type of the event."),
    Field("key", "string", ALL, "The same text for the same fact: use it to drop duplicates and to throttle."),
    Field("time", "string", ALL, "When the source noticed it (RFC 3339, UTC)."),
    Field("server.url", "string", ALL, "The address of the API."),
    Field("server.release", "string", ALL, "The release of PX-Backup; empty while it is not known."),
    Field(
        "server.last_poll", "string", ALL, "Time of the last complete poll before this event; null before the first."
    ),
    Field(
        "missed_since",
        "string",
        ALL,
        "Only in the first event after a restart or an outage: the time of the last complete poll before the gap. "
        "A backup that changed several times in the gap has one event, for its last state.",
        always=False,
    ),
    Field("error.message", "string", ("server_unreachable",), "Why the last poll failed, as one sentence."),
    Field("error.category", "string", ("server_unreachable",), "The category of the error, as modules return it."),
    Field("error.http_status", "integer", ("server_unreachable",), "The HTTP status; null without a response."),
)

BACKUP_FIELDS: tuple[Field, ...] = (
    Field("backup.name", "string", OBJECT_TYPES, "Name of the backup."),
    Field("backup.uid", "string", OBJECT_TYPES, "Its uid."),
    Field("backup.status", "string", OBJECT_TYPES, "Its status in the words of the API; `gone` for `deleted`."),
    Field("backup.previous", "string", OBJECT_TYPES, "The status seen before; null when it was not seen before."),
    Field("backup.reason", "string", PRESENT, "The reason that the server gives; may be empty."),
    Field("backup.stage", "string", PRESENT, "Its stage."),
    Field("backup.created", "string", PRESENT, "When it was created (RFC 3339)."),
    Field("backup.age_seconds", "integer", PRESENT, "Its age at the time of the event; null without a creation time."),
    Field("backup.size_bytes", "integer", PRESENT, "Its size."),
    Field("backup.manual", "boolean", PRESENT, "Whether no schedule created it."),
    Field("backup.schedule", "string", PRESENT, "The schedule that created it; empty for a manual one."),
    Field("backup.retry_of", "string", PRESENT, "Name of the backup that it retries; empty for any other."),
    Field("backup.labels", "dictionary", PRESENT, "Its labels."),
    Field("cluster.name", "string", OBJECT_TYPES + TARGET_TYPES, "Name of the cluster."),
    Field("cluster.uid", "string", PRESENT + TARGET_TYPES, "Its uid; may be empty."),
    Field("location.name", "string", PRESENT, "Name of the backup location."),
    Field("location.uid", "string", PRESENT, "Its uid."),
    Field("namespaces", "list of strings", PRESENT + TARGET_TYPES, "The namespaces that the event is about."),
    Field("failed.volumes", "list of strings", PRESENT, "Failed volumes with the reason; at most 20, then `+N`."),
    Field("failed.namespaces", "list of strings", PRESENT, "Failed and missing namespaces, in the same form."),
    Field("failed.vms", "list of strings", PRESENT, "Failed virtual machines, in the same form."),
    Field("target.state", "string", TARGET_TYPES, "The state as `protection_info` returns it."),
    Field(
        "target.rpo_seconds", "integer", TARGET_TYPES, "The target; null for a namespace that is not listed any more."
    ),
    Field("target.age_seconds", "integer", TARGET_TYPES, "Age of the last good backup; null without one."),
    Field("target.last_good.name", "string", TARGET_TYPES, "Name of the last good backup; empty without one."),
    Field("target.last_good.uid", "string", TARGET_TYPES, "Its uid; empty without one."),
)

RESTORE_FIELDS: tuple[Field, ...] = (
    Field("restore.name", "string", OBJECT_TYPES, "Name of the restore."),
    Field("restore.uid", "string", OBJECT_TYPES, "Its uid."),
    Field("restore.status", "string", OBJECT_TYPES, "Its status in the words of the API; `gone` for `deleted`."),
    Field("restore.previous", "string", OBJECT_TYPES, "The status seen before; null when it was not seen before."),
    Field("restore.reason", "string", PRESENT, "The reason that the server gives; may be empty."),
    Field("restore.stage", "string", PRESENT, "Its progress while it runs; may be empty."),
    Field("restore.created", "string", PRESENT, "When it was created (RFC 3339)."),
    Field("restore.age_seconds", "integer", PRESENT, "Its age at the time of the event; null without a creation time."),
    Field("restore.size_bytes", "integer", PRESENT, "Its size."),
    Field("restore.backup", "string", PRESENT, "Name of the backup that it restores."),
    Field("restore.labels", "dictionary", PRESENT, "Its labels."),
    Field("cluster.name", "string", OBJECT_TYPES, "Name of the target cluster."),
    Field("cluster.uid", "string", PRESENT, "Its uid; may be empty."),
    Field("location.name", "string", PRESENT, "Name of the backup location."),
    Field("location.uid", "string", PRESENT, "Its uid."),
    Field("namespaces", "list of strings", PRESENT, "The namespaces that it writes to."),
    Field("failed.volumes", "list of strings", PRESENT, "Failed volumes with the reason; at most 20, then `+N`."),
    Field("failed.resources", "list of strings", PRESENT, "Failed resources, in the same form."),
)
