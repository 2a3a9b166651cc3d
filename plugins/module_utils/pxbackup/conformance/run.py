# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conformance probe: runs the checks and reports what holds, what differs and what was not seen.

A server that differs is a result, not an error. The task fails where no result can be had at all, where objects of the
trial are left behind, and with ``strict`` where something differs.
"""

from __future__ import annotations

from typing import Any

from ..client.responses import HINT_ADDRESS
from ..client.tokens import rfc3339
from ..core.model import Context, Outcome
from ..core.pagination import PAGE_SIZE
from ..core.parallel import CircuitBreaker
from ..core.references import BACKUP_LOCATION, CLUSTER
from ..core.wait_policy import wait_policy
from ..errors import ProtocolError, PXBackupError, StateError, UnsupportedError, ValidationError
from ..text import count_of, join_first, quoted
from .model import DIFFERS, READ, WRITE, Check, Result, count_states, judge, leave_open
from .observation import why_of
from .probe import Probe
from .recording import is_prefix, make_recording, make_table, read_recording
from .seen import NotSeenError, Seen
from .table import CHECKS
from .trial import Plan, Trial
from .trial_steps import run_trial

# How long the trial waits for each end unless the task says otherwise, in seconds.
_TIMEOUT = 1800

_MOVING = "the list of backups changed during the run, so that a difference proves nothing"
_MAX_NAMED = 10

# Checks that compare requests about the same backups.
_MOVABLE = ("list.", "query.", "route.details")


def probe_server(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Run the checks and return the recording.

    Raises:
        ValidationError: the task does not say where to write, or its baseline is not a recording.
        StateError: objects of the trial are left behind, or with ``strict`` a check differs.
        PXBackupError: the server cannot be reached, refuses the token, or is not PX-Backup.
    """
    baseline = read_recording(parameters["baseline"]) if "baseline" in parameters else {}
    plan = _read_plan(context, parameters)
    release = _find_release(context)
    trial = Trial(context, plan) if plan is not None and not context.api.check_mode else None
    probe = Probe(context.api, context.now, context.caller(), release, trial.tried if trial else {})
    started = context.now()
    _refuse_other_servers(probe)
    results = _run_checks(probe, READ, baseline)
    left = _run_trial(trial) if trial else []
    results += _run_checks(probe, WRITE, baseline)
    recording = make_recording(results, release, rfc3339(started), probe.shapes)
    result = {"recording": recording, "table": make_table(results), "left_behind": left}
    if trial is not None:
        result["scratch"] = {"cluster": trial.plan.target["name"], "namespace": trial.plan.scratch}
    outcome = Outcome(context.api.has_written, _message(results), result)
    _fail_where_asked(outcome, results, parameters)
    return outcome


def _read_plan(context: Context, parameters: dict[str, Any]) -> Plan | None:
    """Return what the task allows to write, ``None`` where it allows nothing.

    Raises:
        ValidationError: something is missing or has no effect.
    """
    needed = ("namespace", "cluster_ref", "backup_location_ref", "prefix")
    given = [name for name in (*needed, "restore_cluster_ref", "other_token") if name in parameters]
    if parameters.get("write") is not True:
        if given:
            raise ValidationError(f"{given[0]} has no effect without write", hint="set write to true, or omit it")
        return None
    missing = [name for name in needed if name not in parameters]
    if missing:
        raise ValidationError(f"write requires {missing[0]}", hint=f"set {missing[0]}, or write to false")
    prefix = parameters["prefix"]
    if not is_prefix(prefix):
        raise ValidationError(
            f"prefix {quoted(prefix)} cannot begin the name of a namespace",
            hint="use 3 to 40 lower case letters, digits and hyphens",
        )
    cluster = context.references.resolve("cluster_ref", CLUSTER, parameters["cluster_ref"])
    target = parameters.get("restore_cluster_ref")
    policy = wait_policy({**parameters, "wait": True}, _TIMEOUT)
    if policy is None:
        raise AssertionError("a task with wait has no policy")
    return Plan(
        prefix,
        parameters["namespace"],
        cluster,
        context.references.resolve("backup_location_ref", BACKUP_LOCATION, parameters["backup_location_ref"]),
        cluster if target is None else context.references.resolve("restore_cluster_ref", CLUSTER, target),
        policy,
        parameters.get("other_token", ""),
    )


