# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation tests: change the library bit by bit, run the tests that run in one process, count who noticed.

Usage: mutation.py [--write] [--sample N] [--seed N] [--tests NAME...] [NAME...]

NAME is a package below plugins/module_utils/pxbackup such as `core`, or a file without its ending such as
`core/times`; without one the whole library is tried, which takes hours. `--sample` tries so many changes of each file,
chosen by chance from `--seed`, instead of all. `--write` writes docs/mutation.md from everything that was measured so
far, with the reasons in tools/mutation-reasons.json why a change that no test noticed cannot be noticed. `--tests`
runs some files of tests/unit alone, which is faster and may notice less.

Everything happens in a copy of the tree outside of the checkout. What was noticed before is kept there, so that a
second run tries only what has changed and what no test noticed. Each change has a limit in wall time: a test run that
hangs has noticed it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import venvs
from mutation_records import (
    COLLECTION,
    LIBRARY,
    UNNOTICED,
    count,
    environment,
    full_outcomes,
    library_files,
    outcomes,
    package_of,
    page,
    score,
)
from workspace import ROOT, SIMULATOR, StepError, clean_environment, copy_tree, tree_root

KIND = "mutation"
PAGE = ROOT / "docs" / "mutation.md"
# Tests against the simulator that need no other process.
SCENARIOS = "tests/properties/test_scenarios.py"
CHILDREN = 2

# What tries a sample, and how many seconds of tests each of its changes meets, the quickest first.
SAMPLER = Path(__file__).with_name("mutation_sample.py")
SAMPLE_SECONDS = 12.0

# The wall time of the tests of one change: their usual time and this many seconds, multiplied by the factor.
EXTRA_SECONDS = 4.0
TIME_FACTOR = 5.0


# The rules of the architecture are read off the source, which is another one here. The plugin of the event source
# does not belong to the library.
SETTINGS = """\
[mutmut]
source_paths={collection}/plugins/
only_mutate=
    {files}
also_copy=
    {collection}/
pytest_add_cli_args_test_selection=
    {tests}
pytest_add_cli_args=
    -p
    no:cacheprovider
    --ignore={collection}/tests/unit/test_architecture.py
    --ignore={collection}/tests/unit/test_events_source.py
timeout_constant={seconds}
timeout_multiplier={factor}
"""


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
    """Print the score of each file and package, and the changes that no test noticed."""
    packages: dict[str, Counter[str]] = {}
    for name in names:
        total = count(tree, name)
        packages.setdefault(package_of(name), Counter()).update(total)
        print(f"{name:<24} {total['noticed']:>4} of {total['tried']:>4} noticed")
        unnoticed = sorted(key for key, code in outcomes(tree, name).items() if code in UNNOTICED)
        print("".join(f"    {key}\n" for key in unnoticed), end="")
    for package, total in packages.items():
        print(
            f"{package}: score {score(total)}: {total['noticed']} of {total['tried']} noticed, "
            f"{total['untried']} not tried"
        )


def sample(tree: Path, names: list[str], size: int, seed: int) -> list[str]:
    """Return the changes to try of each file: chosen by chance, the same ones for the same seed."""
    chosen_keys = []
    for name in names:
        keys = sorted(full_outcomes(tree, name))
        chosen_keys += random.Random(f"{seed}:{name}").sample(keys, min(size, len(keys)))
    return chosen_keys


def run_mutmut(tree: Path, bin_folder: Path, keys: list[str]) -> int:
    """Run mutmut for some changes, for all without any; return its exit status."""
    with (tree / "mutation.log").open("ab") as output:
        return subprocess.run(
            [str(bin_folder / "mutmut"), "run", "--max-children", str(CHILDREN), *keys],
            cwd=tree,
            env=environment(bin_folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def configure(tree: Path, names: list[str], tests: list[str]) -> None:
    """Write mutmut's settings: the files to change, and the tests to run."""
    files = "\n    ".join(f"{LIBRARY}/{name}.py" for name in names)
    selected = [f"{COLLECTION}/tests/unit/{name}".rstrip("/") for name in tests]
    if tests == [""]:
        selected.append(f"{COLLECTION}/{SCENARIOS}")
    settings = SETTINGS.format(
        collection=COLLECTION,
        files=files,
        tests="\n    ".join(selected),
        seconds=EXTRA_SECONDS,
        factor=TIME_FACTOR,
    )
    (tree / "setup.cfg").write_text(settings, encoding="utf-8")


def try_changes(tree: Path, bin_folder: Path, names: list[str], size: int, seed: int) -> int:
    """Try the changes of some files, or a sample of them; return mutmut's exit status."""
    forget_unnoticed(tree, names)
    (tree / "mutation.log").unlink(missing_ok=True)
    if not size:
        return run_mutmut(tree, bin_folder, [])
    # The changes are known after a first run, of some of them.
    run_mutmut(tree, bin_folder, [f"*{names[0].replace('/', '.')}.*__mutmut_1"])
    return run_sample(tree, bin_folder, sample(tree, names, size, seed))


def run_sample(tree: Path, bin_folder: Path, keys: list[str]) -> int:
    """Try these changes one after the other; return the exit status."""
    paths = os.pathsep.join((str(tree / "mutants"), str(SIMULATOR)))
    with (tree / "mutation.log").open("ab") as output:
        return subprocess.run(
            [str(bin_folder / "python"), str(SAMPLER), str(SAMPLE_SECONDS)],
            cwd=tree / "mutants",
            env=clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            input="\n".join(keys).encode(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def main() -> int:
    """Set up, run, print the score, and write the page where that is asked for."""
    parser = argparse.ArgumentParser(description="Mutation tests of the library.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a package or a file; the whole library without one")
    parser.add_argument("--write", action="store_true", help="write docs/mutation.md")
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="so many changes of each file; all by default"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which changes a sample has")
    parser.add_argument("--tests", nargs="+", default=[""], metavar="NAME", help="files of tests/unit; all by default")
    arguments = parser.parse_args()
    try:
        names = chosen(arguments.names)
        bin_folder = venvs.ensure("mutation")
        copy_tree(KIND)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    tree = tree_root(KIND)
    configure(tree, names, arguments.tests)
    status = try_changes(tree, bin_folder, names, arguments.sample, arguments.seed)
    report(tree, names)
    if arguments.write:
        PAGE.write_text(page(tree, bin_folder), encoding="utf-8")
        print(PAGE.relative_to(ROOT))
    print(f"log: {tree / 'mutation.log'}; see a change with `mutmut show NAME` in {tree}")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
