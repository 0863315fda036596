"""Finds images over one reader connection.

Every method blocks; `interrupt()` on the connection from another thread ends it with
`SearchInterruptedError`.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import sqlite3
from array import array
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tasveer_tui.catalogue import faults
from tasveer_tui.catalogue.connections import held
from tasveer_tui.catalogue.orders import state_of
from tasveer_tui.catalogue.search import cells, functions, leading, merging, planning, walking
from tasveer_tui.catalogue.search.cells import Row
from tasveer_tui.catalogue.search.compiling import Compiler, Ordering, ordering
from tasveer_tui.catalogue.search.leading import Lead
from tasveer_tui.catalogue.search.probing import Probe
from tasveer_tui.catalogue.search.sql import Sql, both
from tasveer_tui.catalogue.search.tree import Everything, Query
from tasveer_tui.catalogue.search.words import READ
from tasveer_tui.errors import SearchInterruptedError, TasveerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tasveer_tui.catalogue.orders import KeptOrders, Known

__all__ = ["Finder", "Row", "Summary"]

_WALK_S: Final = 0.03
"""How long the first page may be looked for along the order's index."""
_READ_S: Final = 0.1
"""The same where more than a row is read of each image."""
_SWEEP_S: Final = 3e-8
"""Or so long for each image, as to look at all takes many times longer."""
_HIT_S: Final = 5e-6
"""The same besides, for each id that is known to fit: looking it up would take as long."""
_EVERY_S: Final = 1.0
"""The same besides, where otherwise every key or every size must be looked at."""
_FEW_CHANGED: Final = 1_000
"""So many take some milliseconds with each page, and a tenth of the time of all to put in place."""
_TOP_CAMERAS: Final = 10
_SHORT: Final = 1 << 31
"""Ids below this take four bytes, with room for those that come meanwhile."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a search found, counted."""

    images: int
    size_bytes: int
    by_status: tuple[tuple[str, int], ...]
    """The most frequent first, as everywhere here."""
    cameras: tuple[tuple[str, int], ...]
    """The ten most frequent; images without a camera are not counted."""


class _Wish(NamedTuple):
    """A page, and the way along which images are met in its order."""

    query: Query
    order: Ordering
    hint: str
    by_groups: walking.Way | None
    limit: int
    offset: int


