# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes that mutation tests try: what can be changed in the functions of a file, one thing at a time.

Constants at the level of a module or a class, default values, decorators and annotations stay as they are: they have
their effect when a file is imported, and the tests of a change run after that.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from mutation_edits import edits

# How much of a statement is shown around what changes.
CONTEXT = 40

_Functions = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Change:
    """One change of a file.

    Attributes:
        function: the qualified name of the function around it.
        statement: what is changed in; shown without its body.
        node, field, value: what gets another value.
        key: identifies the change as long as the function stays the same.
    """

    function: str
    statement: ast.AST
    node: ast.AST
    field: str
    value: Any
    key: str

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Make the change in the tree, for a while."""
        kept = getattr(self.node, self.field)
        setattr(self.node, self.field, self.value)
        yield
        setattr(self.node, self.field, kept)

    @property
    def texts(self) -> tuple[str, str]:
        """The part of the statement that changes, before and after."""
        before = _opening(self.statement)
        with self.applied():
            after = _opening(self.statement)
        return _differing(before, after)

    @property
    def text(self) -> str:
        """The change as one text."""
        return f"{self.function}: {' → '.join(self.texts)}"

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line of the statement; of what is before its body, if it has one."""
        statement: Any = self.statement
        body = getattr(statement, "body", None)
        if isinstance(body, list):
            return statement.lineno, max(statement.lineno, body[0].lineno - 1)
        return statement.lineno, statement.end_lineno


class _Place(NamedTuple):
    function: str
    mark: str
    statement: ast.AST


def changes(tree: ast.Module) -> list[Change]:
    """Return the changes of a file from its beginning to its end."""
    numbers: dict[str, Iterator[int]] = {}
    found = []
    for place, node in _changeable(tree, "", None):
        for field, value in edits(node):
            number = next(numbers.setdefault(place.mark, itertools.count()))
            found.append(Change(place.function, place.statement, node, field, value, f"{place.mark}-{number}"))
    return found


def _changeable(node: ast.AST, name: str, place: _Place | None) -> Iterator[tuple[_Place, ast.AST]]:
    """Yield the nodes inside of functions, with their place."""
    if isinstance(node, ast.ClassDef):
        name = f"{name}{node.name}."
    if isinstance(node, (*_Functions, ast.Lambda)) and place is None:
        function = f"{name}{'<lambda>' if isinstance(node, ast.Lambda) else node.name}"
        mark = hashlib.sha256(f"{function} {ast.dump(node)}".encode()).hexdigest()[:16]
        place = _Place(function, mark, node)
    if isinstance(node, ast.stmt) and place is not None:
        place = place._replace(statement=node)
    if place is not None:
        yield place, node
    for child in _children(node):
        yield from _changeable(child, name, place)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one that have an effect when the function runs."""
    if isinstance(node, _Functions):
        yield from node.body[1:] if ast.get_docstring(node) is not None else node.body
    elif isinstance(node, ast.Lambda):
        yield node.body
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast":
        yield from node.args[1:]
    else:
        for field, value in ast.iter_fields(node):
            if field not in ("annotation", "returns", "decorator_list"):
                yield from (item for item in (value if isinstance(value, list) else [value]) if _is_node(item))


def _is_node(value: Any) -> bool:
    return isinstance(value, ast.AST)


def _opening(statement: ast.AST) -> str:
    """Return a statement in one line; without its body, unless a jump in it is what can change."""
    body: Any = getattr(statement, "body", None)
    jumps = [part for part in body if isinstance(part, (ast.Break, ast.Continue))] if isinstance(body, list) else []
    text = ast.unparse(statement)
    if isinstance(body, list):
        text = text.partition(":\n")[0] + ": " + "; ".join(ast.unparse(jump) for jump in jumps)
    return " ".join(text.split())


def _differing(before: str, after: str) -> tuple[str, str]:
    """Return what differs of two texts, with some of what is around it."""
    start = len(os.path.commonprefix([before, after]))
    same = len(os.path.commonprefix([before[start:][::-1], after[start:][::-1]]))
    return _part(before, start, len(before) - same), _part(after, start, len(after) - same)


def _part(text: str, start: int, end: int) -> str:
    """Return a part of a text with a little of what is around it; of a long part its ends."""
    first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    part = (
        text[start:end]
        if end - start <= 2 * CONTEXT
        else f"{text[start : start + CONTEXT]}…{text[end - CONTEXT : end]}"
    )
    return f"{'…' if first else ''}{text[first:start]}{part}{text[end:last]}{'…' if last < len(text) else ''}"
