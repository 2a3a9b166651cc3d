# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the library under mutation tests, and the functions in this process that are made of them."""

from __future__ import annotations

import ast
import gc
import importlib
from collections.abc import Iterable
from types import CodeType, FunctionType

from mutation_changes import Change, changes
from mutation_tests import LIBRARY

PACKAGE = "ansible_collections.pxops.px_backup"

# The functions of the library in this process by their code.
Functions = dict[CodeType, list[FunctionType]]


class Source:
    """A file of the library: its changes, and the functions in this process that are made of it."""

    def __init__(self, name: str, functions: Functions) -> None:
        self.name = name
        path = LIBRARY / name
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self.changes = {change.key: change for change in changes(self._tree)}
        self._path = str(path.resolve())
        self._functions = functions
        self._code = self._compile()

    def _compile(self) -> CodeType:
        ast.fix_missing_locations(self._tree)
        code: CodeType = compile(self._tree, self._path, "exec", dont_inherit=True)
        return code

    def replaced(self, change: Change) -> list[tuple[FunctionType, CodeType]]:
        """Return the functions that a change concerns, and what is to run in their place.

        Raises:
            ValueError: it cannot take their place.
        """
        with change.applied():
            pairs = list(differing(self._code, self._compile()))
        found = [(function, after) for before, after in pairs for function in self._functions.get(before, ())]
        if any(function.__code__.co_freevars != after.co_freevars for function, after in found):
            raise ValueError(change.key)
        return found

    def text_with(self, change: Change) -> str:
        """Return the text of the file with a change."""
        with change.applied():
            return ast.unparse(self._tree)


def differing(before: CodeType, after: CodeType) -> Iterable[tuple[CodeType, CodeType]]:
    """Yield the pairs of code that differ, from the outside to the inside."""
    if before != after:
        yield before, after
        inner = [[part for part in code.co_consts if isinstance(part, CodeType)] for code in (before, after)]
        if len(inner[0]) == len(inner[1]):
            for one, two in zip(*inner, strict=True):
                yield from differing(one, two)


def import_library() -> None:
    """Import every module of the library: some are imported by a first call."""
    for path in LIBRARY.rglob("*.py"):
        importlib.import_module(".".join((PACKAGE, *path.with_suffix("").parts)))


def live_functions() -> Functions:
    """Return the functions of the library in this process by their code."""
    found: Functions = {}
    folder = f"{LIBRARY.resolve()}/"
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename.startswith(folder):
            found.setdefault(function.__code__, []).append(function)
    return found
