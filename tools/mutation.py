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
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import venvs
from workspace import FULL_NAME, ROOT, SIMULATOR, StepError, clean_environment, copy_tree, tree_root

KIND = "mutation"
SOURCES = ROOT / "plugins" / "module_utils" / "pxbackup"
PAGE = ROOT / "docs" / "mutation.md"
REASONS = ROOT / "tools" / "mutation-reasons.json"
# Tests against the simulator that need no other process.
SCENARIOS = "tests/properties/test_scenarios.py"
COLLECTION = f"ansible_collections/{FULL_NAME.replace('.', '/')}"
LIBRARY = f"{COLLECTION}/plugins/module_utils/pxbackup"
CHILDREN = 2

# What tries a sample, and how many seconds of tests each of its changes meets, the quickest first.
SAMPLER = Path(__file__).with_name("mutation_sample.py")
SAMPLE_SECONDS = 25.0

# The wall time of the tests of one change: their usual time and this many seconds, multiplied by the factor.
EXTRA_SECONDS = 4.0
TIME_FACTOR = 5.0

# How pytest ends that noticed nothing, and what mutmut notes where no test comes; the rest ended badly, as it should.
UNNOTICED = (0, 33)

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

INTRODUCTION = """\
# Mutation tests

`make mutation` changes the library bit by bit, runs the unit tests and the recorded scenarios for each change, and
counts the changes that a test notices. A change that makes the tests hang is noticed: the tests of each one have a
limit in wall time. This page is written by `make mutation ARGS=--write` from what was measured. Where fewer changes
were tried than there are, they are a sample of each file, chosen by chance (`--sample 12`), and each met the quickest
tests that run the changed function, up to 25 seconds of them. The score is the share of those tried that were noticed.

| package | files measured | changes | tried | noticed | score |
|---|---|---|---|---|---|
"""

UNNOTICED_HEAD = """
## Changes that no test noticed

| place | change | why |
|---|---|---|
"""


def library_files() -> list[str]:
    """Return the files of the library that contain code, without their ending."""
    found = [path for path in sorted(SOURCES.rglob("*.py")) if path.stat().st_size]
    return [str(path.relative_to(SOURCES).with_suffix("")) for path in found]


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


def package_of(name: str) -> str:
    """Return the package of a file; files beside the packages count as one."""
    return name.partition("/")[0] if "/" in name else "pxbackup"


def full_outcomes(tree: Path, name: str) -> dict[str, int | None]:
    """Return how pytest ended for each change of one file, by its whole name; ``None`` where it did not run."""
    record = tree / "mutants" / LIBRARY / f"{name}.py.meta"
    found = json.loads(record.read_text(encoding="utf-8"))["exit_code_by_key"] if record.is_file() else {}
    return {str(key): code for key, code in found.items()}


def outcomes(tree: Path, name: str) -> dict[str, int | None]:
    """Return how pytest ended for each change of one file; ``None`` where it did not run."""
    return {key.rpartition(".")[2]: code for key, code in full_outcomes(tree, name).items()}


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


def count(tree: Path, name: str) -> Counter[str]:
    """Return how many changes of a file were tried, noticed, and not tried."""
    found = outcomes(tree, name)
    tried = [code for code in found.values() if code is not None]
    noticed = sum(code not in UNNOTICED for code in tried)
    return Counter(tried=len(tried), noticed=noticed, untried=len(found) - len(tried))


def score(total: Counter[str]) -> str:
    """Return the share of the changes that were noticed."""
    return f"{100 * total['noticed'] / total['tried']:.1f} %" if total["tried"] else "-"


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


def page(tree: Path, bin_folder: Path) -> str:
    """Return the page: the score of each package of which something was measured, and what was not noticed."""
    lines, unnoticed = [], []
    names = library_files()
    for package in sorted({package_of(name) for name in names}):
        files = [name for name in names if package_of(name) == package]
        counts = {name: count(tree, name) for name in files}
        measured = [name for name in files if counts[name]["tried"]]
        total = sum((counts[name] for name in measured), Counter[str]())
        if measured:
            which = f"all {len(files)}" if measured == files else f"{len(measured)} of {len(files)}"
            changes = total["tried"] + total["untried"]
            lines.append(
                f"| `{package}` | {which} | {changes} | {total['tried']} | {total['noticed']} | {score(total)} |\n"
            )
        for name in measured:
            unnoticed += unnoticed_lines(tree, bin_folder, name)
    return INTRODUCTION + "".join(lines) + UNNOTICED_HEAD + "".join(unnoticed)


def unnoticed_lines(tree: Path, bin_folder: Path, name: str) -> list[str]:
    """Return a line of the page for each change of a file that no test noticed, with the reason noted for it."""
    noted = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.is_file() else {}
    lines = []
    for key, code in sorted(full_outcomes(tree, name).items()):
        if code in UNNOTICED:
            change = change_of(tree, bin_folder, key)
            reason = noted.get(name, {}).get(change, "not examined")
            function = key.rpartition(".")[2].partition("__mutmut")[0]
            lines.append(f"| `{name}`, `{re.sub('^x_|^xǁ', '', function).replace('ǁ', '.')}` | {change} | {reason} |\n")
    return lines


def change_of(tree: Path, bin_folder: Path, key: str) -> str:
    """Return a change as text: the line before and after."""
    shown = subprocess.run(
        [str(bin_folder / "mutmut"), "show", key], cwd=tree, env=environment(bin_folder), capture_output=True, text=True
    ).stdout
    lines = [line for line in shown.splitlines() if re.match(r"[-+](?![-+]{2})", line)]
    parts = [" ".join(line[1:].split()) for sign in "-+" for line in lines if line[0] == sign]
    return " → ".join(f"`{part.replace('|', chr(92) + '|')}`" for part in parts)


def environment(bin_folder: Path) -> dict[str, str]:
    """Return the environment of mutmut: its tests import the simulator."""
    return clean_environment(bin_folder, proxies=False) | {"PYTHONPATH": str(SIMULATOR)}


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
