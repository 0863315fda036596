"""The scan task: list some pages of a prefix, or look up single keys.

The ledger keeps the cursor page by page, so a task that is killed costs only the pages that it
did not send.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tasveer_tui.errors import SOURCE_ERRORS, BrokerError, TasveerError, UnreachableError
from tasveer_tui.jobs.protocol import PagesListed, ScanFailed
from tasveer_tui.jobs.transport import EngineClosingError
from tasveer_tui.records import Page, ScannedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.jobs.protocol import ScanTask
    from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources
    from tasveer_tui.records import ScanLease
    from tasveer_tui.s3 import S3

_log = logging.getLogger(__name__)


def run_scan(task: ScanTask, context: TaskContext, resources: WorkerResources) -> None:
    """Carry out a scan task and send what it finds.

    Raises BrokerError and EngineClosingError if the replies cannot be sent.
    """

    def is_paused() -> bool:
        return resources.paused_jobs.contains(context.engine, task.job_id)

    find = _look_up_keys if task.lease.is_exact else _list_pages
    try:
        for found in find(task, resources, is_paused):
            pages = tuple(replace(page, worker=context.worker) for page in found)
            context.send(PagesListed(task.job_id, pages))
    except (BrokerError, EngineClosingError):
        raise
    except Exception as error:  # noqa: BLE001 - outermost edge: the job reports every error
        if not isinstance(error, TasveerError):
            _log.exception("Scan %d of job %d failed", task.lease.scan_id, task.job_id)
        if isinstance(error, SOURCE_ERRORS):
            resources.renew_credentials(task.access)
        for lease in (task.lease, *task.more_leases):
            context.send(_scan_failed(lease, error))


def _list_pages(
    task: ScanTask, resources: WorkerResources, is_paused: Callable[[], bool]
) -> Iterator[tuple[ScannedPage]]:
    """List page after page; the next one is requested while the last one is sent."""
    lease, s3 = task.lease, resources.s3(task.access)
    cursor, until, partitions = lease.cursor, lease.until, task.max_partitions
    pages_left = task.max_pages
    walk = s3.list_pages(task.bucket, lease.prefix, start_after=cursor)
    page: Page | None = next(walk)
    while page is not None:
        pages_left -= 1
        is_end = page.is_last or (until != "" and page.cursor >= until)
        is_continued = not is_end and pages_left > 0 and not is_paused()
        following = resources.threads().submit(next, walk) if is_continued else None
        keys = _partition_keys(task, s3, page, until) if is_continued and partitions > 1 else ()
        yield (ScannedPage(lease.scan_id, lease.job_id, cursor, page, "", is_continued, keys),)
        cursor, page = page.cursor, following.result() if following else None
        until, partitions = keys[0] if keys else until, 1


def _partition_keys(task: ScanTask, s3: S3, page: Page, until: str) -> tuple[str, ...]:
    """Keys at which other scans may continue; none if they cannot be found."""
    try:
        return s3.partition(task.bucket, task.lease.prefix, page.cursor, until, task.max_partitions)
    except TasveerError as error:
        _log.info("Scan %d is not partitioned: %s", task.lease.scan_id, error)
        return ()


def _look_up_keys(
    task: ScanTask, resources: WorkerResources, _is_paused: Callable[[], bool]
) -> Iterator[tuple[ScannedPage, ...]]:
    """One page for each key: with the object, or empty."""
    leases = (task.lease, *task.more_leases)
    found = resources.s3(task.access).find_objects(task.bucket, [lease.prefix for lease in leases])
    pages = {key: Page((), (ref,) if ref else (), key) for key, ref in found.objects.items()}
    yield tuple(
        ScannedPage(lease.scan_id, lease.job_id, lease.cursor, pages[lease.prefix])
        for lease in leases
    )


def _scan_failed(lease: ScanLease, error: Exception) -> ScanFailed:
    if not isinstance(error, TasveerError):
        reason = f"The listing failed unexpectedly: {error!r}."
        return ScanFailed(lease.job_id, lease.scan_id, reason)
    return ScanFailed(
        lease.job_id,
        lease.scan_id,
        str(error),
        is_final=not error.retryable,
        is_source_down=isinstance(error, UnreachableError),
    )
