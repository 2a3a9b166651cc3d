# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which recovery point objective holds for a namespace, and which namespaces are exempt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ..errors import ValidationError

# What a backup of ``*`` skips: Kubernetes' own namespaces, and those of Portworx and Stork.
DEFAULT_EXEMPT = ("kube-system", "kube-public", "kube-node-lease", "portworx", "stork")

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


class Target(NamedTuple):
    """The objectives of the namespaces that match.

    Attributes:
        clusters, namespaces: globs; one of each must match.
        rpo: maximum age of the newest good backup, in seconds.
        rto: maximum duration of a restore, in seconds; ``None`` when none is set.
    """

    clusters: tuple[str, ...]
    namespaces: tuple[str, ...]
    rpo: int
    rto: int | None = None


def parse_duration(parameter: str, text: str) -> int:
    """Return the seconds of a duration such as ``24h``, ``7d`` or ``1d12h``.

    Args:
        parameter: the option that holds the duration, for the error.

    Raises:
        ValidationError: the text is not a duration, or the duration is zero.
    """
    parts = re.findall(r"(\d{1,9})([wdhms])", text)
    seconds = sum(int(count) * _UNITS[unit] for count, unit in parts)
    if seconds and "".join(count + unit for count, unit in parts) == text.strip():
        return seconds
    raise ValidationError(
        f"{parameter} {text!r} is not a valid duration",
        hint="use numbers with w, d, h, m or s such as 24h, 7d or 1d12h",
    )


def read_targets(items: Iterable[dict[str, Any]]) -> list[Target]:
    """Return the targets of a task; omitted globs match everything.

    Raises:
        ValidationError: a target has no ``rpo``, or a duration is not valid.
    """
    targets = []
    for number, item in enumerate(items):
        if not item.get("rpo"):
            raise ValidationError(f"targets[{number}].rpo is required", hint="set it to a duration such as 24h")
        targets.append(
            Target(
                clusters=tuple(item.get("clusters") or ("*",)),
                namespaces=tuple(item.get("namespaces") or ("*",)),
                rpo=parse_duration(f"targets[{number}].rpo", item["rpo"]),
                rto=parse_duration(f"targets[{number}].rto", item["rto"]) if item.get("rto") else None,
            )
        )
    return targets


def find_target(targets: Sequence[Target], cluster: str, unit: str) -> Target | None:
    """Return the first target that matches, ``None`` when none does.

    Args:
        unit: a namespace, or ``namespace/name`` of a virtual machine. A glob of its namespace matches it too.
    """
    for target in targets:
        if _matches(target.clusters, cluster) and _matches(target.namespaces, *_names_of(unit)):
            return target
    return None


def is_exempt(exempt: Sequence[str], unit: str) -> bool:
    """Whether a namespace, or the namespace of a virtual machine, matches one of the globs in ``exempt``."""
    return _matches(exempt, *_names_of(unit))


def _names_of(unit: str) -> tuple[str, ...]:
    namespace, slash, _machine = unit.partition("/")
    return (unit, namespace) if slash else (unit,)


def _matches(globs: Iterable[str], *names: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs for name in names)
