"""Chooses the access path for the first page: an id list, an ordered scan, or neither.

The choice rests on limited counts of matches, and on a sample of the images at the start of the
order. `tasveer-tui search --explain` shows it.
"""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import chain
from math import prod, sqrt
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import planner
from tasveer_tui.catalogue.search.column_map import INDEXES
from tasveer_tui.catalogue.search.sql import ALWAYS_TRUE, Sql, ids_in, join_conditions
from tasveer_tui.catalogue.search.text_predicates import TAG_READ_COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.catalogue.search.compiler import Ordering
    from tasveer_tui.catalogue.search.statistics import Statistics

_ROW_READ_US: Final = 1.7
"""CPU time to read a row in an ordered scan, in µs, above that of passing its index entry."""
_MAX_LIST_PASS_RATE: Final = 0.03
"""If more of the first images match a condition, its ids are not listed from an index."""
_SAMPLE_SIZE: Final = 100
"""Images at the start of the order that are tested for the share of matches.

With 40, `has:xmp.Title` takes 2.6 times as long.
"""
_FAST_SCAN_US: Final = 20_000.0
"""An ordered scan with a lower predicted CPU time in µs is tried first.

Without it, `has:xmp.Title` takes 2.6 times as long, `near:` in a wide area twice as long.
"""


@dataclass(frozen=True, slots=True)
class AccessPath:
    """How to read a page."""

    ids: tuple[int, ...] | None = None
    """The ids that a selective condition names: look them up and sort them."""
    others: tuple[Sql, ...] = ()
    """The other conditions, to test on these ids."""
    where: tuple[Sql, ...] = ()
    """Without ids: the conditions of an ordered scan, some of them as a list of ids."""
    is_index_best: bool = False
    """The condition's index alone is as good as the list, and may have the order as well."""


