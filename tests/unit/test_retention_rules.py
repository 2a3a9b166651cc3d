# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep rules: what the options mean, and which of them are refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import ValidationError
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.rules import (
    apply_rules,
    parse_duration,
    parse_keep,
)
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.retention.zones import find_zone

NEWEST = datetime(2026, 3, 31, 12, tzinfo=UTC)
BERLIN = find_zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("36h", datetime(2026, 3, 30, 0, tzinfo=UTC)),
        ("1d", datetime(2026, 3, 30, 12, tzinfo=UTC)),
        (" 1d\n", datetime(2026, 3, 30, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 3, 17, 12, tzinfo=UTC)),
        ("1m", datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("1y", datetime(2025, 3, 31, 12, tzinfo=UTC)),
        ("1y1m1w1d1h", datetime(2025, 2, 20, 11, tzinfo=UTC)),
        ("1h1d", datetime(2026, 3, 30, 11, tzinfo=UTC)),
        ("13m", datetime(2025, 2, 28, 12, tzinfo=UTC)),
        ("3m", datetime(2025, 12, 31, 12, tzinfo=UTC)),
        ("2025y", datetime(1, 3, 31, 12, tzinfo=UTC)),
        ("2026y", None),
        ("999999999y", None),
        ("999999999w", None),
        ("999999999d", None),
        ("999999999h", None),
    ],
)
def test_duration_is_counted_back(text: str, start: datetime | None) -> None:
    assert parse_duration("keep.within", text).before(NEWEST) == start


@pytest.mark.parametrize(
    "text",
    ["", " ", "1", "d", "1x", "1D", "1 d", "-1d", "+1d", "1.5d", "1d 2h", "1d1d", "1s", "90min", "1234567890d", "١d"],
)
def test_no_duration(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_duration("keep.within_daily", text)
    assert str(caught.value).startswith(f"keep.within_daily {text!r} is not a valid duration; use numbers with ")


def test_a_day_of_a_zone_may_have_other_than_24_hours() -> None:
    """29 March 2026 has 23 hours in Berlin."""
    noon = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    assert parse_duration("keep.within", "1d").before(noon) == datetime(2026, 3, 28, 11, tzinfo=UTC)
    assert parse_duration("keep.within", "24h").before(noon) == datetime(2026, 3, 28, 10, tzinfo=UTC)


def test_hours_are_counted_from_the_second_half_past_two() -> None:
    newest = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(BERLIN)
    assert parse_duration("keep.within", "1h").before(newest) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keep", "sentence"),
    [
        (
            {"minutely": 1},
            "keep.minutely is not a keep rule; use last, hourly, daily, ",
        ),
        ({"daily": -2}, "keep.daily is -2; set at least 1, or -1 to keep all"),
        ({"within_yearly": "1"}, "keep.within_yearly '1' is not a valid duration"),
        ({"within": ""}, "keep.within '' is not a valid duration"),
    ],
)
def test_keep_rules_that_are_refused(keep: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_keep(keep)
    assert str(caught.value).startswith(sentence)


def test_a_rule_of_nothing_is_no_rule() -> None:
    assert parse_keep({"last": 0, "daily": None, "within": "0d", "within_daily": None}) == ()


def test_reasons_come_in_the_order_of_the_rules() -> None:
    rules = parse_keep({"within_daily": "1d", "yearly": 1, "within": "1d", "last": 1})
    assert apply_rules([NEWEST], rules, UTC) == [["last", "yearly", "within 1d", "daily within 1d"]]


def test_nothing_to_judge() -> None:
    assert apply_rules([], parse_keep({"daily": 1, "within": "1d"}), UTC) == []


def test_within_a_period_the_oldest_is_not_kept_for_its_age() -> None:
    times = [NEWEST, NEWEST - timedelta(hours=1), NEWEST - timedelta(hours=2)]
    assert apply_rules(times, parse_keep({"within_daily": "1d"}), UTC) == [["daily within 1d"], [], []]


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../UTC", "/etc/localtime", "Europe", "local"])
def test_no_zone(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        find_zone(name)
    assert (
        str(caught.value)
        == f"timezone {name!r} is not a valid time zone; use an IANA name such as Europe/Berlin, or UTC"
    )


def test_a_host_without_zone_data_knows_utc_only() -> None:
    module = "ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup"
    code = f"""
import sys, zoneinfo
sys.modules["tzdata"] = None
zoneinfo.reset_tzpath(to=[])
from {module}.errors import ValidationError
from {module}.retention.zones import find_zone
print(find_zone("UTC"))
try:
    find_zone("Europe/Berlin")
except ValidationError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "UTC",
        "timezone 'Europe/Berlin' cannot be used: the host that runs the task has no time zone data; "
        "install its package tzdata (the system's or Python's), or use timezone: UTC",
    ]


def test_a_week_over_new_year_is_one_week() -> None:
    days = ((2027, 1, 4), (2027, 1, 3), (2026, 12, 31), (2026, 12, 28))
    times = [datetime(*day, 12, tzinfo=UTC) for day in days]
    kept = apply_rules(times, parse_keep({"weekly": 3}), UTC)
    assert kept == [["weekly"], ["weekly"], [], ["oldest weekly"]]
