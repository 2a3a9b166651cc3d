# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks and loops of tasks through ansible-playbook."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samples import SETTINGS, names

MODULE = "pxops.px_backup.backup"
# The connection as a task can set it.
CONNECTION: dict[str, Any] = {
    "api_url": os.environ["PX_BACKUP_API_URL"],
    "token": os.environ["PX_BACKUP_TOKEN"],
    "org_id": os.environ["PX_BACKUP_ORG_ID"],
    "ssl_config": {"ca_cert": os.environ.get("PX_BACKUP_CA_CERT", "")},
}
ACTIONS = Path(__file__).resolve().parent / "action_plugins"


def _played(task: dict[str, Any], count: str, *more: dict[str, Any]) -> int:
    """Play a task and return how many backups or items there are in what it registers as ``done``.

    Args:
        count: where they are, an expression.
        more: tasks to play after it.
    """
    counted = {"name": "Count", "ansible.builtin.debug": {"msg": f"counted={{{{ {count} | length }}}}."}}
    tasks = [{"name": "Work", "register": "done", **task}, counted, *more]
    play = [{"name": "Bench", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    with tempfile.TemporaryDirectory() as folder:
        playbook = Path(folder) / "bench.json"
        playbook.write_text(json.dumps(play))
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local"]
        command += ["-e", f"ansible_python_interpreter={sys.executable}", str(playbook)]
        environment = os.environ | {"ANSIBLE_ACTION_PLUGINS": str(ACTIONS)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"counted=(\d+)\.", done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"ansible-playbook ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr}")
    return int(found[1])


def _listed(module: str, **parameters: Any) -> Callable[..., int]:
    """List backups in one task, at the page size of the module."""

    def work(page_size: int) -> int:
        return _played({module: parameters}, "done.backups")

    return work


def _looped(module: str, **parameters: Any) -> Callable[..., int]:
    """Run a task for each item, which is given as ``items`` or as names of samples in the number ``count``."""

    def work(count: int = 0, items: list[str] | None = None, **options: Any) -> int:
        loop = names(count) if items is None else items
        return _played({module: {**parameters, **options}, "loop": loop}, "done.results")

    return work


def _batch(count: int, **options: Any) -> int:
    """Make backups in one task."""
    made = [{"name": name} for name in names(count)]
    task = {"pxops.px_backup.backup_batch": {"defaults": SETTINGS, "backups": made, **options}}
    return _played(task, "done.backups | selectattr('changed')")


def _empty() -> int:
    """Do nothing: what ansible-playbook takes to start and to end."""
    return _played({"ansible.builtin.debug": {"msg": "nothing"}}, "[done]")


def _result_kept(name: str, file: str) -> int:
    """Keep the result of an INSPECT_ONE in a file."""
    copy = {"content": "{{ done | to_json }}", "dest": file, "mode": "600"}
    task = {MODULE: {"operation": "INSPECT_ONE", "name": name}}
    return _played(task, "[done]", {"name": "Keep", "ansible.builtin.copy": copy})


def _uri(items: list[str]) -> int:
    """Read backups by their names as people do without a module: a task for each call, both loops of uri."""
    url = f"{CONNECTION['api_url']}/v1/backup/{CONNECTION['org_id']}"
    options = "include_detailed_resources=false", "max_objects=200", "object_index=0"
    query = "&".join(f"enumerate_options.{option}" for option in ("name_filter={{ item | urlencode }}", *options))
    common = {"headers": {"Authorization": f"Bearer {CONNECTION['token']}"}, **CONNECTION["ssl_config"]}
    common["ca_path"] = common.pop("ca_cert")
    listed = {"ansible.builtin.uri": {"url": f"{url}?{query}", **common}, "loop": items}
    one = f"{url}/{{{{ item.item | urlencode }}}}?uid={{{{ item.json.backups[0].metadata.uid }}}}"
    read = {"ansible.builtin.uri": {"url": one, **common}, "loop": "{{ done.results }}"}
    return _played(listed, "done.results", {"name": "Read", **read, "loop_control": {"label": "{{ item.item }}"}})


def _named_with_uid(module: str, items: list[dict[str, str]]) -> int:
    """Read backups by name and uid, with the connection in the task, as the module of any collection takes them."""
    named = {"operation": "INSPECT_ONE", "name": "{{ item.name }}", "uid": "{{ item.uid }}"}
    return _played({module: {**named, **CONNECTION}, "loop": items}, "done.results")


WORKS: dict[str, Callable[..., int]] = {
    "module": _listed(MODULE, operation="INSPECT_ALL"),
    "module summary": _listed("pxops.px_backup.backup_info", summary=True),
    "playbook": _empty,
    "loop of ping": _looped("ansible.builtin.ping", data="{{ item }}"),
    "loop of assert": _looped("ansible.builtin.assert", that="item is defined"),
    "loop of debug": _looped("ansible.builtin.debug", msg="{{ item }}"),
    "loop of results": _looped("same_result", name="{{ item }}"),
    "loop of inspect": _looped(MODULE, operation="INSPECT_ONE", name="{{ item }}"),
    "loop of create": _looped(MODULE, operation="CREATE", name="{{ item }}", **SETTINGS),
    "loop of uri": _uri,
    "loop with uids": _named_with_uid,
    "batch": _batch,
    "keep result": _result_kept,
}
