# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Label selectors as Kubernetes reads them: the requirements of one, and where one is malformed.

A selector of namespaces is passed to Kubernetes unchanged when the backup begins (docs/server-behaviour.md, section
8.1), so its grammar is the one that counts: ``key=value``, ``key==value``, ``key!=value``, ``key in (a,b)``,
``key notin (a,b)``, ``key``, ``!key``, ``key>1``, ``key<1``, joined by commas. Where Kubernetes is not clear, this
parser accepts more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_TOKEN = re.compile(r"==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+")
_SYMBOLS = frozenset(("==", "!=", "=", "!", "(", ")", ",", "<", ">"))
_COMPARING = ("=", "==", "!=", "<", ">")
_LISTING = ("in", "notin")

_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_MAX_NAME, _MAX_PREFIX = 63, 253
_MAX_NUMBER = 2**63 - 1

_CHARACTERS = f"at most {_MAX_NAME} letters, digits, '-', '_' and '.' that begin and end with a letter or a digit"


class SelectorError(ValueError):
    """A selector is malformed.

    Attributes:
        column: where, 1 is the first character.
        found: what stands there, ``""`` for the end.
        expected: what should.
    """

    def __init__(self, column: int, found: str, expected: str) -> None:
        super().__init__(f"column {column}: expected {expected}, found {repr(found) if found else 'the end'}")
        self.column = column
        self.found = found
        self.expected = expected


class Requirement(NamedTuple):
    """One term of a selector.

    Attributes:
        operator: ``in`` (also for ``=``, ``==``), ``notin`` (also for ``!=``), ``exists``, ``absent``, ``<`` or ``>``.
        values: what the label is compared with, none for ``exists`` and ``absent``.
    """

    key: str
    operator: str
    values: frozenset[str] = frozenset()


class _Token(NamedTuple):
    text: str
    column: int

    @property
    def is_word(self) -> bool:
        return self.text not in _SYMBOLS and self.text != ""


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a text, the last one is the end."""
    for match in _TOKEN.finditer(text):
        yield _Token(match.group(), match.start() + 1)
    yield _Token("", len(text) + 1)


class _Reader:
    """The tokens that are not read yet."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def next_text(self) -> str:
        return self._tokens[self._at].text

    def take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += token.text != ""
        return token

    def take_if(self, text: str) -> bool:
        if self.next_text() != text:
            return False
        self.take()
        return True


def parse(text: str) -> list[Requirement]:
    """Return the terms of a selector, none for a blank one.

    Raises:
        SelectorError: it is malformed.
    """
    reader = _Reader(text)
    requirements: list[Requirement] = []
    if reader.next_text() == "":
        return requirements
    while True:
        requirements.append(_requirement(reader))
        token = reader.take()
        if token.text == "":
            return requirements
        if token.text != ",":
            raise SelectorError(token.column, token.text, "',' or the end")


def _requirement(reader: _Reader) -> Requirement:
    negated = reader.take_if("!")
    key = _key(reader.take())
    if negated:
        return Requirement(key, "absent")
    if reader.next_text() in ("", ","):
        return Requirement(key, "exists")
    operator = reader.take()
    if operator.text in _LISTING:
        return Requirement(key, operator.text, _values(reader))
    if operator.text not in _COMPARING:
        raise SelectorError(operator.column, operator.text, "=, ==, !=, in, notin, < or >")
    token = _Token("", 0) if reader.next_text() in ("", ",") else reader.take()
    if operator.text in ("<", ">"):
        return Requirement(key, operator.text, frozenset((_number(token, operator),)))
    return Requirement(key, "notin" if operator.text == "!=" else "in", frozenset((_value(token),)))


def _key(token: _Token) -> str:
    expected = "a label's key"
    if not token.is_word:
        raise SelectorError(token.column, token.text, expected)
    if not is_key(token.text):
        raise SelectorError(token.column, token.text, f"{expected}: [prefix/]name, the name of {_CHARACTERS}")
    return token.text


def _value(token: _Token) -> str:
    if token.text in _SYMBOLS:
        raise SelectorError(token.column, token.text, "a label's value")
    if not is_value(token.text):
        raise SelectorError(token.column, token.text, f"a label's value of {_CHARACTERS}")
    return token.text


def _number(token: _Token, operator: _Token) -> str:
    if not re.fullmatch(r"[0-9]{1,19}", token.text) or int(token.text) > _MAX_NUMBER:
        raise SelectorError(token.column or operator.column, token.text, f"a whole number after {operator.text!r}")
    return token.text


def _values(reader: _Reader) -> frozenset[str]:
    opening = reader.take()
    if opening.text != "(":
        raise SelectorError(opening.column, opening.text, "'('")
    if reader.next_text() == ")":
        raise SelectorError(reader.take().column, ")", "at least one value")
    values = set()
    while True:
        # An empty place is the empty value, as in `key in (,a)`.
        values.add("" if reader.next_text() in (",", ")") else _value(reader.take()))
        token = reader.take()
        if token.text == ")":
            return frozenset(values)
        if token.text != ",":
            raise SelectorError(token.column, token.text, "',' or ')'")


def is_key(text: str) -> bool:
    """Whether a label can have this key: ``name`` or ``prefix/name``."""
    prefix, slash, name = text.rpartition("/")
    if slash and not (len(prefix) <= _MAX_PREFIX and _PREFIX.fullmatch(prefix)):
        return False
    return len(name) <= _MAX_NAME and bool(_NAME.fullmatch(name))


def is_value(text: str) -> bool:
    """Whether a label can have this value; it may be empty."""
    return text == "" or (len(text) <= _MAX_NAME and bool(_NAME.fullmatch(text)))


def contradiction(requirements: Iterable[Requirement]) -> str:
    """Return a key whose terms no labels can meet together, ``""`` when there is none."""
    terms: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        terms.setdefault(requirement.key, []).append(requirement)
    return next((key for key, own in terms.items() if not _can_be_met(own)), "")


def _can_be_met(terms: list[Requirement]) -> bool:
    """Whether a label of one key can meet all its terms. Numbers are not compared."""
    operators = {term.operator for term in terms}
    if "absent" in operators:
        # `notin` holds for an absent label too.
        return operators <= {"absent", "notin"}
    allowed = [term.values for term in terms if term.operator == "in"]
    if not allowed:
        return True
    barred = frozenset().union(*(term.values for term in terms if term.operator == "notin"))
    return bool(frozenset.intersection(*allowed) - barred)
