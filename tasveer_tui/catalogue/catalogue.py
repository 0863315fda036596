"""The catalogue: one SQLite file with everything that is known of objects, images and jobs."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import saved_searches
from tasveer_tui.catalogue.ledger import ingest_status, job_commands, job_states, queries, watches
from tasveer_tui.catalogue.ledger.recorder import Recorder
from tasveer_tui.catalogue.search import parse
from tasveer_tui.catalogue.storage import image_reader, integrity, maintenance, open_file
from tasveer_tui.catalogue.storage.connections import (
    ConnectionRegistry,
    Database,
    ReaderConnections,
)
from tasveer_tui.catalogue.storage.sqlite_errors import translate_errors
from tasveer_tui.records import IngestState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue.ledger.retry_schedule import RetryDelays
    from tasveer_tui.catalogue.saved_searches import SavedSearch
    from tasveer_tui.catalogue.search import Query
    from tasveer_tui.records import (
        Failure,
        FailureGroup,
        Image,
        JobSpec,
        JobView,
        ObjectRef,
        Outcome,
        Source,
        SourceView,
        WatchView,
        WorkerView,
    )


class Catalogue:
    """One catalogue file. Thread-safe: each thread has its own connections.

    Any number of programs may have it open; only the one that holds the Recorder writes
    images. Every method blocks. Raises the errors of the catalogue.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        clock: Callable[[], float] = time.time,
        on_upgrade: Callable[[int], object] | None = None,
    ) -> None:
        """Open the file; without `create`, a missing one is an error.

        `on_upgrade` is called with the size of a file of an earlier version, before it is migrated
        version first.
        """
        self.path = path
        self.id = open_file.prepare(path, create=create, on_upgrade=on_upgrade)
        self._clock = clock
        self._registry = ConnectionRegistry()
        self._database = Database(path, self._registry)
        self._readers = ReaderConnections(path, self._registry)

    def reader(self) -> sqlite3.Connection:
        """The calling thread's connection for searches; it cannot write.

        Any thread may call `interrupt()` on it.
        """
        with translate_errors(self.path):
            return self._readers.get()

    def recorder(self, pauses: RetryDelays | None = None) -> Recorder:
        """The single writer; a file has one at a time, which the caller must see to.

        With `pauses`, objects whose reading ended in a fault that may pass are read again after
        them; without, they have failed.
        """
        return Recorder(self.path, self._registry, self._database, self._clock, pauses)

    def close(self) -> None:
        """Interrupt what runs and close the connections of all threads."""
        self._registry.close()

    # ---------------------------------------------------------------- commands

    def add_job(self, spec: JobSpec) -> int:
        """Write a job for the engine; its number."""
        with self._session():
            return job_commands.add_job(self._database, spec, self._clock())

    def pause(self, job_id: int) -> None:
        """Let the job rest until it is resumed. Raises JobError where it does not run."""
        self._request_state(job_id, job_states.PAUSE)

    def resume(self, job_id: int) -> None:
        """Go on with a paused or failed job. Raises JobError where it is neither."""
        self._request_state(job_id, job_states.RESUME)

    def cancel(self, job_id: int) -> None:
        """End the job; what was read stays. Raises JobError where it is over."""
        self._request_state(job_id, job_states.CANCEL)

    def retry(
        self, job_id: int, *, outcome: Outcome | None = None, keys: Sequence[str] = ()
    ) -> int:
        """Have failed objects read again, of one class or of these keys; how many.

        Without either, prefixes that could not be listed are listed on, too.
        """
        with self._session():
            return job_commands.retry(self._database, job_id, outcome, keys)

    def set_priority(self, job_id: int, priority: int) -> None:
        """Let the job go before all of a lower priority. Raises JobError where there is none."""
        with self._session():
            job_commands.set_priority(self._database, job_id, priority)

    def tune(self, in_flight: int) -> None:
        """Set how many objects each worker process reads at once; 0 restores its own setting.

        With a running engine it takes effect within about a second, also for later workers.
        """
        with self._session():
            job_commands.tune(self._database, in_flight)

    def tuned(self) -> int:
        """What `tune` was given last."""
        with self._session():
            return job_commands.tuned(self._database)

    def watch(self, spec: JobSpec, every_s: float) -> int:
        """List what the job would read at this interval, and read what is new; its number."""
        with self._session():
            return watches.add(self._database, spec, every_s, self._clock())

    def unwatch(self, watch_id: int) -> None:
        """End a watch. Raises JobError where there is none with this number."""
        with self._session():
            watches.remove(self._database, watch_id)

    # ------------------------------------------------------------------- views

    def watches(self) -> tuple[WatchView, ...]:
        """What is listed again and again."""
        with self._session():
            return watches.views(self._database)

    def jobs(self, limit: int = 200) -> tuple[JobView, ...]:
        """The newest jobs first."""
        with self._session():
            return queries.jobs(self._database, limit)

    def job(self, job_id: int) -> JobView:
        """One job. Raises JobError where there is none with this number."""
        with self._session():
            return queries.job(self._database, job_id)

    def failure_groups(self, job_id: int) -> tuple[FailureGroup, ...]:
        """A job's failures by class, the most frequent first."""
        with self._session():
            return queries.failure_groups(self._database, job_id)

    def failures(
        self, job_id: int, outcome: Outcome | None = None, limit: int = 1000
    ) -> tuple[Failure, ...]:
        """Failed objects of a job; a negative limit means all."""
        with self._session():
            return queries.failures(self._database, job_id, outcome, limit)

    def workers(self) -> tuple[WorkerView, ...]:
        """Workers that have sent a page or a result, the last seen first."""
        with self._session():
            return queries.workers(self._database)

    def sources(self) -> tuple[SourceView, ...]:
        """Every source that was ever ingested."""
        with self._session():
            return queries.sources(self._database)

    def outcomes(self) -> tuple[tuple[Outcome, int], ...]:
        """How many images ended in each class, the most frequent first."""
        with self._session():
            return queries.outcomes(self._database)

    def ingest_states(self, source: Source, prefixes: Sequence[str]) -> dict[str, IngestState]:
        """What the catalogue knows of these prefixes; well under a millisecond each."""
        with self._session():
            number = self._source_id(source)
            if number is None:
                return dict.fromkeys(prefixes, IngestState.NEVER)
            return ingest_status.prefix_states(self._database.raw(), number, prefixes)

    def object_states(self, source: Source, refs: Sequence[ObjectRef]) -> dict[str, IngestState]:
        """What the catalogue knows of these objects, by key: never, done, stale or failed."""
        with self._session():
            number = self._source_id(source)
            if number is None:
                return {ref.key: IngestState.NEVER for ref in refs}
            return ingest_status.object_states(self._database.raw(), number, refs)

    def unchanged(self, source: Source, refs: Sequence[ObjectRef]) -> frozenset[str]:
        """The keys of those objects that a job without force would not read again."""
        with self._session():
            number = self._source_id(source)
            if number is None:
                return frozenset()
            return ingest_status.unchanged(self._database.raw(), number, refs)

    def image(self, image_id: int) -> Image:
        """An image with all its tags. Raises CatalogueError where there is none."""
        with self._session():
            return image_reader.load_image(self._database.raw(), image_id)

    def find(self, source: Source, key: str) -> Image | None:
        """The image of this key; None where it has none."""
        with self._session():
            number = self._source_id(source)
            if number is None:
                return None
            image_id = image_reader.find_image_id(self._database.raw(), number, key)
            return None if image_id is None else self.image(image_id)

    def check(self) -> list[str]:
        """What is wrong with the file, a sentence each. Reads all of it."""
        with self._session():
            return list(integrity.problems(self._database.raw()))

    def repair(self) -> int:
        """Rebuild what can be derived from other tables; returns the images indexed."""
        with self._session():
            return maintenance.repair(self._database.raw())

    def compact(self) -> tuple[int, int]:
        """Give unused room back to the disk; the file's bytes before and after.

        Nobody else may be writing; raises CatalogueBusyError where somebody is.
        """
        before = self.path.stat().st_size
        with self._session():
            maintenance.compact(self._database.raw())
        return before, self.path.stat().st_size

    def back_up(self, target: Path) -> None:
        """Copy the catalogue to a new file while it is in use."""
        with self._session():
            maintenance.back_up(self._database.raw(), target)

    # ---------------------------------------------------------------- searches

    def parse(self, text: str) -> Query:
        """Parse a search; `@name` is replaced by the saved search of that name.

        Raises QueryError where it cannot be understood.
        """
        return parse(self.expand_saved_searches(text))

    def expand_saved_searches(self, text: str) -> str:
        """The search with saved ones in the place of their names. Raises QueryError."""
        if not saved_searches.has_references(text):
            return text
        known = {each.name.casefold(): each.query for each in self.saved_searches()}
        return saved_searches.expand(text, known)

    def saved_searches(self) -> tuple[SavedSearch, ...]:
        """The searches that have a name, by name."""
        with self._session():
            return saved_searches.list_saved(self._database.raw())

    def save_search(self, name: str, query: str) -> None:
        """Keep a search under a name. Raises UsageError or QueryError where that cannot be."""
        with self._session():
            saved_searches.save(self._database.raw(), name, query, self._clock())

    def delete_search(self, name: str) -> None:
        """Forget the search of this name. Raises UsageError where there is none."""
        with self._session():
            saved_searches.delete(self._database.raw(), name)

    def remember_search(self, query: str) -> None:
        """Note that somebody made this search."""
        with self._session(), self._database.atomic():
            saved_searches.remember(self._database.raw(), query, self._clock())

    def recent_searches(self, limit: int = 50) -> tuple[str, ...]:
        """The last searches that were noted, the newest first."""
        with self._session():
            return saved_searches.recent(self._database.raw(), limit)

    # ------------------------------------------------------------------ inside

    def _request_state(self, job_id: int, wanted: str) -> None:
        with self._session():
            job_commands.request_state(self._database, job_id, wanted)

    def _source_id(self, source: Source) -> int | None:
        return ingest_status.find_source_id(self._database.raw(), source)

    @contextmanager
    def _session(self) -> Iterator[None]:
        with translate_errors(self.path), self._database.raw().in_use:
            yield
