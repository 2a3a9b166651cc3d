# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times: those that a task sets, and those that the server sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.core.times import (
    parse_server_time,
    parse_time,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("30s", timedelta(seconds=30)),
        (" 15m ", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("36600d", timedelta(days=36600)),
    ],
)
def test_an_age_is_counted_back_from_now(text: str, age: timedelta) -> None:
    assert parse_time("since", text, NOW) == NOW - age


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (" 2026-02-03T04:05:06Z ", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03T04:05:06.5z", datetime(2026, 2, 3, 4, 5, 6, 500000, tzinfo=UTC)),
        ("2026-02-03T04:05:06.123456789+02:00", datetime(2026, 2, 3, 2, 5, 6, 123456, tzinfo=UTC)),
    ],
)
def test_rfc_3339(text: str, time: datetime) -> None:
    assert parse_time("since", text, NOW) == time
    assert parse_server_time(text.strip()) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "7y",
        "-7d",
        "36601d",
        "999999999999w",
        "yesterday",
        "2026-02-03",
        "2026-02-03T04:05:06",
        "2026-13-03T04:05:06Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_text_that_is_not_a_time_names_the_parameter(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_time("time_range.start", text, NOW)
    assert caught.value.message == f"time_range.start {text!r} is not a time"
    assert caught.value.hint is not None
    assert "2026-11-23T20:00:00Z" in caught.value.hint


@pytest.mark.parametrize("text", [None, "", "soon", "2026-13-45T99:99:99Z"])
def test_an_absent_or_unreadable_time_of_the_server_sorts_first(text: str | None) -> None:
    assert parse_server_time(text) == datetime(1, 1, 1, tzinfo=UTC)


def test_a_time_of_the_server_without_a_zone_is_utc() -> None:
    assert parse_server_time("2026-02-03T04:05:06") == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
