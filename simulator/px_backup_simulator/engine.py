# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator without its HTTP server: a request in, a reply out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from px_backup_simulator import worldfile
from px_backup_simulator.auth import Authenticator, User
from px_backup_simulator.call import Call, dump
from px_backup_simulator.calls import HANDLERS, OPEN
from px_backup_simulator.churn import churn
from px_backup_simulator.clock import Clock, format_time
from px_backup_simulator.errors import (
    INVALID_ARGUMENT,
    UNAUTHENTICATED,
    ApiError,
    ControlError,
    RouteError,
    make_error_body,
)
from px_backup_simulator.faults import FaultList
from px_backup_simulator.jsontext import read_json
from px_backup_simulator.log import Entry, RequestLog
from px_backup_simulator.proto_json import Decoder, encode
from px_backup_simulator.routing import match_route
from px_backup_simulator.schedules import run_schedules
from px_backup_simulator.settings import Settings
from px_backup_simulator.state import StateFile
from px_backup_simulator.surface import Route, Surface, get_surface
from px_backup_simulator.world import World

Json = dict[str, Any]

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
_LOGIN_PREFIXES = ("/auth/realms/", "/realms/")
_LOGIN_END = "/protocol/openid-connect/token"
_NEVER_LOGGED = frozenset({"password", "client_secret", "refresh_token", "token", "access_token"})


@dataclass(slots=True)
class Reply:
    """What is sent."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Exchange:
    """One request while it is processed."""

    entry: Entry
    body: bytes
    authorization: str
    route: Route | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    refusal: RouteError | None = None
    login: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as the server hands it over."""

    method: str
    raw_target: str
    body: bytes
    authorization: str
    connection: int
    user_agent: str


def make_json_reply(status: int, data: Any) -> Reply:
    """Make a reply of JSON."""
    return Reply(status, dump(data))


def make_error_reply(error: ApiError) -> Reply:
    """Make the reply of an error, as a gateway writes it."""
    return make_json_reply(error.http_status, make_error_body(error.code, error.text))


def is_login(raw_path: str) -> bool:
    """Tell whether a path is the token endpoint of the login."""
    return raw_path.startswith(_LOGIN_PREFIXES) and raw_path.endswith(_LOGIN_END)


def _find_identity(exchange: Exchange) -> tuple[str, str]:
    """Return the name and the uid of the object that a request is about; empty when it names none."""
    entry = exchange.entry
    given: Json = dict(entry.query) | exchange.parameters
    if isinstance(entry.body, dict):
        metadata = entry.body.get("metadata")
        given = entry.body | (metadata if isinstance(metadata, dict) else {})
    return str(given.get("name", "")), str(given.get("uid", ""))


