# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many backups in one task: made or deleted several at a time, waited for together.

Each backup is made and deleted by the same functions as CREATE and DELETE do it, with the same meaning of a
second run. Facts: behaviour note 2.2 (the server deletes five at a time), 3.1 (names).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import Any, Callable, NamedTuple

from ..client.connection import MOST_CONNECTIONS
from ..client.urls import encode_segment
from ..core.model import Context, Outcome
from ..core.pagination import uid_of
from ..core.parameters import WARNING
from ..core.policy import BACKUP_TIMEOUT, DELETION_TIMEOUT, Policy, policy_of
from ..core.references import find_backup, the_one
from ..errors import (
    AuthenticationError,
    NetworkError,
    PXBackupError,
    RequestTimeoutError,
    ServerError,
    TLSError,
    ValidationError,
)
from .batch_options import DEFAULT_CONCURRENCY, STATES, item_options
from .batch_results import Item, Result, outcome_of_all, some
from .change import deleted
from .create import made, owner_for
from .endings import doubt_of
from .lifecycle import PARTIAL, is_running, status_of
from .preflight.checks import refuse_impossible
from .resource import admitted
from .settings import SETTINGS, differences
from .waiting import BACKUP_GOES_ON, DELETION_GOES_ON, bad_end, deleted_meanwhile, ending, is_final, timed_out
from .watching import Each, Watched, identified, named, watch

# After so many items in a row without an answer the server counts as away.
_MOST_IN_A_ROW = 5


def run(context: Context, parameters: dict[str, Any]) -> Outcome:
    """Bring all backups of the task to its state.

    Raises:
        ValidationError: something about the task makes no sense; nothing was sent.
        PXBackupError: some backups failed; ``result`` says what became of each.
    """
    state = parameters["state"]
    given = _checked(state, {name: value for name, value in parameters.items() if name != "state"})
    encode_segment("org_id", context.api.org_id)
    timeout = BACKUP_TIMEOUT if state == "present" else DELETION_TIMEOUT
    policy = policy_of(given, timeout)
    present, fail_fast, waits = state == "present", given.get("fail_fast") is True, policy is not None
    brake = _Brake(fail_fast)
    pool = ThreadPoolExecutor(max_workers=given["concurrency"])

    def each(work: Callable[[Any], Any], of: Iterable[Any]) -> list[Any]:
        return list(pool.map(work, of))

    waited = None
    try:
        items = _items(context, state, given, each)
        work = _creation(context, items, each) if present else _deletion(context, items, each, waits)
        attempt = partial(_attempt, work, brake)
        # The first goes alone: what it looks up is known to the others then, and what stops all stops them.
        results = [*map(attempt, items[:1]), *each(attempt, items[1:])]
        _warn_of_findings(context, items, results)
        if policy is not None and not context.api.check_mode and not brake.pulled:
            wait = _Wait(policy, present, fail_fast)
            results, waited = _after_wait(context, wait, results, each)
    except BaseException:
        # Whatever ends the task ends it now: what has not begun never begins, and what runs is not waited for.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return outcome_of_all(context, state, items, results, waited)


