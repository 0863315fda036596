"""The commands, run as a person runs them, against a server on this machine."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tests.support.image_files import jpeg, plain_jpeg
from tests.support.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.range_server import RangeServer

ODD_KEYS = ("a//b.jpg", "x/../y.jpg", "sp ace/ü+%20.jpg", "new\nline.jpg", "[bold]m[/].jpg")


@pytest.fixture
def program(range_server: RangeServer, tmp_path: Path) -> Program:
    """A bucket of three cameras' pictures, two of them odd."""
    for number in range(12):
        make, model = [("Canon", "Canon EOS 6D"), ("NIKON CORPORATION", "NIKON D750")][number % 2]
        data = jpeg(
            make=make,
            model=model,
            iso=100 * 2 ** (number % 5),
            exposure_s=1 / 250,
            taken_at=f"2019-05-{number + 1:02d}T10:00:00",
        )
        range_server.put("photos", f"2019/IMG_{number:04d}.jpg", data)
    for key in ODD_KEYS:
        range_server.put("photos", key, jpeg(make="Odd", model="One"))
    range_server.put("photos", "plain/no-exif.jpg", plain_jpeg())
    range_server.put("photos", "plain/text.jpg", b"This is no picture.")
    range_server.put("photos", "plain/empty.jpg", b"")
    range_server.put("photos", "plain/readme.txt", b"hello")
    range_server.make_bucket("empty")
    return Program(tmp_path, range_server.url)


def test_a_bucket_is_ingested_and_searched(program: Program) -> None:
    done = program.run("ingest", "s3://photos/2019/")
    assert "to read 12" in done.stderr
    assert "with metadata 12" in done.stderr
    found = program.run("search", "camera:canon iso>=400", "--format", "keys").stdout.split()
    assert found
    assert all(uri.startswith("s3://photos/2019/IMG_") for uri in found)


def test_failed_objects_exit_with_3_and_unknown_jobs_with_7(program: Program) -> None:
    done = program.run("ingest", "s3://photos", code=3)
    assert "jobs show 1" in done.stderr
    shown = program.run("jobs", "show", "1").stdout
    assert "empty: The object has zero bytes." in shown
    plain = json.loads(program.run("jobs", "show", "1", "--format", "json").stdout)
    assert plain["left"] == 0
    assert plain["listed"] == 12 + len(ODD_KEYS) + 4
    assert plain["filtered"] == 1
    assert [failure["key"] for failure in plain["failures"]] == ["plain/empty.jpg"]
    assert "42" in program.run("jobs", "show", "42", code=7).stderr


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_are_shown_one_by_one(program: Program, key: str) -> None:
    plain = json.loads(program.run("show", f"s3://photos/{key}", "--format", "json").stdout)
    assert plain[0]["SourceFile"] == f"s3://photos/{key}"
    assert plain[0]["IFD0:Make"] == "Odd"


def test_a_second_ingest_reads_only_what_is_new(
    program: Program, range_server: RangeServer
) -> None:
    program.run("ingest", "s3://photos/2019/")
    range_server.reset_counts()
    range_server.put("photos", "2019/new.jpg", jpeg(make="New"))
    done = program.run("ingest", "s3://photos/2019/")
    assert "unchanged 12" in done.stderr
    assert range_server.counts["GetObject"] == 1


def test_a_dry_run_counts_and_reads_nothing(program: Program, range_server: RangeServer) -> None:
    done = program.run("ingest", "s3://photos", "--dry-run", "--exclude", "2019/**")
    assert f"to read {len(ODD_KEYS) + 3}" in done.stdout
    assert not range_server.counts["GetObject"]


