"""Rows for a table, fetched in a thread by the newest wish and kept by id.

Knows no widget: it is given a function that fetches (and may block) and one that reports.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.errors import CatalogueError, TasveerError
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tasveer_tui.ui.kit.columns import Column

Cells: TypeAlias = tuple[str, ...]
"""One row's texts, cleaned, in the order of the columns that were asked for."""

BATCH: Final = 64
"""Rows that are fetched at once: few enough that a newer wish is soon looked at."""
KEPT: Final = 8192
"""Rows that are remembered."""
CELL_LIMIT: Final = 400
"""Characters of one cell."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that came, by id."""

    generation: int
    cells: Mapping[int, Cells]


@dataclass(frozen=True, slots=True)
class RowsFailed:
    """Rows could not be fetched."""

    generation: int
    error: TasveerError


def cells_of(columns: Sequence[Column], values: Sequence[object]) -> Cells:
    """Turn one row of the catalogue's values into texts that are safe to show."""
    return tuple(
        "" if value is None else clean(column.show(value), CELL_LIMIT)
        for column, value in zip(columns, values, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    generation: int
    ids: tuple[int, ...]
    columns: tuple[Column, ...]


class RowCache:
    """Remembers rows by id and fetches missing ones in one daemon thread, newest wish first."""

    def __init__(
        self,
        fetch: Callable[[Sequence[int], Sequence[str]], Sequence[Sequence[object]]],
        report: Callable[[Rows | RowsFailed], object],
    ) -> None:
        """`fetch` blocks and is called in the thread; so is `report`, which must not block."""
        self._fetch = fetch
        self._report = report
        self._cells: dict[int, Cells] = {}
        self._generation = 0
        self._wish: _Wish | None = None
        self._has_news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    # ------------------------------------------------------- the widget's thread

    def get(self, image_id: int) -> Cells | None:
        """Give the row, if it has come."""
        return self._cells.get(image_id)

    def forget(self) -> None:
        """Drop every row, and what is under way: other columns, or the catalogue changed."""
        self._generation += 1
        self._cells.clear()

    def rearrange(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Keep the rows for other columns, where these were all among the ones before."""
        known = dict(self._cells) if set(after) <= set(before) else {}
        self.forget()
        order = [before.index(name) for name in after if name in before]
        self._cells = {
            image_id: tuple(cells[index] for index in order) for image_id, cells in known.items()
        }

    def keep(self, cells: Mapping[int, Cells]) -> None:
        """Remember rows that somebody else fetched for the same columns."""
        self._cells.update(cells)
        if len(self._cells) > KEPT:
            excess = tuple(islice(self._cells, len(self._cells) - KEPT // 2))
            for image_id in excess:
                del self._cells[image_id]

    def accept(self, rows: Rows) -> bool:
        """Remember reported rows, unless they belong to a time before `forget`."""
        if rows.generation != self._generation:
            return False
        self.keep(rows.cells)
        return True

    def wish(self, ids: Sequence[int], columns: Sequence[Column]) -> None:
        """Ask for rows, most urgent first; an older wish is given up between batches."""
        with self._has_news:
            self._wish = _Wish(self._generation, tuple(ids), tuple(columns))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="table rows", daemon=True)
                self._thread.start()
            self._has_news.notify()

    def close(self) -> None:
        """Let the thread end after the batch that it is at."""
        with self._has_news:
            self._is_closed = True
            self._has_news.notify()

    # ---------------------------------------------------------------- the thread

    def _run(self) -> None:
        while (wish := self._next()) is not None:
            for start in range(0, len(wish.ids), BATCH):
                if self._wish is not None or self._is_closed:
                    break
                if not self._serve(wish, wish.ids[start : start + BATCH]):
                    break

    def _next(self) -> _Wish | None:
        with self._has_news:
            self._has_news.wait_for(lambda: self._wish is not None or self._is_closed)
            wish, self._wish = self._wish, None
            return None if self._is_closed else wish

    def _serve(self, wish: _Wish, ids: tuple[int, ...]) -> bool:
        try:
            rows = self._fetch(ids, tuple(column.name for column in wish.columns))
            cells = {
                image_id: cells_of(wish.columns, values)
                for image_id, values in zip(ids, rows, strict=True)
            }
        except TasveerError as error:
            self._report(RowsFailed(wish.generation, error))
            return False
        except Exception as error:
            # The thread's outermost edge: without it, the table would stay dots for ever.
            log.exception("Rows could not be fetched.")
            fault = CatalogueError(f"Rows could not be fetched: {error}", "The log says more.")
            self._report(RowsFailed(wish.generation, fault))
            return False
        self._report(Rows(wish.generation, cells))
        return True
