"""A listing cut into pieces: every key once, whatever is lost, late or deleted on the way."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.records import Access, JobSpec, ObjectRef, Page, ScannedPage
from tasveer_tui.s3.listing import MAX_BRANCHES, partition_points
from tests.support.catalogue_factory import NOW, SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.records import ScanLease

PAGE = 7


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(tmp_path / "c.sqlite", clock=lambda: NOW)) as opened:
        yield opened
        assert opened.check() == []


class Service:
    """Lists keys in its own order; what is behind a text is known for that order alone."""

    def __init__(self, keys: Sequence[str], order: Callable[[str], object] = str) -> None:
        self.order = order
        self.keys = sorted(keys, key=order)  # type: ignore[arg-type]

    def behind(self, text: str) -> list[str]:
        at = bisect_right(self.keys, self.order(text), key=self.order)  # type: ignore[type-var]
        return self.keys[at:] if text else self.keys

    def page(self, prefix: str, after: str) -> Page:
        keys = [key for key in self.behind(after) if key.startswith(prefix)]
        refs = tuple(ObjectRef(key, 10, "e") for key in keys[:PAGE])
        return Page((), refs, refs[-1].key if refs else "", len(keys) <= PAGE)

    def first_after(self, prefix: str) -> Callable[[str], str]:
        def first(text: str) -> str:
            return next((key for key in self.behind(text) if key.startswith(prefix)), "")

        return first


class FakeListers:
    """Several at once; some die with a page in hand, and some pages come twice."""

    def __init__(self, catalogue: Catalogue, service: Service, random: Random) -> None:
        self.recorder: Recorder = catalogue.recorder()
        self.service, self.random = service, random
        self.out: list[ScannedPage] = []
        self.pieces = 0

    def list_all(self, job_id: int) -> None:
        while leases := self.recorder.lease_scans(job_id, lease_s=60, limit=3) or self.out:
            for lease in leases:
                if not isinstance(lease, ScannedPage):
                    self.out.append(self.page(lease))
            self.random.shuffle(self.out)
            page = self.out.pop()
            if self.random.random() < 0.2:
                self.recorder.recover(was_clean=True)  # its holder was killed
                continue
            self.recorder.record_page(page)
            self.pieces += len(page.partition_keys)
            if self.random.random() < 0.2:
                self.recorder.record_page(page)

    def page(self, lease: ScanLease) -> ScannedPage:
        prefix, until = lease.prefix, lease.until
        page = self.service.page(prefix, lease.cursor)
        splits: tuple[str, ...] = ()
        if page.objects and not page.is_last and self.random.random() < 0.5:
            first_after = self.service.first_after(prefix)
            splits = partition_points(
                first_after, prefix, page.cursor, until, self.random.randint(2, 5)
            )
        return ScannedPage(
            lease.scan_id, lease.job_id, lease.cursor, page, "w", partition_keys=splits
        )


def keys_of(random: Random) -> list[str]:
    signs = random.choice(("01", "0123456789abcdef", "aé!/-\U0001f600"))
    made = {"".join(random.choices(signs, k=random.randint(1, 8))) for _ in range(150)}
    return [f"p/{key}" for key in made]


@pytest.mark.parametrize("seed", range(6))
def test_every_key_is_listed_once(catalogue: Catalogue, seed: int) -> None:
    random = Random(seed)
    keys = keys_of(random)
    listers = FakeListers(catalogue, Service([*keys, "o", "q"]), random)
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), prefixes=("p/",), any_type=True))

    listers.list_all(job_id)

    job = catalogue.job(job_id)
    assert listers.pieces
    assert (job.is_scanned, job.listed, job.total) == (True, len(keys), len(keys))
    ((prefix,),) = catalogue.reader().execute("SELECT prefix FROM coverage")
    assert prefix == "p/"


def test_nothing_is_lost_where_the_key_between_two_pieces_is_deleted(catalogue: Catalogue) -> None:
    keys = [f"{number:03}" for number in range(400)]
    service, recorder = Service(keys), catalogue.recorder()
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), any_type=True))
    (lease,) = recorder.lease_scans(job_id, lease_s=60, limit=1)
    page = service.page("", "")
    recorder.record_page(
        ScannedPage(lease.scan_id, job_id, "", page, partition_keys=("100", "200", "300"))
    )
    assert len(recorder.lease_scans(job_id, lease_s=60, limit=9)) == 4
    recorder.recover(was_clean=True)
    service.keys.remove("200")

    FakeListers(catalogue, service, Random(1)).list_all(job_id)

    job = catalogue.job(job_id)
    assert (job.is_scanned, job.total) == (True, 399)
    assert 399 <= job.listed < 2 * 399


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_where_the_service_has_an_order_of_its_own(
    catalogue: Catalogue, seed: int
) -> None:
    def by_folder(key: str) -> list[str]:
        return key.split("/")  # `a/b` before `a-b`, as servers on a file system list

    random = Random(seed)
    keys = [
        f"{random.choice('ab')}{random.choice(('/', '-', '-/', ''))}{random.randrange(500)}"
        for _ in range(300)
    ]
    service = Service(sorted({*keys}), by_folder)
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), any_type=True))

    FakeListers(catalogue, service, random).list_all(job_id)

    assert catalogue.job(job_id).total == len({*keys})


def test_a_job_by_force_stays_whole(catalogue: Catalogue) -> None:
    keys = [f"{number:03}" for number in range(300)]
    job_id = catalogue.add_job(JobSpec(SOURCE, Access(), any_type=True, force=True))

    FakeListers(catalogue, Service(keys), Random(2)).list_all(job_id)

    ((scans,),) = catalogue.reader().execute("SELECT count(*) FROM scan")
    assert (scans, catalogue.job(job_id).listed) == (1, 300)


def test_the_points_are_keys_that_are_there_and_cost_few_requests() -> None:
    keys = [f"photos/{number // 1000:05}/IMG_{number:07}.jpg" for number in range(0, 100_000, 10)]
    asked: list[str] = []

    def first_after(text: str) -> str:
        asked.append(text)
        at = bisect_right(keys, text)
        return keys[at] if at < len(keys) else ""

    found = partition_points(first_after, "photos/", keys[200], "", 4)

    sizes = [bisect_right(keys, key) for key in found]
    assert sizes == [2001, 5001, 8001]
    assert len(asked) <= 20
    assert partition_points(first_after, "photos/", keys[200], keys[1500], 4) == (keys[1000],)
    assert partition_points(first_after, "photos/", keys[-1], "", 4) == ()
    assert partition_points(first_after, "photos/", "photos/", "", 4) == ()
    keys[:] = [f"{chr(number)}" for number in range(0x4E00, 0x4E00 + 500)]
    asked.clear()
    assert len(partition_points(first_after, "", keys[3], "", 100)) == MAX_BRANCHES