class Engine:
    """Everything that belongs to one running simulator."""

    def __init__(
        self, clock: Clock, settings: Settings, world: World, authenticator: Authenticator, state: StateFile | None
    ) -> None:
        self.clock = clock
        self.world = world
        self.authenticator = authenticator
        self.state = state
        self.log = RequestLog()
        self.faults = FaultList()
        self.connections = 0
        self._first_settings = settings
        self.settings = settings
        self.seed_world: Json = {}
        self.generated = 0
        self.history_days = 0

    @property
    def surface(self) -> Surface:
        """What the release offers."""
        return get_surface(self.settings.release)

    def reset(self, data: Json | None = None) -> None:
        """Go back to the world at the start, or to another one; a world that is not valid leaves that at the start."""
        self.settings = self._first_settings
        self.authenticator.reset()
        self.log.clear()
        self.faults.rules.clear()
        self.world.clear()
        self.clock.offset = 0.0
        try:
            if data is None:
                self.fill()
            else:
                worldfile.fill(self.world, data)
        except ControlError:
            self.world.clear()
            self.fill()
            raise
        finally:
            self.save()

    def fill(self) -> None:
        """Put the objects of the start into an empty world."""
        worldfile.fill(self.world, self.seed_world, self.generated)
        if self.history_days:
            run_schedules(self.world, self.settings, self.clock.now() - self.history_days * 86400)

    def settle(self) -> None:
        """Bring schedules, restores and deletions up to the present time."""
        world, now = self.world, self.clock.now()
        if self.settings.schedules == "on":
            since = now if world.schedules_until is None else world.schedules_until
            world.schedules_until = now
            run_schedules(world, self.settings, since)
        world.settle(self.settings)

    def save(self) -> None:
        """Save what has changed."""
        if self.state is not None:
            self.state.save(self.world)
        else:
            self.world.touched.clear()

    def open(self, incoming: Incoming) -> Exchange:
        """Find the route of a request and begin its entry in the log."""
        raw_path, _, raw_query = incoming.raw_target.partition("?")
        query = parse_qsl(raw_query, keep_blank_values=True)
        entry = Entry(
            seq=self.log.next_seq(),
            time=format_time(self.clock.now()),
            method=incoming.method,
            path=raw_path,
            query=query,
            connection=incoming.connection,
            user_agent=incoming.user_agent,
        )
        exchange = Exchange(entry, incoming.body, incoming.authorization)
        if is_login(raw_path):
            entry.rpc, exchange.login = "Auth.Token", True
        else:
            self._route(exchange)
        self.log.add(entry)
        return exchange

    def _route(self, exchange: Exchange) -> None:
        entry = exchange.entry
        try:
            exchange.route, exchange.parameters = self._match(entry)
            entry.rpc, entry.writes = exchange.route.rpc, exchange.route.writes
        except RouteError as error:
            exchange.refusal = error
            entry.writes = entry.method in ("PUT", "DELETE", "PATCH")
        user = self.authenticator.find_user(exchange.authorization, self.clock.token_now())
        entry.user, entry.authorized = (user.name, True) if user else ("", False)
        if exchange.body and exchange.route is not None and exchange.route.has_body:
            try:
                entry.body = read_json(exchange.body)
            except ValueError:
                entry.body = exchange.body.decode(errors="replace")
        entry.name, entry.uid = _find_identity(exchange)

    def _match(self, entry: Entry) -> tuple[Route, dict[str, str]]:
        return match_route(self.surface, entry.method, entry.path, colon_names=self.settings.colon_names)

    def process(self, exchange: Exchange) -> Reply:
        """Carry a request out."""
        if exchange.login:
            return self._login(exchange)
        if exchange.refusal is not None:
            return Reply(exchange.refusal.status, f"{exchange.refusal.text}\n".encode(), TEXT_TYPE)
        route = exchange.route
        assert route is not None
        try:
            request = self._decode(route, exchange)
            user = self._authorize(route, exchange)
            self.settle()
            call = Call(self.world, self.settings, self.surface, user, request, self.clock.now())
            response = HANDLERS[route.rpc](call)
        except ApiError as error:
            return make_error_reply(error)
        if route.writes:
            self.save()
        elif route.rpc == "Backup.Enumerate" and self.settings.churn:
            churn(self.world, self.settings)
            self.save()
        if isinstance(response, bytes):
            return Reply(200, response)
        return make_json_reply(200, encode(self.surface, route.response, response, self.settings.render_zero))

    def _decode(self, route: Route, exchange: Exchange) -> Json:
        settings = self.settings
        decoder = Decoder(self.surface, query_enums=settings.query_enums, query_map_keys=settings.query_map_keys)
        try:
            if route.has_body:
                request = decoder.body(route.request, self._parse_body(exchange))
            else:
                names = frozenset(exchange.parameters)
                request = decoder.query(route.request, exchange.entry.query, names)
        finally:
            exchange.entry.unknown_fields = decoder.unknown
        if decoder.unknown and self.settings.unknown_fields == "reject" and route.has_body:
            raise ApiError(INVALID_ARGUMENT, f'unknown field "{decoder.unknown[0]}" in v1.{route.request}')
        return request | decoder.path(route.request, exchange.parameters)

    @staticmethod
    def _parse_body(exchange: Exchange) -> Any:
        if not exchange.body.strip():
            return {}
        try:
            return read_json(exchange.body)
        except ValueError as error:
            raise ApiError(INVALID_ARGUMENT, f"invalid character in the body: {error}") from error

    def _authorize(self, route: Route, exchange: Exchange) -> User:
        user = self.authenticator.find_user(exchange.authorization, self.clock.token_now())
        if user is not None:
            return user
        if route.rpc in OPEN:
            return User("", "")
        text = "token is not valid or has expired" if exchange.authorization else "authorization token is missing"
        raise ApiError(UNAUTHENTICATED, text)

    def _login(self, exchange: Exchange) -> Reply:
        if exchange.entry.method != "POST":
            return Reply(405, b"Method Not Allowed\n", TEXT_TYPE)
        form = dict(parse_qsl(exchange.body.decode(errors="replace"), keep_blank_values=True))
        exchange.entry.body = {key: value for key, value in form.items() if key not in _NEVER_LOGGED}
        status, response = self.authenticator.login(form, self.clock.token_now(), self.settings)
        exchange.entry.authorized = status == 200
        exchange.entry.user = form.get("username", "") if status == 200 else ""
        return make_json_reply(status, response)
