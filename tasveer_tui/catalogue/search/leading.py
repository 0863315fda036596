"""How the first of the images that fit are found soonest, judged by probes and a sample."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import chain
from math import prod, sqrt
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.search import planning
from tasveer_tui.catalogue.search.sql import ALL, Sql, both, ids_in
from tasveer_tui.catalogue.search.storage import INDEXES
from tasveer_tui.catalogue.search.words import READ

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tasveer_tui.catalogue.search.compiling import Ordering
    from tasveer_tui.catalogue.search.probing import Probe

_LOOK_UP: Final = 2.0
"""What looking up a row by its id costs at the least, where passing it on the way costs one."""
_BUNCHED: Final = 1.5
"""So many times as many are looked up where they are likely all in one place of the order."""
_MOST_DOUBLED: Final = 2
_ROW_US: Final = 1.7
"""Millionths of a second that reading a row takes longer than passing by its id."""
_FOUND_US, _PAGE_US, _PASSED_US = 1.5, 7.0, 0.3
"""Millionths of a second: a row that is looked up, a page that is read for it, an id passed by."""
_DOUBT: Final = 2.0
"""The walk is a guess, so it must promise to take half as long."""
_SURELY_LED: Final = 1000
_ROWS_OF_A_PAGE: Final = 16
_BY_INDEX_US: Final = 0.35
"""What listing one image takes along an index."""
_BROAD: Final = 0.03
"""Where such a share of the first images fits what is soon asked, no index is looked into."""
_SAMPLE: Final = 100
"""Images of which the first of the order are asked, to see how many fit."""
_FIRST: Final = 4
"""So many times as many images as are wanted are asked what takes long to tell."""
_SOON_US: Final = 20_000.0
"""A walk that likely takes no longer is begun without further ado."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What to do with the conditions."""

    ids: tuple[int, ...] | None = None
    """So few fit a condition that they are looked up and put in order."""
    others: tuple[Sql, ...] = ()
    """What else must hold of them."""
    where: tuple[Sql, ...] = ()
    """Else the conditions as they are asked on the way, some of them of a list of ids."""
    is_index_best: bool = False
    """Their index alone, which may have the order as well, serves as well as the list."""
    hits: int = 0
    """The fewest ids that one of these lists may have; 0 where none is kept."""


