"""Which way SQLite takes through the images: its own choice is up to 35 times slower.

Four ways, best first: the ids that a condition finds elsewhere; a narrow index; the covering
index, which has everything that most searches ask; the table itself, once through.
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
"""Rows that are sooner looked up one by one than passed over in the covering index…"""
_NARROW_INDEX_SHARE: Final = 0.025
"""… or such a share of all images."""
_CHECK_INTERVAL_STEPS: Final = 2000
"""Steps of SQLite's machine between two looks at the clock."""
_WALL_TIME_FACTOR: Final = 6.0
"""Times longer than its processor's time a statement may take, for the disk or for others."""


def index_hint(probe: Statistics, where: Sequence[Sql], ordering: Ordering) -> str:
    """The hint behind `FROM image AS i`."""
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
    """The hint for all images, of which these columns are wanted: the narrowest index."""
    column = next(iter(columns)) if len(columns) == 1 else ""
    if column in INDEXES and column != "status":  # whose index has not all images
        return f"INDEXED BY {INDEXES[column]}"
    return f"INDEXED BY {COVERING_INDEX}" if columns <= COVERING_INDEX_COLUMNS else "NOT INDEXED"


def ordered_scan_hint(ordering: Ordering, where: Sequence[Sql] = ()) -> str:
    """The hint for meeting images in their order; empty where no index has it."""
    index = INDEXES.get(order_index_column(ordering, where))
    return f"INDEXED BY {index}" if index else ""


def order_index_column(ordering: Ordering, where: Sequence[Sql]) -> str:
    """The column by whose index images are met in their order.

    The index of those that are not in order has their dates, too.
    """
    is_not_ok = any(part.index_column == "status" for part in where)
    return "status" if is_not_ok and ordering.column == "taken_at" else ordering.column


def max_lookup_rows(images: int, wanted: int) -> int:
    """So many rows are sooner looked up than so many wanted are met among all."""
    return max(_NARROW_INDEX_ROWS, break_even_count(wanted, images, 1.0))


def break_even_count(wanted: int, images: int, ratio: float) -> int:
    """So many hits cost as much to list as it costs to ask whomever one meets on the way.

    `ratio` is what asking one costs, where listing one costs one.
    """
    return int(sqrt(wanted * images * ratio))


def count_by_index(probe: Statistics, part: Sql, limit: int) -> int:
    """How many images an index finds for the condition, up to a limit."""
    select = f"SELECT 1 FROM image AS i INDEXED BY {INDEXES[part.index_column]} WHERE {part.text}"
    return probe.count_up_to(select, part.parameters, limit)


class StatementTimeoutError(Exception):
    """The statement took longer than it was given."""


class StatementGuard:
    """Ends the statements of one search where it was interrupted, or takes too long."""

    def __init__(self, connection: sqlite3.Connection, stops: int) -> None:
        """`stops` says how many interrupts are those of others."""
        self._connection = connection
        self._interrupt_count = stops
        self._cpu_deadline_s = self._first_check_s = self._wall_deadline_s = inf
        connection.set_progress_handler(self._should_stop, _CHECK_INTERVAL_STEPS)

    def close(self) -> None:
        """Look no more."""
        self._connection.set_progress_handler(None, 0)

    def check(self) -> None:
        """Call between statements that are many and short.

        Raises:
            SearchInterruptedError: an `interrupt()` came between them.
            OutOfTimeError: they took longer than they were given.

        """
        if interrupt_count(self._connection) != self._interrupt_count:
            raise SearchInterruptedError("The search was stopped before it had ended.")
        if self._is_out_of_time():
            raise StatementTimeoutError

    @contextmanager
    def time_limit(self, seconds: float, waiting: float = _WALL_TIME_FACTOR) -> Iterator[None]:
        """Stop statements that take longer, waiting for the disk and others included.

        Raises:
            OutOfTimeError: they took longer.

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
        # A thread's own clock takes ten times as long to ask, and is never ahead of the other.
        now_s = time.monotonic()
        if now_s < self._first_check_s:
            return False
        return time.thread_time() > self._cpu_deadline_s or now_s > self._wall_deadline_s


def interrupt_count(connection: sqlite3.Connection) -> int:
    """How often the connection was interrupted."""
    return connection.stops if isinstance(connection, Connection) else 0
