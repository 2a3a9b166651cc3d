# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the library and the modules, and write docs/benchmarks.md.

Usage: run.py [--small] [PART ...]. The parts that are not named stay on the page as they were measured last. With
--small everything is done quickly with few backups, to try it out; the page is then written below .cache. The part
`peers` also measures the collection whose folder the variable PEER names.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import batch  # noqa: E402
import lists  # noqa: E402
import loops  # noqa: E402
import peers  # noqa: E402
import reads  # noqa: E402
import start  # noqa: E402
from page import Part, keep, measured, write_page  # noqa: E402
from parts import prepare, run_part  # noqa: E402
from processes import interrupt_on_term  # noqa: E402
from workspace import WORK, StepError  # noqa: E402

PARTS = {
    "lists": Part("Long lists", lists.measure, lists.section),
    "reads": Part("Long lists, near and far", reads.measure, reads.section),
    "loops": Part("Loops", loops.measure, loops.section),
    "batch": Part("Many backups in one task", batch.measure, batch.section),
    "start": Part("The start of a module", start.measure, start.section),
    "peers": Part("The same work by other means", peers.measure, peers.section),
}


def bench(names: list[str], small: bool) -> Path:
    """Build and install the collection, measure the parts, write the page and return its path."""
    page, results = ROOT / "docs" / "benchmarks.md", ROOT / "bench" / "results"
    if small:
        page, results = WORK / "bench" / "benchmarks.md", WORK / "bench"
        shutil.rmtree(results, ignore_errors=True)
    box = prepare("dev", ["integration"], sys.executable)
    if not run_part("build", box).ok:
        raise StepError("the collection could not be built: make build")
    for name in names:
        keep(results, name, measured(PARTS[name], box, small))
        write_page(page, results, PARTS)
    return page


def main() -> int:
    """Measure the requested parts."""
    parser = argparse.ArgumentParser(description="Measure the library and the modules.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them without one")
    parser.add_argument("--small", action="store_true", help="try it out with few backups")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    interrupt_on_term()
    try:
        page = bench(arguments.parts or list(PARTS), arguments.small)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    print(f"written: {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
