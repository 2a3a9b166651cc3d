# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a response's JSON: fields set, removed, of another type; objects renamed or hidden; pages without end.

A path is the names of the fields joined by dots, with `*` for every element of a list and a number for one:
`backups.*.metadata.uid`.
"""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def _find_parents(value: Any, path: str, *, create: bool) -> Iterator[tuple[Any, Any]]:
    """Yield each container that the path's last part is in, with its key or index."""
    *parts, last = path.split(".")
    places = [value]
    for part in parts:
        found: list[Any] = []
        for place in places:
            found += _step(place, part, create=create)
        places = found
    for place in places:
        if isinstance(place, list):
            indices = range(len(place)) if last == "*" else [int(last)] if last.isdigit() else []
            yield from ((place, index) for index in indices if index < len(place))
        elif isinstance(place, dict):
            yield place, last


def _step(place: Any, part: str, *, create: bool) -> list[Any]:
    if isinstance(place, list):
        return place if part == "*" else place[int(part) : int(part) + 1] if part.isdigit() else []
    if not isinstance(place, dict):
        return []
    if part not in place and create:
        place[part] = {}
    return [place[part]] if part in place else []


def edit(value: Any, settings: Json, removed: list[Any]) -> Any:
    """Remove the fields of some paths, then set those of others."""
    for path in removed:
        for place, key in _find_parents(value, str(path), create=False):
            if isinstance(place, list) or key in place:
                del place[key]
    for path, wanted in settings.items():
        for place, key in _find_parents(value, path, create=True):
            place[key] = copy.deepcopy(wanted)
    return value


def change_types(value: Any, paths: list[Any]) -> Any:
    """Give the fields of some paths a value that their type cannot have."""
    for path in paths:
        for place, key in _find_parents(value, str(path), create=False):
            if isinstance(place, list) or key in place:
                place[key] = _make_other_type(place[key])
    return value


def _make_other_type(value: Any) -> Any:
    """Return a value of another type; a number would do for a text of digits, so a text becomes a list."""
    if isinstance(value, str):
        return ["wrong type"]
    if isinstance(value, list):
        return {"wrong": "type"}
    return "wrong type"


def drop_keys(value: Any, keys: list[Any] | None) -> Any:
    """Remove keys wherever they are; without keys nothing is left."""
    if not keys:
        return {}
    if isinstance(value, dict):
        return {key: drop_keys(item, keys) for key, item in value.items() if key not in keys}
    return [drop_keys(item, keys) for item in value] if isinstance(value, list) else value


def set_everywhere(value: Any, keys: set[str], text: str) -> Any:
    """Set the texts of some keys wherever they are."""
    if isinstance(value, dict):
        return {
            key: text if key in keys and isinstance(item, str) else set_everywhere(item, keys, text)
            for key, item in value.items()
        }
    return [set_everywhere(item, keys, text) for item in value] if isinstance(value, list) else value


def _find_metadata(value: Any) -> Iterator[Json]:
    """Yield the metadata of the object, or of each object of the list, that a response carries."""
    for item in value.values() if isinstance(value, dict) else ():
        for entry in item if isinstance(item, list) else [item]:
            if isinstance(entry, dict) and isinstance(entry.get("metadata"), dict):
                yield entry["metadata"]


def rename_objects(value: Any, identity: Json, *, keep_empty: bool) -> Any:
    """Give the objects of a response another identity; an empty value is omitted unless `keep_empty`."""
    for metadata in _find_metadata(value):
        for key, text in identity.items():
            if text or keep_empty:
                metadata[key] = text
            else:
                metadata.pop(key, None)
    return value


def hide_objects(value: Any, name: str | None, uid: str | None) -> Any:
    """Take objects out of a list and out of its total; without name and uid, all of them."""
    key, page = find_page(value)
    kept = [entry for entry in page if not _is(entry, name, uid)]
    if len(kept) == len(page):
        return value
    if "total_count" in value:
        value["total_count"] = str(int(value["total_count"]) - len(page) + len(kept))
    value[key] = kept
    for empty in (key, "total_count"):
        if value.get(empty) in ([], "0"):
            del value[empty]
    return value


def _is(entry: Any, name: str | None, uid: str | None) -> bool:
    metadata = entry.get("metadata", {}) if isinstance(entry, dict) else {}
    return name in (None, metadata.get("name")) and uid in (None, metadata.get("uid"))


def find_page(value: Any) -> tuple[str, list[Any]]:
    """Return the name of the list that a response carries, and the list; an empty name when there is none."""
    holder = _find_page_holder(value)
    return next(((key, item) for key, item in holder.items() if isinstance(item, list)), ("", []))


def _find_page_holder(value: Any) -> Json:
    """Return the object that holds the list: the resources of a backup are one level down."""
    if not isinstance(value, dict):
        return {}
    backup = value.get("backup")
    return {"resources": backup.get("resources", [])} if isinstance(backup, dict) else value


def set_total(value: Any, total: str, complete: bool | None) -> Any:
    """Set the total of a list, and whether it is complete (None leaves that as it is)."""
    if isinstance(value.get("backup"), dict):
        value["backup"]["total_resource_count"] = total
        return value
    value["total_count"] = total
    if complete is not None:
        value.pop("complete", None)
        if complete:
            value["complete"] = True
    return value


def set_page(value: Any, key: str, page: list[Any], total: str | None) -> Any:
    """Set the list of a response that never says that it is complete."""
    if isinstance(value.get("backup"), dict):
        value["backup"]["resources"] = page
        value["backup"].pop("total_resource_count", None)
    else:
        value[key] = page
        value.pop("complete", None)
        value.pop("total_count", None)
    return value if total is None else set_total(value, total, None)


def renumber(page: list[Any], number: int) -> list[Any]:
    """Copy a page with names and uids that no other number gives."""
    made = copy.deepcopy(page)
    for index, entry in enumerate(made):
        target = entry.get("metadata", entry) if isinstance(entry, dict) else {}
        digest = hashlib.md5(f"{number}/{index}".encode(), usedforsecurity=False).digest()
        target["name"] = f"{target.get('name', 'object')}-{number}-{index}"
        if "uid" in target:
            target["uid"] = str(uuid.UUID(bytes=digest, version=4))
    return made
