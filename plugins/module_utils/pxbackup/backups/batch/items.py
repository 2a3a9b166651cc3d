# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backups of a batch: each checked as its operation checks it, with its references resolved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable

from ...core.model import Context
from ...core.parallel import Each
from ...core.registry import validate_parameters
from ...errors import PXBackupError, ValidationError
from ...text import join_and
from ..create import resolve_settings
from ..options import REFERENCE_KINDS
from ..preflight.checks import refuse_impossible
from .results import Item
from .states import STATES, item_options


def check_batch(state: str, parameters: dict[str, Any]) -> None:
    """Check what the task sets, as far as that is possible without any request.

    Raises:
        ValidationError: an option is not used with this state, or a value is invalid.
    """
    # Ansible fills a default in, which the task did not ask for.
    unused = sorted(name for name in set(parameters) - {"state"} - set(STATES[state].options))
    if unused:
        raise ValidationError(f"state {state} does not use {join_and(unused)}", hint="omit it")
    lists = [name for name in ("backups", "names") if name in parameters]
    if len(lists) != 1:
        hint = "set backups" if state == "present" else "set names, or backups with name or uid"
        problem = "are mutually exclusive" if lists else "are both omitted, and one of them is required"
        raise ValidationError(f"backups and names {problem}", hint=hint)


def read_items(context: Context, state: str, parameters: dict[str, Any], each: Each) -> list[Item]:
    """Return the backups of the task, each checked as its operation checks it, with its references resolved.

    Raises:
        PXBackupError: the first that is invalid; where that shows without a look-up, nothing was sent.
    """
    items = [_read_item(context, state, place, given) for place, given in _places(parameters)]
    refuse_duplicates(items, _said_identity)
    # A login comes first: what is wrong with it would be wrong for each look-up.
    context.caller()
    kinds = [kind for name, kind in REFERENCE_KINDS.items() if any(name in item.wanted for item in items)]
    context.references.list_together(kinds, each)
    return [_resolve(context, state, item) for item in items]


def _places(parameters: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where the task names each backup, and what it sets for it."""
    defaults = {name: value for name, value in (parameters.get("defaults") or {}).items() if value is not None}
    for index, item in enumerate(parameters.get("backups", [])):
        own = {name: value for name, value in item.items() if value is not None}
        yield f"backups[{index}]", {**defaults, **own}
    for index, name in enumerate(parameters.get("names", [])):
        yield f"names[{index}]", {"name": name}


def _read_item(context: Context, state: str, place: str, given: dict[str, Any]) -> Item:
    unused = sorted(set(given) - set(item_options(state)))
    if unused:
        raise ValidationError(f"{place}: state {state} does not use {join_and(unused)}", hint="omit it")
    with _errors_of(place):
        wanted = validate_parameters(context, STATES[state].operation, given)
        if state == "present":
            refuse_impossible(wanted)
    return Item(place, wanted)


def _resolve(context: Context, state: str, item: Item) -> Item:
    with _errors_of(item.place):
        if state == "present":
            return item._replace(wanted=resolve_settings(context, item.wanted))
        return item._replace(wanted=context.references.resolve_all(item.wanted, REFERENCE_KINDS))


@contextmanager
def _errors_of(place: str) -> Iterator[None]:
    """Let an error begin with the place of the backup that it is about."""
    try:
        yield
    except PXBackupError as error:
        error.message = f"{place}: {error.message}"
        raise


def _said_identity(item: Item) -> tuple[Any, ...]:
    """Return what the task says about which backup it means; names are unique for one owner."""
    wanted = item.wanted
    return wanted.get("name"), wanted.get("uid"), (wanted.get("ownership") or {}).get("owner")


def refuse_duplicates(items: list[Item], identity: Callable[[Item], Any]) -> None:
    """Raise where two items mean the same backup: the second would only repeat or contradict the first.

    Args:
        identity: what only one item may have; ``None`` for an item that means no backup.
    """
    seen: dict[Any, Item] = {}
    for item in items:
        value = identity(item)
        other = item if value is None else seen.setdefault(value, item)
        if other is not item:
            raise ValidationError(f"{other.place} and {item.place} mean the same backup", hint="keep one of them")
