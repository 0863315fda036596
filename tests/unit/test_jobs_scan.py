"""The scan task: several pages in one go, single keys together, and what ends it early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.jobs.broker import RECORD_PAGE, SCAN_FAILED
from tasveer_tui.jobs.engine.handlers import PageOrPages
from tasveer_tui.jobs.protocol import Envelope, ScanTask, pack, unpack
from tasveer_tui.jobs.worker.resources import WorkerResources
from tasveer_tui.jobs.worker.scan_task import scan_page
from tasveer_tui.records import Access, ScanLease
from tests.support.engine_harness import BUCKET, put_photos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.range_server import RangeServer

JOB = 3


class Outbox:
    """Keeps what is sent; `on_send` is called with each."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, Envelope]] = []
        self.on_send = lambda: None

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        assert queue == "reply"
        assert about
        self.letters.append((task, unpack(text)))
        self.on_send()


@pytest.fixture
def clients() -> Iterator[WorkerResources]:
    made = WorkerResources(4)
    yield made
    made.close()


def scan(
    server: RangeServer,
    clients: WorkerResources,
    outbox: Outbox,
    *leases: ScanLease,
    pages: int = 1,
) -> None:
    access = Access(endpoint_url=server.url, is_anonymous=True)
    order = ScanTask(access, BUCKET, leases[0], pages, leases[1:])
    scan_page(pack(JOB, order, reply="reply", scan_id=1), clients, outbox, worker="w@h")


def test_several_pages_follow_each_other_and_only_the_last_gives_the_scan_back(
    range_server: RangeServer, clients: WorkerResources
) -> None:
    put_photos(range_server, 4_500)
    outbox = Outbox()

    scan(range_server, clients, outbox, ScanLease(1, JOB, "", "00099.jpg"), pages=3)

    assert [task for task, _ in outbox.letters] == [RECORD_PAGE] * 3
    told = [letter.value(PageOrPages) for _, letter in outbox.letters]
    assert [page.is_continued for page in told] == [True, True, False]
    assert [page.start_after for page in told] == ["00099.jpg", "01099.jpg", "02099.jpg"]
    assert [len(page.page.objects) for page in told] == [1000] * 3
    assert not told[-1].page.is_last
    assert {page.worker for page in told} == {"w@h"}


def test_the_last_page_ends_the_task_before_its_pages_are_used_up(
    range_server: RangeServer, clients: WorkerResources
) -> None:
    put_photos(range_server, 1_500)
    outbox = Outbox()

    scan(range_server, clients, outbox, ScanLease(1, JOB, "", ""), pages=20)

    told = [letter.value(PageOrPages) for _, letter in outbox.letters]
    assert [(page.is_continued, page.page.is_last) for page in told] == [
        (True, False),
        (False, True),
    ]
    assert range_server.counts["ListObjectsV2"] == 2


def test_a_held_job_is_listed_no_further(
    range_server: RangeServer, clients: WorkerResources
) -> None:
    put_photos(range_server, 9_000)
    outbox = Outbox()
    outbox.on_send = lambda: clients.holds.hold("reply", [JOB])

    scan(range_server, clients, outbox, ScanLease(1, JOB, "", ""), pages=20)

    assert len(outbox.letters) == 2
    assert not outbox.letters[-1][1].value(PageOrPages).is_continued


def test_keys_are_looked_up_together_and_sent_in_one_message(
    range_server: RangeServer, clients: WorkerResources
) -> None:
    put_photos(range_server, 300)
    keys = ["00010.jpg", "00011.jpg", "nowhere.jpg", "00012.jpg"]
    leases = [ScanLease(n, JOB, key, "", is_exact=True) for n, key in enumerate(keys)]
    outbox = Outbox()

    scan(range_server, clients, outbox, *leases)

    ((task, letter),) = outbox.letters
    assert task == RECORD_PAGE
    found = {page.scan_id: page.page.objects for page in letter.value(PageOrPages)}
    assert [[ref.key for ref in found[n]] for n in range(4)] == [
        ["00010.jpg"],
        ["00011.jpg"],
        [],
        ["00012.jpg"],
    ]
    assert range_server.counts["ListObjectsV2"] == 2


def test_an_error_is_reported_for_every_scan_of_a_task(
    range_server: RangeServer, clients: WorkerResources
) -> None:
    put_photos(range_server, 3)
    range_server.fail("error", status=403, code="AccessDenied")
    leases = [ScanLease(n, JOB, f"{n}.jpg", "", is_exact=True) for n in (7, 8)]
    outbox = Outbox()

    scan(range_server, clients, outbox, *leases)

    assert [(task, letter.scan_id) for task, letter in outbox.letters] == [
        (SCAN_FAILED, 7),
        (SCAN_FAILED, 8),
    ]
    assert all(letter.is_final for _, letter in outbox.letters)
