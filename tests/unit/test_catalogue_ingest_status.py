from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import (
    Access,
    IngestState,
    JobSpec,
    ObjectRef,
    Outcome,
    Record,
    Source,
)
from tests.support.catalogue_factory import SOURCE, batch_result, read_all, record_listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEVER, PARTLY, DONE = IngestState.NEVER, IngestState.PARTLY, IngestState.DONE
STALE, FAILED = IngestState.STALE, IngestState.FAILED
OBJECTS = [ObjectRef(key, 5, "e") for key in ("a/1.jpg", "a/2.jpg", "b/1.jpg", "b/c/1.jpg")]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "c.sqlite")) as opened:
        yield opened


def good(ref: ObjectRef) -> Record:
    return Record(Outcome.OK, etag=ref.etag)


def ingest(
    catalogue: Catalogue,
    refs: list[ObjectRef] = OBJECTS,
    outcome: Outcome = Outcome.OK,
    **selected: tuple[str, ...],
) -> int:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), **selected))
    record_listing(recorder, job_id, refs)
    read_all(recorder, job_id, lambda ref: Record(outcome, etag=ref.etag))
    recorder.finish(job_id)
    return job_id


def states(catalogue: Catalogue, *prefixes: str) -> list[IngestState]:
    found = catalogue.ingest_states(SOURCE, prefixes)
    return [found[prefix] for prefix in prefixes]


def test_nothing_is_known_before_anything_was_ingested(catalogue: Catalogue) -> None:
    assert states(catalogue, "", "a/") == [NEVER, NEVER]
    assert catalogue.object_states(SOURCE, OBJECTS)["a/1.jpg"] is NEVER
    assert catalogue.unchanged(SOURCE, OBJECTS) == frozenset()


def test_a_bucket_that_was_read_whole_is_done_everywhere(catalogue: Catalogue) -> None:
    ingest(catalogue)
    assert states(catalogue, "", "a/", "b/", "b/c/", "new/") == [DONE, DONE, DONE, DONE, NEVER]


def test_a_prefix_that_was_read_leaves_the_ones_around_it_partly_done(
    catalogue: Catalogue,
) -> None:
    ingest(catalogue, prefixes=("b/c/",))
    assert states(catalogue, "", "a/", "b/", "b/c/") == [PARTLY, NEVER, PARTLY, DONE]


def test_a_scan_of_part_of_a_name_covers_what_begins_so(catalogue: Catalogue) -> None:
    ingest(catalogue, prefixes=("b",))
    assert states(catalogue, "b/", "b/c/", "") == [DONE, DONE, PARTLY]


def test_exclusions_leave_a_prefix_partly_done(catalogue: Catalogue) -> None:
    ingest(catalogue, without_prefixes=("b/c/",), without_keys=("a/2.jpg",))
    assert states(catalogue, "", "a/", "b/", "b/c/") == [PARTLY, PARTLY, PARTLY, NEVER]
    ingest(catalogue)
    assert states(catalogue, "", "a/", "b/", "b/c/") == [DONE, DONE, DONE, DONE]
    ingest(catalogue, without_prefixes=("b/",))
    assert states(catalogue, "b/") == [DONE]


def test_a_selected_prefix_inside_an_excluded_one_is_done(catalogue: Catalogue) -> None:
    ingest(catalogue, prefixes=("", "b/c/"), without_prefixes=("b/",))
    assert states(catalogue, "a/", "b/", "b/c/") == [DONE, PARTLY, DONE]


def test_globs_leave_a_prefix_partly_done(catalogue: Catalogue) -> None:
    ingest(catalogue, include=("1.jpg",))
    assert states(catalogue, "a/") == [PARTLY]


def test_single_keys_leave_a_prefix_partly_done(catalogue: Catalogue) -> None:
    ingest(catalogue, prefixes=(), keys=("a/1.jpg", "a/2.jpg"))
    assert states(catalogue, "a/") == [PARTLY]


