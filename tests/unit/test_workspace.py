from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.records import Access, JobSpec, Outcome, Record
from tasveer_tui.workspace import Workspace, WorkspaceOptions
from tests.support.catalogue_factory import read_all, record_listing
from tests.support.image_files import jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer


@pytest.fixture
def workspace(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
    for number in range(10):
        key = f"a/{number}.jpg" if number % 2 else f"b/{number}.jpg"
        range_server.put("photos", key, jpeg(make="Canon", model="R5", has_thumbnail=True))
    range_server.put("photos", "a/notes.txt", b"hello")
    workspace = Workspace(
        WorkspaceOptions(
            db=tmp_path / "catalogue.sqlite",
            state_dir=tmp_path / "state",
            access=Access(endpoint_url=range_server.url),
        )
    )
    yield workspace
    workspace.close()


def _spec(workspace: Workspace, **wanted: object) -> JobSpec:
    spec = JobSpec(workspace.source("photos"), workspace.options.access)
    return dataclasses.replace(spec, **wanted)


def test_asking_does_not_make_a_catalogue(workspace: Workspace) -> None:
    source = workspace.source("photos")
    assert workspace.sources() == ()
    assert workspace.ingest_states(source, ("a/",)) == {}
    *_, last = workspace.estimate(_spec(workspace))
    assert last.to_read == 10
    assert not workspace.options.db.exists()


def test_an_estimate_counts_what_the_job_would_count(workspace: Workspace) -> None:
    *_, last = workspace.estimate(_spec(workspace, prefixes=("a/", "a/1"), keys=("b/2.jpg",)))
    assert (last.objects, last.to_read, last.filtered) == (7, 6, 1)
    assert last.is_final
    assert last.list_requests == 2
    assert last.dollars > 0


def test_an_estimate_leaves_out_what_is_unchanged(workspace: Workspace) -> None:
    spec = _spec(workspace, prefixes=("a/",))
    recorder = workspace.catalogue.recorder()
    job_id = workspace.catalogue.add_job(spec)
    recorder.active_jobs()
    record_listing(recorder, job_id, workspace.page(spec.source, "a/").objects)
    read_all(recorder, job_id, lambda ref: Record(Outcome.NO_METADATA, etag=ref.etag))
    *_, last = workspace.estimate(spec)
    assert (last.to_read, last.unchanged) == (0, 5)
    *_, forced = workspace.estimate(dataclasses.replace(spec, force=True))
    assert forced.to_read == 5


def test_an_object_is_inspected_without_a_catalogue(workspace: Workspace) -> None:
    source = workspace.source("photos")
    inspection = workspace.inspect(source, "a/1.jpg")
    assert inspection.record.facts.make == "Canon"
    pixels = workspace.thumbnail(source, "a/1.jpg", inspection.record, 16, 16)
    assert 0 < pixels.width <= 16
    assert len(pixels.rgb) == pixels.width * pixels.height * 3
    assert not workspace.options.db.exists()


def test_a_source_is_reached_as_it_was_ingested(
    workspace: Workspace, range_server: RangeServer
) -> None:
    spec = _spec(workspace)
    workspace.catalogue.add_job(spec)
    later = Workspace(dataclasses.replace(workspace.options, access=Access(is_anonymous=True)))
    try:
        assert later.access_of(spec.source).endpoint_url == range_server.url
        assert later.page(spec.source, "a/").objects
    finally:
        later.close()
