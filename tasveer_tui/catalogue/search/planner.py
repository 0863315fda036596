"""Index hints for SQLite, whose own choice is up to 35 times slower.

Four choices, best first: ids from another table; the index of one column; the covering
index, which has the columns that most searches need; the table itself.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from math import inf, sqrt
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search.column_map import COVERING_INDEX, COVERING_INDEX_COLUMNS, INDEXES
from tasveer_tui.catalogue.storage.connections import Connection
from tasveer_tui.errors import SearchInterruptedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.catalogue.search.compiler import Ordering
    from tasveer_tui.catalogue.search.sql import Sql
    from tasveer_tui.catalogue.search.statistics import Statistics

_NARROW_INDEX_ROWS: Final = 2000
"""Up to this many rows, look-ups by the index of one column beat a scan of the covering index…"""
_NARROW_INDEX_SHARE: Final = 0.025
"""… or up to this share of all images.

With 0, searches for texts take 1.6 times as long at 300,000 images.
"""
_CHECK_INTERVAL_STEPS: Final = 2000
"""Steps of SQLite's virtual machine between two checks of the clock."""
_WALL_TIME_FACTOR: Final = 6.0
"""Wall time limit of a statement in multiples of its CPU time limit, for busy machines."""


def index_hint(probe: Statistics, where: Sequence[Sql], ordering: Ordering) -> str:
    """The hint after `FROM image AS i`."""
    if not where:
        return ""
    if any(part.is_id_list for part in where):
        return "NOT INDEXED"
    narrow = max(_NARROW_INDEX_ROWS, int(probe.images() * _NARROW_INDEX_SHARE))
    for part in where:
        if part.index_column in INDEXES and count_by_index(probe, part, narrow) < narrow:
            return f"INDEXED BY {INDEXES[part.index_column]}"
    needed = ordering.keys.columns.union(*(part.columns for part in where))
    return f"INDEXED BY {COVERING_INDEX}" if needed <= COVERING_INDEX_COLUMNS else "NOT INDEXED"


def full_scan_hint(columns: frozenset[str]) -> str:
    """The hint for a scan of all images that reads these columns: the narrowest index."""
    column = next(iter(columns)) if len(columns) == 1 else ""
    if column in INDEXES and column != "status":  # its index does not have all images
        return f"INDEXED BY {INDEXES[column]}"
    return f"INDEXED BY {COVERING_INDEX}" if columns <= COVERING_INDEX_COLUMNS else "NOT INDEXED"


def ordered_scan_hint(ordering: Ordering, where: Sequence[Sql] = ()) -> str:
    """The hint to read images in order; empty if no index has this order."""
    index = INDEXES.get(order_index_column(ordering, where))
    return f"INDEXED BY {index}" if index else ""


def order_index_column(ordering: Ordering, where: Sequence[Sql]) -> str:
    """The column whose index has the images in order.

    The index of failed images has their dates, too.
    """
    is_not_ok = any(part.index_column == "status" for part in where)
    return "status" if is_not_ok and ordering.column == "taken_at" else ordering.column


def max_lookup_rows(images: int, wanted: int) -> int:
    """Up to this many rows, a look-up of all beats an ordered scan for `wanted` matches."""
    return max(_NARROW_INDEX_ROWS, break_even_count(wanted, images, 1.0))


def break_even_count(wanted: int, images: int, ratio: float) -> int:
    """With this many matches, listing all costs as much as an ordered scan for `wanted` of them.

    With `hits` matches spread evenly, one is expected every `images / hits` rows. `ratio` is
    the cost of testing one row relative to listing one id.
    """
    return int(sqrt(wanted * images * ratio))


def count_by_index(probe: Statistics, part: Sql, limit: int) -> int:
    """The number of images that an index finds for the condition, up to a limit."""
    select = f"SELECT 1 FROM image AS i INDEXED BY {INDEXES[part.index_column]} WHERE {part.text}"
    return probe.count_up_to(select, part.parameters, limit)


class StatementTimeoutError(Exception):
    """The statement exceeded its time limit."""


class StatementGuard:
    """Ends the statements of one search after an interrupt or a timeout."""

    def __init__(self, connection: sqlite3.Connection, stops: int) -> None:
        """`stops` is the number of earlier interrupts, which are ignored."""
        self._connection = connection
        self._interrupt_count = stops
        self._cpu_deadline_s = self._first_check_s = self._wall_deadline_s = inf
        connection.set_progress_handler(self._should_stop, _CHECK_INTERVAL_STEPS)

    def close(self) -> None:
        """Stop checking."""
        self._connection.set_progress_handler(None, 0)

    def check(self) -> None:
        """Check between many short statements.

        Raises:
            SearchInterruptedError: `interrupt()` was called between them.
            StatementTimeoutError: the time limit is exceeded.

        """
        if interrupt_count(self._connection) != self._interrupt_count:
            raise SearchInterruptedError("The search was stopped before its end.")
        if self._is_out_of_time():
            raise StatementTimeoutError

    @contextmanager
    def time_limit(self, seconds: float, waiting: float = _WALL_TIME_FACTOR) -> Iterator[None]:
        """Stop statements that take longer in CPU time, or in wall time `waiting` times as long.

        Raises:
            StatementTimeoutError: they took longer.

        """
        now_s = time.monotonic()
        self._cpu_deadline_s = time.thread_time() + seconds
        self._first_check_s = now_s + min(1.0, waiting) * seconds
        self._wall_deadline_s = now_s + waiting * seconds
        try:
            yield
        except sqlite3.OperationalError as error:
            is_ours = error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
            if (
                is_ours
                and self._is_out_of_time()
                and interrupt_count(self._connection) == self._interrupt_count
            ):
                raise StatementTimeoutError from error
            raise
        finally:
            self._cpu_deadline_s = self._first_check_s = self._wall_deadline_s = inf

    def _should_stop(self) -> bool:
        return interrupt_count(self._connection) != self._interrupt_count or self._is_out_of_time()

    def _is_out_of_time(self) -> bool:
        # Reading the thread's CPU clock costs ten times as much, and it is never ahead of this one.
        now_s = time.monotonic()
        if now_s < self._first_check_s:
            return False
        return time.thread_time() > self._cpu_deadline_s or now_s > self._wall_deadline_s


def interrupt_count(connection: sqlite3.Connection) -> int:
    """The number of interrupts of the connection so far."""
    return connection.stops if isinstance(connection, Connection) else 0
