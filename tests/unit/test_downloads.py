"""Downloads: whole files under a folder, resumed, never over what is there, whatever the key."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import UsageError
from tasveer_tui.records import Access, JobSpec, Source
from tasveer_tui.workspace import Workspace, WorkspaceOptions, downloads
from tasveer_tui.workspace.downloads import Download, local_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer

BODY = bytes(range(256)) * 100


@pytest.fixture
def space(range_server: RangeServer, tmp_path: Path) -> Iterator[Workspace]:
    access = Access(is_anonymous=True, endpoint_url=range_server.url)
    options = WorkspaceOptions(tmp_path / "c.sqlite", tmp_path / "state", access=access)
    workspace = Workspace(options)
    yield workspace
    workspace.close()


def spec(server: RangeServer, *prefixes: str, keys: tuple[str, ...] = ()) -> JobSpec:
    access = Access(is_anonymous=True, endpoint_url=server.url)
    return JobSpec(Source(server.url, "photos"), access, prefixes, keys=keys)


def last(steps: Iterator[Download]) -> Download:
    *_, end = steps
    return end


def test_a_prefix_is_stored_with_its_folders(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    for key in ("a/x.jpg", "a/b/y.jpg", "other.jpg"):
        range_server.put("photos", key, BODY)
    folder = tmp_path / "out"
    end = last(space.download(spec(range_server, "a/"), folder))
    assert (end.objects, end.size_bytes, end.is_final) == (2, 2 * len(BODY), True)
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert files == {"a/x.jpg", "a/b/y.jpg"}
    assert (folder / "a/b/y.jpg").read_bytes() == BODY


def test_what_is_there_is_kept_unless_reported_otherwise(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    range_server.put("photos", "x.jpg", BODY)
    (tmp_path / "x.jpg").write_bytes(b"mine")
    job = spec(range_server, keys=("x.jpg",))
    end = last(space.download(job, tmp_path))
    assert (end.objects, end.skipped) == (0, 1)
    assert (tmp_path / "x.jpg").read_bytes() == b"mine"
    assert last(space.download(job, tmp_path, overwrites=True)).objects == 1
    assert (tmp_path / "x.jpg").read_bytes() == BODY


def test_what_was_stopped_goes_on_where_it_was(
    range_server: RangeServer, space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "CHUNK_BYTES", 10_000)
    range_server.put("photos", "x.jpg", BODY)
    job, folder = spec(range_server, keys=("x.jpg",)), tmp_path / "out"
    assert [step.size_bytes for step in islice(space.download(job, folder), 2)] == [10_000, 20_000]
    assert not (folder / "x.jpg").exists()
    end = last(space.download(job, folder))
    assert end.size_bytes == len(BODY) - 20_000
    assert (folder / "x.jpg").read_bytes() == BODY
    assert [path.name for path in folder.iterdir()] == ["x.jpg"]


def test_an_object_that_changed_is_begun_again(
    range_server: RangeServer, space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "CHUNK_BYTES", 10_000)
    range_server.put("photos", "x.jpg", BODY)
    job = spec(range_server, keys=("x.jpg",))
    list(islice(space.download(job, tmp_path), 1))
    range_server.put("photos", "x.jpg", BODY[::-1])
    end = last(space.download(job, tmp_path))
    assert end.size_bytes == len(BODY)
    assert (tmp_path / "x.jpg").read_bytes() == BODY[::-1]


def test_a_failure_is_reported_and_the_others_come(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    for key in ("a.jpg", "b.jpg"):
        range_server.put("photos", key, BODY)
    steps = space.download(spec(range_server, ""), tmp_path)
    range_server.fail("error", op="GetObject", key="a.jpg", status=403, code="AccessDenied")
    end = last(steps)
    assert (end.objects, end.failed) == (1, 1)
    assert end.failures[0][0] == "a.jpg"
    assert (tmp_path / "b.jpg").exists()


def test_an_empty_object_is_an_empty_file(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    range_server.put("photos", "empty.jpg", b"")
    last(space.download(spec(range_server, keys=("empty.jpg",)), tmp_path))
    assert (tmp_path / "empty.jpg").read_bytes() == b""


def test_a_folder_that_cannot_be_made_is_a_sentence(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be created"):
        last(space.download(spec(range_server, ""), tmp_path / "file" / "out"))


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "a//b.jpg",
        "./x",
        "con\x00trol\x1b[2J.jpg",
        "trailing/",
        "x" * 1000 + ".jpg",
        "ünï/日本.jpg",
        "%2e%2e/x",
        "a\\..\\b",
    ],
)
def test_no_key_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    path = local_path(tmp_path, key)
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert path != tmp_path
    assert all(len(part.encode()) <= 255 for part in path.parts)
    assert str(path).isprintable()


def test_different_keys_have_different_paths(tmp_path: Path) -> None:
    keys = ["a//b", "a/b", "a/./b", "a/%00/b", "x" * 300, "x" * 301, "a:b", "a%3Ab"]
    assert len({local_path(tmp_path, key) for key in keys}) == len(keys)


def test_single_keys_are_looked_up_together(
    range_server: RangeServer, space: Workspace, tmp_path: Path
) -> None:
    keys = tuple(f"{number:02}.jpg" for number in range(30))
    for key in keys:
        range_server.put("photos", key, BODY)
    range_server.reset_counts()
    assert last(space.download(spec(range_server, keys=keys), tmp_path / "out")).objects == 30
    assert range_server.counts["ListObjectsV2"] < 10
