# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random tasks of every module, from the registries: their options, types and choices."""

from __future__ import annotations

import copy
import random
from typing import Any

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import ModuleSpec, Operation
from ansible_collections.pxops.px_backup.tests.properties.support.fuzz_server import NUMBERS, TEXTS, any_value
from ansible_collections.pxops.px_backup.tests.unit.support.modules import SPECS, with_parts

# Values of options that a server has to know.
KNOWN: dict[str, tuple[Any, ...]] = {
    "name": ("one", "two", "three", "back", "new", "missing", "a:b", "with space"),
    "cluster_ref": ({"name": "prod-eu"}, {"name": "prod-us"}, {"name": "edge-01"}),
    "backup_location_ref": ({"name": "s3-main"}, {"name": "nfs-archive"}),
    "backup_ref": ({"name": "one"}, {"name": "three"}),
    "schedule_policy_ref": ({"name": "nightly"},),
    "namespaces": (["shop"], ["shop", "billing"], ["*"], ["nowhere"]),
    "namespace_mapping": ({"shop": "copy"}, {"shop": "shop"}, {"billing": "b2"}),
    "labels": ({"team": "a"}, {"team": "b", "live": True}, {}),
    "wait_timeout": (1, 5, 60, 600),
    "wait_interval": (1, 5, 30),
    "concurrency": (1, 2, 5),
    "max_objects": (1, 5, 200, 1000),
    "names": (["one", "two"], ["one"], ["three", "missing"]),
    "time_range": ({"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z"}, {"start": "-7d"}),
    "fields": (["metadata"], ["metadata.name", "metadata.uid"]),
    "include_resources": ([{"name": "web", "namespace": "shop", "gvk": "apps/v1/Deployment"}],),
    "resource_types": (["Deployment"], ["Deployment", "Secret"]),
    "uid": ("00000000-0000-4000-8000-000000000000",),
}

# What a task of an operation mostly sets too, beside what is required.
USUAL: dict[tuple[str, str], dict[str, Any]] = {
    ("backup", "CREATE"): {"namespaces": ["shop"]},
    ("restore", "CREATE"): {"namespace_mapping": {"shop": "copy"}},
}
CREATED = {"name": "new", "cluster_ref": {"name": "prod-eu"}, "backup_location_ref": {"name": "s3-main"}}
BATCHES: tuple[dict[str, Any], ...] = (
    {
        "state": "present",
        "defaults": {key: CREATED[key] for key in CREATED if key != "name"},
        "backups": [{"name": "new"}],
    },
    {"state": "present", "backups": [{**CREATED, "namespaces": ["shop"]}, {**CREATED, "name": "next"}]},
    {"state": "absent", "names": ["one", "missing"]},
    {"state": "absent", "names": ["one", "two", "three"], "concurrency": 1},
    {"state": "absent", "backups": [{"name": "one"}, {"uid": "00000000-0000-4000-8000-000000000000"}]},
)
# Options that only have an effect with `wait`.
OF_WAITS = {"wait_timeout", "wait_interval", "on_partial", "on_empty"}
NAMES = ("one", "shop", "prod-eu", "s3-main", "team=a", "apps/v1/Deployment", "px-admin-group", "2026-01-01T00:00:00Z")


class Tasks:
    """Makes tasks, each from its own source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def module(self) -> tuple[ModuleSpec, Operation]:
        """Return a module and one of its operations."""
        spec = self._chance.choice(list(SPECS.values()))
        return spec, self._chance.choice(spec.operations)

    def task(self, spec: ModuleSpec, operation: Operation, valid: bool) -> dict[str, Any]:
        """Return the parameters of a task, apart from the connection.

        Args:
            valid: whether values and options are those that the operation is for.
        """
        chance, table = self._chance, with_parts(spec)
        wanted = {group[0] if valid and chance.random() < 0.8 else chance.choice(group) for group in operation.requires}
        others = sorted(operation.options if valid else spec.options)
        wanted |= set(chance.sample(others, min(len(others), chance.choice((0, 0, 1, 1, 2, 3, 6)))))
        if not valid and wanted and chance.random() < 0.3:
            wanted.discard(chance.choice(sorted(wanted)))
        if valid and chance.random() < 0.8:
            # A uid that no object has ends most tasks early.
            wanted -= {"uid", "cluster", "cluster_uid", "backups", "defaults", "names"}
        task = {name: self._value(name, table[name], valid or chance.random() < 0.4) for name in sorted(wanted)}
        if valid:
            task = {**self._usual(spec, operation), **task}
            if OF_WAITS & task.keys():
                task["wait"] = True
        if "operation" in table:
            task["operation"] = operation.name
        return task

    def _usual(self, spec: ModuleSpec, operation: Operation) -> dict[str, Any]:
        """Return options without which a task of an operation would mostly be refused."""
        if spec.name == "backup_batch":
            return copy.deepcopy(self._chance.choice(BATCHES))
        return copy.deepcopy(USUAL.get((spec.name, operation.name), {}))

    def _value(self, name: str, option: dict[str, Any], valid: bool) -> Any:
        chance = self._chance
        if name in KNOWN and (valid or chance.random() < 0.4):
            return chance.choice(KNOWN[name])
        if not valid and chance.random() < 0.3:
            return any_value(chance)
        if option.get("choices") and valid:
            one: Any = chance.choice(list(option["choices"]))
            return [one] if option.get("type") == "list" else one
        return self._of_type(option, valid)

    def _of_type(self, option: dict[str, Any], valid: bool) -> Any:
        chance, kind = self._chance, option.get("type", "str")
        if kind == "list":
            element = {**option, "type": option.get("elements", "str")}
            return [
                self._value("", element, valid) for _ in range(chance.choice((1, 1, 2, 3) if valid else (0, 1, 3, 60)))
            ]
        if kind == "dict":
            return self._dictionary(option.get("options"), valid)
        if kind == "bool":
            return chance.random() < 0.5
        if kind in ("int", "float"):
            return chance.choice((1, 2, 10, 100) if valid else NUMBERS)
        return chance.choice(NAMES if valid else (*TEXTS, *NAMES))

    def _dictionary(self, parts: dict[str, Any] | None, valid: bool) -> dict[str, Any]:
        chance = self._chance
        if not parts:
            return {chance.choice(NAMES if valid else (*TEXTS, *NAMES)): self._of_type({}, valid) for _ in range(2)}
        required = {name for name, part in parts.items() if part.get("required") and (valid or chance.random() < 0.8)}
        some = required | set(chance.sample(sorted(parts), chance.randint(0, min(3, len(parts)))))
        return {name: self._value(name, parts[name], valid) for name in sorted(some)}
