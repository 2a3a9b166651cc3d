# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that replace the response, or change it: from a reply to the reply that is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from px_backup_simulator import edits
from px_backup_simulator.call import dump
from px_backup_simulator.catalogue import KIND_OF_SERVICE
from px_backup_simulator.engine import JSON_TYPE, TEXT_TYPE, Engine, Exchange, Reply, make_error_reply, make_json_reply
from px_backup_simulator.errors import INTERNAL, NOT_FOUND, UNAVAILABLE, UNKNOWN, ApiError, make_error_body
from px_backup_simulator.faults import Fault
from px_backup_simulator.jsontext import read_json
from px_backup_simulator.proto_json import encode
from px_backup_simulator.render import make_backup_message

Json = dict[str, Any]

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
UPSTREAM_TEXT = "upstream connect error"
CONTRADICTION_TEXT = "failed to retrieve cloud credential [aws]: object not found"
# Escape sequences, BEL, a C1 control, line breaks that forge a play recap, and a direction override.
HOSTILE_TEXT = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\nPLAY RECAP ****\nlocalhost : ok=1 changed=0 failed=0\u202e"
LONGEST_TEXT = 256 * 1024 * 1024  # characters
DEEPEST = 10_000_000  # levels
_CODE_OF_HTTP = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 501: 12, 503: 14, 504: 4}


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a fault has at hand to make its reply: its own options, the reply without it, the request."""

    fault: Fault
    options: Json
    reply: Reply
    exchange: Exchange
    engine: Engine

    @property
    def value(self) -> Any:
        """The reply's JSON."""
        return read_json(self.reply.body) if self.reply.content_type == JSON_TYPE else {}

    def with_json(self, value: Any) -> Reply:
        """Return the reply with other JSON."""
        return Reply(self.reply.status, dump(value))

    @property
    def fields(self) -> list[str]:
        """The names of the fields that the response of this call has."""
        route = self.exchange.route
        if route is None:
            return ["access_token", "expires_in"]
        return [field.name for field in self.engine.surface.message(route.response).fields]


def replace_reply(exchange: Exchange, engine: Engine, fault: Fault) -> Reply:
    """Carry the request out where the fault says so, and make the reply of the fault."""
    reply = engine.process(exchange) if fault.processes else Reply(200, b"{}")
    made = MAKERS[fault.kind](Replacement(fault, fault.options, reply, exchange, engine))
    made.status = fault.options.get("status", made.status)
    made.headers |= {str(key): str(value) for key, value in fault.options.get("headers", {}).items()}
    return made


def _make_status(given: Replacement) -> Reply:
    options, status = given.options, given.options["status"]
    if "body" in options:
        body = options["body"]
        if isinstance(body, str):
            return Reply(status, body.encode(), options.get("content_type", TEXT_TYPE))
        return Reply(status, dump(body), options.get("content_type", JSON_TYPE))
    return _make_error(given, _CODE_OF_HTTP.get(status, UNKNOWN), f"simulated fault with status {status}")


def _make_error(given: Replacement, code: int, text: str) -> Reply:
    """Make an error of the API, of the options or else of the given code and text."""
    return make_error_reply(ApiError(given.options.get("code", code), given.options.get("text", text)))


def _make_error_body(given: Replacement) -> Reply:
    options = given.options
    return make_json_reply(200, {"error": options.get("text", UPSTREAM_TEXT), "code": options.get("code", UNAVAILABLE)})


def _make_stale_not_found(given: Replacement) -> Reply:
    entry = given.exchange.entry
    service = entry.rpc.partition(".")[0]
    title = KIND_OF_SERVICE[service].title if service in KIND_OF_SERVICE else service.lower()
    return _make_error(given, NOT_FOUND, f"failed to retrieve {title} [{entry.name}]: object not found")


def _make_old_retry(given: Replacement) -> Reply:
    """Respond to a retry with the oldest retry of the same backup, and start nothing."""
    entry, world = given.exchange.entry, given.engine.world
    retries = [
        backup
        for backup in world.sort_newest_first()
        if (parent := backup.given.get("retry_parent", {})) and entry.name == parent.get("name")
    ]
    if not retries:
        return _make_error(given, INTERNAL, f"backup [{entry.name}] has no earlier retry")
    message = make_backup_message(retries[-1], given.engine.clock.now(), "")
    return make_json_reply(200, {"backup": encode(given.engine.surface, "BackupObject", message)})


