# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of backups and of other objects: filters, order, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from px_backup_simulator import access
from px_backup_simulator.backup import Backup
from px_backup_simulator.call import Call, dump, encode_backup
from px_backup_simulator.clock import parse_time
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.label_selectors import contains
from px_backup_simulator.restore import Restore

Json = dict[str, Any]
# Of a backup or a restore.
Test = Callable[[Any], bool]

_SORT_KEYS: dict[str, Callable[[Any], Any]] = {
    "CreationTimestamp": lambda backup: backup.created,
    "Name": lambda backup: backup.name,
    "RestoreBackupName": lambda item: item.given.get("backup", item.name),
    "ClusterName": lambda backup: backup.cluster_name,
    "Size": lambda item: (item.final or read_final_fields(item)).get("total_size", 0),
    "LastUpdateTimestamp": lambda backup: backup.updated,
}


def enumerate_backups(call: Call) -> bytes:
    """Show one page of backups, joined from their encoded forms."""
    options: Json = call.request.get("enumerate_options", {})
    matching = _find_matching(call, options)
    start, end = find_page_bounds(options, len(matching), call.settings.page_cap)
    detailed = bool(options.get("include_detailed_resources"))
    parts = [encode_backup(call, backup, detailed=detailed) for backup in matching[start:end]]
    return _encode_page(parts, len(matching), end >= len(matching), call.settings.render_zero)


def _encode_page(parts: list[bytes], total: int, complete: bool, render_zero: bool) -> bytes:
    fields = []
    if parts or render_zero:
        fields.append(b'"backups":[' + b",".join(parts) + b"]")
    if total or render_zero:
        fields.append(b'"total_count":' + dump(str(total)))
    if complete or render_zero:
        fields.append(b'"complete":' + dump(complete))
    return b"{" + b",".join(fields) + b"}"


def find_page_bounds(options: Json, total: int, cap: int) -> tuple[int, int]:
    """Return the first index of a page, and the index after its last."""
    start = min(int(options.get("object_index", 0)), total)
    size = int(options.get("max_objects", 0)) or total
    if cap:
        size = min(size, cap)
    return start, min(start + size, total)


def _find_matching(call: Call, options: Json) -> list[Backup]:
    tests = list(_make_tests(call, options))
    backups = call.world.sort_newest_first()
    if tests:
        backups = [backup for backup in backups if all(test(backup) for test in tests)]
    return _sort(backups, options)


def _sort(newest_first: list[Any], options: Json) -> list[Any]:
    """Sort backups or restores, which come newest first."""
    sort = options.get("sort_option", {})
    by = sort.get("sortBy", {}).get("type", "Invalid")
    descending = sort.get("sortOrder", {}).get("type", "Descending") != "Ascending"
    if by in ("Invalid", "CreationTimestamp"):
        return newest_first if descending else newest_first[::-1]
    return sorted(newest_first, key=_SORT_KEYS[by], reverse=descending)


def select_objects(newest_first: list[Restore], options: Json, now: float) -> list[Restore]:
    """Return the restores that pass the filters of a list, in its order; filters of schedules mean backups only."""
    tests = _make_field_tests({key: value for key, value in options.items() if not key.endswith("_ref")})
    if options.get("status"):
        tests.append(_make_status_test(options["status"], now))
    if options.get("time_range"):
        tests.append(_make_time_test(options["time_range"]))
    return _sort([restore for restore in newest_first if all(test(restore) for test in tests)], options)


def _make_status_test(words: list[str], now: float) -> Test:
    wanted = set(words)
    return lambda item: item.get_status(now)[0] in wanted


def _make_tests(call: Call, options: Json) -> list[Test]:
    org, user, now = call.org, call.user, call.now
    tests: list[Test] = []
    if not user.admin:
        tests.append(lambda backup: access.may_see(backup, user))
    if call.world.list_organisations() != {org}:
        tests.append(lambda backup: backup.org == org)
    tests += _make_field_tests(options)
    if options.get("status"):
        tests.append(_make_status_test(options["status"], now))
    if options.get("time_range"):
        tests.append(_make_time_test(options["time_range"]))
    if options.get("resource_info", {}).get("name") or options.get("vm_volume_name"):
        tests.append(_make_resource_test(options))
    return tests


def _make_field_tests(options: Json) -> list[Test]:
    tests: list[Test] = []
    if options.get("name_filter"):
        part = options["name_filter"]
        tests.append(lambda backup: part in backup.name)
    if options.get("labels"):
        labels = options["labels"]
        tests.append(lambda backup: contains(backup.labels, labels))
    if options.get("cluster_name_filter"):
        cluster = options["cluster_name_filter"]
        tests.append(lambda backup: cluster in backup.cluster_name)
    if options.get("cluster_uid_filter"):
        uid = options["cluster_uid_filter"]
        tests.append(lambda backup: uid in backup.cluster_uid)
    if options.get("owners"):
        owners = set(options["owners"])
        tests.append(lambda backup: backup.owner in owners)
    if options.get("backup_object_type"):
        kind = options["backup_object_type"]
        tests.append(lambda backup: backup.object_type == kind)
    for option, field in (
        ("schedule_policy_ref", "schedule_policy_ref"),
        ("backup_schedule_ref", "backup_schedule"),
        ("volume_resource_only_policy_ref", "volume_resource_only_policy_ref"),
    ):
        if options.get(option):
            tests.append(_make_ref_test(field, options[option]))
    return tests


def _make_ref_test(field: str, wanted: list[Json]) -> Test:
    def test(backup: Backup) -> bool:
        has = backup.given.get(field, {})
        return any(
            bool(has) and ref.get("name", "") in ("", has.get("name")) and ref.get("uid", "") in ("", has.get("uid"))
            for ref in wanted
        )

    return test


def _make_time_test(wanted: Json) -> Test:
    start = parse_time(wanted["start_time"]) if wanted.get("start_time") else float("-inf")
    end = parse_time(wanted["end_time"]) if wanted.get("end_time") else float("inf")
    return lambda backup: start <= backup.created <= end


def _make_resource_test(options: Json) -> Test:
    wanted = {key: value for key, value in options.get("resource_info", {}).items() if value}
    volume = options.get("vm_volume_name", "")
    failed_out = bool(options.get("exclude_failed_resource"))

    def test(backup: Backup) -> bool:
        final = read_final_fields(backup)
        hit = any(wanted.items() <= entry.items() for entry in final.get("resources", []))
        if wanted and not hit:
            return False
        volumes = [entry for entry in final.get("volumes", []) if not volume or volume in (entry["name"], entry["pvc"])]
        if failed_out:
            volumes = [entry for entry in volumes if entry.get("status", {}).get("status") != "Failed"]
        return bool(volumes) if volume else True

    return test
