# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process that has imported Ansible and forks for each playbook; ``support.starts`` starts it and talks to it.

Nearly all processor time of a short playbook goes into imports and into documentation that is parsed. Here Ansible is
imported once, its plugins and this collection are loaded once, and each playbook then runs in a separate process, from
``ansible-playbook``'s entry point on. A request is a line of JSON; the response is a line with the number of the
process, and one with its exit status.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import shutil
import sys
import tempfile
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import requests  # noqa: F401
from ansible import constants
from ansible.cli.playbook import main
from ansible.executor import playbook_executor, task_executor  # noqa: F401
from ansible.plugins import loader
from ansible.plugins.strategy import linear  # noqa: F401

# Of the plugins of these kinds Ansible reads the documentation of all in each playbook.
KINDS = ("connection", "shell", "become", "callback", "inventory", "cache")
LIBRARY = "ansible_collections.pxops.px_backup.plugins"


def serve() -> None:
    """Fork for each request until there are no more."""
    # Only the parent process reads the responses: what a playbook prints goes elsewhere.
    responses = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for number, line in enumerate(sys.stdin):
        if number == 1:
            # Not before the first: some processes fork only once.
            _load()
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _play(request)
        print(child, file=responses)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=responses)


def _load() -> None:
    """Load what each playbook needs, so that the processes of later playbooks find it in their memory."""
    # `ansible-playbook` does this again, to the same effect.
    warnings.filterwarnings("ignore", message="AnsibleCollectionFinder has already been configured")
    loader.init_plugin_loader()
    import_module("ansible_collections.ansible.builtin")
    for kind in KINDS:
        list(getattr(loader, f"{kind}_loader").all(class_only=True))
    for package in (f"{LIBRARY}.action", f"{LIBRARY}.module_utils.pxbackup"):
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    # The garbage collector of a child does not go through any of this.
    gc.collect()
    gc.freeze()


def _play(request: dict[str, Any]) -> None:
    """Become the process of one playbook, and end."""
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for target, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(request[name], flags, 0o600), target)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # What was registered belongs to the process that forks: it would remove the folder that its next child needs.
    atexit._clear()  # type: ignore[attr-defined]
    modules = Path(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache")
    modules.mkdir(exist_ok=True)
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(prefix=f"ansible-local-{os.getpid()}")
    # What Ansible builds of a module is the same for each playbook.
    Path(constants.DEFAULT_LOCAL_TMP, modules.name).symlink_to(modules)
    os._exit(_status())


def _status() -> int:
    """Play, clean up, and return the exit status."""
    status = 1
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()  # type: ignore[attr-defined]
        shutil.rmtree(constants.DEFAULT_LOCAL_TMP, ignore_errors=True)
        sys.stdout.flush()
        sys.stderr.flush()
    return status


if __name__ == "__main__":
    serve()