class Leading:
    """The conditions that must all hold: as lists of ids, and as asked image by image.

    Of `hits` images evenly spread, so many must be met for one wanted as `hits` go into all.
    """

    def __init__(
        self,
        probe: Probe,
        order: Ordering,
        by_list: Sequence[Sql],
        by_row: Sequence[Sql],
        wanted: int,
    ) -> None:
        self._probe = probe
        self._order = order
        self._by_list = by_list
        self._by_row = by_row
        self._wanted = wanted
        self._images = probe.images()
        self._few = planning.few(self._images, wanted)
        self._hint = planning.walk(order, by_row)
        self._own = planning.own_column(order, by_row)
        self._is_cheap = [not part.columns & READ and not part.ids for part in by_row]
        self._shares, self._share = self._sampled()
        """How many of the first images fit what is soon asked: each condition, and all."""
        self._lists = [
            part if share > _BROAD else _as_list(part, self._own)
            for part, share in zip(by_list, self._shares, strict=True)
        ]

    def few(self) -> Lead | None:
        """The ids of a condition that few images fit."""
        if all(self._is_cheap) and self.is_soon():
            return None
        within = self._within()
        for at, part in enumerate(self._lists):
            if not part.ids:
                continue
            led = self._few / _LOOK_UP / sqrt(self._passing(at))
            if part.is_bunched:
                led = self._few * _BUNCHED
            led = int(min(led, within))
            if self._probe.reached(*part.ids, led + 1) > led:
                continue
            ids = self._probe.listed(*part.ids, led)
            if ids is not None and (part.is_bunched or self._is_led_by(at, ids)):
                is_index_best = part.ids != self._by_list[at].ids and all(self._is_cheap)
                return Lead(ids, self._others(at, len(ids)), is_index_best=is_index_best)
        return None

    def _is_led_by(self, at: int, ids: Sequence[int]) -> bool:
        """Whether to look these up takes less than to meet so many wanted on the way."""
        is_only_listed = self._by_row[at].ids is not None
        if not self._hint or is_only_listed or len(ids) < _SURELY_LED:
            return True
        pages = len({number // _ROWS_OF_A_PAGE for number in ids})
        looked_us = len(ids) * _FOUND_US + pages * _PAGE_US
        share = min(1.0, self._wanted / len(ids) / self._passing(at))
        met = planning.met(self._probe, self._order, ids, share)
        return looked_us <= _DOUBT * _PASSED_US * met * self._images

    def is_soon(self) -> bool:
        """Whether so many of the first images fit that a page is soon met, asking each."""
        if not self._hint or any(part.ids for part in self._by_row):
            return False
        if self._wanted / self._share * _ROW_US > _SOON_US:
            return False
        if all(self._is_cheap):
            return True
        fit = self._fitting(self._by_row)
        # The dearest is asked only of those that fit the others.
        asking_us = _ROW_US + self._share * sum(part.asking_us for part in self._by_row)
        return fit > 0 and self._wanted / fit * asking_us <= _SOON_US

    def listed(self) -> Lead:
        """Which conditions are asked of a list of ids on the way."""
        lists = [part for part in self._lists if part.ids]
        several = min(len(lists), _MOST_DOUBLED)
        where, hits = [*self._by_row], self._images
        for at, (part, asked) in enumerate(zip(self._lists, self._by_row, strict=True)):
            if not part.ids:
                continue
            # Of more, the first are sooner met and asked than told apart by a list of ids.
            passing = self._passing(at)
            row_us = _ROW_US / passing if passing < 1 else 0.0
            ratio = (asked.asking_us + row_us) / part.listing_us
            most = min(planning.balance(self._wanted, self._images, ratio), self._within() * ratio)
            broad = max(self._few, int(most)) * several
            if part is not self._by_list[at]:
                broad = self._few  # a row is soon asked
            elif asked.ids == part.ids:
                broad = self._images  # it cannot be asked otherwise
            count = self._probe.reached(*part.ids, broad)
            if count < broad:
                where[at] = self._by_list[at] if self._by_list[at].ids else ids_in(Sql(*part.ids))
                hits = min(hits, count)
        return Lead(where=tuple(where), hits=hits)

    def _within(self) -> int:
        """How many images a condition on the order's own column leaves to be met."""
        own = [part for part in self._by_list if part.index_column == self._own != ""]
        if not own or not self._hint:
            return self._images
        count = planning.reached_by_index(self._probe, own[0], self._few)
        return count if count < self._few else self._images

    def _passing(self, at: int) -> float:
        """How many images fit what is soon asked besides one condition."""
        return max(prod([*self._shares[:at], *self._shares[at + 1 :]]), 1 / _SAMPLE)

    def _sampled(self) -> tuple[list[float], float]:
        shares = [1.0] * len(self._by_row)
        cheap = [at for at, is_cheap in enumerate(self._is_cheap) if is_cheap]
        if not cheap or not self._hint:
            return shares, 1.0
        parts = [self._by_row[at] for at in cheap]
        sums = ", ".join(f"ifnull(sum(c{at}), 0)" for at in cheap)
        together = " AND ".join(f"c{at}" for at in cheap)
        tests = ", ".join(f"{part.text} AS c{at}" for at, part in zip(cheap, parts, strict=True))
        sample = self._sample(Sql(tests, tuple(chain(*(part.parameters for part in parts)))))
        sql = f"SELECT {sums}, ifnull(sum({together}), 0) FROM ({sample.text})"
        (found,) = self._probe.rows(Sql(sql, sample.parameters))
        *each, all_ = (max(count, 1) / _SAMPLE for count in found)
        for at, share in zip(cheap, each, strict=True):
            shares[at] = share
        return shares, all_

    def _fitting(self, parts: Sequence[Sql]) -> float:
        """How many of the first images fit all of these."""
        fits = both(sorted(parts, key=lambda part: part.asking_us), "AND")
        sample = self._sample(Sql(f"{fits.text} AS fits", fits.parameters))
        sql = f"SELECT 1 FROM ({sample.text}) WHERE fits"
        return self._probe.reached(sql, sample.parameters, _SAMPLE) / _SAMPLE

    def _sample(self, wanted: Sql) -> Sql:
        """The first images in the order."""
        order = self._order
        within = [part for part in self._by_row if part.index_column == self._own != ""]
        if not order.is_descending:
            order, present, _ = order.presence()
            within.append(present)
        where = both([ALL, *within], "AND")
        return Sql(
            f"SELECT {wanted.text} FROM image AS i {self._hint} WHERE {where.text}"
            f" ORDER BY {order.keys.text} LIMIT {_SAMPLE}",
            (*wanted.parameters, *where.parameters),
        )

    def _others(self, leading: int, count: int) -> tuple[Sql, ...]:
        """What must hold of the ids that lead, asked as costs least for so many."""
        rest = self._lists[leading].rest
        found = [rest] if rest else []
        for at, (part, asked) in enumerate(zip(self._by_list, self._by_row, strict=True)):
            if at == leading:
                continue
            most = int(count * asked.asking_us / part.listing_us)
            is_long = (
                part.ids and part.ids != asked.ids and self._probe.reached(*part.ids, most) >= most
            )
            found.append(asked if is_long else part)
        return tuple(found)


def _as_list(part: Sql, own: str) -> Sql:
    """What an index has in another order, as the ids that it names."""
    if part.ids or part.index_column not in INDEXES or part.index_column == own:
        return part
    select = (
        f"SELECT i.id FROM image AS i INDEXED BY {INDEXES[part.index_column]} WHERE {part.text}"
    )
    return replace(part, ids=(select, part.parameters), listing_us=_BY_INDEX_US)


def page(
    connection: sqlite3.Connection, lead: Lead, order: Ordering, limit: int, offset: int
) -> list[int]:
    """The page of those few ids that fit, put in order; what is read of each is asked last."""
    late = [part for part in lead.others if part.columns == READ]
    soon = both([ALL, *(part for part in lead.others if part not in late)], "AND")
    sql = (
        "SELECT i.id FROM json_each(?) AS led CROSS JOIN image AS i ON i.id = led.value"
        f"{order.joins} WHERE {soon.text} ORDER BY {order.keys.text} LIMIT ? OFFSET ?"
    )
    # Images come in about the order in which they were taken: the first of a page at first.
    ids = (lead.ids or ())[:: -1 if order.is_descending else 1]
    parameters = (json.dumps(ids), *soon.parameters, *order.keys.parameters)
    if not late:
        return [row[0] for row in connection.execute(sql, (*parameters, limit, offset))]
    asked = both(late, "AND")
    sql = f"SELECT i.id FROM ({sql}) AS i WHERE {asked.text} LIMIT ? OFFSET ?"
    found: list[int] = []
    # To put a few in order takes a third of the time of all, and most often they will do.
    for first in (_FIRST * (limit + offset), -1):
        rows = connection.execute(sql, (*parameters, first, 0, *asked.parameters, limit, offset))
        found = [row[0] for row in rows]
        if len(found) == limit or len(lead.ids or ()) <= first:
            break
    return found
