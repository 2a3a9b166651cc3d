# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UPDATE of any resource: change what can be changed, compare everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

from ..errors import ValidationError
from ..text import join_and, join_first
from .changes import Change, apply_change, done_message, refuse_while_deleting
from .lookup import Resource
from .model import Context, Outcome
from .options import Options
from .pagination import name_of, uid_of
from .settings import Difference, current_value, merge, set_parts

# How many differing settings an error lists before it counts the rest.
_MAX_DIFFERENCES = 10

Settings = dict[str, Any]


class UpdateSpec(NamedTuple):
    """How a resource is updated.

    Attributes:
        settings: everything that a task can set of an object.
        changeable: the settings that an update can change.
        differences: returns the settings among the given names in which an object differs from the task.
        send: sends the update of an object to these settings.
    """

    resource: Resource
    settings: Options
    changeable: tuple[str, ...]
    differences: Callable[[Settings, dict[str, Any], Iterable[str]], list[Difference]]
    send: Callable[[Context, dict[str, Any], Settings], None]

    def view(self, item: dict[str, Any]) -> Settings:
        """Return the changeable settings of an object."""
        return {name: current_value(self.settings[name], item) for name in self.changeable}


def update_object(context: Context, spec: UpdateSpec, parameters: dict[str, Any]) -> Outcome:
    """Change what the task sets and can be changed; every other setting must be as given."""
    kinds = {name: option.refers_to for name, option in spec.settings.items() if option.refers_to is not None}
    wanted = context.references.resolve_all(parameters, kinds)
    resource, noun = spec.resource, spec.resource.noun
    item = resource.require(context.api, parameters)
    _refuse_fixed(spec, wanted, item)
    before = spec.view(item)
    shown = [name for name in spec.changeable if wanted.get(name) is not None]
    after = {**before, **{name: _goal(spec, name, before[name], wanted) for name in shown}}
    before_shown, after_shown = ({name: part[name] for name in shown} for part in (before, after))
    if not spec.differences(wanted, item, spec.changeable):
        message = f"{noun.capitalize()} {name_of(item)!r} is up to date"
        return Outcome(False, message, {noun: item}, before_shown, before_shown)
    resource.refuse_foreign(context, item, parameters)
    refuse_while_deleting(resource, item)

    def apply(old: dict[str, Any], goal: Settings) -> dict[str, Any]:
        return _with_settings(spec, old, goal)

    change = Change("UPDATE", lambda: spec.send(context, item, after), spec.view, after, apply)
    changed = apply_change(context, resource, item, change)
    message = done_message(context, resource, item, "updated")
    return Outcome(True, message, {noun: changed}, before_shown, after_shown)


def metadata_body(context: Context, item: dict[str, Any], after: Settings, no_ownership: Settings) -> dict[str, Any]:
    """Return ``CreateMetadata`` of an update.

    What stays is sent as well: whether the server keeps it otherwise is not known (docs/server-behaviour.md, section
    5.3).
    """
    metadata = {
        "name": name_of(item),
        "org_id": context.api.org_id,
        "uid": uid_of(item),
        "labels": after["labels"],
    }
    ownership = {key: part for key, part in after["ownership"].items() if part != no_ownership[key]}
    return {**metadata, "ownership": ownership} if ownership else metadata


def _goal(spec: UpdateSpec, name: str, now: Any, wanted: Settings) -> Any:
    """Return the new value of a setting: labels as a whole, ownership part by part."""
    kind = spec.settings[name].type
    canonical = kind.canonical(wanted[name])
    return merge(now, {key: canonical[key] for key in set_parts(wanted[name])}) if kind.by_part else canonical


def _refuse_fixed(spec: UpdateSpec, wanted: Settings, item: dict[str, Any]) -> None:
    noun = spec.resource.noun
    different = spec.differences(wanted, item, [name for name in spec.settings if name not in spec.changeable])
    if different:
        raise ValidationError(
            f"UPDATE cannot change {join_and([found.parameter for found in different])} of {noun} {name_of(item)!r}: "
            f"{join_first(map(str, different), _MAX_DIFFERENCES, '; ')}",
            hint=f"these settings are fixed when a {noun} is created: create a new one, or omit the parameter",
        )


def _with_settings(spec: UpdateSpec, item: dict[str, Any], goal: Settings) -> dict[str, Any]:
    """Return the object with these settings."""
    parts: dict[str, Any] = {}
    for name, value in goal.items():
        part, key = spec.settings[name].path
        parts.setdefault(part, dict(item[part]))[key] = value
    return {**item, **parts}
