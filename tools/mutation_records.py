# SPDX-License-Identifier: GPL-3.0-or-later
"""Which changes mutation tests try, what they have found out, scores, and docs/mutation.md."""

from __future__ import annotations

import ast
import json
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from mutation_changes import Change, changes
from workspace import ROOT

SOURCES = ROOT / "plugins" / "module_utils" / "pxbackup"
REASONS = ROOT / "tools" / "mutation-reasons.json"
NOTICED = ("fails", "hangs")
# Where a changed function cannot take the place of the one that runs.
IMPOSSIBLE = "impossible"
INTRODUCTION = """\
# Mutation tests

`make mutation` changes one thing in a function of the library, runs the unit tests, the property tests and the recorded
scenarios that run the changed statement, and counts the changes that a test notices; then it takes the next one. A
change that no test notices is one that a user may notice first, or code that nobody needs.

What is changed: numbers, texts, `True` and `False`, comparisons, `and` and `or`, `not`, arithmetic, conditions, both
branches of `a if b else c`, assigned and returned values, arguments (`None` in their place, or omitted), calls whose
result nobody uses, filters of comprehensions, `break` and `continue`, methods such as `startswith` with a counterpart.
Constants of modules, default values and decorators stay as they are.

How it is judged: every change meets the tests that run its statement, the quickest first, until one fails or those of
so many seconds have passed (`--most`); what slower ones would notice counts as unnoticed. The test that fails must
pass without the change, in a process like that, and one of more than 0.15 seconds must fail twice: many of those
measure time. A test that needs 10 times its usual processor time and 5 seconds more, or 20 times its usual time and
30 seconds more, hangs, and has noticed the change.

"""
HEAD = """
| package | files | changes | tried | noticed | explained | score |
|---|---|---|---|---|---|---|
"""
UNNOTICED_HEAD = """
## Changes that no test noticed

| place | change | why |
|---|---|---|
"""

Outcomes = dict[str, dict[str, list[str]]]


class Sample(NamedTuple):
    """Which changes of each file: the first ``size`` in an order that ``seed`` decides; all without a size."""

    size: int
    seed: int

    def of(self, name: str) -> list[Change]:
        """Return the changes to try of a file."""
        found = changes(ast.parse((SOURCES / name).read_text(encoding="utf-8")))
        random.Random(f"{self.seed}:{name}").shuffle(found)
        return found[: self.size or None]

    def note(self, most: float) -> str:
        """Return in words what was tried.

        Args:
            most: the seconds of tests for each change.
        """
        chosen = f"--sample {self.size} --seed {self.seed} " if self.size else ""
        which = f"Up to {self.size} changes of each file, chosen by chance," if self.size else "All changes"
        return (
            f'{which} were tried with {most:g} seconds of tests each: `make mutation ARGS="{chosen}--most {most:g} '
            '--write"`. The score is the share of those that can be noticed; the explained ones cannot.\n'
        )


def library_files() -> list[str]:
    """Return the files of the library that contain code."""
    return [str(path.relative_to(SOURCES)) for path in sorted(SOURCES.rglob("*.py")) if path.stat().st_size]


def package_of(name: str) -> str:
    """Return the package of a file; files beside the packages count as one."""
    return name.partition("/")[0] if "/" in name else "pxbackup"


class Findings:
    """The outcomes of the changes of a sample."""

    def __init__(self, outcomes: Outcomes, sample: Sample) -> None:
        self._outcomes, self._sample = outcomes, sample
        noted: dict[str, dict[str, str]] = {}
        if REASONS.is_file():
            noted = json.loads(REASONS.read_text(encoding="utf-8"))
        self._noted = noted

    def tried(self, name: str) -> list[tuple[Change, str]]:
        """Return the changes of a file that were tried, with what noticed them."""
        known = self._outcomes.get(name, {})
        found = [(change, known[change.key][0]) for change in self._sample.of(name) if change.key in known]
        return [(change, outcome) for change, outcome in found if outcome != IMPOSSIBLE]

    def unnoticed(self, name: str) -> list[tuple[Change, str]]:
        """Return the changes of a file that no test noticed, with the reason noted for each."""
        noted = self._noted.get(name, {})
        left = [change for change, outcome in self.tried(name) if not outcome.startswith(NOTICED)]
        return [(change, noted.get(change.text, "")) for change in left]

    def count(self, name: str) -> Counter[str]:
        """Return how many changes of a file there are, were tried, noticed and explained."""
        tried, unnoticed = self.tried(name), self.unnoticed(name)
        return Counter(
            files=int(bool(tried)),
            changes=len(Sample(0, 0).of(name)),
            tried=len(tried),
            noticed=len(tried) - len(unnoticed),
            explained=sum(bool(reason) for _change, reason in unnoticed),
        )


def score(total: Counter[str]) -> str:
    """Return the share of the changes that were noticed, of those that can be noticed."""
    possible = total["tried"] - total["explained"]
    return f"{100 * total['noticed'] / possible:.1f} %" if possible else "-"


def page(findings: Findings, note: str) -> str:
    """Return the page: the score of each package of which something was tried, and what no test noticed.

    Args:
        note: says what was tried.
    """
    lines, unnoticed = [], []
    names = library_files()
    for package in sorted({package_of(name) for name in names}):
        files = [name for name in names if package_of(name) == package]
        total = sum((findings.count(name) for name in files), Counter[str]())
        if total["tried"]:
            numbers = " | ".join(str(total[key]) for key in ("files", "changes", "tried", "noticed", "explained"))
            lines.append(f"| `{package}` | {numbers} | {score(total)} |\n")
        for name in files:
            unnoticed += [line_of(name, change, reason) for change, reason in findings.unnoticed(name)]
    return INTRODUCTION + note + HEAD + "".join(lines) + UNNOTICED_HEAD + "".join(unnoticed)


def line_of(name: str, change: Change, reason: str) -> str:
    """Return the line of the page for a change that no test noticed."""
    before, after = (f"`` {text.replace('|', chr(92) + '|')} ``" for text in change.texts)
    place = f"`{Path(name).with_suffix('')}`, `{change.function}`"
    return f"| {place} | {before} → {after} | {reason or 'not examined'} |\n"
