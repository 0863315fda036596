"""The commands that search, in this process."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.cli.app import run
from tests.support import catalogue_factory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ran = tuple[int, str, str]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "c.db"
    catalogue_factory.filled_catalogue(path, 60).close()
    return path


@pytest.fixture
def run_command(db: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def run_one(*arguments: str) -> Ran:
        code = run([arguments[0], "--db", str(db), *arguments[1:]])
        out, err = capfd.readouterr()
        return code, out, err

    return run_one


def test_export_writes_a_file_once(run_command: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    code, out, err = run_command(
        "export", str(path), "camera:canon iso>=100", "--columns", "path,iso"
    )
    assert (code, out) == (0, "")
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    assert lines[0] == ["path", "iso"]
    assert err == f"Wrote {len(lines) - 1} images to {path}.\n"
    code, _, err = run_command("export", str(path))
    assert code == 2
    assert "exists already" in err
    code, _, err = run_command("export", str(path), "iso:1", "--force")
    assert code == 0
    assert err.startswith("Wrote 0 images to")


def test_a_map_says_what_it_leaves_out(run_command: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "all.geojson"
    code, _, err = run_command("export", str(path))
    placed = len(json.loads(path.read_text("utf-8"))["features"])
    assert code == 0
    assert f"Left out: {60 - placed} images without a position." in err
    code, out, err = run_command("search", "--format", "gpx", "--limit", "3", "has:gps")
    assert out.count("<wpt ") == 3
    assert err == ""


def test_an_unknown_ending_is_said(run_command: Callable[..., Ran], tmp_path: Path) -> None:
    code, _, err = run_command("export", str(tmp_path / "x.doc"))
    assert code == 2
    assert ".parquet" in err


def test_a_search_is_saved_and_used(run_command: Callable[..., Ran]) -> None:
    assert run_command("search", "--save", "mine", "--count", "camera:canon")[:2] == (0, "16\n")
    assert run_command("search", "--count", "--", "@mine", "-iso:100")[0] == 0
    assert run_command("searches", "list")[1] == "mine\tcamera:canon\n"
    assert run_command("search", "--count", "@mime")[0] == 2
    assert run_command("searches", "delete", "@mine")[0] == 0
    assert run_command("searches", "delete", "mine")[0] == 2


@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_groups_take_the_common_options_before_or_after_the_command(
    db: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path, place: str
) -> None:
    other = ["--db", str(tmp_path / "missing.db")]
    before, after = ["--db", str(db)], ["--db", str(db)]
    words = {
        "before": (before, []),
        "after": ([], after),
        "both": (other, after),  # the option of the command wins
    }[place]
    for group, command in (("jobs", "list"), ("searches", "list"), ("jobs", "watches")):
        assert run([group, *words[0], command, *words[1]]) == 0, capfd.readouterr().err
    assert run(["jobs", "--db", str(db)]) == 0
    assert run(["searches", "--db", str(db), "--endpoint-url", "http://127.0.0.1:9"]) == 0


@pytest.mark.parametrize(
    "command",
    [
        ("search", "iso:100"), ("search", "--count"), ("search", "--save", "x", "iso:100"),
        ("export", "out.csv"), ("jobs",), ("jobs", "list"), ("jobs", "show", "1"),
        ("jobs", "pause", "1"), ("jobs", "cancel", "1"), ("jobs", "resume", "1"),
        ("jobs", "retry", "1"), ("jobs", "prefer", "1", "2"), ("jobs", "tune", "3"),
        ("jobs", "unwatch", "1"), ("jobs", "watches"), ("searches",), ("searches", "recent"),
        ("searches", "delete", "x"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("is_empty_file", [False, True])
def test_commands_that_read_report_a_missing_catalogue_and_create_none(
    command: tuple[str, ...],
    *,
    is_empty_file: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "folder" / "missing.db"
    if is_empty_file:
        path.parent.mkdir()
        path.touch()
    monkeypatch.setenv("TASVEER_DB", str(path))
    monkeypatch.chdir(tmp_path)
    code = run(command)
    out, err = capfd.readouterr()
    assert (code, out) == (6, "")
    assert f"There is no catalogue at {path}." in err
    assert "tasveer-tui ingest" in err
    assert (path.stat().st_size == 0) if is_empty_file else not path.parent.exists()


def test_what_is_too_long_ends_with_a_sentence(run_command: Callable[..., Ran]) -> None:
    for query in ("x" * 10_000, "(" * 10_000, "iso:100 " * 1_250, "/(a+)+$/", "-" * 5_000 + "x"):
        code, out, err = run_command("search", "--count", "--", query)
        assert code == 2
        assert out == ""
        assert "tasveer-tui:" in err


@pytest.mark.parametrize(
    "value",
    [
        "'; DROP TABLE image; --", '" OR 1=1 --', "%' ESCAPE '", "x') OR ('1'='1", "?1", ":a", "@p",
        "\\", "a\x00b", "${x}", "NULL", "*/ /*", "fts: NEAR(a b)", '"a" AND "b"', "^a*",
    ],
)  # fmt: skip
def test_nothing_reaches_sql_as_text(run_command: Callable[..., Ran], value: str) -> None:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    names = ("camera", "path", "name", "keyword", "etag", "error", "place", "country", "exif.Make",
             "xmp.Subject", "ext", "type", "bucket")  # fmt: skip
    assert run_command("search", "--count", "--", quoted)[:2] == (0, "0\n")
    for name in names:
        for op in (":", "=", "<", "!="):
            if op == "<" and name in ("ext", "type"):
                continue
            code, out, _ = run_command("search", "--count", "--", f"{name}{op}{quoted}")
            assert code == 0, (name, op)
            assert out == "0\n" or op in ("<", "!="), (name, op)
    assert run_command("search", "--count")[1] == "60\n"