def test_a_search_is_printed_as_json_like_exiftools_as_csv_and_as_a_table(program: Program) -> None:
    program.run("ingest", "s3://photos/2019/")
    rows = json.loads(program.run("search", "iso:400", "--format", "json").stdout)
    assert rows
    for row in rows:
        assert row["ExifIFD:ISO"] == 400
        assert row["ExifIFD:ExposureTime"] == 0.004
        assert row["S3:Key"].startswith("2019/")
        assert row["Tasveer:Status"] == "ok"

    text = program.run("search", "--format", "csv", "--columns", "name,iso,exif.Make").stdout
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 12
    assert list(lines[0]) == ["name", "iso", "exif.Make"]

    table = program.run("search", "order by name", "--limit", "2")
    assert "IMG_0000.jpg" in table.stdout
    assert "10 more" in table.stderr


def test_a_mistake_in_a_search_is_shown_with_a_caret(program: Program) -> None:
    done = program.run("search", "camera:canon isoo>=100", code=2)
    lines = done.stderr.splitlines()
    assert lines[1].index("^") == lines[0].index("isoo")
    assert "iso" in lines[2]


def test_ingest_without_a_location_is_a_usage_error_with_a_remedy(program: Program) -> None:
    done = program.run("ingest", code=2)
    assert "No location given" in done.stderr
    assert "tasveer-tui ingest s3://bucket/prefix" in done.stderr
    assert not program.db.exists()


def test_an_unknown_bucket_is_a_sentence_with_exit_code_4(program: Program) -> None:
    done = program.run("ingest", "s3://nowhere", code=4)
    assert "nowhere" in done.stderr


def test_a_refused_listing_is_a_sentence_with_exit_code_4(
    program: Program, range_server: RangeServer
) -> None:
    range_server.fail("error", op="ListObjectsV2", status=403, code="AccessDenied")
    done = program.run("ingest", "s3://photos", code=4)
    assert "denied" in done.stderr.lower() or "may not" in done.stderr.lower()


def test_an_endpoint_that_is_down_is_a_sentence_with_exit_code_4(tmp_path: Path) -> None:
    program = Program(tmp_path, "http://127.0.0.1:9")
    done = program.run("show", "s3://photos/a.jpg", code=4)
    assert "127.0.0.1:9" in done.stderr


def test_missing_credentials_suggest_anonymous_access(program: Program) -> None:
    program.extra = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    done = program.run("show", "s3://photos/2019/IMG_0000.jpg", code=4)
    assert "--no-sign-request" in done.stderr
    assert (
        "Canon" in program.run("show", "s3://photos/2019/IMG_0000.jpg", "--no-sign-request").stdout
    )


def test_an_empty_bucket_is_read_to_its_end(program: Program) -> None:
    assert "listed 0" in program.run("ingest", "s3://empty").stderr


def test_another_file_is_not_taken_for_a_catalogue(program: Program) -> None:
    program.db.write_text("Dear reader, this is no database." * 100)
    done = program.run("search", "iso>100", code=6)
    assert str(program.db) in done.stderr
    assert program.db.read_text().startswith("Dear reader")


def test_a_folder_that_cannot_be_written_is_a_sentence(program: Program) -> None:
    program.extra = {"TASVEER_DB": "/proc/catalogue.sqlite"}
    done = program.run("ingest", "s3://photos/2019/", code=6)
    assert "/proc" in done.stderr


def test_a_worker_without_a_broker_says_what_to_give(program: Program) -> None:
    assert "--broker" in program.run("worker", code=2).stderr


def test_a_broker_that_is_down_is_a_sentence_with_exit_code_5(program: Program) -> None:
    done = program.run("worker", "--broker", "amqp://guest:secret@127.0.0.1:9//", code=5)
    assert "secret" not in done.stderr + done.stdout


def test_doctor_lists_every_location_and_reports_only_the_terminal(
    program: Program,
) -> None:
    program.extra = {"COLUMNS": "160", "LINES": "50"}
    done = program.run("doctor")
    for word in ("settings", "catalogue", "log", "buckets visible", "jobs run on this machine"):
        assert word in done.stdout


