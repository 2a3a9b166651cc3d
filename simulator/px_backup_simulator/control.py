# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under /_simulator/. It needs no token."""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import Any

from px_backup_simulator import objects, outcomes, worldfile
from px_backup_simulator.auth import make_user
from px_backup_simulator.engine import Engine, Reply, make_json_reply
from px_backup_simulator.errors import ControlError
from px_backup_simulator.faults import read_faults
from px_backup_simulator.jsontext import read_json
from px_backup_simulator.schedules import Failures, run_schedules
from px_backup_simulator.settings import CHOICES, LARGEST_NUMBER

Json = dict[str, Any]

PREFIX = "/_simulator/"


def handle(engine: Engine, method: str, path: str, body: bytes) -> Reply:
    """Carry a control call out."""
    name = path.removeprefix(PREFIX).strip("/")
    action = ACTIONS.get((method, name))
    if action is None:
        known = ", ".join(f"{verb} {PREFIX}{what}" for verb, what in sorted(ACTIONS))
        return make_json_reply(404, {"error": f"no such control call; known: {known}"})
    try:
        with worldfile.explaining("the body of the control call"):
            given = read_json(body) if body.strip() else {}
            if not isinstance(given, dict | list):
                raise ControlError("the body of a control call must be an object or a list")
            engine.settle()
            response = action(engine, given)
    except ControlError as error:
        return make_json_reply(400, {"error": str(error)})
    engine.save()
    return make_json_reply(200, response)


def _requests(engine: Engine, _: Any) -> Any:
    return [entry.to_dict() for entry in engine.log.entries]


def _clear_requests(engine: Engine, _: Any) -> Any:
    engine.log.clear()
    return {}


def _reset(engine: Engine, given: Json) -> Any:
    engine.reset(given or None)
    return {}


def _clock(engine: Engine, given: Json) -> Any:
    seconds = given.get("advance", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LARGEST_NUMBER:
        raise ControlError(f"advance must be a number of seconds from 0 to {LARGEST_NUMBER}")
    engine.clock.advance(float(seconds))
    engine.settle()
    return {"offset": engine.clock.offset, "now": engine.clock.now()}


def _outcomes(engine: Engine, given: Json) -> Any:
    if "name" in given or "uid" in given:
        return objects.put_object(engine, {"kind": "backup", "update": True, **given})
    engine.world.outcomes.append(outcomes.read_outcome(given))
    engine.world.restructured = True
    return _list_outcomes(engine, given)


def _list_outcomes(engine: Engine, _: Any) -> Any:
    return [rule.to_dict() for rule in engine.world.outcomes]


def _clear_outcomes(engine: Engine, _: Any) -> Any:
    engine.world.outcomes.clear()
    engine.world.restructured = True
    return []


def _list_faults(engine: Engine, _: Any) -> Any:
    return [rule.to_dict() for rule in engine.faults.rules]


def _add_faults(engine: Engine, given: Any) -> Any:
    engine.faults.rules.extend(read_faults(given))
    return _list_faults(engine, given)


def _clear_faults(engine: Engine, _: Any) -> Any:
    engine.faults.rules.clear()
    return []


def _stats(engine: Engine, _: Any) -> Any:
    return {
        "requests": engine.log.requests,
        "writes": engine.log.writes,
        "connections": engine.connections,
        "backups": len(engine.world.backups),
        "peak_memory_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def _settings(engine: Engine, _: Any) -> Any:
    return engine.settings.to_dict()


def _change_settings(engine: Engine, given: Json) -> Any:
    engine.settings = engine.settings.with_changes(given)
    return engine.settings.to_dict()


def _history(engine: Engine, given: Json) -> Any:
    days, failed, partial = (given.get(key, 0) for key in ("days", "failed_every", "partial_every"))
    if not all(isinstance(value, int) and 0 <= value <= 3660 for value in (days, failed, partial)):
        raise ControlError("days, failed_every and partial_every must be whole numbers from 0 to 3660")
    since = engine.clock.now() - days * 86400
    return {"backups": run_schedules(engine.world, engine.settings, since, Failures(failed, partial))}


def _tokens(engine: Engine, given: Json) -> Any:
    if "expire" in given:
        which = given["expire"]
        return {"expired": engine.authenticator.expire(None if which in (True, "all") else str(which))}
    user_id = given.get("user_id")
    if not isinstance(user_id, str) or not user_id:
        raise ControlError('a token needs a user_id; or {"expire": "all"} or {"expire": "<token>"}')
    user = engine.authenticator.get_user(user_id)
    if {"username", "groups", "admin"} & set(given):
        name = str(given.get("username", user.name))
        user = make_user(user_id, name, tuple(given.get("groups", user.groups)), bool(given.get("admin", user.admin)))
    form = given.get("claims", engine.settings.token_claims)
    if form not in CHOICES["token_claims"]:
        raise ControlError(f"claims must be one of {', '.join(CHOICES['token_claims'])}")
    now, seconds = engine.clock.token_now(), float(given.get("expires_in", 10 * 365 * 86400))
    if "token" in given:
        engine.authenticator.add_token(str(given["token"]), user, now + seconds)
        return {"token": given["token"], "user_id": user.id}
    return {"token": engine.authenticator.issue(user, now, seconds, form), "user_id": user.id}


ACTIONS: dict[tuple[str, str], Callable[[Engine, Any], Any]] = {
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "state"): objects.show_state,
    ("POST", "reset"): _reset,
    ("POST", "objects"): objects.put_object,
    ("DELETE", "objects"): objects.drop_object,
    ("POST", "clock"): _clock,
    ("POST", "history"): _history,
    ("GET", "outcomes"): _list_outcomes,
    ("POST", "outcomes"): _outcomes,
    ("DELETE", "outcomes"): _clear_outcomes,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "stats"): _stats,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _change_settings,
    ("POST", "tokens"): _tokens,
}
