"""Texts about jobs, the job filter, and the end of the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.humanize import parse_duration, parse_size, parse_timestamp
from tasveer_tui.records import Access, JobSpec, JobState, JobView, Source, WatchView
from tasveer_tui.ui.ended_jobs import EndedJobs
from tasveer_tui.ui.jobs.job_table import filter_jobs
from tasveer_tui.ui.jobs.log_tail import TAIL_BYTES, Level, LogTail, parse, read_tail
from tasveer_tui.ui.kit.command_line import ingest_command
from tasveer_tui.ui.shared.jobs_text import (
    end_text,
    filters_text,
    left_text,
    now_parts,
    place_text,
    sum_parts,
    watch_text,
    where_text,
)
from tasveer_tui.workspace import Progress

if TYPE_CHECKING:
    from pathlib import Path

SPEC = JobSpec(Source("http://127.0.0.1:9000", "photos"), Access(), prefixes=("2019/", "2020/"))
NOW = 1_750_000_000.0


def job(number: int = 7, state: JobState = JobState.RUNNING, **facts: object) -> JobView:
    whole = {"created_at": NOW, "started_at": NOW, "is_scanned": True, **facts}
    return JobView(number, SPEC, state, **whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Progress(10), ""),
        (Progress(10, 0, 50, 40, 100), "40 s to 1:40 left"),
        (Progress(10, 0, 50, 50.1, 50.4), "50 s left"),
        (Progress(10, 0, 50, 40, None), "40 s left, or much more"),
        (Progress(10, 0, 50, 40, 100, is_lower_bound=True), "more than 40 s left"),
    ],
)
def test_the_remaining_time_is_shown_as_a_range(pace: Progress, words: str) -> None:
    assert left_text(pace) == words


def test_a_running_job_has_its_rate_and_problems() -> None:
    resting = job(rest_until=NOW + 30, listed=5)
    assert list(now_parts(resting, Progress(), "", NOW)) == [
        "the source cannot be reached; next attempt in 30 s"
    ]
    listing = job(listed=2_000, is_scanned=False)
    texts = list(now_parts(listing, Progress(412, 27.1e6), "▁▅█", NOW))
    assert texts == ["listing: 2,000 objects so far", "412 images/s ▁▅█", "27.1 MB/s"]
    assert list(now_parts(job(), Progress(), "", NOW)) == [
        "waiting for the first page of the listing"
    ]
    assert not list(now_parts(job(state=JobState.DONE), Progress(9), "█", NOW))


def test_the_sums_of_a_job() -> None:
    facts = {"ok": 90, "failed": 10, "total": 100, "bytes_listed": 1_000, "bytes_read": 100}
    done = job(state=JobState.DONE, finished_at=NOW + 10, filtered=3, gone=2, **facts)
    assert list(sum_parts(done, NOW + 99)) == [
        "10 s elapsed",
        "10 images/s",
        "100 B read, 900 B saved (90.0 %)",
        "3 filtered out",
        "2 gone from the bucket",
    ]


def test_locations_and_filters_are_cleaned() -> None:
    spec = replace(SPEC, prefixes=("a\x1b[31m/",), include=("*.jpg",), min_bytes=500_000)
    assert place_text(spec) == "s3://photos/a␛[31m/"
    assert where_text(SPEC) == "photos/2019/ +1"
    assert filters_text(spec) == "only *.jpg, from 500.0 kB"
    assert filters_text(SPEC) == ""


def test_how_a_job_ended() -> None:
    assert end_text(job(state=JobState.CANCELLED)) == (
        "Job 7 cancelled: s3://photos/2019/ +1.",
        False,
    )
    assert end_text(job(state=JobState.FAILED, error="No such bucket.")) == (
        "Job 7 failed: s3://photos/2019/ +1. No such bucket.",
        True,
    )
    assert end_text(job(state=JobState.DONE, ok=3, failed=1)) == (
        "Job 7 done: s3://photos/2019/ +1, 4 objects read, 1 failed.",
        True,
    )


def test_each_ended_job_is_reported_once() -> None:
    ends, nothing = EndedJobs(), frozenset[int]()
    old, running, short = job(1, JobState.DONE), job(2), job(3, JobState.DONE, total=5)
    assert not list(ends.update(None, nothing))
    assert not list(ends.update([old, running], nothing))
    assert not list(ends.update(None, nothing))
    ended = job(2, JobState.DONE)
    texts = [text for text, _ in ends.update([old, ended, short], nothing)]
    assert [text[:5] for text in texts] == ["Job 2", "Job 3"]
    assert not list(ends.update([old, ended, short], nothing))


def test_a_watch_that_found_nothing_is_not_reported() -> None:
    ends, rounds = EndedJobs(), frozenset({4})
    list(ends.update([job(4)], rounds))
    assert not list(ends.update([job(4, JobState.DONE)], rounds))
    list(ends.update([job(4)], rounds))
    assert list(ends.update([job(4, JobState.DONE, total=1, ok=1)], rounds))


def test_a_filter_finds_states_places_and_numbers() -> None:
    other = replace(job(12, JobState.FAILED), spec=replace(SPEC, prefixes=("raw/2021/",)))
    every = [job(2021), other, job(3, JobState.DONE)]

    def found(text: str) -> list[int]:
        return [one.id for one in filter_jobs(every, text)]

    assert found("") == [2021, 12, 3]
    assert found("failed") == [12]
    assert found("done 2019") == [3]
    assert found("2021") == [2021, 12]
    assert found("#12") == [12]
    assert found("PHOTOS") == [2021, 12, 3]
    assert found("127.0.0.1:9000 raw") == [12]
    assert found("nowhere") == []


def test_a_watch_is_described() -> None:
    watch = WatchView(1, SPEC, 300.0, NOW, NOW + 65)
    assert watch_text(watch, NOW) == "every 5 minutes, next in 1:05"
    found = replace(watch, rounds=2, found=30, next_at=NOW - 1)
    assert watch_text(found, NOW) == "every 5 minutes, listing now, 30 objects read"


def test_lines_of_a_log_have_their_level_and_no_escape() -> None:
    lines = parse(
        [
            "2026-11-22 17:28:24,231 INFO tasveer_tui.jobs.transports.consumer: ready",
            "2026-11-22 17:28:25,000 ERROR tasveer_tui.jobs.engine.handlers: \x1b[31mno",
            "Traceback (most recent call last):",
            "2026-11-22 17:28:26,000 WARNING x: slow",
        ]
    )
    assert [line.level for line in lines] == [
        Level.EVERYTHING,
        Level.ERRORS,
        Level.ERRORS,
        Level.WARNINGS,
    ]
    assert (lines[1].time, lines[1].text) == ("17:28:25", "␛[31mno")
    assert lines[2].text == "Traceback (most recent call last):"


def test_only_the_end_of_a_log_is_read_and_only_where_there_is_news(tmp_path: Path) -> None:
    path = tmp_path / "engine.log"
    assert read_tail(path, LogTail()) == LogTail()
    path.write_text("x" * TAIL_BYTES + "\nlast\n")
    tail = read_tail(path, LogTail())
    assert [line.text for line in tail.lines] == ["last"]
    assert read_tail(path, tail) is tail


def test_sizes_times_and_moments_are_understood_or_refused_with_a_sentence() -> None:
    assert parse_size("5MB") == 5_000_000
    assert parse_size("1.5 KiB") == 1536
    assert parse_duration("5m") == 300
    assert parse_timestamp("2d", NOW) == NOW - 172_800
    assert parse_timestamp("1970-01-02", NOW) == 86_400
    for understand, text in ((parse_size, "big"), (parse_duration, "5 y")):
        with pytest.raises(ValueError, match="write"):
            understand(text)
    with pytest.raises(ValueError, match="write 2023-05-14"):
        parse_timestamp("tomorrow", NOW)


def test_the_command_contains_every_filter() -> None:
    spec = replace(
        SPEC,
        prefixes=("a/",),
        min_bytes=500_000,
        max_bytes=5_000_000,
        modified_since=86_400.0,
        modified_before=90_000.0,
        priority=-2,
        any_type=True,
        force=True,
    )
    assert ingest_command(spec) == (
        "tasveer-tui ingest s3://photos/a/ --min-size 500000 --max-size 5000000 "
        "--since 1970-01-02 --before 1970-01-02T01:00:00+00:00 --priority -2 --any-type --force"
    )
