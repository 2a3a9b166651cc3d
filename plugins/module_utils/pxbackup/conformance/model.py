# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of the conformance probe: checks, their results, and the pure judgement of what was seen."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from .probe import Probe
from .seen import Seen

# The states of a check. "Not seen" is never counted as holding.
HOLDS, DIFFERS, NOT_SEEN = STATES = ("holds", "differs", "not seen")

# The parts of a run: reading only, or on objects that the probe creates itself.
READ, WRITE = PARTS = ("read", "write")


class Check(NamedTuple):
    """One assumption that a client can see.

    Attributes:
        id: a stable name, the subject first, such as ``list.total``.
        section: the section of the facts about the server that states the assumption.
        title: the assumption, as a sentence.
        expected: what is seen where it holds.
        probe: sends what is needed and returns what was seen; raises ``NotSeenError``.
        since: the first release of PX-Backup that has it, ``None`` for all.
        part: ``read``, or ``write`` for what only objects can show that the probe creates.
    """

    id: str
    section: str
    title: str
    expected: Seen
    probe: Callable[[Probe], Seen]
    since: str | None = None
    part: str = READ


class Result(NamedTuple):
    """What became known of a check; ``seen`` is ``None`` where the behaviour was not seen, and ``why`` says why."""

    check: Check
    status: str
    expected: Seen
    seen: Seen | None
    why: str = ""


def judge(check: Check, seen: Seen, baseline: Seen | None = None) -> Result:
    """Return the result of a behaviour that was seen.

    Args:
        baseline: what an earlier run saw, which is expected then instead of what the check expects.
    """
    expected = check.expected if baseline is None else baseline
    return Result(check, HOLDS if dict(seen) == dict(expected) else DIFFERS, expected, seen)


def leave_open(check: Check, why: str, baseline: Seen | None = None) -> Result:
    """Return the result of a check whose behaviour was not seen."""
    return Result(check, NOT_SEEN, check.expected if baseline is None else baseline, None, why)


def count_states(results: list[Result]) -> dict[str, int]:
    """Return how many checks have each state, by its name in the recording."""
    return {state.replace(" ", "_"): sum(item.status == state for item in results) for state in STATES}


def describe(seen: Seen | None) -> str:
    """Return what was seen or is expected as short text."""
    return ", ".join(f"{name} {_word(value)}" for name, value in (seen or {}).items())


def _word(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
