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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

# How much of a statement is shown around what changes.
CONTEXT = 40

_SWAPPED_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Div,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.USub: ast.UAdd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_SWAPPED_METHODS = {
    "lower": "upper",
    "upper": "lower",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "find": "rfind",
    "rfind": "find",
    "partition": "rpartition",
    "rpartition": "partition",
    "split": "rsplit",
    "rsplit": "split",
    "startswith": "endswith",
    "endswith": "startswith",
}
_SPLITS = ("split", "rsplit")
_Functions = (ast.FunctionDef, ast.AsyncFunctionDef)

# A field of a node and the value that it gets.
Edit = tuple[str, Any]


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
        for field, value in _edits(node):
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


def _edits(node: ast.AST) -> Iterator[Edit]:
    """Yield what can be changed in the fields of a node."""
    special = _SPECIAL.get(type(node))
    if special is not None:
        yield from special(node)
    operator = getattr(node, "op", None)
    swapped = _SWAPPED_OPERATORS.get(type(operator)) if isinstance(operator, ast.AST) else None
    if swapped is not None:
        yield "op", swapped()
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield from ((field, changed) for changed in _swapped_jumps(block))


def _swapped_jumps(block: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    for index, statement in enumerate(block):
        if isinstance(statement, (ast.Break, ast.Continue)):
            other = ast.Continue() if isinstance(statement, ast.Break) else ast.Break()
            yield [*block[:index], ast.copy_location(other, statement), *block[index + 1 :]]


def _none(place: ast.AST) -> ast.Constant:
    return ast.copy_location(ast.Constant(None), place)


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _not(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), node), node)


def _edit_constant(node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield "value", not value
    elif isinstance(value, (int, float)):
        yield "value", value + 1
    elif isinstance(value, str):
        yield "value", f"XX{value}XX"
    elif isinstance(value, bytes):
        yield "value", b"XX" + value


def _edit_call(node: ast.Call) -> Iterator[Edit]:
    if isinstance(node.func, ast.Name) and node.func.id == "cast":
        return
    for index, argument in enumerate(node.args):
        if not isinstance(argument, ast.Starred) and not _is_none(argument):
            yield "args", [*node.args[:index], _none(argument), *node.args[index + 1 :]]
    for index, keyword in enumerate(node.keywords):
        rest = node.keywords[:index], node.keywords[index + 1 :]
        if keyword.arg is not None and not _is_none(keyword.value):
            yield "keywords", [*rest[0], ast.keyword(keyword.arg, _none(keyword.value)), *rest[1]]
        yield "keywords", [*rest[0], *rest[1]]
    if len(node.args) > 1:
        yield "args", node.args[:-1]
    method = getattr(node.func, "attr", "")
    if method in _SWAPPED_METHODS and (method not in _SPLITS or len(node.args) + len(node.keywords) > 1):
        swapped: Any = node.func
        yield "func", ast.copy_location(ast.Attribute(swapped.value, _SWAPPED_METHODS[method], ast.Load()), node.func)


def _edit_compare(node: ast.Compare) -> Iterator[Edit]:
    for index, operator in enumerate(node.ops):
        yield "ops", [*node.ops[:index], _SWAPPED_OPERATORS[type(operator)](), *node.ops[index + 1 :]]


def _edit_value(node: Any) -> Iterator[Edit]:
    if not _is_none(node.value):
        yield "value", _none(node.value)


def _edit_call_statement(node: ast.Expr) -> Iterator[Edit]:
    if isinstance(node.value, ast.Call):
        yield "value", _none(node.value)


def _edit_choice(node: ast.IfExp) -> Iterator[Edit]:
    for value in (True, False):
        yield "test", ast.copy_location(ast.Constant(value), node.test)


def _edit_condition(node: ast.If | ast.While) -> Iterator[Edit]:
    if isinstance(node.test, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        yield "test", _not(node.test)


def _edit_negation(node: ast.UnaryOp) -> Iterator[Edit]:
    if isinstance(node.op, ast.Not):
        yield "operand", _not(node.operand)


def _edit_filters(node: ast.comprehension) -> Iterator[Edit]:
    for index in range(len(node.ifs)):
        yield "ifs", [*node.ifs[:index], *node.ifs[index + 1 :]]


def _edit_lambda(node: ast.Lambda) -> Iterator[Edit]:
    if not _is_none(node.body):
        yield "body", _none(node.body)


_SPECIAL: dict[type[ast.AST], Callable[[Any], Iterator[Edit]]] = {
    ast.Constant: _edit_constant,
    ast.Call: _edit_call,
    ast.Compare: _edit_compare,
    ast.Assign: _edit_value,
    ast.AnnAssign: _edit_value,
    ast.Return: _edit_value,
    ast.Expr: _edit_call_statement,
    ast.IfExp: _edit_choice,
    ast.If: _edit_condition,
    ast.While: _edit_condition,
    ast.UnaryOp: _edit_negation,
    ast.comprehension: _edit_filters,
    ast.Lambda: _edit_lambda,
}


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