def test_doctor_repairs_compacts_and_backs_up_the_catalogue(
    program: Program, tmp_path: Path
) -> None:
    program.run("ingest", "s3://photos/2019/")
    copy = tmp_path / "copy.sqlite"
    done = program.run("doctor", "--catalogue", "--repair", "--compact", "--backup", str(copy))
    assert "rebuilt: the indexes of 12 images" in done.stdout
    assert "compacted" in done.stdout
    assert "broker" not in done.stdout
    assert copy.stat().st_size
    again = program.run("doctor", "--backup", str(copy), code=6)
    assert "exists" in again.stdout


def test_doctor_gives_the_remedy_of_what_is_wrong(program: Program) -> None:
    program.extra = {"TASVEER_BROKER": "amqp://u:secret@127.0.0.1:9//"}
    done = program.run("doctor", code=5)
    assert "!!" in done.stdout
    assert "secret" not in done.stdout
    asked = program.run("jobs", "workers", code=5)
    assert "cannot be reached" in asked.stderr
    assert "secret" not in asked.stderr


def test_a_failed_outcome_is_retried_after_the_error_is_fixed(
    program: Program, range_server: RangeServer
) -> None:
    rule = range_server.fail(
        "error", op="GetObject", key="IMG_0003", status=403, code="AccessDenied"
    )
    program.run("ingest", "s3://photos/2019/", code=3)
    range_server.rules.remove(rule)
    done = program.run("jobs", "retry", "1", "--class", "denied")
    assert "failed 0" in done.stderr
    assert program.run("search", "--count").stdout.strip() == "12"


