"""Places that are listed again at an interval, so that what is new there is read.

Each round is a job. One that finds nothing is run again for the next round, so the history
holds only rounds that found something, and the last one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.ledger import job_commands
from tasveer_tui.catalogue.storage.json_columns import from_json, public_spec, to_json
from tasveer_tui.catalogue.storage.models import Job, Scan, Watch
from tasveer_tui.errors import JobError, UsageError
from tasveer_tui.records import JobSpec, JobState, WatchView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tasveer_tui.catalogue.storage.connections import Database

MIN_INTERVAL_S: Final = 1.0

_COUNTERS: Final = ("listed", "filtered", "added", "changed", "unchanged", "gone", "requests")


def add(database: Database, spec: JobSpec, every_s: float, now: float) -> int:
    """Watch what the job would read; the first round begins at once. The watch's number.

    Raises:
        JobError: the selection is empty.
        UsageError: the interval is too short.

    """
    if every_s < MIN_INTERVAL_S:
        raise UsageError("A watch needs an interval of 1 second or more.", "A minute is usual.")
    if not spec.prefixes and not spec.keys:
        raise JobError("The selection is empty.", "Name a bucket, a prefix or a key.")
    spec = public_spec(replace(spec, force=False, only_new=True))
    with database.atomic("IMMEDIATE"):
        source_id = job_commands.upsert_source(database, spec.source, spec.access)
        query = Watch.insert(
            source_id=source_id, spec=to_json(spec), every_s=every_s, created_at=now, next_at=now
        )
        return database.run(query)


def remove(database: Database, watch_id: int) -> None:
    """Watch no longer; a round under way goes on.

    Raises:
        JobError: there is no such watch.

    """
    if not database.run(Watch.delete().where(Watch.id == watch_id)):
        raise JobError(f"There is no watch {watch_id}.", "`tasveer-tui jobs watches` lists them.")


def views(database: Database) -> tuple[WatchView, ...]:
    """Every watch, the oldest first."""
    return tuple(
        WatchView(number, from_json(spec, JobSpec), *rest)
        for number, spec, *rest in database.rows(_watches())
    )


def start_due(database: Database, now: float) -> None:
    """Note which rounds are over, and begin those that are due."""
    for view in views(database):
        if view.job_id and _record_finished_round(database, view, now):
            continue
        if view.next_at <= now and not _is_running(database, view.job_id):
            _start_round(database, view, now)


def _watches() -> Any:  # noqa: ANN401 - peewee's queries have no useful type
    return Watch.select(
        Watch.id,
        Watch.spec,
        Watch.every_s,
        Watch.created_at,
        Watch.next_at,
        Watch.job_id,
        Watch.rounds,
        Watch.found,
    ).order_by(Watch.id)


def _job(database: Database, job_id: int) -> Sequence[Any]:
    columns = (Job.state, Job.created_at, Job.total, Job.gone)
    rows = database.rows(Job.select(*columns).where(Job.id == job_id))
    return rows[0] if rows else (JobState.DONE, 0.0, 0, 0)


def _is_running(database: Database, job_id: int) -> bool:
    return bool(job_id) and not JobState(_job(database, job_id)[0]).is_final


def _record_finished_round(database: Database, view: WatchView, now: float) -> bool:
    """Whether the round has ended since the last check; if so, schedules the next one."""
    state, created_at, total, _ = _job(database, view.job_id)
    if not JobState(state).is_final or view.next_at > created_at:
        return False
    query = Watch.update(
        rounds=Watch.rounds + 1, found=Watch.found + total, next_at=now + view.every_s
    )
    database.run(query.where(Watch.id == view.id))
    return True


def _start_round(database: Database, view: WatchView, now: float) -> None:
    state, _, total, gone = _job(database, view.job_id)
    if view.job_id and (state, total, gone) == (JobState.DONE, 0, 0):
        job_id = view.job_id
        _run_again(database, job_id, now)
    else:
        job_id = job_commands.add_job(database, view.spec, now)
    query = Watch.update(job_id=job_id, next_at=now)
    database.run(query.where(Watch.id == view.id))


def _run_again(database: Database, job_id: int, now: float) -> None:
    """A job that found nothing, from the beginning."""
    nothing = dict.fromkeys(_COUNTERS, 0)
    with database.atomic("IMMEDIATE"):
        query = Job.update(
            state=JobState.QUEUED, created_at=now, started_at=0, finished_at=0, error="", **nothing
        )
        database.run(query.where(Job.id == job_id))
        database.run(Scan.delete().where((Scan.job_id == job_id) & (Scan.since != "")))
        nowhere = {"cursor": "", "until": "", "error": ""}
        anew = Scan.update(is_done=0, attempts=0, lease_until=0, not_before=0, **nowhere)
        database.run(anew.where(Scan.job_id == job_id))
