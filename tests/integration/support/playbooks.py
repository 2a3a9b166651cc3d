# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs real playbooks with the real ``ansible-playbook`` and reads their results."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.paths import MODULE_PATH
from support.starts import python_path, start

HERE = Path(__file__).resolve().parent
# For what Ansible would otherwise write to the home of the user.
ANSIBLE_FILES = HERE.parents[2] / ".cache" / "ansible"
MODULE = "pxops.px_backup.backup"
BATCH = "pxops.px_backup.backup_batch"
RESTORE = "pxops.px_backup.restore"
PRUNE = "pxops.px_backup.backup_prune"

RECORD = "results.jsonl"

# No task of a test may take longer than this many seconds.
TIME_LIMIT = 180


@dataclass
class Run:
    """What a playbook did."""

    status: int
    stdout: str
    stderr: str
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def result(self, task: str) -> dict[str, Any]:
        """Return the result of the one task of this name."""
        hits = [line["result"] for line in self.tasks if line["task"].endswith(task)]
        assert len(hits) == 1, f"{len(hits)} tasks are named {task!r}\n{self}"
        return dict(hits[0])

    @property
    def results(self) -> list[dict[str, Any]]:
        return [line["result"] for line in self.tasks]

    @property
    def only(self) -> dict[str, Any]:
        """Return the result of a playbook with one task."""
        assert len(self.tasks) == 1, str(self)
        return dict(self.tasks[0]["result"])

    def ok(self) -> Run:
        """Return the run, which must have ended well."""
        assert self.status == 0, str(self)
        return self

    def __str__(self) -> str:
        return f"status {self.status}\n{self.stdout}\n{self.stderr}"


def run_file(
    playbook: Path | str,
    work: Path,
    environment: dict[str, str],
    *options: str,
    extra_vars: dict[str, Any] | None = None,
) -> Run:
    """Run a playbook file (or a playbook by its full name) and return what it did."""
    record = work / RECORD
    record.unlink(missing_ok=True)
    command, base = playbook_command(work, environment, *options)
    if extra_vars:
        # In a file: arguments can be seen by every user, and a test checks that no process has a token in them.
        variables = work / "extra-vars.json"
        variables.write_text(json.dumps(extra_vars), encoding="utf-8")
        command += ["-e", f"@{variables}"]
    done = start([*command, str(playbook)], work, base, TIME_LIMIT)
    tasks = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    return Run(done.returncode, done.stdout, done.stderr, tasks)


def run_tasks(tasks: list[dict[str, Any]], work: Path, environment: dict[str, str], *options: str) -> Run:
    """Run tasks as one play on localhost."""
    return run_file(write_play(tasks, work), work, environment, *options)


def write_play(tasks: list[dict[str, Any]], work: Path) -> Path:
    """Write tasks as one play on localhost; return its file."""
    play = [{"name": "Test", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    playbook = work / "playbook.json"
    playbook.write_text(json.dumps(play, ensure_ascii=False), encoding="utf-8")
    return playbook


def playbook_command(work: Path, environment: dict[str, str], *options: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that a playbook's name completes, and its environment."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local", *options]
    return command, {**_base_environment(), "RECORD_FILE": str(work / RECORD), **environment}


def run_backup(work: Path, environment: dict[str, str], *options: str, **parameters: Any) -> Run:
    """Run the module ``backup`` once."""
    return run_module(MODULE, work, environment, *options, **parameters)


def run_module(module: str, work: Path, environment: dict[str, str], *options: str, **parameters: Any) -> Run:
    """Run a module once."""
    return run_tasks([{"name": module.rpartition(".")[2], module: parameters}], work, environment, *options)


def _base_environment() -> dict[str, str]:
    """Return this process's environment, with Ansible set up to read nothing of the person's own."""
    dropped = ("PX_BACKUP_", "RECORD_FILE", "ANSIBLE_CHECK_MODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {
        **kept,
        "PYTHONPATH": python_path(),
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ANSIBLE_PYTHON_INTERPRETER": os.environ.get("PX_BACKUP_TEST_HOST_PYTHON", sys.executable),
        "ANSIBLE_REMOTE_TEMP": str(ANSIBLE_FILES / "remote"),
        "ANSIBLE_ASYNC_DIR": str(ANSIBLE_FILES / "async"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
        "PX_BACKUP_FAST_PATH": "false" if os.environ.get("PX_BACKUP_TEST_PATH") == MODULE_PATH else "true",
    }
