# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the conformance probe that writes, where something fails that nobody foresaw."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance import run
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.conformance.trial import Plan, Trial
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lookup import Resource
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.wait_policy import wait_policy
from ansible_collections.pxops.px_backup.tests.unit.support.samples import context, transport

REF = {"name": "prod", "uid": "u-prod"}


class Broken(Trial):
    """A trial whose objects cannot be listed at its end, because of a fault in the list of one resource."""

    def __init__(self, fault: str) -> None:
        policy = wait_policy({"wait": True}, 60)
        assert policy is not None
        self.told: list[str] = []
        self.listed: list[str] = []
        self._fault = fault
        plan = Plan("px-trial", "shop", REF, REF, REF, policy)
        super().__init__(context(transport("https://127.0.0.1:1"))._replace(warn=self.told.append), plan)

    def refuse_remains(self) -> None:
        """Find nothing."""

    def find_objects(self, resource: Resource) -> list[Any]:
        """Fail for one resource, find nothing of the other."""
        self.listed.append(resource.noun)
        if resource.noun == self._fault:
            raise KeyError("uid")
        return []


def fail(_trial: Trial) -> NoReturn:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize(("fault", "other"), [("restore", "backup"), ("backup", "restore")])
def test_what_is_left_behind_is_told_after_a_fault(monkeypatch: pytest.MonkeyPatch, fault: str, other: str) -> None:
    monkeypatch.setattr(run, "run_trial", fail)
    trial = Broken(fault)
    with pytest.raises(RuntimeError, match="a fault of ours"):
        run._run_trial(trial)
    assert other in trial.listed
    (told,) = trial.told
    assert told.startswith(f"objects of the trial are left behind: {fault}s whose names begin with px-trial: ")
    assert "KeyError" in told and told.endswith("; delete them")


def test_nothing_is_told_where_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "run_trial", fail)
    trial = Broken("nothing")
    with pytest.raises(RuntimeError):
        run._run_trial(trial)
    assert trial.told == []
