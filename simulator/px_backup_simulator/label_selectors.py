# SPDX-License-Identifier: GPL-3.0-or-later
"""Label selectors: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, `a>1`, joined by commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Labels = dict[str, str]
Predicate = Callable[[Labels], bool]

_BLANK = r"[ \t\r\n]"
_WORD = r"[^ \t\r\n=!(),<>]+"
_TERM = re.compile(
    rf"{_BLANK}*(?:!{_BLANK}*(?P<absent>{_WORD})"
    rf"|(?P<key>{_WORD})(?:{_BLANK}+(?P<set>in|notin){_BLANK}*\((?P<list>[^()=!<>]*)\)"
    rf"|{_BLANK}*(?P<operator>==|!=|[=<>]){_BLANK}*(?P<value>{_WORD})?)?)"
    rf"{_BLANK}*(?P<end>,|\Z)"
)
_LABEL = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")


class MalformedSelectorError(ValueError):
    """The selector is not valid in Kubernetes."""


def selector(text: str) -> Predicate:
    """Return a predicate over labels; an empty selector matches everything."""
    predicates = [_make_predicate(term) for term in _split_terms(text)]
    return lambda labels: all(holds(labels) for holds in predicates)


def fault_of(text: str) -> str:
    """Return why a selector is not valid in Kubernetes; empty for a valid one."""
    try:
        selector(text)
    except MalformedSelectorError as error:
        return f"unable to parse requirement: {error}"
    return ""


def _split_terms(text: str) -> Iterator[re.Match[str]]:
    if not text.strip(" \t\r\n"):
        return
    place, more = 0, True
    while more:
        term = _TERM.match(text, place)
        if term is None:
            raise MalformedSelectorError(f"found {text[place:]!r}, expected a requirement")
        yield term
        place, more = term.end(), term["end"] == ","


def _make_predicate(term: re.Match[str]) -> Predicate:
    key = _check_key(term["absent"] or term["key"])
    if term["absent"]:
        return lambda labels: key not in labels
    if term["set"]:
        values = _parse_values(term["list"])
        return (
            (lambda labels: labels.get(key) in values)
            if term["set"] == "in"
            else lambda labels: labels.get(key) not in values
        )
    if not term["operator"]:
        return lambda labels: key in labels
    return _make_comparison(key, term["operator"], term["value"] or "")


def _make_comparison(key: str, operator: str, value: str) -> Predicate:
    if operator in "<>":
        if not re.fullmatch(r"[0-9]+", value) or int(value) >= 2**63:
            raise MalformedSelectorError(f"found {value!r}, expected an integer")
        number = int(value)
        sign = 1 if operator == ">" else -1
        return lambda labels: labels.get(key, "").isdigit() and (int(labels[key]) - number) * sign > 0
    _check_value(value)
    return (lambda labels: labels.get(key) != value) if operator == "!=" else lambda labels: labels.get(key) == value


def _parse_values(text: str) -> frozenset[str]:
    if not text.strip(" \t\r\n"):
        raise MalformedSelectorError("for 'in', 'notin' operators, values set can't be empty")
    return frozenset(_check_value(part.strip(" \t\r\n")) for part in text.split(","))


def _check_value(text: str) -> str:
    if text and not _LABEL.fullmatch(text):
        raise MalformedSelectorError(f"{text!r} is not a valid label value")
    return text


def _check_key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    if not _LABEL.fullmatch(name) or (slash and not _DOMAIN.fullmatch(prefix)):
        raise MalformedSelectorError(f"{text!r} is not a valid label key")
    return text


def contains(labels: Labels, wanted: Labels) -> bool:
    """Tell whether every wanted label exists with its value."""
    return all(labels.get(key) == value for key, value in wanted.items())
