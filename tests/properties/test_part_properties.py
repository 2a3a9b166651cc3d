# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is decoded of an object is what its readers read: they return the same of the parts as of the whole object."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.objects import with_identity, with_info
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.api.schema import Parts, decode
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.filters import BACKUP_FILTERS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.backups.listing import SUMMARY
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.lookup import owner_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.model import Context
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.selection import Filters, select
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.summary import (
    Statistics,
    Summary,
    make_projection,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events import poll
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.backups import BACKUP_EVENTS
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.events.protection import TargetJudge
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection import records as protection
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.protection.targets import Target
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.restores import listing as restores
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention import records as retention
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.facts import RESTORE_READS, backup_of
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.policy import parse_policy
from ansible_collections.pxops.px_backup.tests.properties.support.raw_objects import raw
from hypothesis import given, settings
from hypothesis import strategies as st

METADATA = {"name": "b1", "uid": "u1", "org_id": "default"}
BACKUPS = st.builds(
    lambda metadata, info: {"metadata": {**metadata, **METADATA}, "backup_info": info},
    raw("Metadata"),
    st.none() | raw("BackupInfo"),
)
RESTORES = st.builds(
    lambda metadata, info: {"metadata": {**metadata, **METADATA}, "restore_info": info},
    raw("Metadata"),
    st.none() | raw("RestoreInfo"),
)
FIELDS = ("metadata.labels", "metadata", "backup_info.status.status", "backup_info.cluster_ref", "backup_info.volumes")
REF = {"name": "a", "uid": "b"}
FILTERED: dict[str, Any] = {
    "name": "b1",
    "name_filter": "b",
    "cluster_name_filter": "a",
    "cluster_uid_filter": "b",
    "owners": ["a"],
    "status": ["Success"],
    "labels": {"a": "b"},
    "cluster_ref": REF,
    "backup_object_type": {"type": "All"},
    "schedule_policy_ref": [REF],
    "backup_schedule_ref": [REF],
    "volume_resource_only_policy_ref": REF,
    "namespaces": ["a"],
    "time_range": {"start": "7d"},
    "backup_ref": REF,
}
CONTEXT = cast(
    Context,
    SimpleNamespace(
        now=lambda: 1_767_300_000.0,
        api=SimpleNamespace(release="3.2.0"),
        warn=lambda _text: None,
        references=SimpleNamespace(resolve=lambda _parameter, _kind, ref: ref),
    ),
)


def whole_and_parts(sent: dict[str, Any], parts: Parts) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an object decoded whole, and decoded in parts."""
    key = next(name for name in sent if name.endswith("_info"))
    kind = key.partition("_")[0].capitalize()
    assert parts is not None
    whole, some = (decode(f"{kind}Object", sent, wanted) for wanted in (None, with_identity(parts)))
    message = f"{kind}Info"
    return with_info(whole, key, message), with_info(some, key, message, with_identity(parts))


def check_summary(summary: Summary, sent: dict[str, Any]) -> None:
    whole, some = whole_and_parts(sent, summary.parts_read())
    take = summary.make_take()
    assert take(some) == take(whole)
    numbers = []
    for item in (whole, some):
        counts = Statistics(summary)
        counts.add(item)
        numbers.append(counts.as_dict())
    assert numbers[0] == numbers[1]


@given(BACKUPS)
def test_summary_of_a_backup(sent: dict[str, Any]) -> None:
    check_summary(SUMMARY, sent)


@given(RESTORES)
def test_summary_of_a_restore(sent: dict[str, Any]) -> None:
    check_summary(restores.SUMMARY, sent)


@given(BACKUPS, st.sets(st.sampled_from(FIELDS), min_size=1))
def test_fields_of_a_backup(sent: dict[str, Any], fields: set[str]) -> None:
    kept = make_projection({"fields": sorted(fields)}, SUMMARY)
    whole, some = whole_and_parts(sent, kept.parts)
    assert kept.take(some) == kept.take(whole)


@given(BACKUPS)
def test_record_of_retention(sent: dict[str, Any]) -> None:
    group_by = ["cluster", "location", "object_type", "namespaces", "selectors", "narrowing", "label:a", "name:b"]
    policies = [parse_policy({"keep": {"last": 1}, **more}) for more in ({}, {"group_by": group_by})]
    whole, some = whole_and_parts(sent, frozenset(retention.RECORD_READS))
    for read in map(retention.record_reader, policies):
        assert read(some) == read(whole)


@given(RESTORES)
def test_restore_that_a_prune_reads(sent: dict[str, Any]) -> None:
    whole, some = whole_and_parts(sent, RESTORE_READS)
    assert restores.status_of(some) == restores.status_of(whole)
    assert backup_of(some) == backup_of(whole)


@settings(max_examples=300)
@given(BACKUPS)
def test_record_of_protection(sent: dict[str, Any]) -> None:
    whole, some = whole_and_parts(sent, frozenset(protection.RECORD_READS))
    record = protection.reduce_backup(whole)
    assert protection.reduce_backup(some) == record
    assert protection.judge_units(some, record) == protection.judge_units(whole, record)


@settings(max_examples=300)
@given(BACKUPS)
def test_backup_that_an_event_source_reads(sent: dict[str, Any]) -> None:
    whole, some = whole_and_parts(sent, BACKUP_EVENTS.reads)
    for read in (
        BACKUP_EVENTS.remember,
        BACKUP_EVENTS.traits,
        owner_of,
        lambda item: BACKUP_EVENTS.describe(item, 0.0),
    ):
        assert read(some) == read(whole)
    assert poll._updated(some) == poll._updated(whole)


@given(BACKUPS)
def test_backup_that_an_event_source_judges(sent: dict[str, Any]) -> None:
    reads = BACKUP_EVENTS.reads
    assert reads is not None
    found = []
    for item in whole_and_parts(sent, reads.union(protection.RECORD_READS)):
        judge = TargetJudge([Target(("*",), ("*",), 3600)], (), 1_767_300_000.0)
        judge.add(item)
        found.append(judge.standings())
    assert found[0] == found[1]


def check_selection(filters: Filters, parameters: dict[str, Any], sent: dict[str, Any]) -> None:
    selection = select(CONTEXT, filters, parameters)
    whole, some = whole_and_parts(sent, selection.parts)
    assert selection.matches(some) == selection.matches(whole)
    for item in (whole, some):
        try:
            assert selection.takes(item) == selection.matches(whole)
        except PXBackupError:
            assert not selection.matches(whole)
    if selection.sort_key:
        assert selection.sort_key(some) == selection.sort_key(whole)


CASES = [
    *((BACKUP_FILTERS, BACKUPS, {name: FILTERED[name]}) for name in BACKUP_FILTERS.names if name in FILTERED),
    *((restores.RESTORE_FILTERS, RESTORES, {name: FILTERED[name]}) for name in restores.FILTERS if name in FILTERED),
    *((BACKUP_FILTERS, BACKUPS, {"sort_option": {"sort_by": by}}) for by in BACKUP_FILTERS.orders),
    *((restores.RESTORE_FILTERS, RESTORES, {"sort_option": {"sort_by": by}}) for by in restores.RESTORE_FILTERS.orders),
]


@pytest.mark.parametrize(
    ("filters", "objects", "parameters"),
    [pytest.param(*case, id=f"{case[0].noun}-{next(iter(case[2]))}-{number}") for number, case in enumerate(CASES)],
)
@settings(max_examples=25)
@given(data=st.data())
def test_filters_and_orders(
    filters: Filters, objects: st.SearchStrategy[dict[str, Any]], parameters: dict[str, Any], data: st.DataObject
) -> None:
    check_selection(filters, parameters, data.draw(objects))


def test_every_filter_that_tests_an_object_says_what_it_reads() -> None:
    for filters in (BACKUP_FILTERS, restores.RESTORE_FILTERS):
        untested = {"include_detailed_resources", "resource_info", "vm_volume_name", "exclude_failed_resource"}
        assert set(filters.names) <= set(FILTERED) | untested
        assert set(filters.checks) <= set(filters.parts)
