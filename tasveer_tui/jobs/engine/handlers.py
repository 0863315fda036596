"""The tasks on the reply queue: what workers found goes into the ledger and the catalogue.

They run in the engine only, which holds the one Recorder. Each may run twice: the Recorder
ignores what it has already recorded. A task ends only when its rows are committed, so an
acknowledged message is a recorded one.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition, Event
from typing import TYPE_CHECKING, Any

from celery.exceptions import Reject

from tasveer_tui.errors import CatalogueBusyError, CatalogueError, CatalogueReadOnlyError
from tasveer_tui.jobs.broker import (
    BATCH_LOST,
    OBJECTS_RETURNED,
    RECORD_BATCH,
    RECORD_PAGE,
    SCAN_FAILED,
    STOP_JOB,
)
from tasveer_tui.jobs.protocol import (
    MessageError,
    UnreadObjects,
    unpack,
    unpack_batch_result,
    unstorable_result,
)
from tasveer_tui.records import ScannedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from celery import Celery

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.protocol import Envelope
    from tasveer_tui.records import BatchResult

RETRY_INTERVAL_S = 1.0
"""Between two tries to write into a catalogue that refuses."""

_UNAVAILABLE_ERRORS = (CatalogueBusyError, CatalogueReadOnlyError)
"""These are about the file, not about what is to be written."""

PageOrPages: Any = ScannedPage | tuple[ScannedPage, ...]

_log = logging.getLogger(__name__)


class ReplyHandler:
    """Opens messages and hands them to the Recorder. Thread-safe as the Recorder is."""

    def __init__(
        self, recorder: Recorder, *, on_record: Callable[[], None], on_fault: Callable[[str], None]
    ) -> None:
        """`on_fault` hears a sentence while the catalogue refuses, and "" once it does not."""
        self._recorder = recorder
        self._on_record = on_record
        self._on_error = on_fault
        self._is_closed = Event()
        self._active_count = 0
        self._changed = Condition()
        self.handlers: dict[str, Callable[[Envelope], None]] = {
            RECORD_PAGE: self.page,
            RECORD_BATCH: self.batch,
            BATCH_LOST: self.batch_lost,
            OBJECTS_RETURNED: self.objects_returned,
            SCAN_FAILED: self.scan_failed,
            STOP_JOB: self.stop_job,
        }
        """What each task does."""

    def close(self, timeout_s: float) -> bool:
        """Take nothing more and wait for what is being recorded; false if that took too long."""
        self._is_closed.set()
        with self._changed:
            return self._changed.wait_for(lambda: self._active_count == 0, timeout_s)

    def page(self, envelope: Envelope) -> None:
        """A page of a listing, or what became of some keys."""
        pages = envelope.value(PageOrPages)
        if isinstance(pages, ScannedPage):
            self._record_page(envelope, pages)
            return
        try:
            self._recorder.record_pages(pages)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception:  # noqa: BLE001 - outermost edge: find the one that is refused
            _log.exception("Keys of job %d are recorded one by one", envelope.job_id)
            for page in pages:
                self._record_page(envelope, page)

    def _record_page(self, envelope: Envelope, page: ScannedPage) -> None:
        try:
            self._recorder.record_page(page)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - outermost edge: stop this scan alone
            _log.exception("A page of job %d cannot be recorded", envelope.job_id)
            note = f"The listing after {page.start_after!r} cannot be recorded: {error!r}."
            self._recorder.scan_failed(page.scan_id, note, is_final=True)

    def batch(self, envelope: Envelope) -> None:
        """Results of a batch; one that cannot be kept is recorded as such, alone."""
        found = unpack_batch_result(envelope)
        try:
            self._recorder.record_batch(found)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception:  # noqa: BLE001 - outermost edge: find the one that is refused
            _log.exception("Results of job %d are recorded one by one", found.job_id)
            self._record_individually(found)

    def batch_lost(self, envelope: Envelope) -> None:
        """A worker died over a batch."""
        self._recorder.batch_lost(envelope.job_id, envelope.batch_id)

    def objects_returned(self, envelope: Envelope) -> None:
        """Objects of a batch were not begun."""
        unread = envelope.value(UnreadObjects)
        self._recorder.release_objects(
            envelope.job_id, envelope.batch_id, unread.object_ids, envelope.note
        )

    def scan_failed(self, envelope: Envelope) -> None:
        """A listing could not go on."""
        self._recorder.scan_failed(
            envelope.scan_id, envelope.note, is_final=envelope.is_final, is_down=envelope.is_down
        )

    def stop_job(self, envelope: Envelope) -> None:
        """The whole source cannot be read."""
        self._recorder.job_failed(envelope.job_id, envelope.note, batch_id=envelope.batch_id)

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """As `Post.send`, for tasks in this process: what they send is carried out at once."""
        del queue, about
        self.take(task, text)

    def take(self, task: str, text: str) -> None:
        """Carry out a task: tries again while the catalogue refuses.

        Raises Reject, which gives the message back, where the engine ends.
        """
        with self._active():
            while True:
                try:
                    self._handle(self.handlers[task], text)
                except CatalogueError as error:
                    self._on_error(str(error))
                    if self._is_closed.wait(RETRY_INTERVAL_S):
                        raise Reject(str(error), requeue=True) from error
                else:
                    self._on_error("")
                    self._on_record()
                    return

    def _handle(self, action: Callable[[Envelope], None], text: str) -> None:
        try:
            envelope = unpack(text)
        except MessageError:
            _log.exception("Dropped a message")
            return
        try:
            action(envelope)
        except MessageError as error:
            self._recorder.job_failed(envelope.job_id, str(error))

    def _record_individually(self, found: BatchResult) -> None:
        for result in found.results:
            try:
                self._recorder.record_batch(replace(found, results=(result,)))
            except _UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - outermost edge, as in `batch`
                _log.exception("Object %d cannot be recorded", result.object_id)
                told = unstorable_result(result.object_id, error)
                self._recorder.record_batch(replace(found, results=(told,)))

    @contextmanager
    def _active(self) -> Iterator[None]:
        if self._is_closed.is_set():
            raise Reject("the engine ends", requeue=True)
        with self._changed:
            self._active_count += 1
        try:
            yield
        finally:
            with self._changed:
                self._active_count -= 1
                self._changed.notify_all()


def register(app: Celery, desk: ReplyHandler) -> None:
    """Add the tasks to the app."""
    for name in desk.handlers:
        _add_task(app, desk, name)


def _add_task(app: Celery, desk: ReplyHandler, name: str) -> None:
    @app.task(name=name, shared=False)
    def record(text: str) -> None:
        desk.take(name, text)
