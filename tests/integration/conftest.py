# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator for each test process, set back before each test.

It is of the release that ``PX_BACKUP_TEST_RELEASE`` names, the newest without it. Tasks take the path that
``PX_BACKUP_TEST_PATH`` names: ``fast`` (the default) in the controller's own process, ``module`` as modules. Tests
marked ``both_paths`` run on both.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.releases import RELEASES, has

sys.path.insert(0, str(Path(__file__).parent))

from support.examples import ENTRIES
from support.paths import BOTH, DEFAULT
from support.simulator import Simulator, started

warnings.filterwarnings("ignore", message="Unverified HTTPS request")

RELEASE = os.environ.get("PX_BACKUP_TEST_RELEASE", RELEASES[-1])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests marked so on both paths, unless the one to take is given."""
    if metafunc.definition.get_closest_marker("both_paths"):
        metafunc.parametrize("path", BOTH, indirect=True)


@pytest.fixture(autouse=True)
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path that the test's playbooks take."""
    chosen = str(getattr(request, "param", DEFAULT))
    monkeypatch.setenv("PX_BACKUP_TEST_PATH", chosen)
    return chosen


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    options = ("--backup-seconds", "5", "--release", RELEASE)
    with started(tmp_path_factory.mktemp("simulator"), *options) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _only_what_the_release_has(request: pytest.FixtureRequest) -> None:
    """Skip the cases of an operation that the release does not have."""
    case = getattr(request.node, "callspec", None)
    entry = ENTRIES.get(str(case.params.get("operation"))) if case else None
    operation = entry.operation if entry else None
    if operation and operation.since and not has(operation.since, RELEASE):
        pytest.skip(f"{operation.name} needs PX-Backup {operation.since}, and this is {RELEASE}")


@pytest.fixture
def operations() -> list[str]:
    """The names of the operations that the release has."""
    since = {name: entry.operation.since for name, entry in ENTRIES.items()}
    return [name for name, release in since.items() if not release or has(release, RELEASE)]


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """A simulator as at its start: no backup, no fault, an empty log, default settings."""
    running_simulator.reset()
    running_simulator.settings(**DEFAULTS)
    return running_simulator


# What tests change and the reset leaves as it is.
DEFAULTS = {
    "ownership_update": "apply",
    "unknown_fields": "reject",
    "page_cap": 0,
    "reference_page_cap": 0,
    "not_found": "not_found",
    "colon_names": "verb",
    "backup_seconds": 5,
    "delete_seconds": 0.5,
    "restore_seconds": 2,
}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path
