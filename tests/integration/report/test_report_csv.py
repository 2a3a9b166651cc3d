# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CSV report as the module csv reads it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from support.report_models import HOSTILE
from support.reports import read


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_a_row_for_each_namespace(written: Path) -> None:
    text = read(written, "csv")
    assert text.count("\r\n") == text.count("\n") == 10
    rows = rows_of(text)
    assert [(row["cluster"], row["namespace"], row["state"]) for row in rows[:3]] == [
        ("dr", "shop", "unprotected"),
        ("prod", "gone", "unprotected"),
        ("prod", "kube-system", "exempt"),
    ]
    assert rows[6] == {
        "cluster": "prod",
        "namespace": "shop",
        "state": "compliant",
        "severity": "",
        "rpo_seconds": "43200",
        "age_seconds": "18000",
        "last_good_name": "b-u5",
        "last_good_time": "2026-11-15T07:00:00Z",
        "last_good_size_bytes": "100000000",
        "last_attempt_status": "Success",
        "last_attempt_reason": "",
        "good_in_window": "20",
        "failed_in_window": "0",
        "compliance_in_window": rows[6]["compliance_in_window"],
        "last_drill_time": "2026-11-14T02:00:00Z",
        "last_drill_verdict": "passed",
        "warnings": "the last good backup has 95.4 MiB, the ones before it had 953.7 MiB (median)",
    }
    assert [row["last_attempt_reason"] for row in rows if row["namespace"] == "late"] == ["no space left"]


def test_csv_for_excel_begins_with_a_mark(variants: Path) -> None:
    assert read(variants / "bom", "csv").startswith("\ufeffcluster,namespace,")


def test_csv_has_no_formula(attacked: Path) -> None:
    rows = rows_of(read(attacked, "csv"))
    assert [row["namespace"] for row in rows] == ["'+2", HOSTILE]
    assert rows[1]["cluster"] == HOSTILE
    assert rows[1]["last_attempt_reason"] == "'@SUM(1)" + HOSTILE
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell]
