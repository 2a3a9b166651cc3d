# SPDX-License-Identifier: GPL-3.0-or-later
"""From a raw path to a route and its parameters."""

from __future__ import annotations

from urllib.parse import unquote

from px_backup_simulator.errors import RouteError
from px_backup_simulator.surface import Route, Surface


def match_route(
    surface: Surface, method: str, raw_path: str, *, colon_names: str = "verb"
) -> tuple[Route, dict[str, str]]:
    """Find the route of a request.

    Args:
        surface: what the release offers.
        method: the HTTP method.
        raw_path: the path as it was sent, percent-encoded.
        colon_names: what a colon in the last segment means. "verb": as a grpc-gateway reads it, what follows
            the last colon is a verb, and no route has one; an empty verb reaches the route. "accept": the
            colon is part of the name. "refuse": no route.

    Raises:
        RouteError: 404 or 405 when there is no route. The path is decoded before it is split, so a name with a "/"
            makes two segments; "." and ".." reach no route.
    """
    segments = unquote(raw_path, errors="replace").removeprefix("/").split("/")
    if any(part in (".", "..") for part in segments):
        raise RouteError(404, "Not Found")
    if colon_names != "accept":
        segments[-1] = _strip_verb(segments[-1], refuse=colon_names == "refuse")
    other_method = False
    for route in surface.routes:
        parameters = _match_parameters(route, segments)
        if parameters is None:
            continue
        if route.method == method:
            return route, parameters
        other_method = True
    if other_method:
        raise RouteError(405, "Method Not Allowed")
    raise RouteError(404, "Not Found")


def _strip_verb(segment: str, *, refuse: bool) -> str:
    """Return the last segment without its empty verb; RouteError when the verb is not empty."""
    name, colon, verb = segment.rpartition(":")
    if not colon:
        return segment
    if refuse or verb or not name:
        raise RouteError(404, "Not Found")
    return name


def _match_parameters(route: Route, segments: list[str]) -> dict[str, str] | None:
    if len(segments) != len(route.segments):
        return None
    parameters: dict[str, str] = {}
    for wanted, given in zip(route.segments, segments, strict=True):
        if wanted.startswith("{"):
            parameters[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return parameters
