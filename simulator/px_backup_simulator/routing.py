# SPDX-License-Identifier: GPL-3.0-or-later
"""From a raw path to a route and its parameters."""

from __future__ import annotations

from urllib.parse import unquote

from px_backup_simulator.errors import RouteError
from px_backup_simulator.surface import Route, Surface


def match_route(surface: Surface, method: str, raw_path: str, *, colons: bool = True) -> tuple[Route, dict[str, str]]:
    """The route of a request; RouteError 404 or 405 when there is none.

    The raw path is split at "/" first and each segment is decoded after that. A segment that holds
    a "/" once it is decoded, or is "." or "..", reaches no route: a gateway does not route it either.
    Without `colons` the same goes for a ":" in the last segment, which gateways may take for a verb.
    """
    segments = [unquote(part, errors="replace") for part in raw_path.removeprefix("/").split("/")]
    if any("/" in part or part in (".", "..") for part in segments):
        raise RouteError(404, "Not Found")
    if not colons and ":" in segments[-1]:
        raise RouteError(404, "Not Found")
    other_method = False
    for route in surface.routes:
        parameters = _parameters(route, segments)
        if parameters is None:
            continue
        if route.method == method:
            return route, parameters
        other_method = True
    if other_method:
        raise RouteError(405, "Method Not Allowed")
    raise RouteError(404, "Not Found")


def _parameters(route: Route, segments: list[str]) -> dict[str, str] | None:
    if len(segments) != len(route.segments):
        return None
    parameters: dict[str, str] = {}
    for wanted, given in zip(route.segments, segments, strict=True):
        if wanted.startswith("{"):
            parameters[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return parameters
