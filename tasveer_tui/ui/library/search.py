"""A search of the catalogue for the table: first rows at once, then every id. Blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.text import clean
from tasveer_tui.ui.kit.background import LatestRead
from tasveer_tui.ui.kit.columns import Column, default_width
from tasveer_tui.ui.library.image_table import Sort
from tasveer_tui.ui.library.table_rows import Cells, cells_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tasveer_tui.catalogue.search import Finder, Query

FIRST_IDS: Final = 256
FIRST_ROWS: Final = 64
DEFAULT_SORT: Final = Sort("taken", is_descending=True)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search has found so far."""

    ids: Sequence[int] = ()
    rows: Mapping[int, Cells] | None = None
    """Rows that were fetched along; None where the rows known so far still hold."""
    columns: tuple[Column, ...] = ()
    """What those rows were fetched with."""
    is_start: bool = True
    """Something else than before: show it from its first row."""
    is_complete: bool = True
    total: int = 0
    """Images in the catalogue."""
    sort: Sort = DEFAULT_SORT

    def rows_for(self, columns: Iterable[Column]) -> Mapping[int, Cells] | None:
        """`ready`, but no rows of other columns: a person may have changed them meanwhile."""
        return self.rows if self.rows is None or self.columns == tuple(columns) else {}


class Searcher(LatestRead):
    """Searches in whatever thread calls it; a newer search stops an older one."""

    def search(
        self, text: str, columns: Sequence[Column], *, again_for: Sequence[int] | None = None
    ) -> Iterator[SearchResult]:
        """Search; the last one found is complete.

        With `again_for`, the ids in view, the same search is done once more for a catalogue
        that may have changed, and only its complete result comes.

        Raises:
            QueryError: the search cannot be understood.
            CatalogueError: the catalogue did not answer.

        """
        from tasveer_tui.catalogue.search import parse

        if not self._workspace.has_catalogue:
            parse(text)  # a mistake is one all the same
            yield SearchResult()
            return
        query = self._workspace.catalogue.parse(text)
        with self.reading() as finder:
            if again_for is None:
                yield from _find(finder, query, columns)
            else:
                yield _find_again(finder, query, columns, again_for)


def _find(finder: Finder, query: Query, columns: Sequence[Column]) -> Iterator[SearchResult]:
    ids = finder.first(query, FIRST_IDS)
    found = SearchResult(
        ids=ids,
        rows=_rows(finder, ids[:FIRST_ROWS], columns),
        columns=tuple(columns),
        is_complete=len(ids) < FIRST_IDS,
        total=_total(finder),
        sort=_sort_of(query),
    )
    yield found
    if not found.is_complete:
        yield replace(found, ids=finder.ids(query), rows=None, is_start=False, is_complete=True)
        finder.prepare(query)


def _find_again(
    finder: Finder, query: Query, columns: Sequence[Column], view: Sequence[int]
) -> SearchResult:
    return SearchResult(
        ids=finder.ids(query),
        rows=_rows(finder, view, columns),
        columns=tuple(columns),
        is_start=False,
        total=_total(finder),
        sort=_sort_of(query),
    )


def _rows(finder: Finder, ids: Sequence[int], columns: Sequence[Column]) -> dict[int, Cells]:
    rows = finder.rows(ids, tuple(column.name for column in columns))
    return {image_id: cells_of(columns, row) for image_id, row in zip(ids, rows, strict=True)}


def _total(finder: Finder) -> int:
    from tasveer_tui.catalogue.search import parse

    return finder.count(parse(""))


def _sort_of(query: Query) -> Sort:
    if not query.order:
        return DEFAULT_SORT
    return Sort(str(query.order[0].target), query.order[0].is_descending)


def column_of(name: str, width: int = 0, *, is_hidden: bool = False) -> Column:
    """Make the column of a field or a tag.

    Raises:
        UsageError: there is no such field.

    """
    from tasveer_tui.catalogue.fields import find_field, suggest_field

    found = find_field(name)
    if found is None or not found.is_column:
        raise UsageError(
            f"There is no column {clean(name, 60)}.",
            f"Did you mean {suggest_field(name) or 'exif.TAG'}?",
        )
    show: Callable[[object], str] = found.format  # type: ignore[assignment]
    return Column(
        found.name,
        found.label,
        width=width or default_width(found.name, found.kind, found.label),
        is_right=found.align == "right",
        is_sortable=found.is_sortable,
        is_hidden=is_hidden,
        show=show,
    )


def default_columns() -> list[Column]:
    """The columns of a table that nobody has changed yet."""
    from tasveer_tui.catalogue.fields import DEFAULT_COLUMNS

    return [column_of(name) for name in DEFAULT_COLUMNS]
