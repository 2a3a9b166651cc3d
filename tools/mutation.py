# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation tests: change the library's innermost files bit by bit, run the unit tests, count who noticed.

Usage: mutation.py [NAME...]   (names in plugins/module_utils/pxbackup without their ending; the default is below)

Everything happens in a copy of the tree outside of the checkout. What was noticed before is kept there, so that a
second run tries only what has changed and what no test noticed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import venvs
from workspace import FULL_NAME, StepError, clean_environment, copy_tree, tree_root

KIND = "mutation"
DEFAULT = (
    "errors",
    "core/options",
    "core/settings",
    "core/writes",
    "client/transport",
    "client/error_responses",
    "client/responses",
    "client/network",
    "client/tls",
    "client/connection",
)
COLLECTION = f"ansible_collections/{FULL_NAME.replace('.', '/')}"
LIBRARY = f"{COLLECTION}/plugins/module_utils/pxbackup"
CHILDREN = 2

# How pytest ends that noticed nothing, and what mutmut notes where no test comes; the rest ended badly, as it should.
UNNOTICED = (0, 33)

# The rules of the architecture are read off the source, which is another one here.
SETTINGS = """\
[mutmut]
source_paths={collection}/plugins/
only_mutate=
    {files}
also_copy=
    {collection}/
pytest_add_cli_args_test_selection=
    {collection}/tests/unit
pytest_add_cli_args=
    -p
    no:cacheprovider
    --ignore={collection}/tests/unit/test_architecture.py
"""


def outcomes(tree: Path, name: str) -> dict[str, int | None]:
    """Return how pytest ended for each change of one file; ``None`` where it did not run."""
    record = tree / "mutants" / LIBRARY / f"{name}.py.meta"
    found = json.loads(record.read_text(encoding="utf-8"))["exit_code_by_key"] if record.is_file() else {}
    return {str(key).rpartition(".")[2]: code for key, code in found.items()}


def forget_unnoticed(tree: Path, names: list[str]) -> None:
    """Let the next run try surviving mutants again: mutmut does not notice changed tests."""
    (tree / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for name in names:
        record = tree / "mutants" / LIBRARY / f"{name}.py.meta"
        if record.is_file():
            kept = json.loads(record.read_text(encoding="utf-8"))
            codes = kept["exit_code_by_key"]
            kept["exit_code_by_key"] = {key: None if code in UNNOTICED else code for key, code in codes.items()}
            record.write_text(json.dumps(kept), encoding="utf-8")


def report(tree: Path, names: list[str]) -> None:
    """Print the score of each file and of all, and the changes that no test noticed."""
    total: Counter[str] = Counter()
    for name in names:
        found = outcomes(tree, name)
        unnoticed = sorted(key for key, code in found.items() if code in UNNOTICED)
        tried = [code for code in found.values() if code is not None]
        total.update(tried=len(tried), noticed=len(tried) - len(unnoticed), untried=len(found) - len(tried))
        print(f"{name:<12} {len(tried) - len(unnoticed):>4} of {len(tried):>4} noticed")
        print("".join(f"    {key}\n" for key in unnoticed), end="")
    share = 100 * total["noticed"] / max(total["tried"], 1)
    print(f"score {share:.1f} %: {total['noticed']} of {total['tried']} noticed, {total['untried']} not tried")


def main() -> int:
    """Set up, run, and print the score."""
    names = sys.argv[1:] or list(DEFAULT)
    try:
        bin_folder = venvs.ensure("mutation")
        copy_tree(KIND)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    tree = tree_root(KIND)
    files = "\n    ".join(f"{LIBRARY}/{name}.py" for name in names)
    (tree / "setup.cfg").write_text(SETTINGS.format(collection=COLLECTION, files=files), encoding="utf-8")
    forget_unnoticed(tree, names)
    log = tree / "mutation.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [str(bin_folder / "mutmut"), "run", "--max-children", str(CHILDREN)],
            cwd=tree,
            env=clean_environment(bin_folder, proxies=False),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    report(tree, names)
    print(f"log: {log}; see a change with `mutmut show NAME` in {tree}")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
