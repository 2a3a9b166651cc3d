# SPDX-License-Identifier: GPL-3.0-or-later
"""Find phrases, and words inside names, that the project does not use: FILE:LINE: PHRASE ==> BETTER for each.

Usage: words.py [--count] [PATH...]; without a path all files that codespell checks. codespell sees single words; the
phrases of .codespell/phrases.txt, and the words of .codespell/words.txt within longer names, are found
here.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from workspace import ROOT, tracked_files

FOLDER = ROOT / ".codespell"

# What a space of a pattern stands for: white space, also over a line's end with the mark of a comment or a list.
GAP = r"(?:_|[ \t]+|[ \t]*\n[ \t]*(?:[#*>-][ \t]+)?)"

# The edge of a word, also within a name; where a word begins it is enough that no letter stands before it.
START = r"(?<![^\W_])"
EDGE = r"(?:\b|(?<=_)|(?=_))"


class Phrase(NamedTuple):
    """A phrase to find, and what to write instead."""

    pattern: re.Pattern[str]
    better: str


class Finding(NamedTuple):
    """A phrase that was found."""

    name: str
    line: int
    text: str
    better: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line}: {' '.join(self.text.split())} ==> {self.better}"


def read_phrases(text: str) -> list[Phrase]:
    """Return the phrases of a file; a line is PATTERN -> BETTER, empty, or a comment."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pairs = [line.rpartition(" -> ") for line in lines]
    return [Phrase(_compile(pattern), better) for pattern, _arrow, better in pairs]


def _compile(pattern: str) -> re.Pattern[str]:
    r"""Return the expression; `\b` also stands beside the underscore of a name, and a word begins where one begins."""
    start = START if not pattern.startswith(("(?<", "\\")) else ""
    return re.compile(start + pattern.replace(" ", GAP).replace(r"\b", EDGE))


def read_words(text: str) -> list[Phrase]:
    """Return the words of a codespell dictionary, each to be found as a part of a name."""
    pairs = [line.partition("->") for line in text.splitlines() if line.strip()]
    return [
        Phrase(re.compile(rf"(?<=_){word}(?![^\W_])|(?<![^\W_]){word}(?=_)", re.IGNORECASE), better.rstrip(","))
        for word, _arrow, better in pairs
    ]


def find(name: str, text: str, phrases: list[Phrase]) -> Iterator[Finding]:
    """Yield what is found in a text, in the order of the phrases."""
    for pattern, better in phrases:
        for hit in pattern.finditer(text):
            yield Finding(name, text.count("\n", 0, hit.start()) + 1, hit[0], better)


def skipped() -> list[str]:
    """Return the patterns of the files and folders that codespell skips."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = [pattern.removeprefix("./") for pattern in settings["tool"]["codespell"]["skip"].split(",")]
    return [*patterns, *(f"{pattern}/*" for pattern in patterns)]


def files(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield name and text of the files to check."""
    patterns = skipped()
    for name in tracked_files():
        wanted = not paths or any(name == path or name.startswith(f"{path.rstrip('/')}/") for path in paths)
        if not wanted or any(fnmatch(name, pattern) for pattern in patterns):
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def main() -> int:
    """Print the findings, or with --count how many there are in each folder; return 1 when there are any."""
    parser = argparse.ArgumentParser(description="Find phrases that the project does not use.")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders, from the checkout's root")
    parser.add_argument("--count", action="store_true", help="print the number for each folder only")
    arguments = parser.parse_args()
    phrases = read_phrases((FOLDER / "phrases.txt").read_text(encoding="utf-8"))
    phrases += read_words((FOLDER / "words.txt").read_text(encoding="utf-8"))
    findings = [found for name, text in files(arguments.paths) for found in find(name, text, phrases)]
    if arguments.count:
        counts = Counter(str(Path(found.name).parent) for found in findings)
        print("\n".join(f"{count:5} {folder}" for folder, count in sorted(counts.items())))
    else:
        print("\n".join(map(str, sorted(findings))))
    print(f"{len(findings)} phrases to replace", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
