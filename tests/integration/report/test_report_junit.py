# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JUnit XML report as its readers take it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support.report_models import HOSTILE
from support.reports import UNREAD, read


def test_junit_says_what_failed(written: Path) -> None:
    root = ElementTree.fromstring(read(written, "junit"))
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "shop: rpo 12h": ["system-out"],
        "gone: rpo 24h": ["failure"],
        "kube-system: rpo 24h": ["skipped"],
        "late: rpo 24h": ["failure"],
        "new: rpo 24h": ["failure"],
        "nothing: rpo none": ["skipped"],
        "shop: restore drill": [],
        "vms/db: rpo 24h": ["failure"],
        "web: rpo 24h": [],
    }
    late = cases["late: rpo 24h"][0]
    assert late.get("type") == "exceeded"
    assert (
        late.get("message")
        == late.text
        == ("exceeded: last good backup b-u90 of 2026-11-11T18:00:00Z; last attempt Failed: no space left")
    )
    assert cases["shop: restore drill"].get("time") == "412.0"
    assert cases["late: rpo 24h"].get("classname") == "px-backup.prod"


def test_junit_counts_are_the_sums_of_what_is_written(written: Path, attacked: Path) -> None:
    for work in (written, attacked):
        root = ElementTree.fromstring(read(work, "junit"))
        for suite in (root, *root):
            for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                assert int(suite.attrib[name]) == len(list(suite.iter(tag))), name
            assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase")))
            seconds = sum(float(case.attrib["time"]) for case in suite.iter("testcase"))
            assert float(suite.attrib["time"]) == seconds


def test_junit_has_the_form_that_readers_take(written: Path, attacked: Path) -> None:
    for work in (written, attacked):
        root = ElementTree.fromstring(read(work, "junit"))
        assert root.tag == "testsuites"
        for suite in root:
            assert suite.tag == "testsuite" and suite.get("name") and suite.get("hostname")
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
            for case in suite:
                assert case.tag == "testcase" and case.get("name") and case.get("classname")
                results = [child for child in case if child.tag in ("failure", "error", "skipped")]
                assert len(results) <= 1
                assert {child.tag for child in case} <= {"failure", "error", "skipped", "system-out"}
                assert all(child.get("message") for child in results)
                assert all(child.get("type") for child in results if child.tag != "skipped")


def test_junit_is_read_by_junitparser(written: Path) -> None:
    junitparser = pytest.importorskip("junitparser")
    parsed = junitparser.JUnitXml.fromfile(str(written / "out" / "r.xml"))
    assert (parsed.tests, parsed.failures, parsed.errors, parsed.skipped) == (10, 5, 0, 2)
    assert [(suite.name, len(list(suite))) for suite in parsed] == [("dr", 1), ("prod", 9)]


def test_junit_can_skip_what_is_pending_and_names_what_was_not_read(variants: Path) -> None:
    root = ElementTree.fromstring(read(variants / "pending", "junit"))
    (new,) = [case for case in root.iter("testcase") if case.attrib["name"].startswith("new:")]
    assert [child.tag for child in new] == ["skipped"]
    (error,) = root.iter("error")
    assert error.get("message") == error.text == UNREAD[0]
    assert (root.attrib["errors"], root.attrib["failures"], root.attrib["skipped"]) == ("1", "4", "3")
    assert "pxops_backup_report_complete 0\n" in read(variants / "pending", "prometheus")


def test_junit_of_hostile_names_is_xml(attacked: Path) -> None:
    root = ElementTree.fromstring(read(attacked, "junit"))
    text = HOSTILE.replace("\n", " ").replace("\x0b", "\ufffd")
    assert [suite.attrib["name"] for suite in root] == ["px-backup", text]
    assert text in "".join(root.itertext())