def _make_long_text(given: Replacement) -> Reply:
    length = min(given.options.get("length", 20_000_000), LONGEST_TEXT)
    part = given.options.get("text") or "x"
    text = (part * (length // len(part) + 1))[:length]
    return make_json_reply(500, make_error_body(given.options.get("code", UNKNOWN), text))


def _make_deep_json(given: Replacement) -> Reply:
    depth = min(given.options.get("depth", 600), DEEPEST)
    key = (given.fields or ["details"])[0]
    return Reply(200, b'{"%s":%s%s}' % (key.encode(), b"[" * depth, b"]" * depth))


def _make_wrong_types(given: Replacement) -> Reply:
    value = given.value
    paths = given.options.get("keys") or list(value)
    if paths:
        return given.with_json(edits.change_types(value, paths))
    return given.with_json({name: ["wrong type"] if name == "total_count" else "wrong type" for name in given.fields})


def _make_other_object(given: Replacement) -> Reply:
    names = {"name": "name", "uid": "uid", "org": "org_id"}
    identity = {field: given.options[key] for key, field in names.items() if key in given.options}
    if not identity:
        identity = {"name": "other-object", "uid": "00000000-0000-4000-8000-000000000000"}
    zeros = given.engine.settings.render_zero
    return given.with_json(edits.rename_objects(given.value, identity, keep_empty=zeros))


def _make_stale_list(given: Replacement) -> Reply:
    return given.with_json(edits.hide_objects(given.value, given.options.get("name"), given.options.get("uid")))


def _make_lying_total(given: Replacement) -> Reply:
    total = str(given.options.get("total", "200"))
    return given.with_json(edits.set_total(given.value, total, given.options.get("complete")))


def _make_endless_pages(given: Replacement) -> Reply:
    fault, value = given.fault, given.value
    key, page = edits.find_page(value)
    if len(page) > len(fault.page):
        fault.page = page
    page = fault.page if given.options.get("same") else edits.renumber(fault.page, fault.applied)
    total = given.options.get("total")
    return given.with_json(
        edits.set_page(value, key or _find_list_field(given), page, None if total is None else str(total))
    )


def _find_list_field(given: Replacement) -> str:
    """Return the field of the response that holds the list: a page beyond the end has none."""
    route = given.exchange.route
    fields = given.engine.surface.message(route.response).fields if route else ()
    return next((field.name for field in fields if field.repeated), "items")


def _make_hostile_text(given: Replacement) -> Reply:
    text = given.options.get("text", HOSTILE_TEXT)
    status = given.options.get("status", 200)
    if status >= 400:
        return make_json_reply(status, make_error_body(_CODE_OF_HTTP.get(status, UNKNOWN), text))
    keys = given.options.get("keys") or ["reason", "error", "message"]
    return given.with_json(edits.set_everywhere(given.value, {str(key) for key in keys}, text))


def _make_bad_utf8(given: Replacement) -> Reply:
    before, found, after = given.reply.body.partition(b':"')
    body = before + found + b"\xff\xfe" + after if found else b'{"reason":"\xff\xfe"}'
    return Reply(given.reply.status, body)


def _make_trailing_bytes(given: Replacement) -> Reply:
    tail = str(given.options.get("text", "garbage")).encode("utf-8", "replace")
    return Reply(given.reply.status, given.reply.body + tail)


MAKERS: dict[str, Callable[[Replacement], Reply]] = {
    "status": _make_status,
    "grpc_error": lambda given: _make_error(given, UNKNOWN, "simulated fault"),
    "error_body": _make_error_body,
    "contradiction": lambda given: _make_error(given, UNKNOWN, CONTRADICTION_TEXT),
    "stale_not_found": _make_stale_not_found,
    "html": lambda given: Reply(200, HTML, "text/html; charset=utf-8"),
    "empty_body": lambda given: Reply(given.reply.status, b"", given.reply.content_type),
    "not_object": lambda given: make_json_reply(200, given.options.get("body", [1, 2, 3])),
    "other_message": lambda given: make_json_reply(
        200, given.options.get("body", {"organizations": [{"name": "default"}]})
    ),
    "redirect": lambda given: Reply(
        302, b"", TEXT_TYPE, {"Location": given.options.get("location", "https://login.example.com/")}
    ),
    "old_retry": _make_old_retry,
    "long_text": _make_long_text,
    "deep_json": _make_deep_json,
    "wrong_content_type": lambda given: Reply(
        given.reply.status, given.reply.body, given.options.get("content_type", "text/plain")
    ),
    "wrong_types": _make_wrong_types,
    "other_object": _make_other_object,
    "edited_body": lambda given: given.with_json(
        edits.edit(given.value, given.options.get("set", {}), given.options.get("remove", []))
    ),
    "short_body": lambda given: given.with_json(edits.drop_keys(given.value, given.options.get("keys"))),
    "stale_list": _make_stale_list,
    "lying_total": _make_lying_total,
    "endless_pages": _make_endless_pages,
    "hostile_text": _make_hostile_text,
    "bad_utf8": _make_bad_utf8,
    "trailing_bytes": _make_trailing_bytes,
    "bad_gzip": lambda given: Reply(given.reply.status, given.reply.body, JSON_TYPE, {"Content-Encoding": "gzip"}),
}
