# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python library as a user installs it without Ansible, and as a type checker sees it."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from commands import ROOT, Run, blocks_of, command_of

GUIDE = ROOT / "docs" / "guides" / "python.md"
LIBRARY = "ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.library"
MISTAKES = f"""\
from {LIBRARY} import connect

with connect(api_url="https://px", retries="many") as px:
    px.backups.list(state="Failed")
    px.backups.list(status=["Broken"])
    px.backups.create(name="one")
    px.restores.get(name="one").changed
    px.volumes
"""


def test_the_commands_of_the_guide_install_it_without_ansible(run: Run, tmp_path: Path) -> None:
    tarballs = sorted((ROOT / ".cache" / "build").glob("*.tar.gz"))
    if not tarballs:
        pytest.skip("the collection is not built (make build)")
    (commands,) = [block for block in blocks_of(GUIDE) if block.startswith("mkdir")]
    shutil.copy(tarballs[0], tmp_path / re.findall(r"\S+\.tar\.gz", commands)[0])
    done = run("sh", "-ec", commands.replace("/opt/px-backup", str(tmp_path / "opt")))
    assert done.returncode == 0, done.stderr
    script = f"import sys, {LIBRARY} as library; print(library.__file__, 'ansible' in sys.modules)"
    done = run(sys.executable, "-c", script, PYTHONPATH=str(tmp_path / "opt"))
    assert done.stdout.startswith(f"{tmp_path / 'opt'}/") and done.stdout.endswith(" False\n"), done.stderr


def test_a_type_checker_accepts_the_guide_and_finds_mistakes(run: Run, tmp_path: Path, collections: Path) -> None:
    (tmp_path / "good.py").write_text("\n".join(blocks_of(GUIDE, "python")), encoding="utf-8")
    (tmp_path / "bad.py").write_text(MISTAKES, encoding="utf-8")
    (options,) = re.findall(r"mypy (--strict .*) script\.py", GUIDE.read_text(encoding="utf-8"))
    ours = ("--config-file=", "--cache-dir", str(ROOT / ".cache" / "mypy-users"))
    command = [command_of("mypy"), *options.split(), *ours, "good.py", "bad.py"]
    done = run(*command, MYPYPATH=str(collections))
    lines = re.findall(r"^bad\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    assert [(int(line), code) for line, code in lines] == [
        (3, "arg-type"),
        (4, "call-arg"),
        (5, "list-item"),
        (6, "call-arg"),
        (6, "call-arg"),
        (7, "attr-defined"),
        (8, "attr-defined"),
    ], done.stdout + done.stderr
    assert "good.py" not in done.stdout
