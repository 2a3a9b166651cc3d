# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the fast path keeps a connection when one process runs several tasks.

Ansible's own strategies fork a worker for each task, so that playbooks never show it; other strategies do not.
"""

from __future__ import annotations

import os

from ansible.playbook.task import Task
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.connection import Connection
from ansible_collections.pxops.px_backup.plugins.plugin_utils.fast_path import FastPath

CONNECTION = Connection("https://px-backup.example.com", token="0123456789")
OTHER = CONNECTION._replace(token="9876543210")


def _transport(task: Task, connection: Connection = CONNECTION, environment: dict[str, str] | None = None) -> object:
    """Return what an item of a task gets."""
    action = FastPath(task, None, None, None, None, None)
    action._environment = environment or {}
    with action._kept(connection) as transport:
        return transport


def test_items_of_a_task_share_and_tasks_do_not() -> None:
    task = Task()
    first = _transport(task)
    assert _transport(task) is first
    assert _transport(Task()) is not first


def test_items_with_different_servers_or_proxies_do_not_share() -> None:
    task = Task()
    first = _transport(task)
    second = _transport(task, OTHER)
    third = _transport(task, OTHER, {"HTTPS_PROXY": "http://proxy.example.com"})
    assert len({id(first), id(second), id(third)}) == 3


def test_a_forked_process_does_not_inherit_connections() -> None:
    task = Task()
    first = _transport(task)
    child = os.fork()
    if child == 0:
        os._exit(0 if _transport(task) is not first else 1)
    assert os.waitpid(child, 0)[1] == 0
