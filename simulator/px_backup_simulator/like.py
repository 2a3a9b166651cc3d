# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings from a recording of the conformance probe: the simulator then behaves as the server that was recorded."""

from __future__ import annotations

from typing import Any

from px_backup_simulator.errors import ControlError
from px_backup_simulator.surface import releases

Json = dict[str, Any]

SCHEMA = "pxops.px_backup/conformance/1"

# What a check has seen, and the settings that behave so. A check that has seen something else says nothing here: the
# default is the usual behaviour.
RULES: tuple[tuple[str, Json, Json], ...] = (
    ("route.colon", {"reaches": True}, {"colon_names": "accept"}),
    ("route.empty-verb", {"reaches": False}, {"colon_names": "refuse"}),
    ("query.sort-name", {"http_status": 200}, {"query_enums": "by_name"}),
    ("query.enum-name", {"http_status": 400}, {"query_enums": "by_number"}),
    ("query.two-brackets", {"ignored": False}, {"query_map_keys": "first_bracket"}),
    ("json.unknown-field", {"http_status": 400}, {"unknown_fields": "reject"}),
    ("json.zero-values", {"rendered": True}, {"zero_values": "render"}),
    ("error.not-found", {"grpc_code": "Unknown"}, {"not_found": "unknown"}),
    ("login.subject", {"present": False}, {"token_claims": "no_sub"}),
    ("login.expiry", {"present": False}, {"token_claims": "no_exp"}),
    ("restore.reasons", {"first_reason": "used"}, {"reason_index": "from_one"}),
    ("write.duplicate", {"grpc_code": "Unknown"}, {"duplicates": "unknown"}),
    ("write.absent-namespace", {"accepted": False}, {"missing_namespace": "refuse_create"}),
    ("write.unknown-field", {"accepted": False}, {"unknown_fields": "reject"}),
    ("write.labels", {"labels": "merged"}, {"label_update": "merge"}),
    ("write.ownership", {"applied": False}, {"ownership_update": "ignore"}),
    ("write.shared-delete", {"grpc_code": "Unknown"}, {"permission_errors": "unknown"}),
    ("write.mapping", {"accepted": False}, {"restore_mapping": "refuse"}),
    ("write.reasons", {"first_reason": "used"}, {"reason_index": "from_one"}),
    # It takes a backup that builds on another one.
    ("write.delete-dependent", {}, {"incremental_chain": 3}),
    ("write.delete-dependent", {"accepted": False}, {"dependent_delete": "refuse"}),
    ("write.delete-in-use", {"accepted": False}, {"backup_in_use": "refuse"}),
)

# Checks that count, what they call their number, and the setting that takes it.
NUMBERS = (("list.page-size", "longest", "page_cap"), ("reference.pages", "longest", "reference_page_cap"))


def find_settings(recording: Any) -> Json:
    """Return the settings that make the simulator behave as the recorded server.

    Args:
        recording: the content of a file that the conformance probe has written.

    Raises:
        ControlError: it is no such recording.
    """
    if not isinstance(recording, dict) or recording.get("schema") != SCHEMA:
        raise ControlError(f"--like needs a recording of the conformance probe, of the form {SCHEMA}")
    seen = {entry.get("id"): entry["seen"] for entry in recording.get("checks", []) if entry.get("seen") is not None}
    settings: Json = {"release": find_release(str(recording.get("release", "")))}
    for check, wanted, changes in RULES:
        if check in seen and wanted.items() <= seen[check].items():
            settings |= changes
    if not any(seen.get(check, {}).get("present", True) for check in ("login.subject", "login.expiry")):
        settings["token_claims"] = "opaque"
    for check, key, setting in NUMBERS:
        if key in seen.get(check, {}):
            settings[setting] = seen[check][key]
    return settings


def find_release(recorded: str) -> str:
    """Return the newest release of the simulator that is not newer than the recorded one; the newest for an unknown."""
    known = releases()
    if not recorded.replace(".", "").isdigit():
        return known[-1]
    older = [release for release in known if _numbers(release) <= _numbers(recorded)]
    return older[-1] if older else known[0]


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
