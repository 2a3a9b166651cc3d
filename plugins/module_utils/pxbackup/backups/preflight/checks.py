# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says before a request is sent what the server takes and what then goes wrong.

The rules are in ``findings.py``; here they meet what the task and the server say, and are told or raised.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...core.model import Context
from ...core.parameters import ERROR, NOTE, OFF, STRICT, WARN, WARNING
from ...errors import PXBackupError, StateError, ValidationError
from .rules import (
    CLUSTER,
    KIND_PARAMETERS,
    LOCATION,
    Finding,
    Findings,
    Parameters,
    doubtful,
    impossible,
    kinds,
    owners,
    shared_with,
    state,
)

_STATE_PARAMETERS = ("cluster_ref", "backup_location_ref")


def refuse_impossible(parameters: Parameters) -> None:
    """Raise ``ValidationError`` where a CREATE of these parameters always fails. Sends nothing."""
    found = list(impossible(parameters))
    if found:
        _refuse_errors(parameters, "CREATE", _graded([*found, *doubtful(parameters)], parameters))


def of_create(context: Context, wanted: Parameters) -> list[Finding]:
    """Check a CREATE that :func:`refuse_impossible` let pass and that is about to be sent; warn, and return all found.

    Costs one request for each cluster at the most, and only where the task names kinds of resources.

    Args:
        wanted: the parameters with every reference looked up.

    Raises:
        ValidationError, StateError: something is an error; one message holds them all.
    """
    found: list[Finding] = []
    if _mode(wanted) != OFF:
        found = [*doubtful(wanted), *owners(wanted, context.caller)]
        states = [*_cluster(context, wanted), *_location(context, wanted)]
        found += states
        if not any(finding.parameter == "cluster_ref" for finding in states):
            # A cluster that cannot be reached cannot say either what it holds.
            found += _asked_kinds(context, wanted)
    return _told(context, wanted, "CREATE", found)


def of_share(context: Context, wanted: Parameters) -> list[Finding]:
    """Check a share that is about to be sent, as :func:`of_create` does. Sends nothing."""
    found = [] if _mode(wanted) == OFF else list(shared_with(wanted["backup_share"], context.caller))
    return _told(context, wanted, "UPDATE_BACKUP_SHARE", found)


def as_result(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as the task's result holds them."""
    return [finding._asdict() for finding in findings]


def _mode(parameters: Parameters) -> str:
    return str(parameters.get("preflight") or WARN)


def _graded(findings: Iterable[Finding], parameters: Parameters) -> list[Finding]:
    """Return the findings as the task wants them taken, those that count most first."""
    mode = _mode(parameters)
    kept = [finding for finding in findings if mode != OFF or finding.severity == ERROR]
    if mode == STRICT:
        kept = [item._replace(severity=ERROR) if item.severity == WARNING else item for item in kept]
    return sorted(kept, key=lambda item: (ERROR, WARNING, NOTE).index(item.severity))


def _told(context: Context, parameters: Parameters, operation: str, found: list[Finding]) -> list[Finding]:
    """Warn of what is a warning, raise where something is an error, return all."""
    findings = _graded(found, parameters)
    for finding in findings:
        if finding.severity == WARNING:
            context.warn(f"{operation} of {parameters.get('name') or parameters.get('uid')!r}: {finding.message}")
    if findings and findings[0].severity == ERROR:
        _refuse_errors(parameters, operation, findings)
    return findings


def _refuse_errors(parameters: Parameters, operation: str, findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == ERROR]
    of_state = all(finding.parameter in _STATE_PARAMETERS for finding in errors)
    kind = StateError if of_state else ValidationError
    hint = None
    if of_state:
        hint = "see to it in PX-Backup and run the task again, or set preflight to off to send it all the same"
    elif _mode(parameters) == STRICT:
        hint = "correct the task, or set preflight to warn where it is meant so"
    name = parameters.get("name") or parameters.get("uid")
    sentences = ". ".join(finding.message for finding in errors)
    error = kind(f"{operation} of {name!r} was not sent: {sentences}", hint=hint, retriable=of_state)
    error.result = {"preflight": as_result(findings)}
    raise error


def _cluster(context: Context, wanted: Parameters) -> Findings:
    return state(CLUSTER, "cluster_ref", context.references.listed("cluster_ref", wanted["cluster_ref"]))


def _location(context: Context, wanted: Parameters) -> Findings:
    listed = context.references.listed("backup_location_ref", wanted["backup_location_ref"])
    return state(LOCATION, "backup_location_ref", listed)


def _asked_kinds(context: Context, wanted: Parameters) -> Findings:
    """Yield what the server's list of a cluster's kinds says of the task's; that it has none is no failure."""
    given = [name for name in KIND_PARAMETERS if wanted.get(name)]
    if not given:
        return
    cluster = wanted["cluster_ref"]
    try:
        known = context.references.resource_types(cluster)
    except PXBackupError as error:
        yield Finding(
            NOTE, given[0], f"{' and '.join(given)} could not be checked against the cluster's kinds: {error.message}"
        )
        return
    yield from kinds(wanted, known, cluster["name"])
