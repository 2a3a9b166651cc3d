# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation tests: change the library bit by bit, run the tests in separate processes, count what is noticed.

Usage: mutation.py [--write] [--sample N] [--seed N] [--seconds N] [--most N] [NAME...]

NAME is a package below plugins/module_utils/pxbackup such as `core`, or a file such as `core/times.py`; without one
the whole library is tried, which takes hours. `--sample` tries so many changes of each file, chosen by chance from
`--seed`, instead of all. `--seconds` begins no further change after so long; the next run goes on. `--most` gives
each change so many seconds of tests; a run with more of them tries again what no test noticed. `--write` writes
docs/mutation.md from what was found out about the sample, now and before, in the whole library, with the reasons in
tools/mutation-reasons.json why a change that no test noticed cannot be noticed.

Everything happens in a copy of the tree outside of the checkout. What was noticed is kept there as long as the function
stays the same; what no test noticed is tried again when a test has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import venvs
from mutation_records import Findings, Sample, library_files, package_of, page, score
from workspace import ROOT, SIMULATOR, StepError, clean_environment, copy_tree, tree_root

KIND = "mutation"
PAGE = ROOT / "docs" / "mutation.md"
TRIAL = Path(__file__).with_name("mutation_trial.py")
# A change that so many seconds of tests do not notice, the quickest first, counts as unnoticed.
MOST = 20.0
# How the trial ends when the time was too short.
TOO_SHORT = 3


def chosen(words: list[str]) -> list[str]:
    """Return the files that the words name; all of them without a word.

    Raises:
        StepError: a word names no package and no file.
    """
    names = library_files()
    unknown = [word for word in words if not any(_is_in(name, word) for name in names)]
    if unknown:
        raise StepError(f"not a package and not a file of the library: {', '.join(unknown)}")
    return [name for name in names if not words or any(_is_in(name, word) for word in words)]


def _is_in(name: str, word: str) -> bool:
    return name == word or name.startswith(f"{word}/")


def try_changes(names: list[str], sample: Sample, seconds: float, most: float) -> int:
    """Try a sample of the changes of some files in the copied tree; return the exit status."""
    bin_folder = venvs.ensure(KIND)
    collection, folder = copy_tree(KIND), tree_root(KIND)
    wanted = {name: [change.key for change in sample.of(name)] for name in names}
    (folder / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
    paths = os.pathsep.join((str(folder), str(SIMULATOR)))
    return subprocess.run(
        [str(bin_folder / "python"), str(TRIAL), str(folder), str(seconds), str(most)],
        cwd=collection,
        env=clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def report(findings: Findings, names: list[str]) -> None:
    """Print the score of each file and package, and the changes that no test noticed and nobody has explained."""
    packages: dict[str, Counter[str]] = {}
    for name in names:
        total = findings.count(name)
        packages.setdefault(package_of(name), Counter()).update(total)
        print(f"{name:<28} {total['noticed']:>4} of {total['tried']:>4} noticed")
        for change, reason in findings.unnoticed(name):
            print("" if reason else f"    {change.text}\n", end="")
    for package, total in packages.items():
        print(f"{package}: {score(total)}: {total['noticed']} of {total['tried']}, {total['explained']} explained")


def main() -> int:
    """Set up, run, print the score, and write the page where that is asked for."""
    parser = argparse.ArgumentParser(description="Mutation tests of the library.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a package or a file; the whole library without one")
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="so many changes of each file; all by default"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which changes a sample has")
    parser.add_argument("--seconds", type=float, default=1e9, metavar="N", help="begin no change after so long")
    parser.add_argument("--most", type=float, default=MOST, metavar="N", help="seconds of tests for each change")
    arguments = parser.parse_args()
    sample = Sample(arguments.sample, arguments.seed)
    try:
        names = chosen(arguments.names)
        status = try_changes(names, sample, arguments.seconds, arguments.most)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    if status == TOO_SHORT:
        print(f"not done in {arguments.seconds:.0f} seconds: run it again to go on")
        return TOO_SHORT
    known = tree_root(KIND) / "outcomes.json"
    findings = Findings(json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}, sample)
    report(findings, names)
    if arguments.write:
        PAGE.write_text(page(findings, sample.note(arguments.most)), encoding="utf-8")
        print(PAGE.relative_to(ROOT))
    return status


if __name__ == "__main__":
    sys.exit(main())
