"""Snapshots of Browse in its main states, in a small and in a large window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import EngineProcess
from tasveer_tui.records import Access, JobSpec, ObjectRef, Outcome, Record, Source
from tasveer_tui.ui.browse.bucket_tree import BucketTree
from tasveer_tui.ui.browse.object_list import ObjectList
from tests.support import catalogue_factory
from tests.support.app_harness import open_browse, screen_text, wait_until
from tests.support.image_files import jpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.support.range_server import RangeServer
    from tests.support.screen_snapshots import Snapshots

STORY = (
    (("j", "space", "k"), "1 prefix selected · 12 images", "selected"),
    (("enter",), "listed      12 objects", "ingest"),
    (("escape", "u", "tab", "enter"), "Canon", "inspector"),
    (("escape", "escape", "escape", "j"), "is denied", "denied"),
    (("slash", "2"), "2*", "seek"),
    (("escape", "question_mark"), "Keys that work here", "help"),
    (("escape", "o"), "Open a bucket", "bucket"),
)
"""Keys to press, text to wait for, name of the snapshot."""
PHOTO = jpeg(make="Canon", model="EOS R5", iso=400, taken="2019-05-14T10:00:00")


def filled(server: RangeServer, folder: Path) -> None:
    """A bucket, and a catalogue of a part of it: done, failed, changed and never ingested."""
    for year in ("2019", "2020", "2021"):
        for number in range(12):
            server.put("photos", f"raw/{year}/IMG_{number:04}.jpg", PHOTO)
    server.put("photos", "raw/2022/IMG_0000.jpg", PHOTO + bytes(2_000_000))
    server.put("photos", "notes.txt", b"hello")
    server.make_bucket("empty")
    server.fail("error", op="ListObjectsV2", key="^raw/2021/", status=403, code="AccessDenied")
    catalogue = Catalogue(folder / "c.sqlite")
    try:
        access = Access(is_anonymous=True, endpoint_url=server.url)
        source = Source(server.url, "photos")
        recorder = catalogue.recorder()
        for prefix, outcome in (("raw/2019/", Outcome.OK), ("raw/2020/", Outcome.TIMEOUT)):
            job_id = catalogue.add_job(JobSpec(source, access, prefixes=(prefix,)))
            recorder.active_jobs()
            refs = [
                ObjectRef(key, len(stored.data), stored.etag, stored.modified_at)
                for key, stored in server.buckets["photos"].objects.items()
                if key.startswith(prefix)
            ]
            catalogue_factory.record_listing(recorder, job_id, refs)
            catalogue_factory.read_all(
                recorder, job_id, lambda ref, how=outcome: Record(how, "jpeg", etag=ref.etag)
            )
            recorder.finish(job_id)
        catalogue.watch(JobSpec(source, access, prefixes=("raw/2019/",)), 300.0)
    finally:
        catalogue.close()


async def test_browse_from_the_tree_to_the_ingest_sheet(
    range_server: RangeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    snapshots: Callable[[str], Snapshots],
) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(EngineProcess, "ensure_running", lambda _: None)
    filled(range_server, tmp_path)
    snap = snapshots("browse")
    async with open_browse(range_server, tmp_path, "s3://photos/raw/2019/", size=(80, 24)) as (
        app, pilot,
    ):  # fmt: skip
        tree, objects = app.screen.query_one(BucketTree), app.screen.query_one(ObjectList)
        await wait_until(pilot, lambda: objects.row_count == 12 and tree.row_count == 6)
        await wait_until(
            pilot, lambda: "●" in screen_text(app) and "↻" in screen_text(app), "the states"
        )
        await snap(pilot, "tree")
        for keys, sentence, state in STORY:
            await pilot.press(*keys)
            await wait_until(pilot, lambda text=sentence: text in screen_text(app), sentence)
            await snap(pilot, state)
