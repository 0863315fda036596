"""Faults that may pass: which readings are tried again, after what pause and how often.

Within one reading, each request is already tried several times (see `s3/retry.py`). This is
about what still ended in such a fault, and about sources that cannot be reached at all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.catalogue.storage.image_writer import Reading

RETRYABLE_OUTCOMES: Final = frozenset({Outcome.NETWORK, Outcome.TIMEOUT})
"""Outcomes of faults that may pass by themselves."""

RETRY_DELAYS_S: Final = (3.0, 15.0)
"""After the first and the second reading that ended so; after the third the object failed."""

SOURCE_RETRY_DELAYS_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waiting times between attempts to reach a source; the last one repeats."""

SOURCE_TIMEOUT_S: Final = 900.0
"""A job whose source cannot be reached for so long has failed."""


@dataclass(frozen=True, slots=True)
class RetryDelays:
    """The pauses of a catalogue's jobs."""

    factor: float = 1.0
    """Tests shorten them."""

    def object_delay_s(self, tries: int) -> float:
        """Before an object that was read so often without success is read again; -1 for never."""
        return (
            self._with_jitter(RETRY_DELAYS_S[tries - 1]) if tries <= len(RETRY_DELAYS_S) else -1.0
        )

    def source_delay_s(self, downs: int) -> float:
        """Before a source is asked again that was not reached so often in a row."""
        return self._with_jitter(SOURCE_RETRY_DELAYS_S[min(downs, len(SOURCE_RETRY_DELAYS_S)) - 1])

    def _with_jitter(self, seconds: float) -> float:
        # Jitter: objects that failed together are not retried together.
        return self.factor * random.uniform(0.75, 1.25) * seconds  # noqa: S311 - no secret


class RetrySchedule:
    """Second chances in the ledger; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection, pauses: RetryDelays | None) -> None:
        """Without pauses, no object is read again by itself."""
        self._connection = connection
        self._delays = pauses or RetryDelays()
        self._is_enabled = pauses is not None

    def take(
        self, job_id: int, readings: Sequence[tuple[Reading, int]], now: float
    ) -> list[Reading]:
        """Put back what is to be read again later; gives the others.

        Each reading has the number of earlier failed attempts.
        """
        final, later = [], []
        for reading, tries in readings:
            pause_s = -1.0
            if self._is_enabled and reading.record.outcome in RETRYABLE_OUTCOMES:
                pause_s = self._delays.object_delay_s(tries + 1)
            if pause_s < 0:
                final.append(reading)
            else:
                later.append((reading, now + pause_s))
        if later:
            self._reschedule(job_id, later)
        return final

    def _reschedule(self, job_id: int, later: Sequence[tuple[Reading, float]]) -> None:
        self._connection.executemany(
            """UPDATE ledger SET state = 4, tries = tries + 1, not_before = ?, batch_id = 0,
                 lease_until = 0, message = ? WHERE job_id = ? AND object_id = ?""",
            (
                (not_before, to_stored(reading.message), job_id, reading.object_id)
                for reading, not_before in later
            ),
        )
        records = [reading.record for reading, _ in later]
        self._connection.execute(
            """UPDATE job SET tried_again = tried_again + ?, bytes_read = bytes_read + ?,
                 requests = requests + ? WHERE id = ?""",
            (
                len(later),
                sum(record.bytes_read for record in records),
                sum(record.requests for record in records),
                job_id,
            ),
        )

    def release_due(self, job_id: int, now: float) -> None:
        """Let what has waited long enough be handed out again."""
        self._connection.execute(
            """UPDATE ledger INDEXED BY ledger_waiting SET state = 0, not_before = 0, message = ''
               WHERE job_id = ? AND state = 4 AND not_before <= ?""",
            (job_id, now),
        )

    def is_due(self, job_id: int, now: float) -> bool:
        """Whether something has waited long enough."""
        row = self._connection.execute(
            """SELECT 1 FROM ledger INDEXED BY ledger_waiting
               WHERE job_id = ? AND state = 4 AND not_before <= ? LIMIT 1""",
            (job_id, now),
        ).fetchone()
        return row is not None

    # ------------------------------------------------------------------ sources

    def source_down(self, job_id: int, message: str, now: float) -> bool:
        """The job's source was not reached: it rests for a while. False: it has rested enough."""
        since, downs, rest_until = self._connection.execute(
            "SELECT down_since, downs, rest_until FROM job WHERE id = ?", (job_id,)
        ).fetchone()
        if rest_until > now:
            # Other objects of the same moment report the same fault.
            return True
        if since and now - since > SOURCE_TIMEOUT_S * self._delays.factor:
            return False
        self._connection.execute(
            """UPDATE job SET down_since = ?, downs = ?, rest_until = ?, error = ?
               WHERE id = ?""",
            (
                since or now,
                downs + 1,
                now + self._delays.source_delay_s(downs + 1),
                to_stored(message),
                job_id,
            ),
        )
        return True

    def source_up(self, job_id: int) -> None:
        """The job's source answers."""
        self._connection.execute(
            """UPDATE job SET down_since = 0, downs = 0, rest_until = 0, error = ''
               WHERE id = ? AND downs > 0""",
            (job_id,),
        )

    def is_waiting_for_source(self, job_id: int, now: float) -> bool:
        """Whether the job waits for its source."""
        sql = "SELECT rest_until > ? FROM job WHERE id = ?"
        row = self._connection.execute(sql, (now, job_id)).fetchone()
        return row is not None and bool(row[0])