def _find_release(context: Context) -> str:
    """Return the server's release, ``""`` where it hides it; raise where nothing can be asked at all."""
    try:
        return context.api.release
    except UnsupportedError:
        context.warn("the server does not tell its release: checks that depend on it are not run; set server_release")
        return ""


def _refuse_other_servers(probe: Probe) -> None:
    """Read the first page, which most checks need; raise where nothing can be compared.

    Raises:
        PXBackupError: the server cannot be reached, refuses the token, or does not respond with JSON.
    """
    found = probe.list_backups(max_objects=PAGE_SIZE, object_index=0)
    if found.value is None:
        raise ProtocolError(
            f"the server does not respond to the list of backups with a JSON object (HTTP {found.status})",
            hint=HINT_ADDRESS,
            http_status=found.status,
        )


def _run_trial(trial: Trial) -> list[str]:
    """Run the part that writes and return what is left behind, of which the user is told whatever happens."""
    trial.refuse_remains()
    left: list[str] = []
    try:
        run_trial(trial)
    finally:
        left += trial.clean()
        if left:
            trial.context.warn(f"{_describe_left(left)}; delete them")
    return left


def _describe_left(left: list[str]) -> str:
    return f"objects of the trial are left behind: {join_first(left, _MAX_NAMED)}"


def _run_checks(probe: Probe, part: str, baseline: dict[str, Seen]) -> list[Result]:
    """Return the result of each check of a part."""
    breaker = CircuitBreaker(fail_fast=False)
    checks = [check for check in CHECKS if check.part == part]
    results = [_run_check(probe, check, baseline.get(check.id), breaker) for check in checks]
    if any(map(_depends_on_rest, results)) and _has_moved(probe):
        results = [_doubt(result) if _depends_on_rest(result) else result for result in results]
    return results


def _depends_on_rest(result: Result) -> bool:
    """Whether a difference may come from a list that changed between two requests."""
    return result.status == DIFFERS and result.check.id.startswith(_MOVABLE)


def _doubt(result: Result) -> Result:
    return leave_open(result.check, _MOVING, result.expected)


def _has_moved(probe: Probe) -> bool:
    """Whether the first page of the list of backups is another one than at the beginning."""
    try:
        before = probe.page()
        probe.forget()
        return probe.page() != before
    except (NotSeenError, PXBackupError):
        return True


def _run_check(probe: Probe, check: Check, baseline: Seen | None, breaker: CircuitBreaker) -> Result:
    """Return the result of one check; a failure of it does not stop the others."""
    if check.since is not None and not probe.has(check.since):
        known = f"the server is {probe.release}" if probe.release else "the release is not known"
        return leave_open(check, f"it needs PX-Backup {check.since} or newer, and {known}", baseline)
    if breaker.is_open:
        return leave_open(check, "the server stopped responding", baseline)
    error = None
    try:
        return judge(check, check.probe(probe), baseline)
    except NotSeenError as why:
        return leave_open(check, str(why), baseline)
    except PXBackupError as failure:
        error = failure
        return leave_open(check, why_of(failure), baseline)
    finally:
        breaker.record(error)


def _message(results: list[Result]) -> str:
    """Return the result in one sentence."""
    counts = count_states(results)
    return (
        f"{counts['holds']} of {count_of(len(results), 'assumption')} hold, {counts['differs']} differ, "
        f"{counts['not_seen']} were not seen"
    )


def _fail_where_asked(outcome: Outcome, results: list[Result], parameters: dict[str, Any]) -> None:
    """Raise ``StateError`` for objects that are left behind, and with ``strict`` for each difference."""
    left = outcome.result["left_behind"]
    different = [result.check.id for result in results if result.status == DIFFERS]
    if left:
        error = StateError(_describe_left(left), hint="delete them")
    elif different and parameters.get("strict") is True:
        error = StateError(f"the server differs in {join_first(different, _MAX_NAMED)}", hint="see table in the result")
    else:
        return
    error.changed, error.result = outcome.changed, {"message": outcome.message, **outcome.result}
    raise error
