"""Dates reported from now, on the clock of the field."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tasveer_tui.catalogue.search import Finder, intervals, parse
from tasveer_tui.catalogue.search.ast import Last, Period, Unit, Yesterday
from tests.support.sample_catalogue import SampleCatalogue

NOW = datetime(2024, 3, 31, 15, 45, 10)  # noqa: DTZ001 - a clock without a zone


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        (Last(0, Unit.DAY), "2024-03-31T00:00", "2024-04-01T00:00"),
        (Yesterday(), "2024-03-30T00:00", "2024-03-31T00:00"),
        (Last(30, Unit.DAY), "2024-03-01T00:00", "2024-04-01T00:00"),
        (Last(1, Unit.WEEK), "2024-03-24T00:00", "2024-04-01T00:00"),
        (Last(1, Unit.MONTH), "2024-02-29T00:00", "2024-04-01T00:00"),
        (Last(13, Unit.MONTH), "2023-02-28T00:00", "2024-04-01T00:00"),
        (Last(4, Unit.YEAR), "2020-03-31T00:00", "2024-04-01T00:00"),
        (Last(2, Unit.HOUR), "2024-03-31T13:45:10", "2024-04-01T00:00"),
        (Last(99999, Unit.YEAR), "0001-01-01T00:00", "2024-04-01T00:00"),
        (Last(9999999, Unit.DAY), "0001-01-01T00:00", "2024-04-01T00:00"),
    ],
)
def test_relative_dates_count_from_now(value: Last, start: str, end: str) -> None:
    expected = Period(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert intervals.resolve_period(value, NOW) == expected


def test_cameras_have_the_local_day_and_objects_that_of_utc() -> None:
    sample_catalogue = SampleCatalogue(1)
    taken, modified = "2024-06-16T08:00", "2024-06-15T22:00"
    sample_catalogue.connection.execute(
        "UPDATE image SET taken_at = unixepoch(?), modified_at = unixepoch(?)", (taken, modified)
    )
    now = datetime(2024, 6, 16, 9, tzinfo=timezone(timedelta(hours=10)))
    finder = Finder(sample_catalogue.connection, now=now)
    assert finder.count(parse("taken:today")) == 1
    assert finder.count(parse("modified:today")) == 1
    assert finder.count(parse("taken:yesterday or modified:yesterday")) == 0
    sample_catalogue.connection.close()


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (1, "2024-02-29"),
        (12, "2023-03-31"),
        (-1, "2024-04-30"),
        (-12, "2025-03-31"),
        (10**6, "0001-01-01"),
    ],
)
def test_months_are_counted_on_the_calendar(months: int, expected: str) -> None:
    assert intervals.months_before(NOW, months).date().isoformat() == expected
