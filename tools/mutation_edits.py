# SPDX-License-Identifier: GPL-3.0-or-later
"""What mutation tests change in one node of a function: operators, constants, arguments, conditions, jumps."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

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

# A field of a node and the value that it gets.
Edit = tuple[str, Any]


def edits(node: ast.AST) -> Iterator[Edit]:
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
