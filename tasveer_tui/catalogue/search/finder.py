"""Finds images over one reader connection.

Every method blocks; `interrupt()` on the connection from another thread ends it with
`SearchInterruptedError`.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import sqlite3
import time
from array import array
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tasveer_tui.catalogue.search import (
    access_path,
    functions,
    merge_changed,
    ordered_scan,
    planner,
    projection,
)
from tasveer_tui.catalogue.search.access_path import AccessPath
from tasveer_tui.catalogue.search.ast import Everything, Query
from tasveer_tui.catalogue.search.compiler import Compiler, Ordering, compile_order
from tasveer_tui.catalogue.search.explain import AccessPathKind, Explanation, Trace, query_plans
from tasveer_tui.catalogue.search.projection import Row
from tasveer_tui.catalogue.search.sql import Sql, join_conditions
from tasveer_tui.catalogue.search.statistics import Statistics
from tasveer_tui.catalogue.search.text_predicates import TAG_READ_COLUMNS
from tasveer_tui.catalogue.storage import sqlite_errors
from tasveer_tui.catalogue.storage.connections import hold_open
from tasveer_tui.catalogue.storage.sort_cache import change_number
from tasveer_tui.errors import SearchInterruptedError, TasveerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tasveer_tui.catalogue.storage.sort_cache import CurrentOrder, SortCache

__all__ = ["Finder", "Row", "Summary"]

_SCAN_LIMIT_S: Final = 0.1
"""CPU time limit in s of an ordered scan; after it, all matches are collected and sorted."""
_MAX_CHANGED_IMAGES: Final = 1_000
"""Up to this many changed images are merged into a cached order with each page (some ms)."""
_TOP_CAMERA_COUNT: Final = 10
_FIRST_8_BYTE_ID: Final = 1 << 31
"""Ids below this fit into four bytes, with room for new ones."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over the result of a search."""

    images: int
    size_bytes: int
    by_status: tuple[tuple[str, int], ...]
    """The most frequent first."""
    cameras: tuple[tuple[str, int], ...]
    """The ten most frequent; images without a camera are not counted."""


class _PageRequest(NamedTuple):
    """A page, and how images can be read in its order."""

    query: Query
    order: Ordering
    hint: str
    group_scan: ordered_scan.OrderedScan | None
    limit: int
    offset: int


