# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what writes do: the trial has seen it, or the check stays open.

Facts: docs/server-behaviour.md, sections 1.1, 2, 3.1, 5 and 9.
"""

from __future__ import annotations

from functools import partial

from .model import WRITE, Check
from .probe import Probe
from .seen import NotSeenError, Seen

_NOT_REACHED = "the objects that it takes could not be created"


def _tried(probe: Probe, check: str) -> Seen:
    """Return what the trial has seen for a check.

    Raises:
        NotSeenError: it was not run, or did not come so far.
    """
    seen = probe.tried.get(check)
    if seen is None:
        raise NotSeenError(_NOT_REACHED if probe.tried else "the part that writes was not run")
    if isinstance(seen, NotSeenError):
        raise seen
    return seen


def _written(name: str, section: str, title: str, expected: Seen, since: str | None = None) -> Check:
    return Check(name, section, title, expected, partial(_tried, check=name), since, WRITE)


_TAKEN: Seen = {"accepted": False, "http_status": 409, "grpc_code": "AlreadyExists"}
_DENIED: Seen = {"accepted": False, "http_status": 403, "grpc_code": "PermissionDenied"}
_PENDING: Seen = {"status": "Pending"}
_SUCCESS: Seen = {"status": "Success"}

WRITE_CHECKS = (
    _written("write.create", "2.2", "Create returns at once, with a pending backup.", _PENDING),
    _written("write.owner", "5.2", "The user of the token owns what is created.", {"caller": True}),
    _written("write.duplicate", "3.1", "A second backup of a name and owner is AlreadyExists.", _TAKEN),
    _written("write.end", "2.1", "A backup of an existing namespace ends Success.", _SUCCESS),
    _written("write.namespaces", "1.1", "A backup shows the namespaces that it resolved.", {"as_requested": True}),
    _written(
        "write.absent-namespace", "2.3", "A missing namespace fails the run.", {"accepted": True, "status": "Failed"}
    ),
    _written("write.retry", "2.6", "A retry of a successful backup is refused.", {"accepted": False}, "2.9.0"),
    _written("write.unknown-field", "1.5", "A write ignores fields that it does not know.", {"accepted": True}),
    _written("write.labels", "5.3", "An update replaces the labels.", {"labels": "replaced"}),
    _written("write.credential", "5.3", "An update keeps a cloud credential that it omits.", {"kept": True}),
    _written("write.ownership", "5.2", "An update changes the ownership.", {"applied": True}),
    _written("write.hidden", "4.3", "A backup that is not shared is hidden from others.", {"visible": False}),
    _written("write.shared-view", "5.1", "A backup that is shared shows the access of the caller.", {"access": "View"}),
    _written("write.shared-delete", "3.2", "To delete a backup shared with View is PermissionDenied.", _DENIED),
    _written("write.share", "5.1", "A share replaces the whole share.", {"share": "replaced"}),
    _written("write.mapping", "9.3", "A mapping may name a namespace that is not in the backup.", {"accepted": True}),
    _written("write.restore", "9.3", "A new restore is pending.", _PENDING),
    _written("write.restore-duplicate", "9.3", "A second restore of a name and owner is AlreadyExists.", _TAKEN),
    _written("write.restore-end", "9.2", "A restore into a new namespace ends Success.", _SUCCESS),
    _written("write.retained", "9.1", "A restore over existing objects is partial.", {"status": "PartialSuccess"}),
    _written("write.reasons", "9.7", "reasons[0] of a restore is empty.", {"first_reason": "empty"}, "2.11.0"),
    _written("write.restore-delete", "9.5", "A restore can be deleted.", {"deleted": True}),
    _written(
        "write.delete-dependent",
        "5.4",
        "A backup with dependants waits for their deletion.",
        {"accepted": True, "status": "DeletePending"},
    ),
    _written("write.delete-in-use", "5.4", "A backup can be deleted while a restore of it runs.", {"accepted": True}),
    _written("write.delete", "2.2", "A deletion ends, and then the backup does not exist.", {"deleted": True}),
    _written("write.delete-twice", "5.4", "Deleting a backup twice is an error.", {"accepted": False}),
)
