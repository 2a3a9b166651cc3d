# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict in one line: is everything protected, and when does a report fail a task."""

from __future__ import annotations

from typing import Any

from ..text import count_of

# When a task fails: never, when a namespace is unprotected, when one has no backup within its target, or when
# anything is not proven to be compliant.
FAIL_ON = ("never", "unprotected", "exceeded", "any")

GOOD, BAD, UNKNOWN = "good", "bad", "unknown"


def decide_verdict(report: dict[str, Any]) -> dict[str, str]:
    """Return ``level`` (good, bad, unknown) and ``text``, one sentence.

    Good is said only when every namespace of a given list was judged and is compliant, and nothing critical was found.
    """
    summary = report["summary"]
    judged = summary["namespaces"] - summary["exempt"]
    missing = summary["unprotected"] + summary["exceeded"] + summary["pending"]
    if missing:
        have = "has" if missing == 1 else "have"
        return _level(BAD, f"{missing} of {count_of(judged, 'namespace')} {have} no good backup within the target.")
    critical = sum(finding["severity"] == "critical" for finding in report["findings"])
    if critical:
        return _level(BAD, f"Backups are within their targets, with {count_of(critical, 'critical finding')}.")
    if not judged:
        return _level(UNKNOWN, "No namespace was judged.")
    if summary["no_target"]:
        have = "has" if summary["no_target"] == 1 else "have"
        return _level(UNKNOWN, f"{summary['no_target']} of {count_of(judged, 'namespace')} {have} no target.")
    if summary["compliance"] is None:
        words = f"Within target: {count_of(judged, 'namespace')} seen in backups and schedules."
        return _level(UNKNOWN, f"{words} Coverage is unknown, no list of namespaces was given.")
    return _level(GOOD, f"Every namespace of the list ({judged}) has a good backup within its target.")


def is_failure(report: dict[str, Any], fail_on: str) -> bool:
    """Whether a report fails the task.

    Args:
        fail_on: one of :data:`FAIL_ON`.
    """
    summary = report["summary"]
    if fail_on == "never":
        return False
    if summary["unprotected"]:
        return True
    if fail_on == "unprotected":
        return False
    if summary["exceeded"]:
        return True
    unproven = summary["pending"] or summary["no_target"] or not report["complete"]
    critical = any(finding["severity"] == "critical" for finding in report["findings"])
    return fail_on == "any" and bool(unproven or critical)


def _level(level: str, text: str) -> dict[str, str]:
    return {"level": level, "text": text}
