# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the code blocks of a page, and makes of them what a reader would run from the first line to the last."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import yaml

# A block may belong to an entry of a list, and is indented then.
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# "Save this as `backup.yml`:" before a block.
SAVED = re.compile(r"\b[Ss]ave [^.:]*?`([\w./-]+)`[^`]*:\s*\Z")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page.

    Attributes:
        page: the page, relative to the checkout.
        line: the line of its first line.
        language: the word after the fence; may be empty.
        text: its content.
        file: the name under which the page tells to save it; empty for none.
    """

    page: str
    line: int
    language: str
    text: str
    file: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


class Command(NamedTuple):
    """A command of a console block, and the lines that the page shows as its output."""

    text: str
    output: tuple[str, ...]


def read_blocks(root: Path, page: str) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    text = (root / page).read_text(encoding="utf-8")
    return [
        Block(
            page, text.count("\n", 0, found.start(3)) + 1, found[2], dedent(found[3]), _file_of(text[: found.start()])
        )
        for found in BLOCK.finditer(text)
    ]


def _file_of(before: str) -> str:
    """Return the file name that the paragraph before a block gives it."""
    found = SAVED.search(COMMENT.sub("", before).rstrip().rpartition("\n\n")[2])
    return found[1] if found else ""


def read_commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block: a line with a dollar, and those that continue it."""
    lines = block.text.splitlines()
    while lines:
        line = lines.pop(0)
        assert line.startswith("$ "), f"{block}: a console block begins with a command: {line}"
        text = line[2:]
        while text.endswith("\\") and lines:
            text += "\n" + lines.pop(0)
        output = []
        while lines and not lines[0].startswith("$ "):
            output.append(lines.pop(0))
        yield Command(text, tuple(output))


def plays_of(block: Block) -> list[dict[str, Any]]:
    """Return a YAML block as plays: those that it holds, or one with its tasks."""
    content = yaml.safe_load(block.text)
    assert isinstance(content, list) and all(isinstance(item, dict) for item in content), f"{block}: no list"
    if "hosts" in content[0] or "ansible.builtin.import_playbook" in content[0]:
        return content
    return [{"name": f"Tasks of {block}", "hosts": "localhost", "gather_facts": False, "tasks": content}]


def write_script(page: str, blocks: list[Block], skipped: dict[str, str], used: set[str]) -> tuple[str, list[str]]:
    """Return a shell script of the commands of a page, and the output that the page promises.

    Args:
        page: only for the heading.
        blocks: the blocks that are run, in their order.
        skipped: patterns of commands that cannot run in a test.
        used: gets the patterns that matched.
    """
    lines, promised = ["set -e", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", f"# {page}"], []
    for block in blocks:
        if block.language == "python":
            lines.append(f"python {shlex.quote(block.file or f'block-{block.line}.py')}")
        if block.language != "console":
            continue
        for command in read_commands(block):
            hits = [pattern for pattern in skipped if re.search(pattern, command.text)]
            used.update(hits)
            if not hits:
                lines += [f"echo '+ {block}'", command.text]
                promised += command.output
    return "\n".join(lines) + "\n", promised


def shows(output: str, promised: str) -> bool:
    """Tell whether an output has a line as the page shows it, where `...` stands for anything."""
    pattern = ".*".join(re.escape(part) for part in promised.strip().split("..."))
    return re.search(rf"^\s*{pattern}\s*$", output, re.MULTILINE) is not None
