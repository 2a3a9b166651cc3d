# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook and every command of the guides runs, page by page, in the order in which a reader meets them.

Blocks that a page tells to save are files, console blocks are one shell session, and the other YAML blocks are one
playbook. What cannot run here is named below with the reason, and is still parsed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.guides import Block, plays_of, read_blocks, shows, write_script
from support.playbooks import HERE, Run, playbook_command, run_file, write_play
from support.simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
# Pages whose blocks other tests run, each for itself.
OTHER_TESTS = {
    "docs/migration.md": "test_migration.py: some examples must fail, with the message that follows them",
    "docs/guides/python.md": "test_python_library.py and tests/users/test_library.py",
}
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [
        ROOT / "README.md",
        ROOT / "simulator" / "README.md",
        *(ROOT / "roles").glob("*/README.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    if "```" in path.read_text(encoding="utf-8") and str(path.relative_to(ROOT)) not in OTHER_TESTS
)

# The languages of blocks that run. Others are shown only, unless the page tells to save them, and "sh" is one of those.
RUN = ("yaml", "console", "python")
SHOWN = ("", "text", "json", "diff")

# Commands that no test runs, by a pattern.
SKIPPED_COMMANDS = {
    r"^git clone ": "needs the network; the test runs in a checkout",
    r"^cd px_backup": "belongs to the clone",
    r"^python3 -m venv ": "the test has an environment",
    r"^\. \S+/bin/activate": "the test has an environment",
    r"^(python3? -m )?pip install ": "needs the network",
    r"^make (build|conformance|demo|check|test)": "the test run builds and installs; the demo is a job of the workflow",
    r"^ansible-galaxy collection install ": "a part of the test run builds and installs",
    r"^ansible-playbook pxops\.px_backup\.conformance": "tests/integration/test_conformance.py runs it, read and write",
    r"^px-backup-simulator --like ": "tests/integration/test_conformance.py starts one from a recording",
    r"^ansible-rulebook ": "tests/eda runs both rulebooks in a real ansible-rulebook",
}

# Blocks that no test runs, by page and the beginning of a line in them.
SKIPPED_BLOCKS = {
    ("docs/events.md", "  sources:"): "a rulebook: tests/eda runs the collection's own in a real ansible-rulebook",
    ("docs/guides/unattended.md", "jobs:"): "a workflow that GitHub runs",
    ("docs/guides/simulator.md", "jobs:"): "a workflow that GitHub runs",
    ("docs/guides/unattended.md", "collections:"): "requirements that Automation Controller installs",
    ("docs/guides/environments.md", "fields:"): "a credential type that Automation Controller reads",
    ("docs/guides/environments.md", "env:"): "an injector that Automation Controller reads",
    ("docs/guides/environments.md", "additional_build_files:"): "a part of a definition, which ansible-builder reads",
    ("docs/guides/environments.md", "ansible-navigator:"): "settings of ansible-navigator, checked with its schema",
    ("docs/guides/environments.md", "enable_list:"): "settings of ansible-lint",
    ("simulator/README.md", "- kind: status"): "a file of fault rules; tests/simulator has each kind",
    ("simulator/README.md", "clusters:"): "a world; tests/simulator reads such files",
}

# Where the pages write or read outside of their folder, and the servers that they name. Set for each test.
PLACES = ("/srv/www/backup", "/var/lib/node_exporter", "/etc/drills", "/var/lib/eda")
SERVERS = ("https://px-backup.example.com:10001", "https://px-backup-us.example.com:10001")
LOGIN = "https://px-central.example.com/auth"

LABELS = {"made-by": "nightly", "series": "all-nightly"}


def blocks_of(page: str) -> tuple[list[Block], list[Block]]:
    """Return the blocks of a page that run, and those that do not."""
    blocks = [block for block in read_blocks(ROOT, page) if block.file or block.language in RUN]
    marks = [mark for where, mark in SKIPPED_BLOCKS if where == page]
    skipped = [
        block for block in blocks if any(line.startswith(mark) for mark in marks for line in block.text.splitlines())
    ]
    return [block for block in blocks if block not in skipped], skipped


class Reader:
    """Someone who follows a page in an empty folder."""

    def __init__(self, simulator: Simulator, work: Path) -> None:
        self.simulator, self.work = simulator, work
        others = os.environ.get("ANSIBLE_COLLECTIONS_PATH")
        paths = os.pathsep.join(filter(None, (str(HERE / "collections"), others)))
        tokens = {f"PX_{region}_TOKEN": simulator.token for region in ("EU", "US")}
        self.environment = {**simulator.environment, **tokens, "ANSIBLE_COLLECTIONS_PATH": paths}
        self.variables = {"px_backup_token": simulator.token, "px_backup_password": "simulator"}

    def here(self, text: str) -> str:
        """Return a text with the addresses and folders of this test."""
        for number, place in enumerate(PLACES):
            text = text.replace(place, str(self.work / f"place-{number}"))
        for server in SERVERS:
            text = text.replace(server, self.simulator.url)
        return text.replace(LOGIN, self.simulator.auth_url)

    def save(self, block: Block) -> None:
        """Save a block as the page says, or under a default name."""
        path = self.work / (
            self.here(block.file) or f"block-{block.line}.{'py' if block.language == 'python' else 'yml'}"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.here(block.text), encoding="utf-8")

    def play(self, blocks: list[Block]) -> Run:
        """Run YAML blocks as one playbook."""
        plays = [play for block in blocks for play in plays_of(block._replace(text=self.here(block.text)))]
        playbook = self.work / "blocks-of-the-page.yml"
        playbook.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
        return run_file(playbook, self.work, self.environment, extra_vars=self.variables)

    def session(self, script: str) -> str:
        """Run a shell script and return its output."""
        tools = self.work / "bin"
        tools.mkdir()
        for name, module in (("px-backup-simulator", ["-m", "px_backup_simulator"]), ("python", [])):
            command = tools / name
            command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {" ".join(module)} "$@"\n', encoding="utf-8")
            command.chmod(0o755)
        _command, base = playbook_command(self.work, {**self.environment, "HOME": str(self.work)})
        base["PATH"] = os.pathsep.join((str(tools), str(Path(sys.executable).parent), base["PATH"]))
        done = subprocess.run(
            ["bash", "-c", self.here(script)],
            cwd=self.work,
            env=base,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture
def reader(simulator: Simulator, work: Path) -> Reader:
    """Someone in an empty folder, in front of a server that has what the pages name."""
    simulator.settings(backup_seconds=0, restore_seconds=0, delete_seconds=0)
    simulator.add_object("cluster", name="test-eu", status="Online")
    for namespace in ("shop-db", "archive"):
        simulator.add_object("namespace", cluster="prod-eu", name=namespace)
    for application in ("shop", "billing", "web"):
        labels = {**LABELS, "app": application}
        simulator.add_backup(name=f"{application}-2026-11-23", namespaces=[application], age=600, labels=labels)
    for place in range(len(PLACES)):
        (work / f"place-{place}").mkdir()
    drills = work / f"place-{PLACES.index('/etc/drills')}"
    kubeconfig = json.dumps({"control_url": simulator.control_url, "cluster": "test-eu", "refuse": []})
    for path in (work / "test-eu.kubeconfig", drills / "test-eu.kubeconfig"):
        path.write_text(kubeconfig, encoding="utf-8")
    (drills / "shop.yml").write_text(
        "- ansible.builtin.assert: {that: restore_drill_mapping | length > 0}\n", encoding="utf-8"
    )
    return Reader(simulator, work)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_from_its_first_line_to_its_last(reader: Reader, page: str) -> None:
    blocks, _skipped = blocks_of(page)
    for block in blocks:
        if block.file or block.language == "python":
            reader.save(block)
    script, promised = write_script(page, blocks, SKIPPED_COMMANDS, set())
    output = reader.session(script) if "echo '+ " in script or "\npython " in script else ""
    assert [line for line in promised if not shows(output, line)] == [], output
    unnamed = [block for block in blocks if block.language == "yaml" and not block.file]
    if unnamed:
        reader.play(unnamed).ok()


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_saves_is_used_and_parsed(page: str) -> None:
    blocks, skipped = blocks_of(page)
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in [*blocks, *skipped]:
        if block.file:
            assert text.count(block.file) > 1, f"{block}: {block.file} is saved and not used"
        if block.language == "yaml":
            assert yaml.safe_load(block.text), block
    for block in read_blocks(ROOT, page):
        assert block.file or block.language in (*RUN, *SHOWN), f"{block}: {block.language!r} is not known"


def test_every_reason_is_needed() -> None:
    used: set[str] = set()
    for page in PAGES:
        write_script(page, blocks_of(page)[0], SKIPPED_COMMANDS, used)
    assert set(SKIPPED_COMMANDS) == used
    needed = {
        (page, mark)
        for page, mark in SKIPPED_BLOCKS
        for block in read_blocks(ROOT, page)
        if any(line.startswith(mark) for line in block.text.splitlines())
    }
    assert set(SKIPPED_BLOCKS) == needed


def test_shell_commands_of_all_pages_are_valid() -> None:
    everything: list[Any] = [write_script(page, read_blocks(ROOT, page), {}, set())[0] for page in PAGES]
    checked = subprocess.run(["bash", "-n"], input="\n".join(everything), capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_ansible_shows_a_token_only_where_the_guide_of_security_says(reader: Reader) -> None:
    secret = reader.simulator.token
    option = {"name": "Option", "pxops.px_backup.backup_info": {"token": "{{ secret }}"}}
    keyword = {"name": "Keyword", "pxops.px_backup.backup_info": {}, "environment": {"PX_BACKUP_TOKEN": "{{ secret }}"}}
    playbook = write_play([option, keyword], reader.work)
    environment = {
        **reader.environment,
        "PX_BACKUP_FAST_PATH": "false",
        "PX_BACKUP_TOKEN": "",
    }
    shown = {}
    for level in ("-vv", "-vvv", "-vvvv"):
        run = run_file(playbook, reader.work, environment, level, "-e", f"secret={secret}").ok()
        shown[level] = [line for line in run.stdout.splitlines() if secret in line]
    assert shown["-vv"] == []
    assert shown["-vvv"] and all("EXEC" in line and "PX_BACKUP_TOKEN=" in line for line in shown["-vvv"])
    assert [line for line in shown["-vvvv"] if "extra_vars" in line and line not in shown["-vvv"]]
    assert all("EXEC" in line or "extra_vars" in line for line in shown["-vvvv"])
