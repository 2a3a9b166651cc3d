# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that change between their pages."""

from __future__ import annotations

from px_backup_simulator import outcomes
from px_backup_simulator.backup import Backup
from px_backup_simulator.settings import Settings
from px_backup_simulator.world import World

MARK = "churn-"


def churn(world: World, settings: Settings) -> None:
    """Delete the newest backups (those of the page before) and create new ones."""
    for _ in range(settings.churn.get("delete", 0)):
        victim = next((backup for backup in world.sort_newest_first() if not backup.name.startswith(MARK)), None)
        if victim is not None:
            world.drop_backup(victim)
    model = next(iter(world.sort_newest_first()), None)
    if model is not None:
        for _ in range(settings.churn.get("create", 0)):
            world.put_backup(_copy(world, model))


def _copy(world: World, model: Backup) -> Backup:
    now = world.clock.now()
    uid = world.new_uid()
    return Backup(
        name=f"{MARK}{world.serial}",
        uid=uid,
        org=model.org,
        owner=model.owner,
        created=now,
        updated=now,
        duration=0.0,
        labels=dict(model.labels),
        # A copy of a retry retries nothing.
        given={key: value for key, value in model.given.items() if key != "retry_parent"},
        final=model.final,
        status="Success",
        reason=outcomes.SUCCESS_TEXT,
        generated=model.generated,
    )
