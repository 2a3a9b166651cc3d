# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the integration targets and the tests over the registry against a strict simulator of every release.

Usage: releases.py [RELEASE...]; without one all of them.
"""

from __future__ import annotations

import argparse
import sys
import time

import library
from parts import prepare, run_part
from processes import interrupt_on_term, stop_all
from toolbox import WORKERS, Result, Toolbox, clear_logs, explain, run_timed
from workspace import LOGS, ROOT, StepError, integration_path

TESTS = "test_targets or test_registry"


def run_release(box: Toolbox, release: str) -> Result:
    """Run the tests against one release and print its line."""
    there = Toolbox(box.venv, LOGS / f"release-{release}")
    extra = {"PYTHONPATH": integration_path(), "PX_BACKUP_TEST_RELEASE": release}
    result = run_timed(release, lambda: there.pytest("integration", ROOT, extra, "-n", str(WORKERS), "-k", TESTS))
    counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped"
    print(f"{'ok' if result.ok else 'FAILED':<7} {release:<8} {counts:<36} {result.seconds:6.1f} s", flush=True)
    if not result.ok:
        print("\n".join(f"        | {line}" for line in explain(result).splitlines()), flush=True)
    return result


def main() -> int:
    """Build and install the collection, run each release, sum up; return the exit status."""
    known: tuple[str, ...] = library.load("api.releases").RELEASES
    parser = argparse.ArgumentParser(description="Run the tests against every release.")
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help=f"{', '.join(known)}; all when none is given")
    chosen = parser.parse_args().releases or known
    if unknown := [release for release in chosen if release not in known]:
        parser.error(f"no such release: {', '.join(unknown)}")
    interrupt_on_term()
    started = time.monotonic()
    for release in chosen:
        clear_logs(LOGS / f"release-{release}")
    try:
        box = prepare("dev", ("integration",), sys.executable)
        built = run_part("build", box)
        results = [run_release(box, release) for release in chosen] if built.ok else [built]
    except StepError as error:
        print(f"FAILED  set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        stop_all()
        print("interrupted", file=sys.stderr)
        return 130
    bad = [result.name for result in results if not result.ok]
    print(f"\n{len(results)} releases in {time.monotonic() - started:.0f} s; logs in {LOGS.relative_to(ROOT)}")
    if bad:
        print(f"failed: {', '.join(bad)}")
    print(f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
