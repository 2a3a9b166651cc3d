# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the migration page runs as the page says; the short name stands for the full one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from support.guides import read_blocks
from support.playbooks import MODULE, run_file
from support.simulator import Simulator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "migration.md"
SHORT = "backup"
NAMES = (SHORT, MODULE, f"{MODULE}_info")

SHARE = {"collaborators": [{"id": "7b0c9d4e-1111-4222-8333-944455556666", "access": "View"}], "groups": []}
BEFORE = (
    {"name": "shop-1", "status": "Success", "labels": {"team": "a"}, "namespaces": ["shop"], "share": SHARE},
    {"name": "shop-10", "status": "Success", "labels": {"team": "a"}, "namespaces": ["shop"]},
    {"name": "shop-failed", "status": "Failed", "labels": {"team": "a"}, "namespaces": ["shop"]},
)


class Example(NamedTuple):
    """Tasks or plays of the page, and the message with which the last task fails, if the page gives one."""

    number: int
    content: list[dict[str, Any]]
    message: str | None

    def __str__(self) -> str:
        return f"{self.number}-{self.content[0]['name'].replace(' ', '-')}"

    @property
    def plays(self) -> list[dict[str, Any]]:
        """The example as a playbook, with the module's full name."""
        if "hosts" in self.content[0]:
            return self.content
        tasks = [{MODULE if key == SHORT else key: value for key, value in task.items()} for task in self.content]
        return [{"name": "Example", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def _examples() -> list[Example]:
    found: list[Example] = []
    for block in read_blocks(PAGE.parent, PAGE.name):
        if block.language == "yaml":
            found.append(Example(len(found) + 1, yaml.safe_load(block.text), None))
        else:
            assert found[-1].message is None, str(block)
            found[-1] = found[-1]._replace(message=block.text.strip())
    return found


EXAMPLES = _examples()


def test_the_page_has_examples_of_both_kinds() -> None:
    assert {example.message is None for example in EXAMPLES} == {True, False}
    text = PAGE.read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w -]", "", line).replace(" ", "-").lower() for line in re.findall(r"^## (.*)$", text, re.M)}
    assert set(re.findall(r"\(#([^)]*)\)", text)) == headings, "every chapter stands in the table"


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_runs_as_the_page_says(simulator: Simulator, work: Path, example: Example) -> None:
    simulator.settings(backup_seconds=2)
    for backup in BEFORE:
        simulator.add_backup(**backup)
    simulator.forget_requests()
    state = simulator.state()
    variables = {
        "px_backup_url": simulator.url,
        "px_backup_token": simulator.environment["PX_BACKUP_TOKEN"],
        "cluster_uid": _uid(state["clusters"], "prod-eu"),
        "location_uid": _uid(state["backup_locations"], "s3-main"),
    }
    playbook = work / "example.yml"
    playbook.write_text(yaml.safe_dump(example.plays, sort_keys=False), encoding="utf-8")
    assert any(name in task for play in example.plays for task in play["tasks"] for name in NAMES)
    run = run_file(playbook, work, simulator.environment, extra_vars=variables)
    if example.message is None:
        run.ok()
        return
    assert run.status != 0
    assert example.message in run.results[-1]["msg"]
    assert simulator.writes() == []


def _uid(items: list[dict[str, Any]], name: str) -> str:
    return next(str(item["metadata"]["uid"]) for item in items if item["metadata"]["name"] == name)