def test_a_prefix_is_partly_done_while_it_is_read(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
    record_listing(recorder, job_id, OBJECTS)
    batch = recorder.lease_batch(job_id, lease_s=60, max_objects=2, max_bytes=0)
    assert batch is not None
    recorder.record_batch(batch_result(batch, good))
    assert states(catalogue, "", "a/", "b/") == [PARTLY, DONE, PARTLY]


def test_failures_show_once_everything_else_is_read(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
    record_listing(recorder, job_id, OBJECTS)
    batch = recorder.lease_batch(job_id, lease_s=60, max_objects=1, max_bytes=0)
    assert batch is not None
    recorder.record_batch(batch_result(batch, lambda _: Record(Outcome.NETWORK)))
    assert states(catalogue, "", "a/") == [PARTLY, PARTLY]
    read_all(recorder, job_id, good)
    assert states(catalogue, "", "a/", "b/") == [FAILED, FAILED, DONE]


@pytest.mark.parametrize("outcome", [Outcome.NO_METADATA, Outcome.UNSUPPORTED, Outcome.GONE])
def test_objects_without_metadata_and_gone_ones_are_no_failures(
    catalogue: Catalogue, outcome: Outcome
) -> None:
    ingest(catalogue, outcome=outcome)
    assert states(catalogue, "", "a/") == [DONE, DONE]


def test_a_prefix_with_a_changed_object_is_stale_until_that_is_read(catalogue: Catalogue) -> None:
    ingest(catalogue)
    changed = [replace(OBJECTS[0], etag="new"), *OBJECTS[1:]]
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
    record_listing(recorder, job_id, changed)
    assert states(catalogue, "", "a/", "b/") == [STALE, STALE, DONE]
    read_all(recorder, job_id, good)
    assert states(catalogue, "", "a/") == [DONE, DONE]


def test_an_object_that_was_replaced_while_it_was_read_is_stale(catalogue: Catalogue) -> None:
    recorder = catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access()))
    record_listing(recorder, job_id, OBJECTS)
    read_all(recorder, job_id, lambda _: Record(Outcome.OK, etag="older"))
    assert states(catalogue, "a/") == [STALE]


def test_objects_get_the_status_of_their_listed_version(catalogue: Catalogue) -> None:
    ingest(catalogue, OBJECTS[:2])
    ingest(catalogue, OBJECTS[2:3], Outcome.MALFORMED, prefixes=("b/",))
    refs = [OBJECTS[0], replace(OBJECTS[1], etag="new"), OBJECTS[2], OBJECTS[3]]
    found = catalogue.object_states(SOURCE, refs)
    assert [found[ref.key] for ref in refs] == [DONE, STALE, FAILED, NEVER]
    assert catalogue.unchanged(SOURCE, refs) == {"a/1.jpg", "b/1.jpg"}


def test_sources_do_not_mix(catalogue: Catalogue) -> None:
    ingest(catalogue)
    other = Source("http://127.0.0.1:9000", SOURCE.bucket)
    assert catalogue.ingest_states(other, ["a/"]) == {"a/": NEVER}


def test_states_are_found_by_index_whatever_lies_under_a_prefix(catalogue: Catalogue) -> None:
    sql = "SELECT 1 FROM object WHERE source_id = 1 AND {} AND key >= 'a' AND key < 'b' LIMIT 1"
    for where, index in (
        ("mark = 2 AND mark <> 1", "object_unsettled (source_id=? AND mark=? AND key>? AND key<?)"),
        ("1", "sqlite_autoindex_object_1 (source_id=? AND key>? AND key<?)"),
    ):
        plan = catalogue.reader().execute(f"EXPLAIN QUERY PLAN {sql.format(where)}").fetchall()
        assert [row[3] for row in plan] == [f"SEARCH object USING COVERING INDEX {index}"]
