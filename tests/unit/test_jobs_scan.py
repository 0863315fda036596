"""The scan task: several pages in one go, single keys together, and what ends it early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs.protocol import PagesListed, Reply, ScanFailed, ScanTask
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
from tasveer_tui.jobs.worker.scan_task import run_scan
from tasveer_tui.records import Access, ScanLease, ScannedPage
from tests.support.engine_harness import BUCKET, put_photos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.range_server import RangeServer

JOB = 3


class Outbox:
    """Keeps what is sent; `on_send` is called with each."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.on_send = lambda: None

    def send(self, reply: Reply) -> None:
        self.replies.append(reply)
        self.on_send()

    def pages(self) -> list[ScannedPage]:
        listed = [reply for reply in self.replies if isinstance(reply, PagesListed)]
        assert len(listed) == len(self.replies)
        return [page for reply in listed for page in reply.pages]


@pytest.fixture
def resources() -> Iterator[WorkerResources]:
    made = WorkerResources(4)
    yield made
    made.close()


def scan(
    server: RangeServer,
    resources: WorkerResources,
    outbox: Outbox,
    *leases: ScanLease,
    pages: int = 1,
) -> None:
    access = Access(endpoint_url=server.url, is_anonymous=True)
    task = ScanTask(access, BUCKET, leases[0], pages, leases[1:])
    run_scan(task, TaskContext("w@h", outbox.send, "reply"), resources)


def test_several_pages_follow_each_other_and_only_the_last_gives_the_scan_back(
    range_server: RangeServer, resources: WorkerResources
) -> None:
    put_photos(range_server, 4_500)
    outbox = Outbox()

    scan(range_server, resources, outbox, ScanLease(1, JOB, "", "00099.jpg"), pages=3)

    pages = outbox.pages()
    assert len(outbox.replies) == 3
    assert [page.is_continued for page in pages] == [True, True, False]
    assert [page.start_after for page in pages] == ["00099.jpg", "01099.jpg", "02099.jpg"]
    assert [len(page.page.objects) for page in pages] == [1000] * 3
    assert not pages[-1].page.is_last
    assert {page.worker for page in pages} == {"w@h"}


def test_the_last_page_ends_the_task_before_its_pages_are_used_up(
    range_server: RangeServer, resources: WorkerResources
) -> None:
    put_photos(range_server, 1_500)
    outbox = Outbox()

    scan(range_server, resources, outbox, ScanLease(1, JOB, "", ""), pages=20)

    pages = outbox.pages()
    assert [(page.is_continued, page.page.is_last) for page in pages] == [
        (True, False),
        (False, True),
    ]
    assert range_server.counts["ListObjectsV2"] == 2


def test_a_held_job_is_listed_no_further(
    range_server: RangeServer, resources: WorkerResources
) -> None:
    put_photos(range_server, 9_000)
    outbox = Outbox()
    outbox.on_send = lambda: resources.paused_jobs.set("reply", [JOB])

    scan(range_server, resources, outbox, ScanLease(1, JOB, "", ""), pages=20)

    assert [page.is_continued for page in outbox.pages()] == [True, False]


def test_keys_are_looked_up_together_and_sent_in_one_message(
    range_server: RangeServer, resources: WorkerResources
) -> None:
    put_photos(range_server, 300)
    keys = ["00010.jpg", "00011.jpg", "nowhere.jpg", "00012.jpg"]
    leases = [ScanLease(n, JOB, key, "", is_exact=True) for n, key in enumerate(keys)]
    outbox = Outbox()

    scan(range_server, resources, outbox, *leases)

    assert len(outbox.replies) == 1
    found = {page.scan_id: page.page.objects for page in outbox.pages()}
    assert [[ref.key for ref in found[n]] for n in range(4)] == [
        ["00010.jpg"],
        ["00011.jpg"],
        [],
        ["00012.jpg"],
    ]
    assert range_server.counts["ListObjectsV2"] == 2


def test_an_error_is_reported_for_every_scan_of_a_task(
    range_server: RangeServer, resources: WorkerResources
) -> None:
    put_photos(range_server, 3)
    range_server.fail("error", status=403, code="AccessDenied")
    leases = [ScanLease(n, JOB, f"{n}.jpg", "", is_exact=True) for n in (7, 8)]
    outbox = Outbox()

    scan(range_server, resources, outbox, *leases)

    failed = [reply for reply in outbox.replies if isinstance(reply, ScanFailed)]
    assert [(reply.scan_id, reply.is_final) for reply in failed] == [(7, True), (8, True)]
    assert failed == outbox.replies