class AccessPathChooser:
    """Compares two forms of each condition: a list of ids, and a test of one row.

    With `hits` matches spread evenly, one match is expected every `images / hits` rows.
    """

    def __init__(
        self,
        probe: Statistics,
        order: Ordering,
        by_list: Sequence[Sql],
        by_row: Sequence[Sql],
        wanted: int,
    ) -> None:
        self._statistics = probe
        self._order = order
        self._list_conditions = by_list
        self._row_conditions = by_row
        self._wanted_count = wanted
        self._image_count = probe.images()
        self._max_lookup_rows = planner.max_lookup_rows(self._image_count, wanted)
        self._hint = planner.ordered_scan_hint(order, by_row)
        self._order_column = planner.order_index_column(order, by_row)
        self._cheap_flags = [
            not part.columns & TAG_READ_COLUMNS and not part.ids for part in by_row
        ]
        self._pass_rates, self._pass_rate = self._sample_pass_rates()
        """Share of the first images that pass each cheap condition, and all of them."""
        self._id_lists = [
            part if share > _MAX_LIST_PASS_RATE else _as_id_list(part, self._order_column)
            for part, share in zip(by_list, self._pass_rates, strict=True)
        ]

    def choose_id_list(self) -> AccessPath | None:
        """The id list of a selective condition; None if there is no such, or a scan is faster."""
        if all(self._cheap_flags) and self.is_scan_fast():
            return None
        within = self._count_in_order_range()
        for at, part in enumerate(self._id_lists):
            if not part.ids:
                continue
            led = self._max_lookup_rows / sqrt(self._pass_rate_of_others(at))
            led = int(min(led, within))
            if self._statistics.count_up_to(*part.ids, led + 1) > led:
                continue
            ids = self._statistics.listed(*part.ids, led)
            if ids is not None:
                is_index_best = part.ids != self._list_conditions[at].ids and all(self._cheap_flags)
                return AccessPath(
                    ids, self._remaining_conditions(at, len(ids)), is_index_best=is_index_best
                )
        return None

    def is_scan_fast(self) -> bool:
        """Whether an ordered scan that tests each row is expected to fill the page soon."""
        if not self._hint or any(part.ids for part in self._row_conditions):
            return False
        if self._wanted_count / self._pass_rate * _ROW_READ_US > _FAST_SCAN_US:
            return False
        if all(self._cheap_flags):
            return True
        fit = self._sample_match_rate(self._row_conditions)
        # The most expensive test runs only on rows that pass the others.
        asking_us = _ROW_READ_US + self._pass_rate * sum(
            part.row_cost_us for part in self._row_conditions
        )
        return fit > 0 and self._wanted_count / fit * asking_us <= _FAST_SCAN_US

    def listed(self) -> AccessPath:
        """The conditions of an ordered scan, as id lists if these are short enough."""
        where = [*self._row_conditions]
        for at, (part, asked) in enumerate(zip(self._id_lists, self._row_conditions, strict=True)):
            if not part.ids:
                continue
            # With more matches, testing the first rows is faster than building a list of ids.
            passing = self._pass_rate_of_others(at)
            row_us = _ROW_READ_US / passing if passing < 1 else 0.0
            ratio = (asked.row_cost_us + row_us) / part.list_cost_us
            most = min(
                planner.break_even_count(self._wanted_count, self._image_count, ratio),
                self._count_in_order_range() * ratio,
            )
            broad = max(self._max_lookup_rows, int(most))
            if part is not self._list_conditions[at]:
                broad = self._max_lookup_rows  # the row test is cheap
            elif asked.ids == part.ids:
                broad = self._image_count  # there is no row test
            count = self._statistics.count_up_to(*part.ids, broad)
            if count < broad:
                where[at] = (
                    self._list_conditions[at]
                    if self._list_conditions[at].ids
                    else ids_in(Sql(*part.ids))
                )
        return AccessPath(where=tuple(where))

    def _count_in_order_range(self) -> int:
        """The number of images that a condition on the sort column leaves."""
        own = [
            part for part in self._list_conditions if part.index_column == self._order_column != ""
        ]
        if not own or not self._hint:
            return self._image_count
        count = planner.count_by_index(self._statistics, own[0], self._max_lookup_rows)
        return count if count < self._max_lookup_rows else self._image_count

    def _pass_rate_of_others(self, at: int) -> float:
        """The expected share of rows that pass the cheap conditions other than this one."""
        return max(prod([*self._pass_rates[:at], *self._pass_rates[at + 1 :]]), 1 / _SAMPLE_SIZE)

    def _sample_pass_rates(self) -> tuple[list[float], float]:
        shares = [1.0] * len(self._row_conditions)
        cheap = [at for at, is_cheap in enumerate(self._cheap_flags) if is_cheap]
        if not cheap or not self._hint:
            return shares, 1.0
        parts = [self._row_conditions[at] for at in cheap]
        sums = ", ".join(f"ifnull(sum(c{at}), 0)" for at in cheap)
        together = " AND ".join(f"c{at}" for at in cheap)
        tests = ", ".join(f"{part.text} AS c{at}" for at, part in zip(cheap, parts, strict=True))
        sample = self._sample_select(Sql(tests, tuple(chain(*(part.parameters for part in parts)))))
        sql = f"SELECT {sums}, ifnull(sum({together}), 0) FROM ({sample.text})"
        (found,) = self._statistics.rows(Sql(sql, sample.parameters))
        *each, all_ = (max(count, 1) / _SAMPLE_SIZE for count in found)
        for at, share in zip(cheap, each, strict=True):
            shares[at] = share
        return shares, all_

    def _sample_match_rate(self, parts: Sequence[Sql]) -> float:
        """The share of the first images that pass all of these."""
        fits = join_conditions(sorted(parts, key=lambda part: part.row_cost_us), "AND")
        sample = self._sample_select(Sql(f"{fits.text} AS fits", fits.parameters))
        sql = f"SELECT 1 FROM ({sample.text}) WHERE fits"
        return self._statistics.count_up_to(sql, sample.parameters, _SAMPLE_SIZE) / _SAMPLE_SIZE

    def _sample_select(self, wanted: Sql) -> Sql:
        """A select over the first images in the order."""
        order = self._order
        within = [
            part for part in self._row_conditions if part.index_column == self._order_column != ""
        ]
        if not order.is_descending:
            order, present, _ = order.split_by_presence()
            within.append(present)
        where = join_conditions([ALWAYS_TRUE, *within], "AND")
        return Sql(
            f"SELECT {wanted.text} FROM image AS i {self._hint} WHERE {where.text}"
            f" ORDER BY {order.keys.text} LIMIT {_SAMPLE_SIZE}",
            (*wanted.parameters, *where.parameters),
        )

    def _remaining_conditions(self, leading: int, count: int) -> tuple[Sql, ...]:
        """The other conditions, each in the cheaper form for this many ids."""
        rest = self._id_lists[leading].rest
        found = [rest] if rest else []
        for at, (part, asked) in enumerate(
            zip(self._list_conditions, self._row_conditions, strict=True)
        ):
            if at == leading:
                continue
            most = int(count * asked.row_cost_us / part.list_cost_us)
            is_long = (
                part.ids
                and part.ids != asked.ids
                and self._statistics.count_up_to(*part.ids, most) >= most
            )
            found.append(asked if is_long else part)
        return tuple(found)


def _as_id_list(part: Sql, own: str) -> Sql:
    """A condition that an index answers in another order, as a list of its ids."""
    if part.ids or part.index_column not in INDEXES or part.index_column == own:
        return part
    select = (
        f"SELECT i.id FROM image AS i INDEXED BY {INDEXES[part.index_column]} WHERE {part.text}"
    )
    return replace(part, ids=(select, part.parameters))


def fetch_page(
    connection: sqlite3.Connection, lead: AccessPath, order: Ordering, limit: int, offset: int
) -> list[int]:
    """Read the page of an id list: cheap conditions, sort, then the conditions that read tags."""
    late = [part for part in lead.others if part.columns == TAG_READ_COLUMNS]
    soon = join_conditions(
        [ALWAYS_TRUE, *(part for part in lead.others if part not in late)], "AND"
    )
    sql = (
        "SELECT i.id FROM json_each(?) AS led CROSS JOIN image AS i ON i.id = led.value"
        f"{order.joins} WHERE {soon.text} ORDER BY {order.keys.text} LIMIT ? OFFSET ?"
    )
    # Ids are roughly in the order of dates, so this order needs few swaps.
    ids = (lead.ids or ())[:: -1 if order.is_descending else 1]
    parameters = (json.dumps(ids), *soon.parameters, *order.keys.parameters)
    if late:
        last = join_conditions(late, "AND")
        sql = f"SELECT i.id FROM ({sql}) AS i WHERE {last.text} LIMIT ? OFFSET ?"
        parameters = (*parameters, -1, 0, *last.parameters)
    return [row[0] for row in connection.execute(sql, (*parameters, limit, offset))]
