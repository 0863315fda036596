"""Commands of any program on this machine: new jobs, and pause, resume, cancel, retry, priority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.ledger import job_states
from tasveer_tui.catalogue.ledger.queries import no_such_job
from tasveer_tui.catalogue.storage.json_columns import (
    public_access,
    public_source,
    public_spec,
    to_json,
)
from tasveer_tui.catalogue.storage.models import Job, Scan, Source
from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.errors import JobError
from tasveer_tui.records import JobState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.catalogue.storage.connections import Database
    from tasveer_tui.records import Access, JobSpec, Outcome
    from tasveer_tui.records import Source as SourceRecord

_ROWS_PER_INSERT: Final = 5_000


def add_job(database: Database, spec: JobSpec, now: float) -> int:
    """Write the job with what it has to list; its number.

    Raises:
        JobError: the selection is empty.

    """
    if not spec.prefixes and not spec.keys:
        raise JobError("The selection is empty.", "Name a bucket, a prefix or a key.")
    spec = public_spec(spec)
    prefixes, keys = spec.outermost_prefixes(), spec.single_keys()
    with database.atomic("IMMEDIATE"):
        source_id = upsert_source(database, spec.source, spec.access)
        query = Job.insert(
            source_id=source_id,
            spec=to_json(spec),
            state=JobState.QUEUED,
            created_at=now,
            priority=spec.priority,
        )
        job_id = database.run(query)
        rows = [(job_id, to_stored(prefix), 0) for prefix in prefixes]
        rows += [(job_id, to_stored(key), 1) for key in keys]
        for first in range(0, len(rows), _ROWS_PER_INSERT):
            some = rows[first : first + _ROWS_PER_INSERT]
            fields = [Scan.job_id, Scan.prefix, Scan.is_exact]
            database.run(Scan.insert_many(some, fields=fields))
    return job_id


def upsert_source(database: Database, source: SourceRecord, access: Access) -> int:
    """The source's id; updates how it is reached."""
    public = public_source(source)
    query = (
        Source.insert(
            endpoint=to_stored(public.endpoint),
            bucket=to_stored(public.bucket),
            access=to_json(public_access(access)),
        )
        .on_conflict(conflict_target=[Source.endpoint, Source.bucket], preserve=[Source.access])
        .returning(Source.id)
    )
    return int(database.rows(query)[0][0])


def request_state(database: Database, job_id: int, command: str) -> None:
    """Leave a command for the engine.

    Raises:
        JobError: there is no such job, or its state does not allow this.

    """
    with database.atomic("IMMEDIATE"):
        state = _state(database, job_id)
        if not job_states.is_allowed(state, command):
            raise JobError(
                f"Job {job_id} is {state}: you cannot {command} it.",
                "`tasveer-tui jobs` shows the state of every job.",
            )
        _update(database, job_id, command=command)


def set_priority(database: Database, job_id: int, priority: int) -> None:
    """Let the job go before all of a lower priority.

    Raises:
        JobError: there is no such job.

    """
    with database.atomic("IMMEDIATE"):
        _state(database, job_id)
        _update(database, job_id, priority=priority)


def tune(database: Database, in_flight: int) -> None:
    """Set how many objects each worker process reads at once; 0 restores its own setting."""
    with database.atomic("IMMEDIATE"):
        database.raw().execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES ('in_flight', ?)", (str(in_flight),)
        )


def tuned(database: Database) -> int:
    """What `tune` was given last."""
    sql = "SELECT value FROM meta WHERE key = 'in_flight'"
    row = database.raw().execute(sql).fetchone()
    return 0 if row is None else int(row[0])


def retry(database: Database, job_id: int, outcome: Outcome | None, keys: Sequence[str]) -> int:
    """Make failed objects pending again; how many.

    Without an outcome and keys, listings that had failed go on, too.
    """
    with database.atomic("IMMEDIATE"):
        state = _state(database, job_id)
        again = _reopen(database.raw(), job_id, outcome, keys)
        scans = 0
        if outcome is None and not keys:
            scans = job_states.reopen_scans(database.raw(), job_id)
        if again:
            _update(database, job_id, failed=Job.failed - again)
        if (again or scans) and state.is_final:
            _update(database, job_id, state=JobState.QUEUED, command="", finished_at=0, error="")
    return again


def _reopen(
    connection: sqlite3.Connection, job_id: int, outcome: Outcome | None, keys: Sequence[str]
) -> int:
    where = "" if outcome is None else " AND outcome = ?"
    parameters = (job_id, *([] if outcome is None else [outcome.value]))
    if not keys:
        return connection.execute(_REOPEN_SQL + where, parameters).rowcount
    sql = f"{_REOPEN_SQL}{where} AND object_id = ({_OBJECT_ID_SQL})"
    keys_once = dict.fromkeys(map(to_stored, keys))
    return sum(connection.execute(sql, (*parameters, job_id, key)).rowcount for key in keys_once)


_REOPEN_SQL: Final = """
    UPDATE ledger INDEXED BY ledger_failed
    SET state = 0, outcome = '', message = '', attempts = 0, tries = 0, batch_id = 0,
        lease_until = 0
    WHERE job_id = ? AND state = 3"""
_OBJECT_ID_SQL: Final = """
    SELECT o.id FROM object o JOIN job j ON j.source_id = o.source_id
    WHERE j.id = ? AND o.key = ?"""


def _state(database: Database, job_id: int) -> JobState:
    """The job's state with its pending command applied."""
    query = Job.select(Job.state, Job.command).where(Job.id == job_id)
    for state, command in database.rows(query):
        return job_states.effective_state(JobState(state), command)
    raise no_such_job(job_id)


def _update(database: Database, job_id: int, **values: object) -> None:
    database.run(Job.update(**values).where(Job.id == job_id))
