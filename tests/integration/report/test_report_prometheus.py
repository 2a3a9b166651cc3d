# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Prometheus text, the alerts and the dashboard."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.report_models import HOSTILE, NOW
from support.reports import FOLDER, STATES, read


def samples_of(text: str) -> dict[str, list[Any]]:
    parser = pytest.importorskip("prometheus_client.parser")
    families = list(parser.text_string_to_metric_families(text))
    assert {family.type for family in families} == {"gauge"}
    assert all(family.documentation for family in families)
    return {family.name: family.samples for family in families}


def test_prometheus_has_the_facts(written: Path) -> None:
    text = read(written, "prometheus")
    samples = samples_of(text)
    assert text.endswith("\n")
    shop = {"cluster": "prod", "namespace": "shop"}
    values = {name: [one.value for one in found if one.labels == shop] for name, found in samples.items()}
    assert values["pxops_backup_last_success_timestamp_seconds"] == [NOW - 5 * 3600]
    assert values["pxops_backup_rpo_seconds"] == [43200]
    assert values["pxops_backup_last_size_bytes"] == [1e8]
    assert values["pxops_backup_last_attempt_success"] == [1]
    assert values["pxops_backup_warnings"] == [1]
    assert values["pxops_backup_restore_drill_timestamp_seconds"] == [1794621600]
    assert [one.value for one in samples["pxops_backup_report_timestamp_seconds"]] == [NOW]
    assert [one.value for one in samples["pxops_backup_report_complete"]] == [1]
    states = {
        one.labels["state"]: one.value for one in samples["pxops_backup_state"] if shop.items() <= one.labels.items()
    }
    assert states == {state: float(state == "compliant") for state in STATES}


def test_prometheus_has_no_line_for_what_is_not_there(written: Path) -> None:
    samples = samples_of(read(written, "prometheus"))
    named = {name: {one.labels.get("namespace") for one in found} for name, found in samples.items()}
    assert "gone" not in named["pxops_backup_last_success_timestamp_seconds"] | named["pxops_backup_last_size_bytes"]
    assert "nothing" not in named["pxops_backup_rpo_seconds"]
    assert {"cluster", "namespace", "state"} == {
        key for found in samples.values() for one in found for key in one.labels
    }


def test_prometheus_escapes_labels(attacked: Path) -> None:
    samples = samples_of(read(attacked, "prometheus"))
    found = {tuple(one.labels.values()) for one in samples["pxops_backup_warnings"]}
    assert found == {(HOSTILE, HOSTILE), (HOSTILE, "+2")}


def test_prometheus_tells_two_clusters_of_one_name_apart(variants: Path) -> None:
    samples = samples_of(read(variants / "twins", "prometheus"))
    assert {one.labels["cluster"] for one in samples["pxops_backup_warnings"]} == {"prod (c1)", "prod (c2)"}


def test_prometheus_text_and_alerts_pass_promtool(written: Path) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed")
    with (written / "out" / "r.prom").open() as text:
        subprocess.run([tool, "check", "metrics"], stdin=text, check=True)
    subprocess.run([tool, "check", "rules", str(FOLDER / "files" / "alert-rules.yml")], check=True)


def metrics_in(text: str) -> set[str]:
    return set(re.findall(r"pxops_backup_\w+", text))


def test_alerts_and_dashboard_use_metrics_that_are_written(written: Path) -> None:
    names = metrics_in(read(written, "prometheus"))
    rules = yaml.safe_load((FOLDER / "files" / "alert-rules.yml").read_text())
    expressions = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    assert all(metrics_in(one) and metrics_in(one) <= names for one in expressions)
    dashboard = json.loads((FOLDER / "files" / "grafana-dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert all(metrics_in(one) and metrics_in(one) <= names for one in queries)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    assert metrics_in((FOLDER / "README.md").read_text()) == names
