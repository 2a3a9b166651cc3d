# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup schedules: their runs, and what the server deletes by their retention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from px_backup_simulator import outcomes, planning
from px_backup_simulator.backup import Backup
from px_backup_simulator.catalogue import Item
from px_backup_simulator.clock import format_time
from px_backup_simulator.generate import read_final_fields
from px_backup_simulator.policies import find_due_times, find_retain, find_zone
from px_backup_simulator.render import make_final_fields
from px_backup_simulator.settings import Settings
from px_backup_simulator.world import World

Json = dict[str, Any]

_COPIED = (
    "namespaces",
    "label_selectors",
    "include_resources",
    "resource_types",
    "exclude_resource_types",
    "ns_label_selectors",
    "advanced_resource_label_selector",
    "skip_vm_auto_exec_rules",
    "direct_kdmp",
    "parallel_backup",
    "pre_exec_rule_ref",
    "post_exec_rule_ref",
    "volume_resource_only_policy_ref",
)


@dataclass(frozen=True, slots=True)
class Failures:
    """Which runs of a history fail: every n-th run of a schedule; 0 is none."""

    failed_every: int = 0
    partial_every: int = 0

    def find_status(self, number: int) -> str:
        """Return the end of the run of this number, empty for its own."""
        if self.failed_every and number % self.failed_every == 0:
            return "Failed"
        return "PartialSuccess" if self.partial_every and number % self.partial_every == 0 else ""


def run_schedules(world: World, settings: Settings, since: float, failures: Failures | None = None) -> int:
    """Create the backups that schedules would have created since a moment, and delete those that they do not keep.

    Args:
        world: whose schedules run.
        settings: of the runs.
        since: seconds since the epoch.
        failures: which runs fail.

    Returns: the number of runs.
    """
    count = 0
    for schedule in list(world.items["backup_schedule"].values()):
        policy = _find_policy(world, schedule)
        cluster = world.items["cluster"].get(schedule.info.get("cluster_ref", {}).get("uid", ""))
        location = world.items["backup_location"].get(schedule.info.get("backup_location_ref", {}).get("uid", ""))
        if policy is None or cluster is None or location is None or schedule.info.get("suspend"):
            continue
        zone = find_zone(str(cluster.info.get("time_zone", "")))
        due = find_due_times(policy.info, schedule.created, (since, world.clock.now()), zone)
        for number, (moment, kind) in enumerate(due, 1):
            status = failures.find_status(number) if failures else ""
            world.put_backup(_run(world, settings, (schedule, cluster, location), (moment, kind, status)))
        for kind in {kind for _, kind in due}:
            apply_retention(world, settings, schedule, find_retain(policy.info, kind), kind)
        count += len(due)
    return count


def make_lock(location: Item, settings: Settings, moment: float) -> Json:
    """Return the fields that lock a backup that is created at a moment; none where the location does not lock."""
    if not location.info.get("object_lock_enabled"):
        return {}
    until = moment + settings.lock_days * 86400
    return {"retention_period": settings.lock_days, "retention_time": format_time(until)}


def _find_policy(world: World, schedule: Item) -> Item | None:
    ref: Json = schedule.info.get("schedule_policy_ref", {})
    return world.items["schedule_policy"].get(ref.get("uid", ""))


def _run(world: World, settings: Settings, objects: tuple[Item, Item, Item], run: tuple[float, str, str]) -> Backup:
    """Make one backup of a schedule, on a cluster and a location, at a moment, by a type of policy, with an end."""
    schedule, cluster, location = objects
    moment, kind, wanted = run
    given = _make_info(schedule, cluster, location) | make_lock(location, settings, moment)
    missing = planning.find_missing_namespaces(given, cluster)
    given["namespaces"] = [name for name in given.get("namespaces", []) if name not in missing]
    plan = planning.plan_run(given, cluster, location)
    name = f"{schedule.name}-{kind}-{format_time(moment)[:19].replace(':', '').replace('T', '-').lower()}"
    outcome = outcomes.find_outcome(name, world.outcomes)
    status, reason = plan.status, plan.reason
    if missing and status == "Success":
        given["missing_namespaces"] = missing
        status, reason = "PartialSuccess", outcomes.PARTIAL_TEXT
    wanted = wanted or outcome.status
    if wanted and plan.status == "Success":
        status, reason = wanted, outcome.reason or outcomes.TEXTS[wanted]
    return Backup(
        name=name,
        uid=world.new_uid(),
        org=schedule.org,
        owner=schedule.owner,
        created=moment,
        updated=moment,
        duration=settings.backup_seconds,
        labels=dict(schedule.labels),
        given=given,
        final=make_final_fields(plan, status, world.new_uid, planning.is_vm_backup(given)),
        status=status,
        reason=reason,
    )


def _make_info(schedule: Item, cluster: Item, location: Item) -> Json:
    info: Json = {key: schedule.info[key] for key in _COPIED if key in schedule.info}
    info |= {
        "cluster": cluster.name,
        "cluster_ref": cluster.ref,
        "backup_location": location.name,
        "backup_location_ref": location.ref,
        "backup_schedule": schedule.ref,
        "schedule_policy_ref": schedule.info["schedule_policy_ref"],
        "backup_type": {"type": "Normal"},
        "backup_object_type": {"type": schedule.info.get("backup_object_type", {}).get("type", "All")},
    }
    return info


def apply_retention(world: World, settings: Settings, schedule: Item, retain: int, kind: str) -> None:
    """Delete what a schedule does not keep of one type of its policy.

    Only successful backups count. Once there are more than `retain` of them, everything that is older than the
    last one that is kept goes, failed and partial ones too.
    """
    now = world.clock.now()
    mine = [backup for backup in find_backups_of(world, schedule) if backup.name.startswith(f"{schedule.name}-{kind}-")]
    good = [backup for backup in mine if backup.get_status(now)[0] == "Success"]
    if len(good) <= retain:
        return
    for backup in mine:
        if backup.created < good[retain - 1].created and not backup.is_locked(now):
            world.ask_delete(backup, settings)


def find_backups_of(world: World, schedule: Item) -> list[Backup]:
    """Return the backups of a schedule, the newest first."""
    return [
        backup
        for backup in world.sort_newest_first()
        if backup.given.get("backup_schedule", {}).get("uid") == schedule.uid
    ]


def make_backup_status(world: World, schedule: Item) -> Json:
    """Make the `backup_status` of a schedule: by type of policy, the oldest backup first."""
    now = world.clock.now()
    policy = _find_policy(world, schedule)
    kinds = [kind for kind in ("interval", "daily", "weekly", "monthly") if policy and policy.info.get(kind)]
    groups: dict[str, list[Json]] = {}
    for backup in reversed(find_backups_of(world, schedule)):
        kind = next((kind for kind in kinds if f"-{kind}-" in backup.name), kinds[0] if kinds else "interval")
        status, reason = backup.get_status(now)
        entry = {"backup_name": backup.name, "create_time": format_time(backup.created), "status": status}
        if backup.has_ended(now):
            entry |= {"finish_time": format_time(backup.created + backup.duration), "Reason": reason}
        groups.setdefault(kind, []).append(entry)
    return {kind: {"status": entries} for kind, entries in groups.items()}


def find_schedules_of(world: World, policy: Item) -> list[str]:
    """Return the names of the schedules that use a policy."""
    return [
        schedule.name
        for schedule in world.items["backup_schedule"].values()
        if schedule.info.get("schedule_policy_ref", {}).get("uid") == policy.uid
    ]


def count_size(backup: Backup) -> int:
    """Return the size of a backup in bytes."""
    return int(read_final_fields(backup).get("total_size", 0))