def test_an_interrupted_ingest_resumes_where_it_stopped(
    program: Program, range_server: RangeServer
) -> None:
    rule = range_server.fail("stall", op="GetObject", key="IMG_0005")
    with subprocess.Popen(
        program.command("ingest", "s3://photos/2019/"),
        env=program.environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        # Where the tests run in the background of a shell, SIGINT is ignored, and children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as ingest:
        deadline = time.monotonic() + 60
        while range_server.counts["GetObject"] < 12 and time.monotonic() < deadline:
            time.sleep(0.05)
        ingest.send_signal(signal.SIGINT)
        _, said = ingest.communicate(timeout=60)
    assert ingest.returncode == 130
    assert "jobs resume 1" in said
    range_server.rules.remove(rule)
    done = program.run("jobs", "resume", "1")
    assert "with metadata 12" in done.stderr


def test_help_lists_every_command_and_the_exit_codes(program: Program) -> None:
    text = program.run("--help").stdout
    for word in ("ingest", "search", "show", "jobs", "worker", "doctor", "demo", "Exit codes"):
        assert word in text


# -------------------------------------------------------------- filters, watch, steering


def test_sizes_dates_and_types_narrow_what_is_read(
    program: Program, range_server: RangeServer
) -> None:
    range_server.put("photos", "large/a.jpg", jpeg(make="Canon", trailer_bytes=200_000))
    range_server.put("photos", "large/b.dat", jpeg(make="Canon", trailer_bytes=200_000))

    def read(*options: str) -> str:
        return program.run("ingest", "s3://photos/large/", "s3://photos/2019/", *options).stderr

    dry = program.run("ingest", "s3://photos", "--min-size", "150kB", "--dry-run").stdout
    assert "to read 1 " in dry
    for options in (("--max-size", "10 B"), ("--before", "2001-01-01")):
        assert (
            "to read 0" in program.run("ingest", "s3://photos/2019/", *options, "--dry-run").stdout
        )
    assert "with metadata 1 " in read("--min-size", "150kB")
    assert "to read 0" in read("--since", "1h")
    assert "with metadata 1 " in read("--any-type", "--min-size", "150kB")
    found = program.run("search", "camera:canon size>150kB", "--format", "keys").stdout.split()
    assert sorted(found) == ["s3://photos/large/a.jpg", "s3://photos/large/b.dat"]


def test_progress_is_printed_as_ndjson(program: Program, range_server: RangeServer) -> None:
    range_server.latency_s = 0.3
    done = program.run("ingest", "s3://photos/2019/", "--progress", "ndjson")
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert len(events) > 2
    assert (events[-1]["state"], events[-1]["ok"], events[-1]["left"]) == ("done", 12, 0)
    assert events[-1]["added"] == 12
    assert all(event["problem"] == "" for event in events)
    assert events[-2]["workers"]


def test_deleted_objects_are_counted_and_stay_searchable(
    program: Program, range_server: RangeServer
) -> None:
    program.run("ingest", "s3://photos/2019/")
    range_server.remove("photos", "2019/IMG_0003.jpg")
    range_server.put("photos", "2019/IMG_0004.jpg", jpeg(make="Canon", iso=50))
    range_server.put("photos", "2019/IMG_0099.jpg", jpeg(make="Canon"))

    again = program.run("ingest", "s3://photos/2019/").stderr

    assert "new 1 · changed 1 · gone 1" in again
    assert "unchanged 10 · to read 2" in again
    gone = program.run("search", "status:gone camera:nikon", "--format", "keys").stdout.split()
    assert gone == ["s3://photos/2019/IMG_0003.jpg"]


def test_a_watch_ingests_new_objects_until_interrupted(
    program: Program, range_server: RangeServer
) -> None:
    command = program.command("ingest", "s3://photos/2019/", "--watch", "--every", "1s")
    with subprocess.Popen(
        command, env=program.environment(), stderr=subprocess.PIPE, encoding="utf-8"
    ) as watching:
        assert watching.stderr is not None
        lines = watching.stderr
        _read_until(lines, "with metadata 12 ")
        shown = program.run("jobs", "watches").stdout
        assert "s3://photos/2019/" in shown
        range_server.put("photos", "2019/IMG_0100.jpg", jpeg(make="Late"))
        _read_until(lines, "with metadata 1 ")
        watching.send_signal(signal.SIGTERM)
        _read_until(lines, "Watch stopped")
        assert watching.wait(30) == 0
    assert program.run("search", "make:late", "--count").stdout.strip().startswith("1")
    assert program.run("jobs", "watches").stdout == ""


def _read_until(lines: Iterable[str], words: str) -> None:
    seen = []
    for line in lines:
        seen.append(line)
        if words in line:
            return
    raise AssertionError("".join(seen))


@pytest.mark.parametrize("other", ["--dry-run", "--no-wait", "--force"])
def test_watch_rejects_incompatible_options(program: Program, other: str) -> None:
    assert "--watch" in program.run("ingest", "s3://photos", "--watch", other, code=2).stderr


def test_priorities_and_workers_are_printed(program: Program) -> None:
    program.run("ingest", "s3://photos/2019/", "--priority", "3")
    plain = json.loads(program.run("jobs", "show", "1", "--format", "json").stdout)
    assert plain["priority"] == 3
    program.run("jobs", "prefer", "1", "-2")
    plain = json.loads(program.run("jobs", "show", "1", "--format", "json").stdout)
    assert plain["priority"] == -2
    assert "not running" in program.run("jobs", "workers").stdout
    assert program.run("jobs", "prefer", "77", "1", code=7).stderr
    program.run("jobs", "tune", "16")
    with closing(Catalogue(program.db)) as catalogue:
        assert catalogue.tuned() == 16


@pytest.mark.parametrize("kind", ["systemd", "compose"])
def test_units_for_workers_are_printed_with_their_instructions(program: Program, kind: str) -> None:
    text = program.run("worker", "--print-unit", kind).stdout
    assert f"--print-unit {kind} >" in text
    assert "cacertfile=" in text
    assert "@" not in text.replace("password@", "").replace("PASSWORD@", "").replace("}@", "")
    options = set(re.findall(r"--[a-z-]+", text))
    assert {"--concurrency", "--in-flight"} <= options
