# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role protection_report: what it writes, when it is changed, when it fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.playbooks import run_tasks
from support.report_models import DAY, NOW, every_state, hostile
from support.reports import FORMS, VERDICT, changed, read, run_of, task_of, write


def test_every_form_is_written_and_only_facts_change_it(written: Path, tmp_path: Path) -> None:
    assert changed(run_of(written)) == [True] * 5
    shutil.copytree(written / "out", tmp_path / "out")
    before = {form: read(tmp_path, form) for form in FORMS}
    # A minute later the ages are other ones, and the files have them.
    later = every_state(NOW + 60)
    assert changed(write(tmp_path, later).ok()) == [False] * 5
    assert "12:01" in read(tmp_path, "html")
    assert [form for form in FORMS if read(tmp_path, form) == before[form]] == []
    # A day later states have changed.
    assert changed(write(tmp_path, every_state(NOW + DAY)).ok()) == [True] * 5


def test_only_what_has_a_path_is_written_and_check_mode_writes_nothing(tmp_path: Path) -> None:
    run = write(tmp_path, every_state(), "--check", html="", junit="", prometheus="", csv="")
    assert changed(run.ok()) == [True]
    assert not (tmp_path / "out").exists()
    write(tmp_path, every_state(), html="", junit="", prometheus="", csv="", mode="0640").ok()
    (path,) = (tmp_path / "out").iterdir()
    assert (path.name, path.stat().st_mode & 0o777) == ("r.json", 0o640)
    run = write(tmp_path, every_state(), html="", junit="", prometheus="", csv="", mode="0600")
    assert changed(run.ok()) == [True]


def test_the_role_fails_after_it_has_written(tmp_path: Path) -> None:
    run = write(tmp_path, every_state(), html="", junit="", prometheus="", csv="", fail_on="unprotected")
    assert run.status == 2, str(run)
    assert json.loads(read(tmp_path, "json")) == every_state()
    assert run.results[-1]["msg"] == VERDICT


def test_a_wrong_option_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    run = write(tmp_path, every_state(), fail_on="sometimes")
    assert run.status == 2 and not (tmp_path / "out").exists()


def test_a_template_of_the_user_takes_the_place_of_ours(tmp_path: Path) -> None:
    own = tmp_path / "own.j2"
    own.write_text("{{ protection_report_model.verdict.text }} {{ protection_report_model.fingerprint }}\n")
    only = {"html_template": str(own), "json": "", "junit": "", "prometheus": "", "csv": ""}
    run = run_tasks([task_of(tmp_path, every_state(), **only)] * 2, tmp_path, {})
    assert changed(run.ok()) == [True, False]
    assert read(tmp_path, "html").startswith(VERDICT)


def test_same_model_same_bytes(variants: Path, written: Path) -> None:
    assert {form: read(variants / "again", form) for form in FORMS} == {form: read(written, form) for form in FORMS}


def test_json_is_the_model(written: Path, attacked: Path) -> None:
    assert json.loads(read(written, "json")) == every_state()
    assert json.loads(read(attacked, "json")) == hostile()


@pytest.mark.slow
def test_a_thousand_namespaces_fit_into_two_megabytes(thousand: Path) -> None:
    assert (thousand / "out" / FORMS["html"]).stat().st_size < 2_000_000
