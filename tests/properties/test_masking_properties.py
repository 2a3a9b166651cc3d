# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results without secrets: the search that spares most of the data gives what a walk through all of it gives."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any, NamedTuple

from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.text import HIDDEN, masked, masked_data
from hypothesis import given, settings
from hypothesis import strategies as st

# A token, one that JSON escapes, one of a number, one that begins like another, one that is too short.
SECRETS = ('eyJhbGciOiJ"SUz', "p\u00e4ss\\w\ud800\u00ffrd", "1234567890", "eyJhbGciOther", "als")
PARTS = [*SECRETS, *(secret[:8] for secret in SECRETS), *(f"{secret[:9]}..." for secret in SECRETS), HIDDEN, "a", "1.5"]
TEXT = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=3).map("".join)
NUMBERS = st.sampled_from([0, 7, 1234567890, 51234567890123, 12345678.90, -1.5, 10**40, True, None])


class Unsafe(str):
    """A text that Ansible marks is of such a class."""


class Pair(NamedTuple):
    """A tuple with names."""

    first: Any
    second: Any


LEAVES = TEXT | NUMBERS | TEXT.map(Unsafe) | st.just(date(2026, 1, 2))


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    short = st.lists(inner, max_size=3)
    return (
        short
        | short.map(tuple)
        | st.dictionaries(TEXT | st.integers(), inner, max_size=3)
        | st.builds(Pair, inner, inner)
        | st.tuples(inner, st.integers(0, 70), st.integers(0, 70), inner).map(
            lambda drawn: [*["x"] * drawn[1], drawn[0], *[{"b": 1}] * drawn[2], drawn[3]]
        )
    )


DATA = st.recursive(LEAVES, nested, max_leaves=12)


def walk(value: Any, secrets: set[str], known: set[str]) -> Any:
    """Return data of which every text, key and number is compared."""
    if isinstance(value, str):
        return masked(value, secrets)
    if isinstance(value, dict):
        result: dict[Any, Any] = {}
        for key, item in value.items():
            hidden = key
            if isinstance(key, str) and key not in known:
                hidden = masked(key, {secret for secret in secrets if len(secret) >= 8})
            names = [hidden, *(f"{hidden} ({number})" for number in range(2, len(value) + 2))]
            result[next(name for name in names if name not in result) if isinstance(key, str) else key] = walk(
                item, secrets, known
            )
        return result
    if isinstance(value, (list, tuple)):
        return [walk(item, secrets, known) for item in value]
    if type(value) in (int, float):
        return HIDDEN if any(secret in str(value) for secret in secrets) else value
    return value


def as_lists(value: Any) -> Any:
    """Return data with lists for tuples, which are the same in JSON."""
    if isinstance(value, dict):
        return {key: as_lists(item) for key, item in value.items()}
    return [as_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


@settings(max_examples=400)
@given(
    data=DATA | st.dictionaries(TEXT, DATA, max_size=4),
    secrets=st.sets(st.sampled_from([*SECRETS, ""]), max_size=4),
    known=st.sets(st.sampled_from(PARTS), max_size=2),
)
def test_every_secret_is_hidden_and_nothing_else_changes(data: Any, secrets: set[str], known: set[str]) -> None:
    before = copy.deepcopy(data)
    found = masked_data(data, secrets, known)
    assert repr(as_lists(found)) == repr(as_lists(walk(data, secrets - {""}, known)))
    assert repr(data) == repr(before)


@given(
    before=st.integers(0, 100),
    after=st.just(0) | st.integers(0, 100),
    secret=st.sampled_from(SECRETS),
    kind=st.sampled_from([str, Unsafe, int]),
)
def test_one_of_many_objects_is_changed_and_the_others_are_not_copied(
    before: int, after: int, secret: str, kind: type
) -> None:
    value: Any = kind(secret if kind is not int else SECRETS[2])
    items: list[dict[str, Any]] = [{"name": f"b{number}", "labels": {"x": 7}} for number in range(before + 1 + after)]
    items[before] = {"name": "b", "labels": {"x": [value]}}
    data = {"backups": items, "total_count": len(items)}
    found = masked_data(data, {secret if kind is not int else SECRETS[2]})
    assert found["backups"][before] == {"name": "b", "labels": {"x": [HIDDEN]}}
    assert [number for number, item in enumerate(items) if found["backups"][number] is not item] == [before]
