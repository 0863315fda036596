"""Records the replies of workers in the ledger and the catalogue.

It runs in the engine only, which holds the one Recorder. A reply may arrive twice: the Recorder
ignores what it has already recorded. `handle` returns after its rows are committed, so a transport
acknowledges only what is recorded.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition, Event
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import CatalogueBusyError, CatalogueError, CatalogueReadOnlyError
from tasveer_tui.jobs.protocol import (
    BatchLost,
    JobStopped,
    ObjectsReturned,
    PagesListed,
    ResultChunk,
    ScanFailed,
    decode_results,
    unstorable_result,
)
from tasveer_tui.jobs.transport import EngineClosingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.catalogue import Recorder
    from tasveer_tui.jobs.protocol import MessageError, Reply
    from tasveer_tui.records import BatchResult, ScannedPage

RETRY_INTERVAL_S: Final = 1.0
"""Between two attempts to write into a catalogue that refuses."""

_UNAVAILABLE_ERRORS = (CatalogueBusyError, CatalogueReadOnlyError)
"""These concern the file, not the row."""

_log = logging.getLogger(__name__)


class ReplyHandler:
    """Passes replies to the Recorder. Thread-safe as the Recorder is."""

    def __init__(
        self, recorder: Recorder, *, on_record: Callable[[], None], on_error: Callable[[str], None]
    ) -> None:
        """`on_error` gets a sentence while the catalogue refuses, and "" once it does not."""
        self._recorder = recorder
        self._on_record = on_record
        self._on_error = on_error
        self._is_closed = Event()
        self._active_count = 0
        self._changed = Condition()

    def handle(self, reply: Reply) -> None:
        """Record a reply; retry while the catalogue refuses. Blocks.

        Raises EngineClosingError if the engine ends first: the reply must come again.
        """
        self._with_retry(lambda: self._record(reply))

    def refuse(self, job_id: int, error: MessageError) -> None:
        """Stop the job of a reply that cannot be read. Raises as `handle`."""
        self._with_retry(lambda: self._recorder.job_failed(job_id, str(error)))

    def close(self, timeout_s: float) -> bool:
        """Refuse further replies and wait for the current ones; false after the timeout."""
        self._is_closed.set()
        with self._changed:
            return self._changed.wait_for(lambda: self._active_count == 0, timeout_s)

    def _with_retry(self, action: Callable[[], None]) -> None:
        with self._active():
            while True:
                try:
                    action()
                except CatalogueError as error:
                    self._on_error(str(error))
                    if self._is_closed.wait(RETRY_INTERVAL_S):
                        raise EngineClosingError from error
                else:
                    self._on_error("")
                    self._on_record()
                    return

    @contextmanager
    def _active(self) -> Iterator[None]:
        if self._is_closed.is_set():
            raise EngineClosingError
        with self._changed:
            self._active_count += 1
        try:
            yield
        finally:
            with self._changed:
                self._active_count -= 1
                self._changed.notify_all()

    def _record(self, reply: Reply) -> None:
        recorder = self._recorder
        match reply:
            case PagesListed(job_id, pages):
                self._record_pages(job_id, pages)
            case ResultChunk():
                self._record_results(decode_results(reply))
            case ObjectsReturned(job_id, batch_id, object_ids, reason):
                recorder.release_objects(job_id, batch_id, object_ids, reason)
            case BatchLost(job_id, batch_id):
                recorder.batch_lost(job_id, batch_id)
            case ScanFailed(_, scan_id, reason, is_final, is_source_down):
                recorder.scan_failed(scan_id, reason, is_final=is_final, is_down=is_source_down)
            case JobStopped(job_id, reason, batch_id):
                recorder.job_failed(job_id, reason, batch_id=batch_id)

    def _record_pages(self, job_id: int, pages: tuple[ScannedPage, ...]) -> None:
        if len(pages) == 1:
            self._record_page(job_id, pages[0])
            return
        try:
            self._recorder.record_pages(pages)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception:  # noqa: BLE001 - outermost edge: find the page that is refused
            _log.exception("Keys of job %d are recorded one by one", job_id)
            for page in pages:
                self._record_page(job_id, page)

    def _record_page(self, job_id: int, page: ScannedPage) -> None:
        try:
            self._recorder.record_page(page)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - outermost edge: stop this scan alone
            _log.exception("A page of job %d cannot be recorded", job_id)
            reason = f"The listing after {page.start_after!r} cannot be recorded: {error!r}."
            self._recorder.scan_failed(page.scan_id, reason, is_final=True)

    def _record_results(self, batch: BatchResult) -> None:
        """Record the results; one that cannot be stored is recorded as such, alone."""
        try:
            self._recorder.record_batch(batch)
        except _UNAVAILABLE_ERRORS:
            raise
        except Exception:  # noqa: BLE001 - outermost edge: find the result that is refused
            _log.exception("Results of job %d are recorded one by one", batch.job_id)
            self._record_individually(batch)

    def _record_individually(self, batch: BatchResult) -> None:
        for result in batch.results:
            try:
                self._recorder.record_batch(replace(batch, results=(result,)))
            except _UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - outermost edge, as in `_record_results`
                _log.exception("Object %d cannot be recorded", result.object_id)
                unstorable = unstorable_result(result.object_id, error)
                self._recorder.record_batch(replace(batch, results=(unstorable,)))
