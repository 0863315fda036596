"""The scan task: list one page of a prefix and send it to the recorder.

One page a task: the ledger keeps the cursor, and each page is recorded before the next is asked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tasveer_tui.errors import BrokerError, TasveerError, UnreachableError
from tasveer_tui.jobs.broker import RECORD_PAGE, SCAN, SCAN_FAILED, STOP_JOB
from tasveer_tui.jobs.messages import Envelope, MessageError, ScanOrder, news, pack, unpack
from tasveer_tui.records import ScannedPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery, Task

    from tasveer_tui.jobs.clients import Clients
    from tasveer_tui.jobs.read import Out

PAGE_KEYS = 1000

_log = logging.getLogger(__name__)


def register(
    app: Celery, clients: Clients, post: Out, on_end: Callable[[], None] = lambda: None
) -> None:
    """Add the task to the app. `on_end` is called after each, whatever became of it."""

    @app.task(name=SCAN, bind=True, shared=False)
    def scan(self: Task[[str], None], text: str) -> None:
        try:
            scan_page(text, clients, post, worker=self.request.hostname or "")
        finally:
            on_end()


def scan_page(text: str, clients: Clients, post: Out, *, worker: str) -> None:
    """Carry out one scan order. Raises BrokerError where nothing can be sent."""
    envelope = unpack(text)
    job_id, reply = envelope.job_id, envelope.reply
    try:
        page = _page(envelope.value(ScanOrder), clients, worker)
        post.send(RECORD_PAGE, reply, pack(job_id, page), f"page of job {job_id}")
    except BrokerError:
        raise
    except MessageError as error:
        told = news(job_id, f"Worker {worker}: {error}")
        post.send(STOP_JOB, reply, told, f"job {job_id}")
    except Exception as error:  # noqa: BLE001 - outermost edge: the job hears of every fault
        if not isinstance(error, TasveerError):
            _log.exception("Scan %d of job %d broke", envelope.scan_id, job_id)
        post.send(SCAN_FAILED, reply, _failure(envelope, error), f"job {job_id}")


def _failure(envelope: Envelope, error: Exception) -> str:
    is_known = isinstance(error, TasveerError)
    return news(
        envelope.job_id,
        str(error) if is_known else f"Listing broke: {error!r}.",
        scan_id=envelope.scan_id,
        is_final=not (isinstance(error, TasveerError) and error.retryable),
        is_down=isinstance(error, UnreachableError),
    )


def _page(order: ScanOrder, clients: Clients, worker: str) -> ScannedPage:
    """One request. An exact key is the first that begins with itself, or is not there."""
    lease = order.lease
    page = clients.s3(order.access).page(
        order.bucket,
        lease.prefix,
        start_after=lease.cursor,
        delimiter="",
        limit=1 if lease.is_exact else PAGE_KEYS,
    )
    return ScannedPage(lease.scan_id, lease.job_id, lease.cursor, page, worker)
