# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules about resource types, by what the server backs up of a cluster.

Source: docs/server-behaviour.md, sections 8.1, 8.4.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .findings import NOTE, WARNING, Finding, Findings, Parameters

TYPE_OPTIONS = ("resource_types", "exclude_resource_types")


def check_types(parameters: Parameters, known: list[str], cluster: str) -> Findings:
    """Yield the resource types that the server does not back up of a cluster; an empty list says nothing.

    ``resource_types`` are matched in exact case, ``exclude_resource_types`` most probably not
    (docs/server-behaviour.md, section 8.1).
    """
    if not known:
        return
    lower = {kind.lower() for kind in known}
    for name in TYPE_OPTIONS:
        for kind in parameters.get(name) or []:
            if kind in known:
                continue
            near = find_nearest(kind, known)
            meant = f"; did you mean {near!r}?" if near else "; write it like Deployment"
            if name == "exclude_resource_types" and kind.lower() in lower:
                message = f"{name} {kind!r} does not have the exact case of the type{meant}"
                yield Finding(NOTE, name, message)
                continue
            effect = "and matches nothing" if name == "resource_types" else "and excludes nothing"
            yield Finding(
                WARNING,
                name,
                f"{name} {kind!r} is not a resource type of cluster {cluster!r}, {effect}{meant}",
            )


# Short names that kubectl accepts.
_SHORT = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ep": "Endpoints",
    "ing": "Ingress",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "pdb": "PodDisruptionBudget",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sts": "StatefulSet",
    "svc": "Service",
    "vm": "VirtualMachine",
}

# How similar a misspelt type must be to be suggested, from 0 to 1.
_MIN_SIMILARITY = 0.75


def find_nearest(kind: str, known: Iterable[str]) -> str:
    """Return the type that was probably meant, ``""`` when none is similar."""
    by_lower = {item.lower(): item for item in known}
    # `apps/v1/Deployment` and `deployments.apps` name the group as well.
    word = kind.strip().rpartition("/")[2].partition(".")[0].lower()
    guesses = [word, word[:-1] if word.endswith("s") else word]
    if word.endswith("ies"):
        guesses.append(f"{word[:-3]}y")
    if word.endswith("es"):
        guesses.append(word[:-2])
    guesses += [_SHORT[guess].lower() for guess in guesses if guess in _SHORT]
    found = next((by_lower[guess] for guess in guesses if guess in by_lower), "")
    if found or not word:
        return found
    similar = difflib.get_close_matches(word, by_lower, n=1, cutoff=_MIN_SIMILARITY)
    return by_lower[similar[0]] if similar else ""
