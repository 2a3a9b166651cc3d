# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recording of a run: a JSON object without a value of the server, and the table for people."""

from __future__ import annotations

import re
from typing import Any

from ..errors import ValidationError
from .model import DIFFERS, HOLDS, NOT_SEEN, Result, count_states, describe
from .seen import Seen
from .shapes import Shape

SCHEMA = "pxops.px_backup/conformance/1"

# The order of the table, and the width of its first column.
_ORDER = (DIFFERS, NOT_SEEN, HOLDS)
_WIDTH = 10


def make_recording(results: list[Result], release: str, generated_at: str, shapes: dict[str, Shape]) -> dict[str, Any]:
    """Return the recording of a run.

    Args:
        release: the server's release, ``""`` when it is not known.
        generated_at: the time of the run.
        shapes: the shape of the responses to each call.
    """
    return {
        "schema": SCHEMA,
        "generated_at": generated_at,
        "release": release,
        "summary": count_states(results),
        "checks": [_entry(result) for result in results],
        "shapes": shapes,
    }


def _entry(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "id": check.id,
        "section": check.section,
        "title": check.title,
        "part": check.part,
        "since": check.since,
        "status": result.status,
        "expected": dict(result.expected),
        "seen": None if result.seen is None else dict(result.seen),
        "why": result.why,
    }


def make_table(results: list[Result]) -> list[str]:
    """Return one line for each check, those that differ first: its state, its id, what was seen or why it was not."""
    longest = max(len(result.check.id) for result in results)
    return [
        f"{result.status.ljust(_WIDTH)}{result.check.id.ljust(longest + 2)}{_finding(result)}".rstrip()
        for result in sorted(results, key=lambda result: _ORDER.index(result.status))
    ]


def _finding(result: Result) -> str:
    if result.seen is None:
        return result.why
    if dict(result.seen) == dict(result.expected):
        return result.check.title
    return f"{result.check.title} Expected: {describe(result.expected)}. Seen: {describe(result.seen)}."


def read_recording(recording: dict[str, Any]) -> dict[str, Seen]:
    """Return what an earlier run saw, by check; without what it did not see.

    Raises:
        ValidationError: it is not a recording of this form.
    """
    entries = recording.get("checks") if recording.get("schema") == SCHEMA else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValidationError(
            f"baseline is not a recording of the form {SCHEMA}",
            hint="set it to the content of a file that the playbook pxops.px_backup.conformance has written",
        )
    return {str(entry.get("id")): entry["seen"] for entry in entries if isinstance(entry.get("seen"), dict)}


def is_prefix(text: str) -> bool:
    """Whether a text can begin the names of backups, restores and namespaces."""
    return re.fullmatch("[a-z0-9][a-z0-9-]{2,39}", text) is not None and not text.endswith("-")