def _checked(state: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what the task gives, checked as far as it can be without a look at the backups."""
    given = {name: value for name, value in parameters.items() if value is not None and not _is_hollow(value)}
    useless = sorted(set(given) - set(STATES[state].accepts))
    if useless:
        raise ValidationError(f"state {state} cannot apply {', '.join(useless)}", hint="leave it out")
    lists = [name for name in ("backups", "names") if parameters.get(name) is not None]
    if len(lists) != 1:
        hint = "give backups" if state == "present" else "give names, or backups with name or uid"
        raise ValidationError("the task says " + ("its backups twice" if lists else "no backups"), hint=hint)
    concurrency = given.setdefault("concurrency", DEFAULT_CONCURRENCY)
    if not 1 <= concurrency <= MOST_CONNECTIONS:
        raise ValidationError(f"concurrency is {concurrency}", hint=f"give 1 to {MOST_CONNECTIONS}")
    return given


def _is_hollow(value: Any) -> bool:
    """Whether a value is a dictionary that says nothing: Ansible fills one with the options that are left out."""
    return isinstance(value, dict) and all(part is None for part in value.values())


def _items(context: Context, state: str, given: dict[str, Any], each: Each) -> list[Item]:
    """Return the backups of the task, each checked as its operation checks it, with its references looked up.

    Raises:
        PXBackupError: the first that is wrong; where it is wrong by itself, nothing was looked up.
    """
    shared = given.get("defaults") or {}
    said = [(f"backups[{index}]", item) for index, item in enumerate(given.get("backups", []))]
    said += [(f"names[{index}]", {"name": name}) for index, name in enumerate(given.get("names", []))]
    items = []
    for place, item in said:
        own = {name: value for name, value in item.items() if value is not None}
        useless = sorted(set(own) - set(item_options(state)))
        if useless:
            raise ValidationError(f"{place}: state {state} cannot apply {', '.join(useless)}", hint="leave it out")
        with _told_of(place):
            wanted = admitted(context, STATES[state].operation, {**shared, **own})
            if state == "present":
                refuse_impossible(wanted)
        items.append(Item(place, wanted))
    _refuse_twice(items, _said)
    # A login comes first: what is wrong with it would be wrong for each look-up.
    context.caller()
    context.references.list_together({name for item in items for name in item.wanted}, each)
    return [_looked_up(context, item) for item in items]


def _looked_up(context: Context, item: Item) -> Item:
    with _told_of(item.place):
        return item._replace(wanted=context.references.resolve_all(item.wanted))


@contextmanager
def _told_of(place: str) -> Iterator[None]:
    """Let an error begin with the place of the backup that it is about."""
    try:
        yield
    except PXBackupError as error:
        error.message = f"{place}: {error.message}"
        raise


def _said(item: Item) -> tuple[Any, ...]:
    """Return what the task says of which backup it means; names are unique for one owner."""
    wanted = item.wanted
    return wanted.get("name"), wanted.get("uid"), (wanted.get("ownership") or {}).get("owner")


def _refuse_twice(items: list[Item], identity: Callable[[Item], Any]) -> None:
    """Raise where two items mean the same backup: the second would only repeat or contradict the first.

    Args:
        identity: what only one item may have; ``None`` for an item that means no backup.
    """
    seen: dict[Any, Item] = {}
    for item in items:
        value = identity(item)
        other = item if value is None else seen.setdefault(value, item)
        if other is not item:
            raise ValidationError(f"{other.place} and {item.place} mean the same backup", hint="keep one of them")


# --- one backup


def _attempt(work: Callable[[Item], Outcome], brake: _Brake, item: Item) -> Result | None:
    """Return what became of one item, ``None`` where it was not tried."""
    if brake.pulled:
        return None
    try:
        outcome = work(item)
    except PXBackupError as error:
        brake.after(error)
        return Result(error.changed, str(error), error=error, findings=error.result.get("preflight"))
    except Exception as fault:  # noqa: BLE001 - a fault of ours at one backup must not hide what became of the others
        brake.pulled = True
        told = f"internal error in pxops.px_backup ({type(fault).__name__}: {fault}); please report it"
        return Result(False, told, error=PXBackupError(told))
    brake.after(None)
    backup = outcome.result["backup"]
    uid = uid_of(backup) if backup else (outcome.before or {}).get("uid", "")
    findings = outcome.result.get("preflight")
    return Result(outcome.changed, outcome.message, backup, uid, outcome.before, outcome.after, findings=findings)


class _Brake:
    """Says when nothing more shall begin: the task wants it so, or what is left would fail as well."""

    def __init__(self, fail_fast: bool) -> None:
        self._fail_fast = fail_fast
        self._in_a_row = 0
        self._lock = Lock()
        self.pulled = False

    def after(self, error: PXBackupError | None) -> None:
        """Take note of how an item ended."""
        away = isinstance(error, (NetworkError, RequestTimeoutError, ServerError)) and error.retriable
        # A single broken connection says nothing of the next.
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if away else 0
        refused = isinstance(error, (AuthenticationError, TLSError))
        if refused or self._in_a_row >= _MOST_IN_A_ROW or (error is not None and self._fail_fast):
            self.pulled = True


def _creation(context: Context, items: list[Item], each: Each) -> Callable[[Item], Outcome]:
    """Look up which names are taken; return what makes one backup."""
    by_name = named(context, [item.wanted["name"] for item in items], each)
    # What is found is told once for all backups, see `_warn_of_findings`.
    quiet = context._replace(warn=lambda text: None)

    def create(item: Item) -> Outcome:
        wanted = item.wanted
        owner = owner_for(context, wanted)
        existing = the_one(wanted["name"], by_name[wanted["name"]], owner)
        if existing is not None and differences(wanted, existing, SETTINGS):
            # A list may leave out what decides; the backup itself does not.
            existing = find_backup(context.api, wanted["name"], uid_of(existing))
        return made(quiet, wanted, owner, existing)

    return create


def _deletion(context: Context, items: list[Item], each: Each, waits: bool) -> Callable[[Item], Outcome]:
    """Look up which backups are there; return what deletes one.

    Args:
        waits: a wait follows, so that a look that fails can be left to it.
    """
    names = [item.wanted["name"] for item in items if "name" in item.wanted]
    by_name = named(context, names, each)
    by_uid = identified(context, [item.wanted["uid"] for item in items if "name" not in item.wanted])

    def meant(item: Item) -> dict[str, Any] | None:
        name, uid = item.wanted.get("name", ""), item.wanted.get("uid", "")
        if not name:
            return by_uid.get(uid)
        if uid:
            return next((hit for hit in by_name[name] if uid_of(hit) == uid), None)
        return the_one(name, by_name[name], "")

    def found(item: Item) -> str | None:
        try:
            backup = meant(item)
        except PXBackupError:
            return None  # It is told for the item itself.
        return uid_of(backup) if backup else None

    # One may be given by its name and once more by its uid.
    _refuse_twice(items, found)

    def delete(item: Item) -> Outcome:
        namesakes = by_name.get(item.wanted.get("name", ""), [])
        return deleted(context, item.wanted, meant(item), waits, namesakes)

    return delete


def _warn_of_findings(context: Context, items: list[Item], results: list[Result | None]) -> None:
    """Warn of what was found before backups were made, of each finding once."""
    found: dict[str, list[str]] = {}
    for item, result in zip(items, results):
        for finding in (result.findings if result else None) or []:
            if finding["severity"] == WARNING:
                found.setdefault(finding["message"], []).append(item.shown)
    for message, names in found.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        context.warn(f"CREATE of {names[0]!r}{more}: {message}")


# --- the wait for all


class _Wait(NamedTuple):
    """What the task waits for, and how it judges what it sees."""

    policy: Policy
    present: bool
    fail_fast: bool

    @property
    def goes_on(self) -> str:
        """What the server does while nobody looks."""
        return BACKUP_GOES_ON if self.present else DELETION_GOES_ON

    def done(self, seen: dict[str, Any] | None) -> bool:
        """Whether a backup needs no further look."""
        return seen is None or (self.present and not is_running(status_of(seen)))

    def enough(self, seen: dict[str, Any] | None) -> bool:
        """Whether the state of one backup ends the wait for all."""
        return self.fail_fast and self.done(seen) and self.bad("", seen) is not None

    def bad(self, name: str, seen: dict[str, Any] | None) -> PXBackupError | None:
        """Return the error of a backup that is done, ``None`` of one that came to a good end."""
        if not self.present:
            return None
        return deleted_meanwhile(name) if seen is None else bad_end(seen, self.policy.on_partial)

    def unfinished(self, seen: dict[str, Any], watched: Watched) -> PXBackupError | None:
        """Return the error of a backup that is not done, ``None`` where another one's end ended the wait."""
        own = watched.errors.get(uid_of(seen))
        if watched.stopped:
            return watched.error
        if own is not None and is_final(own):
            return own
        if watched.seconds < self.policy.timeout:
            return None
        return timed_out(seen, self.policy, own or watched.error, self.goes_on)


def _after_wait(
    context: Context, wait: _Wait, results: list[Result | None], each: Each
) -> tuple[list[Result | None], dict[str, Any]]:
    """Wait for the end of all that was begun or found; return what became of each, and of the wait."""
    backups = [result.backup for result in results if result and result.backup]
    watched = Watched(backups, wait.done, wait.enough)
    watch(context, watched, wait.policy, each, wait.goes_on)
    doubts: list[str] = []
    after = [
        _ended(wait, watched, result, result.backup, doubts) if result and result.backup else result
        for result in results
    ]
    if doubts:
        context.warn(some(doubts))
    return after, {"seconds": watched.seconds, "polls": watched.polls}


def _ended(wait: _Wait, watched: Watched, result: Result, backup: dict[str, Any], doubts: list[str]) -> Result:
    """Return what became of a backup in the wait.

    Args:
        backup: as it was before.
        doubts: takes what is to be warned of.
    """
    name, now = backup["metadata"]["name"], watched.last[result.uid]
    done = wait.done(now)
    error = wait.bad(name, now) if done else wait.unfinished(now or {}, watched)
    if error is None and now is not None and done:
        doubt = doubt_of(now, result.after or {}, wait.policy)
        if isinstance(doubt, PXBackupError):
            error = doubt
        else:
            partly = status_of(now) in PARTIAL and wait.policy.on_partial == "warn"
            doubts += filter(None, (doubt, ending(now) if partly else ""))
    was = f" was {'created' if wait.present else 'deleted'} and" if result.changed else ""
    message = f"Backup {name!r}{was} is {status_of(now) if now else 'gone'}"
    return result._replace(message=str(error or message), backup=now, error=error)
