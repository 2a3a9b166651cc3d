# SPDX-License-Identifier: GPL-3.0-or-later
"""Label selectors: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas."""

from __future__ import annotations

import re
from collections.abc import Callable

Labels = dict[str, str]
_SET = re.compile(r"^(\S+)\s+(in|notin)\s*\(([^)]*)\)$")
_COMMA = re.compile(r",(?![^(]*\))")


def selector(text: str) -> Callable[[Labels], bool]:
    """A predicate over labels."""
    terms = [_term(part.strip()) for part in _COMMA.split(text) if part.strip()]
    return lambda labels: all(term(labels) for term in terms)


def _term(text: str) -> Callable[[Labels], bool]:
    match = _SET.match(text)
    if match is not None:
        key, wanted = match[1], {item.strip() for item in match[3].split(",")}
        if match[2] == "in":
            return lambda labels: labels.get(key) in wanted
        return lambda labels: labels.get(key) not in wanted
    if "!=" in text:
        key, value = (part.strip() for part in text.split("!=", 1))
        return lambda labels: labels.get(key) != value
    if "=" in text:
        key, value = (part.strip() for part in text.replace("==", "=").split("=", 1))
        return lambda labels: labels.get(key) == value
    if text.startswith("!"):
        return lambda labels: text[1:].strip() not in labels
    return lambda labels: text in labels


def contains(labels: Labels, wanted: Labels) -> bool:
    """Whether every wanted label is there with its value."""
    return all(labels.get(key) == value for key, value in wanted.items())
