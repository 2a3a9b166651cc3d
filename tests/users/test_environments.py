# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder finds what the collection needs, and accepts the sample environments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.options import CONNECTION_OPTIONS
from commands import ROOT, Run, blocks_of, command_of

GUIDE = ROOT / "docs" / "guides" / "environments.md"
SAMPLES = ROOT / "docs" / "environments"
NAMES = ("execution-environment", "decision-environment")


@pytest.fixture(scope="session")
def builder() -> str:
    return command_of("ansible-builder", "PX_BACKUP_TEST_BUILDER")


def engine() -> str:
    """Return the container engine that runs, or skip the test."""
    for name in ("podman", "docker"):
        if shutil.which(name) and subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0:
            return name
    pytest.skip("no container engine runs here")


def test_the_requirements_of_the_collection_are_found(builder: str, run: Run, collections: Path) -> None:
    done = run(builder, "introspect", collections)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = yaml.safe_load(done.stdout)
    own = {
        kind: [line.partition("  #")[0] for line in lines if "pxops.px_backup" in line] for kind, lines in found.items()
    }
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert own == {"python": wanted, "system": ["tzdata [platform:rpm]", "tzdata [platform:dpkg]"]}


@pytest.mark.parametrize("name", NAMES)
def test_a_build_context_is_made_of_the_sample(builder: str, run: Run, tmp_path: Path, name: str) -> None:
    done = run(
        builder,
        "create",
        "--file",
        SAMPLES / f"{name}.yml",
        "--context",
        "context",
        "--output-filename",
        "Containerfile",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "context" / "Containerfile").read_text().splitlines()
    base = yaml.safe_load((SAMPLES / f"{name}.yml").read_text())["images"]["base_image"]["name"]
    assert f'ARG EE_BASE_IMAGE="{base}"' in lines
    galaxy = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text())
    assert {"name": "pxops.px_backup"} in galaxy["collections"]


def test_the_guide_builds_from_the_file_of_the_collection(builder: str, run: Run, tmp_path: Path) -> None:
    (block,) = [block for block in blocks_of(GUIDE, "yaml") if block.startswith("additional_build_files")]
    image = "images: {base_image: {name: registry.example.com/ee:1}}"
    (tmp_path / "own.yml").write_text(f"version: 3\n{image}\n{block}")
    name = yaml.safe_load(block)["additional_build_files"][0]["src"]
    (tmp_path / name).touch()
    assert run(builder, "create", "--file", "own.yml", "--context", "context").returncode == 0
    galaxy = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text())
    assert (tmp_path / "context" / "_build" / galaxy["collections"][0]["name"]).is_file()


def test_a_wrong_definition_is_refused(builder: str, run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((SAMPLES / "execution-environment.yml").read_text().replace("galaxy:", "galaxies:"))
    assert run(builder, "create", "--file", wrong, "--context", "context").returncode != 0


def test_the_variables_of_the_guide_are_those_of_the_connection() -> None:
    variables = {parameter.variable for parameter in CONNECTION_OPTIONS.values()}
    named = set(re.findall(r"PX_BACKUP_(?!TEST)[A-Z_]+", GUIDE.read_text(encoding="utf-8")))
    assert named and named <= variables


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_image_has_the_modules(builder: str, run: Run, tmp_path: Path, name: str) -> None:
    """Builds the image with the collection's own tarball; ``PX_BACKUP_TEST_BASE_IMAGE`` names what it is based on."""
    runtime, base = engine(), os.environ.get("PX_BACKUP_TEST_BASE_IMAGE")
    tarballs = sorted((ROOT / ".cache" / "build").glob("*.tar.gz"))
    if not base or not tarballs:
        pytest.skip("PX_BACKUP_TEST_BASE_IMAGE is not set, or the collection is not built")
    definition: dict[str, Any] = yaml.safe_load((SAMPLES / f"{name}.yml").read_text())
    definition["images"]["base_image"]["name"] = base
    definition["dependencies"]["galaxy"]["collections"] = [{"name": "collections/px.tar.gz", "type": "file"}]
    definition["additional_build_files"] = [{"src": "px.tar.gz", "dest": "collections"}]
    shutil.copy(tarballs[0], tmp_path / "px.tar.gz")
    (tmp_path / "environment.yml").write_text(yaml.safe_dump(definition))
    tag = f"px-backup-test-{name}"
    built = run(builder, "build", "--file", "environment.yml", "--tag", tag, "--container-runtime", runtime)
    assert built.returncode == 0, built.stdout + built.stderr
    listed = run(runtime, "run", "--rm", tag, "ansible-doc", "--list", "pxops.px_backup")
    assert "pxops.px_backup.backup" in listed.stdout, listed.stderr
