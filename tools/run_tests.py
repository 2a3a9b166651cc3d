# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's tests: one line for each part, the end of the log of a failed one, and the sum.

Usage: run_tests.py [PART...] [--jobs N]; without a part all of them run. `lint` stands for all linters, `check` for
what is tried after every few lines.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from parts import CHECK, LINT, NEED_BUILD, ON_REQUEST, PARTS, prepare, run_part
from processes import interrupt_on_term, stop_all
from toolbox import CORES, Result, Toolbox, clear_logs, explain
from workspace import LOGS, ROOT, StepError

# Words that stand for several parts.
GROUPS = {"lint": LINT, "check": CHECK}

# Started in this order, the others after them: the longest part keeps one job busy while the others run the rest.
FIRST = ("build", "integration", "as-modules", "sanity", "simulator", "eda", "properties", "unit", "site", "users")


def report(result: Result) -> None:
    """Print the line of a part, and what a failed one said last."""
    skipped = f", {result.skipped} skipped" if result.skipped else ""
    counts = f"{result.passed} passed, {result.failed} failed{skipped}"
    print(f"{'ok' if result.ok else 'FAILED':<7} {result.name:<16} {counts:<36} {result.seconds:6.1f} s", flush=True)
    for note in result.notes:
        print(f"        - {note}")
    if not result.ok:
        where = f" ({result.log.relative_to(ROOT)})" if result.log else ""
        print(f"        the end of its output{where}:")
        print("\n".join(f"        | {line}" for line in explain(result).splitlines()), flush=True)


def run_all(names: Sequence[str], box: Toolbox, jobs: int) -> list[Result]:
    """Run the parts: the build first, then the others side by side."""
    results = []

    def done(result: Result) -> None:
        results.append(result)
        report(result)

    if "build" in names:
        done(run_part("build", box))
    others = [name for name in names if name != "build"]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            for future in as_completed([pool.submit(run_part, name, box) for name in others]):
                done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_all()
            raise
    return results


def chosen(words: Sequence[str]) -> list[str]:
    """Return the parts that the words stand for in the order of their start, the build among them if one needs it."""
    usual = [name for name in PARTS if name not in ON_REQUEST]
    wanted = {part for word in words or usual for part in GROUPS.get(word, (word,))}
    unknown = sorted(wanted - PARTS.keys())
    if unknown:
        raise SystemExit(f"unknown part: {', '.join(unknown)}; available: {', '.join([*GROUPS, *PARTS])}")
    if any(name in NEED_BUILD for name in wanted):
        wanted.add("build")
    return sorted(wanted, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))


def close(results: Sequence[Result], seconds: float) -> int:
    """Print the closing lines and return the exit status."""
    bad = [result.name for result in results if not result.ok]
    print(f"\n{len(results)} parts in {seconds:.0f} s; logs in {LOGS.relative_to(ROOT)}")
    if bad:
        print(f"failed parts: {', '.join(bad)}")
    print(f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")
    return 1 if bad or not results else 0


def main() -> int:
    """Read the command line, run the parts, sum up."""
    parser = argparse.ArgumentParser(description="Run the project's tests.")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join([*GROUPS, *PARTS])}; all when none is given"
    )
    parser.add_argument("--jobs", type=int, default=CORES + 1, help=f"parts at once ({CORES + 1})")
    arguments = parser.parse_args()
    interrupt_on_term()
    names, started = chosen(arguments.parts), time.monotonic()
    if not arguments.parts:
        print(f"not run: {', '.join(ON_REQUEST)} (on request: run_tests.py PART)", flush=True)
    clear_logs()
    try:
        box = prepare("dev", names, sys.executable)
        print(f"environment ready after {time.monotonic() - started:.0f} s", flush=True)
        results = run_all(names, box, arguments.jobs)
    except StepError as error:
        print(f"FAILED  set-up: {error}")
        results = [Result("set-up", failed=1)]
    except KeyboardInterrupt:
        stop_all()
        print("interrupted", file=sys.stderr)
        return 130
    return close(results, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