class Finder:
    """Searches over one connection, which only one thread at a time may use."""

    def __init__(self, connection: sqlite3.Connection, *, now: datetime) -> None:
        """`now` decides what `today` is, on its own clock; S3's dates are told in UTC."""
        self._connection = connection
        self._now = now
        self._probe = Probe(connection)
        self._stops = planning.stops(connection)
        self._orders: KeptOrders | None = getattr(connection, "orders", None)
        with self._translated():
            functions.register(connection)

    def first(self, query: Query, limit: int = 256, offset: int = 0) -> list[int]:
        """The ids of one page of the images found, in order."""
        with self._translated(), self._one_state():
            page = self._walked(query, limit, offset)
            return page if page is not None else list(self._sorted(query, limit, offset))

    def ids(self, query: Query) -> array[int]:
        """The ids of all images found, in order; four bytes an image, as long as they are short."""
        with self._translated(), self._one_state():
            if self._conditions(query):
                return self._array(query)
            return self._all(query)

    def prepare(self, query: Query) -> None:
        """Make the next first pages in the order of this search quick, if they are not.

        Takes about as long as `ids` of all images. What is prepared holds for all finders over
        the catalogue; images that change meanwhile are put in order with each page, so it is
        done anew only after many have.
        """
        with self._translated(), self._one_state():
            if self._orders is None or _has_way(query):
                return
            kept = self._kept(query)
            if kept is None or len(kept.changed) > _FEW_CHANGED:
                self._all(query)

    def count(self, query: Query) -> int:
        """How many images are found."""
        with self._translated():
            where = self._conditions(query)
            if not where:
                return int(self._one("SELECT coalesce(sum(images), 0) FROM outcome_count", ()))
            unordered = Ordering("", Sql(""))
            statement = self._select("count(*)", where, self._way(where, unordered))
            return int(self._one(statement.text, statement.parameters))

    def rows(self, ids: Sequence[int], columns: Sequence[str]) -> list[Row]:
        """Typed values of the columns, in the order of `ids`; None is absent.

        A column is a field's name or a tag such as `exif.ExposureProgram`. An id that is not
        there any more has a row of None.

        Raises:
            UsageError: there is no such column.

        """
        with self._translated():
            return cells.rows(self._connection, ids, columns)

    def summary(self, query: Query) -> Summary:
        """Counts of what is found, by status and by camera."""
        with self._translated():
            where = self._conditions(query)
            hint = self._way(where, Ordering("", Sql("", columns=frozenset({"status"}))))
            run = partial(self._grouped, where, hint)
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
            tuple(cameras[:_TOP_CAMERAS]),
        )

    def statement(self, query: Query, wanted: Sql, joins: str = "") -> Sql:
        """`SELECT wanted …` over the images found, in no order; for counting."""
        self._probe = Probe(self._connection)
        where = self._conditions(query)
        needed = Ordering("", Sql("", columns=wanted.columns))
        hint = self._way(where, needed) if where else planning.sweep(wanted.columns)
        statement = self._select(wanted.text, where, hint, joins)
        return Sql(statement.text, (*wanted.parameters, *statement.parameters))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for statements of one's own; SQLite's errors become the catalogue's."""
        with self._translated():
            yield self._connection

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Inside `reading`: statements that take longer end with `OutOfTimeError`."""
        return self._watch.limited(seconds, waiting=1.0)

    # ------------------------------------------------------------------ how it is found

    def _conditions(self, query: Query, *, is_walking: bool = False) -> tuple[Sql, ...]:
        known = self._probe.compiled
        if (same := (query, is_walking)) not in known:
            known[same] = Compiler(self._now, self._probe, is_walking).conditions(query.where)
        return known[same]

    def _way(self, where: Sequence[Sql], order: Ordering) -> str:
        return planning.way(self._probe, where, order)

    def _kept(self, query: Query) -> Known | None:
        """All images in the order of the search, where somebody prepared it."""
        if self._orders is None or not query.order:
            return None
        return self._orders.known(query.order, self._connection)

    def _all(self, query: Query) -> array[int]:
        kept = self._kept(query)
        if kept and not kept.changed:
            return kept.ids[:]
        if kept and len(kept.changed) <= _FEW_CHANGED:
            order = ordering(query.order)

            def in_order(ids: Iterable[int]) -> list[int]:
                return leading.page(self._connection, Lead(tuple(ids)), order, -1, 0)

            ids = merging.merged(kept.ids, kept.changed, in_order, self._watch.check)
        else:
            ids = self._array(Query("", Everything(), query.order))
        if self._orders is not None and not _has_way(query):
            self._orders.keep(query.order, state_of(self._connection), ids[:])
        return ids

    def _array(self, query: Query) -> array[int]:
        newest = self._one("SELECT coalesce(max(id), 0) FROM image", ())
        return array("I" if newest < _SHORT else "q", self._sorted(query, -1, 0))

    def _sorted(self, query: Query, limit: int, offset: int) -> Iterator[int]:
        where, order = self._conditions(query), ordering(query.order)
        hint = self._way(where, order)
        if hint or limit >= 0 or not order.column or order.is_descending:
            yield from self._met(where, order, hint, limit, offset)
            return
        simple, *halves = order.presence()
        for half in halves:
            yield from self._met([half], simple, hint, limit, offset)

    def _walked(self, query: Query, limit: int, offset: int) -> list[int] | None:
        """The page met in the order's way; None where there is none, or it is too slow."""
        order = ordering(query.order)
        hint = planning.walk(order, self._conditions(query))
        by_groups = None if hint else walking.by_groups(query.order)
        if (kept := self._kept(query)) is not None:
            by_groups = walking.along(kept.ids, kept.changed)
        if not (hint or by_groups):
            return None
        by_list = self._conditions(query)
        where = self._conditions(query, is_walking=True)
        wish = _Wish(query, order, hint, by_groups, limit, offset)
        lead = leading.Leading(self._probe, order, by_list, where, limit + offset)
        if few := lead.few():
            led = partial(leading.page, self._connection, few, order, limit, offset)
            return None if few.is_index_best else led()
        if lead.is_soon():
            page, is_late = self._meet(wish, where)
            if not is_late:
                return page
        if kept and kept.changed:
            return self._merged(kept.changed, wish, where)
        if by_groups:
            return self._meet(wish, where)[0]
        listed = lead.listed()
        more_s = listed.hits * _HIT_S if any(part.ids for part in by_list) else 0.0
        is_dear = any(part.gives_ids and not part.ids for part in by_list)
        return self._meet(wish, listed.where, more_s + is_dear * _EVERY_S)[0]

    def _meet(
        self, wish: _Wish, where: tuple[Sql, ...], more_s: float = 0.0
    ) -> tuple[list[int] | None, bool]:
        """The page, if it is met so, and whether that took too long."""
        reads = wish.by_groups or any(part.columns & READ for part in where)
        try:
            least_s = max(_READ_S if reads else _WALK_S, self._probe.images() * _SWEEP_S)
            with self._watch.limited(least_s + more_s):
                if wish.by_groups is None:
                    return self._along(wish, where), False
                meeting = walking.Meeting(self._connection, where, self._watch.check)
                page = wish.by_groups(meeting, wish.query.order, wish.offset + wish.limit)
        except planning.OutOfTimeError:
            return None, True
        return (None if page is None else page[wish.offset :]), False

    def _along(self, wish: _Wish, where: tuple[Sql, ...]) -> list[int] | None:
        order, limit, offset = wish.order, wish.limit, wish.offset
        if order.is_descending:
            return self._page(where, order, wish.hint, limit, offset)
        order, present, _ = order.presence()
        page = self._page((*where, present), order, wish.hint, limit, offset)
        # Images without a value of an ascending key come after all of these.
        return page if len(page) == limit else None

    def _merged(
        self, changed: Iterable[int], wish: _Wish, where: tuple[Sql, ...]
    ) -> list[int] | None:
        """The page of images that have kept their places, and of those that are to get one."""
        start = wish._replace(limit=wish.limit + wish.offset, offset=0)
        page, _ = self._meet(start, where)
        if page is None:
            return None
        led = partial(leading.page, self._connection, order=wish.order)
        fresh = led(Lead(tuple(changed), where), limit=start.limit, offset=0)
        if not fresh:
            return page[wish.offset :]
        return led(Lead((*page, *fresh)), limit=wish.limit, offset=wish.offset)

    def _page(
        self, where: Sequence[Sql], order: Ordering, hint: str, limit: int, offset: int
    ) -> list[int]:
        return list(self._met(where, order, hint, limit, offset))

    def _met(
        self, where: Sequence[Sql], order: Ordering, hint: str, limit: int, offset: int
    ) -> Iterator[int]:
        """Ids as SQLite comes to them: a million Python integers at once are 40 MB."""
        statement = self._select("i.id", where, hint, order.joins)
        sql = f"{statement.text} ORDER BY {order.keys.text} LIMIT ? OFFSET ?"
        parameters = (*statement.parameters, *order.keys.parameters, limit, offset)
        return chain.from_iterable(self._connection.execute(sql, parameters))

    def _select(self, what: str, where: Sequence[Sql], hint: str, joins: str = "") -> Sql:
        ordered = sorted(where, key=partial(_rank, is_met=hint.startswith("INDEXED")))
        condition = both(ordered, "AND") if where else Sql("1")
        return Sql(
            f"SELECT {what} FROM image AS i {hint}{joins} WHERE {condition.text}",
            condition.parameters,
        )

    def _grouped(
        self, where: Sequence[Sql], hint: str, what: str, group: str
    ) -> list[tuple[Any, ...]]:
        statement = self._select(what, where, hint)
        sql = f"{statement.text} GROUP BY {group} ORDER BY count(*) DESC, {group}"
        return self._connection.execute(sql, statement.parameters).fetchall()

    def _one(self, sql: str, parameters: Sequence[object]) -> int:
        found: int = self._connection.execute(sql, parameters).fetchone()[0]
        return found

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        """Inside this, every statement sees the catalogue as the first of them does."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """An interrupt that came while nothing was done ends what is done next, once."""
        try:
            with held(self._connection):
                self._probe = Probe(self._connection)
                self._watch = planning.Watch(self._connection, self._stops)
                try:
                    self._watch.check()
                    yield
                finally:
                    self._watch.close()
        except SearchInterruptedError:
            self._stops = planning.stops(self._connection)
            raise
        except sqlite3.Error as error:
            raise self._as_ours(error) from error

    def _as_ours(self, error: sqlite3.Error) -> TasveerError:
        if faults.is_interrupt(error):
            self._stops = planning.stops(self._connection)
            return SearchInterruptedError("The search was stopped before it had ended.")
        if "user-defined function" in str(error):
            return UsageError(
                "The search gave up: its regular expression takes too long.",
                "Make it simpler, or search for a part of the text.",
            )
        return faults.as_ours(error, Path(self._file()))

    def _file(self) -> str:
        try:
            return str(self._connection.execute("PRAGMA database_list").fetchone()[2])
        except sqlite3.Error:
            return ""


def _has_way(query: Query) -> bool:
    """Whether first pages in this order are soon found without further ado."""
    is_indexed = planning.walk(ordering(query.order)) != ""
    return is_indexed or walking.by_groups(query.order) is not None


def _rank(part: Sql, *, is_met: bool) -> int:
    """What is told soonest goes first.

    Where images are met along an index, a list of ids tells before their rows are read.
    """
    if part.columns >= READ:
        return 3
    if part.gives_ids:
        return 0 if is_met else 2
    return 1
