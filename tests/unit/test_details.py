# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contents of a backup: further pages, and filters that are set in two places."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.endpoints import Api
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.details import inspect_contents
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context, Outcome
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ProtocolError, ValidationError
from ansible_collections.pxops.px_backup.tests.unit.support import samples
from ansible_collections.pxops.px_backup.tests.unit.support.server import HTTPServer, Reply, Request, json_reply

Serve = Callable[..., HTTPServer]
NAME = {"name": "b1"}


def resource(number: int) -> dict[str, Any]:
    return {"resource_info": {"name": f"r{number}", "namespace": "shop", "kind": "Pod", "version": "v1"}}


class Pages:
    """A server whose backup has so many resources, some in each response."""

    def __init__(self, serve: Serve, total: int, size: int, first: int = 0) -> None:
        self._total, self._size, self._first = total, size, first
        self.filters: list[dict[str, Any]] = []
        client = samples.transport(serve(responder=self._respond).url)
        api = Api(client, "default", False, "3.0.0")
        self.context: Context = samples.context(client)._replace(api=api)

    def _respond(self, request: Request) -> Reply:
        listed = samples.raw_backup()
        if request.method == "GET":
            if request.path.startswith("/v1/backup/default/"):
                return json_reply({"backup": listed})
            return json_reply({"backups": [listed], "total_count": "1", "complete": True})
        body = json.loads(request.body)
        chosen = body.get("filter", {})
        self.filters.append(chosen)
        return json_reply({"backup": {"metadata": listed["metadata"], **self.page(int(chosen.get("object_index", 0)))}})

    def page(self, index: int) -> dict[str, Any]:
        numbers = range(index + self._first, min(index + self._size, self._total) + self._first)
        return {"resources": [resource(number) for number in numbers], "total_resource_count": str(self._total)}

    def read(self, **parameters: Any) -> Outcome:
        return inspect_contents(self.context, {**NAME, **parameters})


def names(outcome: Outcome) -> list[str]:
    return [item["resource_info"]["name"] for item in outcome.result["details"]["resources"]]


def test_all_pages_are_read(serve: Serve) -> None:
    pages = Pages(serve, total=5, size=2)
    outcome = pages.read(resource_status_filter=["Failed"])
    assert names(outcome) == ["r0", "r1", "r2", "r3", "r4"]
    assert [chosen.get("object_index") for chosen in pages.filters] == [None, 2, 4]
    assert all(chosen["status"] == ["Failed"] for chosen in pages.filters)
    assert (outcome.result["total_count"], outcome.result["truncated"]) == (5, False)
    assert outcome.message == "Backup 'b1' holds 5 resources that match"


def test_a_part_is_one_page(serve: Serve) -> None:
    pages = Pages(serve, total=5, size=2)
    outcome = pages.read(max_objects=2, object_index=1)
    assert names(outcome) == ["r1", "r2"]
    assert pages.filters == [{"max_objects": 2, "object_index": 1}]
    assert (outcome.result["total_count"], outcome.result["truncated"]) == (5, True)


def test_the_rest_from_a_position(serve: Serve) -> None:
    pages = Pages(serve, total=5, size=2)
    outcome = pages.read(object_index=2)
    assert names(outcome) == ["r2", "r3", "r4"]
    assert (outcome.result["total_count"], outcome.result["truncated"]) == (5, False)


def test_nothing_beyond_the_end(serve: Serve) -> None:
    outcome = Pages(serve, total=5, size=2).read(object_index=9)
    assert names(outcome) == []
    assert (outcome.result["total_count"], outcome.result["truncated"]) == (5, False)


def test_pages_that_repeat(serve: Serve) -> None:
    pages = Pages(serve, total=5, size=2)
    pages.page = lambda index: Pages.page(pages, 0)  # type: ignore[method-assign]
    with pytest.raises(ProtocolError) as caught:
        pages.read()
    assert str(caught.value) == (
        "the server does not page the resources of backup 'b1': it repeats them, and says that there "
        "are 5; set filter.max_objects and filter.object_index to read a part"
    )
    assert len(pages.filters) == 2


def test_a_page_without_resources_ends_the_list(serve: Serve) -> None:
    pages = Pages(serve, total=5, size=2)
    pages.page = lambda index: Pages.page(pages, index if index < 2 else 9)  # type: ignore[method-assign]
    outcome = pages.read()
    assert names(outcome) == ["r0", "r1"]
    assert (outcome.result["total_count"], outcome.result["truncated"]) == (5, True)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"filter": {"max_objects": 2}, "max_objects": 3},
            "max_objects is 3, but filter.max_objects is 2; omit one of the two",
        ),
        (
            {"filter": {"status": ["Failed"]}, "resource_status_filter": ["Success"]},
            "resource_status_filter is ['Success'], but filter.status is ['Failed']; omit one of the two",
        ),
        (
            {"filter": {"namespace_filter": {"gvks": ["v1/Pod"]}}, "virtual_machine_filter": {"os_name": ["linux"]}},
            "namespace_filter and virtual_machine_filter are mutually exclusive; set one of the two",
        ),
        ({"max_objects": 0}, "filter.max_objects is 0; set it to at least 1 and at most 2000000"),
        ({"object_index": -1}, "filter.object_index is -1; set it to at least 0 and at most 2000000"),
    ],
)
def test_filters_that_contradict(parameters: dict[str, Any], sentence: str) -> None:
    work = samples.context(samples.transport("http://127.0.0.1:1"))
    with pytest.raises(ValidationError) as caught:
        inspect_contents(work, {**NAME, **parameters})
    assert str(caught.value) == sentence


def test_a_filter_that_is_set_twice_the_same(serve: Serve) -> None:
    pages = Pages(serve, total=1, size=2)
    pages.read(filter={"max_objects": 2}, max_objects=2)
    assert pages.filters == [{"max_objects": 2}]