class Finder:
    """Searches over one connection. Not thread-safe, except `interrupt()` on the connection."""

    def __init__(self, connection: sqlite3.Connection, *, now: datetime) -> None:
        """`now` with its zone defines `today`; S3's dates are in UTC."""
        self._connection = connection
        self._now = now
        self._statistics = Statistics(connection)
        self._interrupt_count = planner.interrupt_count(connection)
        self._sort_cache: SortCache | None = getattr(connection, "orders", None)
        self._trace: Trace | None = None
        with self._translate_errors():
            functions.register(connection)

    def first(self, query: Query, limit: int = 256, offset: int = 0) -> list[int]:
        """The ids of one page of matches, in order."""
        with self._translate_errors(), self._snapshot():
            page = self._scan_page(query, limit, offset)
            if page is None:
                self._start_path(AccessPathKind.SCAN, self._scan_reason())
                page = list(self._sorted(query, limit, offset))
            if self._trace is not None:
                self._trace.finish()
            return page

    def explain(self, query: Query, limit: int = 256) -> Explanation:
        """Answer the first page and report how: access paths, SQL and query plans."""
        self._trace = trace = Trace()
        started_s = time.perf_counter()
        try:
            self._connection.set_trace_callback(trace.statements.append)
            page = self.first(query, limit)
        finally:
            self._connection.set_trace_callback(None)
            self._trace = None
        elapsed_s = time.perf_counter() - started_s
        with self._translate_errors():
            plans = query_plans(self._connection, trace)
        return Explanation(trace, plans, len(page), elapsed_s)

    def _scan_reason(self) -> str:
        if self._trace is not None and self._trace.steps:
            return "reading in order took too long"
        return "an index of a condition is best, or nothing has this order"

    def _start_path(self, kind: AccessPathKind, reason: str) -> None:
        if self._trace is not None:
            self._trace.start(kind, reason)

    def ids(self, query: Query) -> array[int]:
        """The ids of all matches, in order; four bytes per image if ids are small enough."""
        with self._translate_errors(), self._snapshot():
            if self._conditions(query):
                return self._id_array(query)
            return self._all_sorted(query)

    def prepare(self, query: Query) -> None:
        """Cache the order of this search, if first pages in this order are slow.

        Takes about as long as `ids` of all images. What is prepared holds for all finders over
        the catalogue; images that change meanwhile are put in order with each page, so it is
        done anew only after many have.
        """
        with self._translate_errors(), self._snapshot():
            if self._sort_cache is None or _has_fast_order(query):
                return
            kept = self._cached_order(query)
            if kept is None or len(kept.changed) > _MAX_CHANGED_IMAGES:
                self._all_sorted(query)

    def count(self, query: Query) -> int:
        """The number of matches."""
        with self._translate_errors():
            where = self._conditions(query)
            if not where:
                return int(
                    self._fetch_int("SELECT coalesce(sum(images), 0) FROM outcome_count", ())
                )
            unordered = Ordering("", Sql(""))
            statement = self._build_select("count(*)", where, self._index_hint(where, unordered))
            return int(self._fetch_int(statement.text, statement.parameters))

    def rows(self, ids: Sequence[int], columns: Sequence[str]) -> list[Row]:
        """Typed values of the columns, in the order of `ids`; None is absent.

        A column is a field's name or a tag such as `exif.ExposureProgram`. An id that is not
        there any more has a row of None.

        Raises:
            UsageError: there is no such column.

        """
        with self._translate_errors():
            return projection.fetch_rows(self._connection, ids, columns)

    def summary(self, query: Query) -> Summary:
        """Counts of the matches by status and camera."""
        with self._translate_errors():
            where = self._conditions(query)
            hint = self._index_hint(where, Ordering("", Sql("", columns=frozenset({"status"}))))
            run = partial(self._count_groups, where, hint)
            names = dict(self._connection.execute("SELECT id, name FROM camera"))
            statuses = run("i.status, count(*), sum(i.size_bytes)", "i.status")
            cameras = [
                (names.get(camera, ""), count)
                for camera, count in run("i.camera_id, count(*)", "i.camera_id")
                if camera
            ]
        return Summary(
            sum(row[1] for row in statuses),
            sum(row[2] for row in statuses),
            tuple((row[0], row[1]) for row in statuses),
            tuple(cameras[:_TOP_CAMERA_COUNT]),
        )

    def statement(self, query: Query, wanted: Sql, joins: str = "") -> Sql:
        """`SELECT wanted …` over the matches, unordered; for counts."""
        self._statistics = Statistics(self._connection)
        where = self._conditions(query)
        needed = Ordering("", Sql("", columns=wanted.columns))
        hint = self._index_hint(where, needed) if where else planner.full_scan_hint(wanted.columns)
        statement = self._build_select(wanted.text, where, hint, joins)
        return Sql(statement.text, (*wanted.parameters, *statement.parameters))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for other statements; SQLite's errors become catalogue errors."""
        with self._translate_errors():
            yield self._connection

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Inside `reading`: statements that take longer raise `StatementTimeoutError`."""
        return self._statement_guard.time_limit(seconds, waiting=1.0)

    # ------------------------------------------------------------------ access paths

    def _conditions(self, query: Query, *, is_walking: bool = False) -> tuple[Sql, ...]:
        known = self._statistics.compiled_conditions
        if (same := (query, is_walking)) not in known:
            known[same] = Compiler(self._now, self._statistics, is_walking).compile(query.where)
        return known[same]

    def _index_hint(self, where: Sequence[Sql], order: Ordering) -> str:
        return planner.index_hint(self._statistics, where, order)

    def _cached_order(self, query: Query) -> CurrentOrder | None:
        """The cached order of the search, if it was prepared."""
        if self._sort_cache is None or not query.order:
            return None
        return self._sort_cache.known(query.order, self._connection)

    def _all_sorted(self, query: Query) -> array[int]:
        kept = self._cached_order(query)
        if kept and not kept.changed:
            return kept.ids[:]
        if kept and len(kept.changed) <= _MAX_CHANGED_IMAGES:
            order = compile_order(query.order)

            def in_order(ids: Iterable[int]) -> list[int]:
                return access_path.fetch_page(
                    self._connection, AccessPath(tuple(ids)), order, -1, 0
                )

            ids = merge_changed.merge(kept.ids, kept.changed, in_order, self._statement_guard.check)
        else:
            ids = self._id_array(Query("", Everything(), query.order))
        if self._sort_cache is not None and not _has_fast_order(query):
            self._sort_cache.keep(query.order, change_number(self._connection), ids[:])
        return ids

    def _id_array(self, query: Query) -> array[int]:
        newest = self._fetch_int("SELECT coalesce(max(id), 0) FROM image", ())
        return array("I" if newest < _FIRST_8_BYTE_ID else "q", self._sorted(query, -1, 0))

    def _sorted(self, query: Query, limit: int, offset: int) -> Iterator[int]:
        where, order = self._conditions(query), compile_order(query.order)
        hint = self._index_hint(where, order)
        if hint or limit >= 0 or not order.column or order.is_descending:
            yield from self._iter_ids(where, order, hint, limit, offset)
            return
        simple, *halves = order.split_by_presence()
        for half in halves:
            yield from self._iter_ids([half], simple, hint, limit, offset)

    def _scan_page(self, query: Query, limit: int, offset: int) -> list[int] | None:
        """The page by id list or ordered scan; None if there is no such path, or it is slower."""
        cached = self._cached_order(query)
        request = self._page_request(query, cached, limit, offset)
        if not (request.hint or request.group_scan):
            return None
        by_list = self._conditions(query)
        where = self._conditions(query, is_walking=True)
        chooser = access_path.AccessPathChooser(
            self._statistics, request.order, by_list, where, limit + offset
        )
        if few := chooser.choose_id_list():
            return self._fetch_id_list(few, request)
        if chooser.is_scan_fast():
            page, is_late = self._run_scan(request, where)
            if not is_late:
                return page
        if cached and cached.changed:
            return self._page_with_changed(cached.changed, request, where)
        if request.group_scan:
            return self._run_scan(request, where)[0]
        listed = chooser.listed()
        return self._run_scan(request, listed.where)[0]

    def _page_request(
        self, query: Query, cached: CurrentOrder | None, limit: int, offset: int
    ) -> _PageRequest:
        """The page, and how images can be read in its order, if at all."""
        order = compile_order(query.order)
        hint = planner.ordered_scan_hint(order, self._conditions(query))
        group_scan = None if hint else ordered_scan.choose_group_scan(query.order)
        if cached is not None:
            group_scan = ordered_scan.known_order_scan(cached.ids, cached.changed)
        return _PageRequest(query, order, hint, group_scan, limit, offset)

    def _fetch_id_list(self, few: AccessPath, request: _PageRequest) -> list[int] | None:
        if few.is_index_best:
            return None
        count = len(few.ids or ())
        self._start_path(AccessPathKind.ID_LIST, f"a condition names only {count:,} images")
        return access_path.fetch_page(
            self._connection, few, request.order, request.limit, request.offset
        )

    def _run_scan(
        self, request: _PageRequest, where: tuple[Sql, ...]
    ) -> tuple[list[int] | None, bool]:
        """The page by an ordered scan, if there is one, and whether the time ran out."""
        how = (
            request.hint.removeprefix("INDEXED BY ")
            or "the order of a text or tag, or one kept in memory"
        )
        self._start_path(AccessPathKind.ORDERED_INDEX, how)
        try:
            with self._statement_guard.time_limit(_SCAN_LIMIT_S):
                if request.group_scan is None:
                    return self._scan_index(request, where), False
                meeting = ordered_scan.ScanContext(
                    self._connection, where, self._statement_guard.check
                )
                page = request.group_scan(
                    meeting, request.query.order, request.offset + request.limit
                )
        except planner.StatementTimeoutError:
            return None, True
        return (None if page is None else page[request.offset :]), False

    def _scan_index(self, request: _PageRequest, where: tuple[Sql, ...]) -> list[int] | None:
        order, limit, offset = request.order, request.limit, request.offset
        if order.is_descending:
            return self._fetch_page(where, order, request.hint, limit, offset)
        order, present, _ = order.split_by_presence()
        page = self._fetch_page((*where, present), order, request.hint, limit, offset)
        # Images without a value of an ascending key come after these.
        return page if len(page) == limit else None

    def _page_with_changed(
        self, changed: Iterable[int], request: _PageRequest, where: tuple[Sql, ...]
    ) -> list[int] | None:
        """The page from a cached order, merged with the images that changed since."""
        start = request._replace(limit=request.limit + request.offset, offset=0)
        page, _ = self._run_scan(start, where)
        if page is None:
            return None
        led = partial(access_path.fetch_page, self._connection, order=request.order)
        fresh = led(AccessPath(tuple(changed), where), limit=start.limit, offset=0)
        if not fresh:
            return page[request.offset :]
        return led(AccessPath((*page, *fresh)), limit=request.limit, offset=request.offset)

    def _fetch_page(
        self, where: Sequence[Sql], order: Ordering, hint: str, limit: int, offset: int
    ) -> list[int]:
        return list(self._iter_ids(where, order, hint, limit, offset))

    def _iter_ids(
        self, where: Sequence[Sql], order: Ordering, hint: str, limit: int, offset: int
    ) -> Iterator[int]:
        """Iterate over ids: a million Python integers at once take 40 MB."""
        statement = self._build_select("i.id", where, hint, order.joins)
        sql = f"{statement.text} ORDER BY {order.keys.text} LIMIT ? OFFSET ?"
        parameters = (*statement.parameters, *order.keys.parameters, limit, offset)
        return chain.from_iterable(self._connection.execute(sql, parameters))

    def _build_select(self, what: str, where: Sequence[Sql], hint: str, joins: str = "") -> Sql:
        ordered = sorted(where, key=partial(_condition_rank, is_met=hint.startswith("INDEXED")))
        condition = join_conditions(ordered, "AND") if where else Sql("1")
        return Sql(
            f"SELECT {what} FROM image AS i {hint}{joins} WHERE {condition.text}",
            condition.parameters,
        )

    def _count_groups(
        self, where: Sequence[Sql], hint: str, what: str, group: str
    ) -> list[tuple[Any, ...]]:
        statement = self._build_select(what, where, hint)
        sql = f"{statement.text} GROUP BY {group} ORDER BY count(*) DESC, {group}"
        return self._connection.execute(sql, statement.parameters).fetchall()

    def _fetch_int(self, sql: str, parameters: Sequence[object]) -> int:
        found: int = self._connection.execute(sql, parameters).fetchone()[0]
        return found

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Run statements on one snapshot of the catalogue."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate SQLite's errors. An interrupt between calls ends the next one."""
        try:
            with hold_open(self._connection):
                self._statistics = Statistics(self._connection)
                self._statement_guard = planner.StatementGuard(
                    self._connection, self._interrupt_count
                )
                try:
                    self._statement_guard.check()
                    yield
                finally:
                    self._statement_guard.close()
        except SearchInterruptedError:
            self._interrupt_count = planner.interrupt_count(self._connection)
            raise
        except sqlite3.Error as error:
            raise self._to_tasveer_error(error) from error

    def _to_tasveer_error(self, error: sqlite3.Error) -> TasveerError:
        if sqlite_errors.is_interrupt(error):
            self._interrupt_count = planner.interrupt_count(self._connection)
            return SearchInterruptedError("The search was stopped before it had ended.")
        if "user-defined function" in str(error):
            return UsageError(
                "The regular expression takes too long.",
                "Simplify it, or search for a part of the text.",
            )
        return sqlite_errors.to_catalogue_error(error, Path(self._database_path()))

    def _database_path(self) -> str:
        try:
            return str(self._connection.execute("PRAGMA database_list").fetchone()[2])
        except sqlite3.Error:
            return ""


def _has_fast_order(query: Query) -> bool:
    """Whether first pages in this order are fast without a cached order."""
    is_indexed = planner.ordered_scan_hint(compile_order(query.order)) != ""
    return is_indexed or ordered_scan.choose_group_scan(query.order) is not None


def _condition_rank(part: Sql, *, is_met: bool) -> int:
    """Cheap conditions first.

    In an ordered scan, an id list is tested before the row is read.
    """
    if part.columns >= TAG_READ_COLUMNS:
        return 3
    if part.is_id_list:
        return 0 if is_met else 2
    return 1
