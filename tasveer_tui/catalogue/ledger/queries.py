"""What people are shown of jobs, failures, workers and sources: short reads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from peewee import SQL, fn

from tasveer_tui.catalogue.ledger import job_states
from tasveer_tui.catalogue.storage.json_columns import from_json
from tasveer_tui.catalogue.storage.models import Job, Scan, Source, Worker
from tasveer_tui.catalogue.storage.text_codec import from_stored
from tasveer_tui.errors import JobError
from tasveer_tui.records import (
    Access,
    Failure,
    FailureGroup,
    JobSpec,
    JobState,
    JobView,
    Outcome,
    SourceView,
    WorkerView,
)
from tasveer_tui.records import Source as SourceRecord

if TYPE_CHECKING:
    import peewee

    from tasveer_tui.catalogue.storage.connections import Database

_COUNTER_COLUMNS: Final = (
    *("created_at", "started_at", "finished_at", "listed", "filtered", "added", "changed"),
    *("unchanged", "gone", "total", "ok", "noexif", "notimage", "failed"),
    *("bytes_listed", "bytes_read", "requests", "tried_again", "priority", "rest_until"),
)


def jobs(database: Database, limit: int) -> tuple[JobView, ...]:
    """The newest jobs first."""
    query = _jobs().order_by(Job.id.desc()).limit(limit)
    return tuple(_job_view(row) for row in database.rows(query))


def active_jobs(database: Database) -> tuple[JobView, ...]:
    """Jobs that are queued, running or paused, the highest priority and the oldest first."""
    rows = database.raw().execute(*_active_jobs_sql())
    return tuple(_job_view(row) for row in rows.fetchall())


@cache
def _active_jobs_sql() -> tuple[str, list[Any]]:
    """SQL and parameters, made once: the engine asks up to twenty times a second."""
    query = (
        _jobs().where(Job.state.in_(job_states.ACTIVE_STATES)).order_by(Job.priority.desc(), Job.id)
    )
    sql, parameters = query.sql()
    return sql, list(parameters)


def job(database: Database, job_id: int) -> JobView:
    """One job.

    Raises:
        JobError: there is none with this number.

    """
    for row in database.rows(_jobs().where(Job.id == job_id)):
        return _job_view(row)
    raise no_such_job(job_id)


def no_such_job(job_id: int) -> JobError:
    """The error for a number that no job has."""
    return JobError(f"There is no job {job_id}.", "`tasveer-tui jobs` lists them.")


def _jobs() -> peewee.ModelSelect[Job]:
    # A literal 0: SQLite does not use a partial index for a parameter.
    open_scans = Scan.select(SQL("1")).where((Scan.job_id == Job.id) & (Scan.is_done == SQL("0")))
    counters = [getattr(Job, name) for name in _COUNTER_COLUMNS]
    is_scanning = fn.EXISTS(open_scans)
    return Job.select(Job.id, Job.spec, Job.state, Job.command, Job.error, is_scanning, *counters)


def _job_view(row: tuple[Any, ...]) -> JobView:
    number, spec, state, command, error, is_scanning, *counters = row
    return JobView(
        id=number,
        spec=from_json(spec, JobSpec),
        state=job_states.effective_state(JobState(state), command),
        is_scanned=not is_scanning,
        error=from_stored(error),
        **dict(zip(_COUNTER_COLUMNS, counters, strict=True)),
    )


# ------------------------------------------------------------------------- failures


def failure_groups(database: Database, job_id: int) -> tuple[FailureGroup, ...]:
    """A job's failures by class, the most frequent first, each with an example."""
    sql = """SELECT outcome, objects FROM failure_count WHERE job_id = ? AND objects > 0
             ORDER BY objects DESC, outcome"""
    groups = []
    for outcome, number in database.raw().execute(sql, (job_id,)).fetchall():
        example = failures(database, job_id, Outcome(outcome), 1)[0]
        groups.append(FailureGroup(Outcome(outcome), number, example.key, example.message))
    return tuple(groups)


def failures(
    database: Database, job_id: int, outcome: Outcome | None, limit: int
) -> tuple[Failure, ...]:
    """Failed objects of a job; a negative limit means all."""
    of_class = "" if outcome is None else "AND l.outcome = ?"
    rows = database.raw().execute(
        # Left to itself, SQLite would walk through all objects of the job.
        f"""SELECT o.key, l.outcome, l.message
            FROM ledger l INDEXED BY ledger_failed CROSS JOIN object o ON o.id = l.object_id
            WHERE l.job_id = ? AND l.state = 3 {of_class}
            ORDER BY l.outcome, l.object_id LIMIT ?""",  # noqa: S608 - made of constants
        (job_id, *([] if outcome is None else [outcome.value]), limit),
    )
    return tuple(
        Failure(from_stored(key), Outcome(kind), from_stored(message))
        for key, kind, message in rows
    )


# ------------------------------------------------------------------------ the others


def workers(database: Database) -> tuple[WorkerView, ...]:
    """All workers that have sent a page or a result, the last seen first."""
    query = Worker.select().order_by(Worker.seen_at.desc(), Worker.name).bind(database)
    return tuple(
        WorkerView(from_stored(row.name), row.seen_at, row.objects, row.bytes_read) for row in query
    )


def sources(database: Database) -> tuple[SourceView, ...]:
    """Every source that was ever ingested, by name."""
    columns = (Source.endpoint, Source.bucket, Source.access, Source.images)
    query = Source.select(*columns).order_by(Source.endpoint, Source.bucket)
    return tuple(
        SourceView(
            SourceRecord(from_stored(endpoint), from_stored(bucket)),
            from_json(access, Access),
            count,
        )
        for endpoint, bucket, access, count in database.rows(query)
    )


def outcomes(database: Database) -> tuple[tuple[Outcome, int], ...]:
    """How many images ended in each class, the most frequent first."""
    sql = "SELECT outcome, images FROM outcome_count WHERE images > 0 ORDER BY images DESC, outcome"
    return tuple((Outcome(outcome), number) for outcome, number in database.raw().execute(sql))
