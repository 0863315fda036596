"""The scan task: list some pages of a prefix, or find single keys, and tell the recorder.

The ledger keeps the cursor, page by page, so a task that is killed costs what it has not told.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tasveer_tui.errors import (
    BrokerError,
    ExpiredCredentialsError,
    NoCredentialsError,
    TasveerError,
    UnreachableError,
)
from tasveer_tui.jobs.broker import RECORD_PAGE, SCAN_FAILED, SCAN_TASK, STOP_JOB
from tasveer_tui.jobs.protocol import MessageError, ScanTask, pack, pack_event, unpack
from tasveer_tui.records import Page, ScannedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery import Celery, Task

    from tasveer_tui.jobs.worker.read_task import ResultSink
    from tasveer_tui.jobs.worker.resources import WorkerResources
    from tasveer_tui.records import ScanLease
    from tasveer_tui.s3 import S3

_log = logging.getLogger(__name__)


def register(
    app: Celery,
    clients: WorkerResources,
    post: ResultSink,
    on_end: Callable[[], None] = lambda: None,
) -> None:
    """Add the task to the app. `on_end` is called after each, whatever became of it."""

    @app.task(name=SCAN_TASK, bind=True, shared=False)
    def scan(self: Task[[str], None], text: str) -> None:
        try:
            scan_page(text, clients, post, worker=self.request.hostname or "")
        finally:
            on_end()


def scan_page(text: str, clients: WorkerResources, post: ResultSink, *, worker: str) -> None:
    """Carry out one scan order. Raises BrokerError where nothing can be sent."""
    envelope = unpack(text)
    job_id, reply = envelope.job_id, envelope.reply
    leases: tuple[ScanLease, ...] = ()
    order: ScanTask | None = None
    try:
        order = envelope.value(ScanTask)
        leases = (order.lease, *order.more)
        find = _find_keys if order.lease.is_exact else _list_pages
        for found in find(order, clients, lambda: clients.holds.contains(reply, job_id)):
            pages = tuple(replace(page, worker=worker) for page in found)
            value = pages if len(pages) > 1 else pages[0]
            post.send(RECORD_PAGE, reply, pack(job_id, value), f"page of job {job_id}")
    except BrokerError:
        raise
    except MessageError as error:
        told = pack_event(job_id, f"Worker {worker}: {error}")
        post.send(STOP_JOB, reply, told, f"job {job_id}")
    except Exception as error:  # noqa: BLE001 - outermost edge: the job hears of every fault
        if not isinstance(error, TasveerError):
            _log.exception("Scan %d of job %d broke", envelope.scan_id, job_id)
        if order and isinstance(error, NoCredentialsError | ExpiredCredentialsError):
            clients.forget(order.access)
        for lease in leases:
            post.send(SCAN_FAILED, reply, _failure_message(lease, error), f"job {job_id}")


def _list_pages(
    order: ScanTask, clients: WorkerResources, is_held: Callable[[], bool]
) -> Iterator[tuple[ScannedPage]]:
    """Page after page; the next is asked for while the last is on its way."""
    lease, s3 = order.lease, clients.s3(order.access)
    cursor, until, left, pieces = lease.cursor, lease.until, order.pages, order.pieces
    walk = s3.walk(order.bucket, lease.prefix, start_after=cursor)
    page: Page | None = next(walk)
    while page is not None:
        left -= 1
        is_end = page.is_last or (until != "" and page.cursor >= until)
        goes_on = not is_end and left > 0 and not is_held()
        following = clients.threads().submit(next, walk) if goes_on else None
        splits = _partition_keys(order, s3, page, until) if goes_on and pieces > 1 else ()
        yield (ScannedPage(lease.scan_id, lease.job_id, cursor, page, "", goes_on, splits),)
        cursor, page = page.cursor, following.result() if following else None
        until, pieces = splits[0] if splits else until, 1


def _partition_keys(order: ScanTask, s3: S3, page: Page, until: str) -> tuple[str, ...]:
    """Where others may list on; nowhere if that cannot be found out."""
    try:
        return s3.split(order.bucket, order.lease.prefix, page.cursor, until, order.pieces)
    except TasveerError as error:
        _log.info("Scan %d stays whole: %s", order.lease.scan_id, error)
        return ()


def _find_keys(
    order: ScanTask, clients: WorkerResources, _is_held: Callable[[], bool]
) -> Iterator[tuple[ScannedPage, ...]]:
    """What became of single keys: a page with the one object, or an empty one."""
    leases = (order.lease, *order.more)
    found = clients.s3(order.access).find(order.bucket, [lease.prefix for lease in leases])
    pages = {key: Page((), (ref,) if ref else (), key) for key, ref in found.objects.items()}
    yield tuple(
        ScannedPage(lease.scan_id, lease.job_id, lease.cursor, pages[lease.prefix])
        for lease in leases
    )


def _failure_message(lease: ScanLease, error: Exception) -> str:
    is_known = isinstance(error, TasveerError)
    return pack_event(
        lease.job_id,
        str(error) if is_known else f"Listing broke: {error!r}.",
        scan_id=lease.scan_id,
        is_final=not (isinstance(error, TasveerError) and error.retryable),
        is_down=isinstance(error, UnreachableError),
    )
