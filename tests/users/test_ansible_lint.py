# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-lint knows the arguments of the modules, and our own settings leave no folder of the collection out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import ROOT, Run, blocks_of, command_of

GUIDE = ROOT / "docs" / "guides" / "environments.md"
HEAD = "---\n- name: Play\n  hosts: localhost\n  gather_facts: false\n  tasks:\n"
GOOD = (
    HEAD
    + """\
    - name: List failed backups
      pxops.px_backup.backup_info:
        cluster_ref:
          name: "{{ cluster }}"
        status: "{{ wanted }}"
        max_objects: "{{ most }}"

    - name: Delete a backup
      pxops.px_backup.backup:
        operation: DELETE
        name: "{{ wanted_name }}"
        wait: true

    - name: Write the report
      ansible.builtin.include_role:
        name: pxops.px_backup.protection_report
      vars:
        protection_report_model: "{{ protection.report }}"
        protection_report_html: /srv/www/backup/index.html
"""
)
BAD = (
    HEAD
    + """\
    - name: A wrong option
      pxops.px_backup.backup_info:
        state: Failed

    - name: A wrong value
      pxops.px_backup.backup:
        operation: REMOVE
        name: one

    - name: An option of another operation
      pxops.px_backup.backup:
        operation: DELETE
        name: one
        namespaces: ["{{ where }}"]

    - name: A part of a wrong type
      pxops.px_backup.backup_prune:
        keep:
          last: many
"""
)
UNNAMED = "---\n- ansible.builtin.debug:\n    msg: no name\n"
RULEBOOK = "---\n- name: Rules\n  hosts: localhost\n  sources: []\n  rulez: []\n"
(NAVIGATOR,) = [block for block in blocks_of(GUIDE, "yaml") if block.startswith("ansible-navigator:")]
# A file in each folder of a collection, with what is found in it.
FILES = {
    "playbooks/good.yml": (GOOD, []),
    "playbooks/bad.yml": (BAD, ["args[module]"] * 4),
    "roles/one/tasks/main.yml": (UNNAMED, ["name[missing]"]),
    "playbooks/tasks/one.yml": (UNNAMED, ["name[missing]"]),
    "extensions/eda/rulebooks/one.yml": (RULEBOOK, ["syntax-check[specific]"]),
    "ansible-navigator.yml": (f"---\n{NAVIGATOR}", []),
    "meta/execution-environment.yml": ("---\nversion: 3\nnonsense: true\n", ["schema[execution-environment]"]),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A collection with our own settings of ansible-lint, and its mistakes."""
    for name in (".ansible-lint", "galaxy.yml", "meta/runtime.yml", "README.md", "CHANGELOG.rst"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    for name, (text, _rules) in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_mistakes_are_found_in_every_folder_and_only_mistakes(project: Path, run: Run) -> None:
    command = command_of("ansible-lint")
    done = run(command, "--offline", "--strict", "--profile", "production", "--format", "json", "--project-dir", ".")
    assert done.returncode == 2, done.stderr
    matches = json.loads(done.stdout)
    found: dict[str, list[str]] = {name: [] for name in FILES}
    for match in matches:
        found.setdefault(match["location"]["path"], []).append(match["check_name"])
    assert found == {name: rules for name, (_text, rules) in FILES.items()}
    assert "DELETE does not use namespaces" in done.stdout
