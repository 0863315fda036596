"""The states of a job: pending commands, start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import JobState

if TYPE_CHECKING:
    import sqlite3

PAUSE, RESUME, CANCEL = "pause", "resume", "cancel"
"""Values of job.command."""

_TRANSITIONS: Final = {
    PAUSE: (frozenset({JobState.QUEUED, JobState.RUNNING}), JobState.PAUSED),
    RESUME: (frozenset({JobState.PAUSED, JobState.FAILED}), JobState.QUEUED),
    CANCEL: (frozenset({JobState.QUEUED, JobState.RUNNING, JobState.PAUSED}), JobState.CANCELLED),
}
"""Command → the states in which it is allowed, and the state that it leads to."""

ACTIVE_STATES: Final = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


def effective_state(state: JobState, command: str) -> JobState:
    """The state after the engine has carried out the command; users see it at once."""
    allowed, target = _TRANSITIONS.get(command, (frozenset(), state))
    return target if state in allowed else state


def is_allowed(state: JobState, command: str) -> bool:
    """Whether the command is allowed in this state."""
    return state in _TRANSITIONS[command][0]


def jobs_with_commands(connection: sqlite3.Connection) -> list[tuple[int, JobState, str]]:
    """Jobs with a command that the engine has not carried out: id, state, command."""
    rows = connection.execute("SELECT id, state, command FROM job WHERE command <> ''")
    return [(row[0], JobState(row[1]), row[2]) for row in rows]


def set_state(connection: sqlite3.Connection, job_id: int, state: JobState, now: float) -> None:
    """Set the job's state and clear its command; the caller holds the transaction."""
    finished_at = now if state.is_final else 0.0
    connection.execute(
        """UPDATE job SET state = ?, command = '', finished_at = ?,
             rest_until = 0, down_since = 0, downs = 0 WHERE id = ?""",
        (state, finished_at, job_id),
    )


def mark_started(connection: sqlite3.Connection, job_id: int, now: float) -> None:
    """The first of its work has been handed out."""
    connection.execute(
        """UPDATE job SET state = 'running', started_at = iif(started_at, started_at, ?)
           WHERE id = ? AND state = 'queued'""",
        (now, job_id),
    )


def is_running(connection: sqlite3.Connection, job_id: int) -> bool:
    """Whether its work may be handed out."""
    row = connection.execute("SELECT state FROM job WHERE id = ?", (job_id,)).fetchone()
    return row is not None and row[0] in (JobState.QUEUED, JobState.RUNNING)


def is_complete(connection: sqlite3.Connection, job_id: int) -> bool:
    """Whether nothing is left to list or to read."""
    row = connection.execute(
        """SELECT EXISTS (SELECT 1 FROM scan WHERE job_id = ?1 AND is_done = 0)
               OR EXISTS (SELECT 1 FROM ledger INDEXED BY ledger_pending
                          WHERE job_id = ?1 AND state = 0)
               OR EXISTS (SELECT 1 FROM ledger INDEXED BY ledger_leased
                          WHERE job_id = ?1 AND state = 1)
               OR EXISTS (SELECT 1 FROM ledger INDEXED BY ledger_waiting
                          WHERE job_id = ?1 AND state = 4)""",
        (job_id,),
    ).fetchone()
    return not row[0]


def scan_error(connection: sqlite3.Connection, job_id: int) -> str:
    """Why a prefix of the job could not be listed, as stored; "" where all were."""
    row = connection.execute(
        "SELECT error FROM scan WHERE job_id = ? AND is_done = 1 AND error <> '' LIMIT 1",
        (job_id,),
    ).fetchone()
    return "" if row is None else str(row[0])


def fail(connection: sqlite3.Connection, job_id: int, message: str, now: float) -> None:
    """The job cannot go on; a job that is over stays as it is."""
    sql = "SELECT state FROM job WHERE id = ?"
    row = connection.execute(sql, (job_id,)).fetchone()
    if row is not None and not JobState(row[0]).is_final:
        set_state(connection, job_id, JobState.FAILED, now)
        sql = "UPDATE job SET error = ? WHERE id = ?"
        connection.execute(sql, (to_stored(message), job_id))


def reopen_scans(connection: sqlite3.Connection, job_id: int) -> int:
    """Restart failed scans at their cursors; returns how many."""
    cursor = connection.execute(
        """UPDATE scan SET is_done = 0, attempts = 0, lease_until = 0, not_before = 0, error = ''
           WHERE job_id = ? AND error <> ''""",
        (job_id,),
    )
    connection.execute("UPDATE job SET error = '' WHERE id = ?", (job_id,))
    return cursor.rowcount
