"""The search of Library: runs it, shows what it finds, and keeps it fresh while jobs add images.

`Searcher` reads the catalogue in a background task; `SearchController` shows the results.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.text import Text
from textual.widgets import Static

from tasveer_tui.errors import QueryError
from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.kit.background import LatestRead
from tasveer_tui.ui.kit.messages import ShowError, ShowNote
from tasveer_tui.ui.library.export_sheet import ExportScreen
from tasveer_tui.ui.library.image_table import Sort
from tasveer_tui.ui.library.saved_searches import SearchesScreen
from tasveer_tui.ui.library.table_rows import Cells, cells_of
from tasveer_tui.ui.shared.search_text import add_term, split_order, with_order
from tasveer_tui.ui.shared.suggestions import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.catalogue.search import Finder, Query
    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.kit.columns import Column
    from tasveer_tui.ui.library.image_table import ImageTable
    from tasveer_tui.ui.shared.search_bar import SearchBar

REFRESH_S: Final = 3.0
"""While a job adds images, the search runs again at this interval."""
FIRST_IDS: Final = 256
"""Images found before the first result is shown."""
FIRST_ROWS: Final = 64
"""Rows fetched with the first result: a page of a large window."""
DEFAULT_SORT: Final = Sort("taken", is_descending=True)


# ----------------------------------------------------------------------------- searching


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search has found so far."""

    ids: Sequence[int] = ()
    rows: Mapping[int, Cells] | None = None
    """Rows fetched together with the ids; None if the cached rows are still valid."""
    columns: tuple[Column, ...] = ()
    """The columns of `rows`."""
    is_start: bool = True
    """Whether this is the first result of another search: show it from its first row."""
    is_complete: bool = True
    total: int = 0
    """Images in the catalogue."""
    sort: Sort = DEFAULT_SORT

    def rows_for(self, columns: Iterable[Column]) -> Mapping[int, Cells] | None:
        """`rows`, or no rows if the user has changed the columns meanwhile."""
        return self.rows if self.rows is None or self.columns == tuple(columns) else {}


class Searcher(LatestRead):
    """Searches in the calling thread; a newer search, or `stop`, interrupts an older one."""

    def search(
        self, text: str, columns: Sequence[Column], *, again_for: Sequence[int] | None = None
    ) -> Iterator[SearchResult]:
        """Search; yields the first images, then all of them. Blocks.

        With `again_for` (the ids in view), the search is the same as before and only the catalogue
        may have changed: yields the complete result only.

        Raises:
            QueryError: the search cannot be understood.
            CatalogueError: the catalogue cannot be read, or the search was interrupted.

        """
        from tasveer_tui.catalogue.search import parse

        if not self._workspace.has_catalogue:
            parse(text)  # raises QueryError
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
    first = SearchResult(
        ids=ids,
        rows=_rows(finder, ids[:FIRST_ROWS], columns),
        columns=tuple(columns),
        is_complete=len(ids) < FIRST_IDS,
        total=_total(finder),
        sort=_sort_of(query),
    )
    yield first
    if not first.is_complete:
        yield replace(first, ids=finder.ids(query), rows=None, is_start=False, is_complete=True)
        finder.prepare(query)


def _find_again(
    finder: Finder, query: Query, columns: Sequence[Column], ids_in_view: Sequence[int]
) -> SearchResult:
    return SearchResult(
        ids=finder.ids(query),
        rows=_rows(finder, ids_in_view, columns),
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


# ------------------------------------------------------------------------------ messages


def empty_text() -> Text:
    """The message of an empty catalogue: how to ingest images."""
    text = Text()
    text.append("The catalogue is empty.\n\n", "bold")
    for key, step in (
        ("1", "go to Browse and find a prefix with images"),
        ("space", "select prefixes or objects"),
        ("enter", "see the estimate, then start the ingest"),
    ):
        text.append(f"{key:>7}", "bold")
        text.append(f"  {step}\n")
    text.append("\nOr from a shell:  ", "dim")
    text.append("tasveer-tui ingest s3://BUCKET/PREFIX\n")
    text.append("\nYou can search while the job is running. Examples:\n\n")
    return text.append_text(_examples())


def nothing_found_text(query: str) -> Text:
    """The message of a search without results."""
    text = Text()
    text.append("No images match  ", "bold")
    text.append(clean(query, 300))
    text.append("\n\nExamples of searches:\n\n")
    return text.append_text(_examples())


def _examples() -> Text:
    text = Text()
    for query, meaning in EXAMPLES:
        text.append(f"  {query}\n")
        text.append(f"      {meaning}\n", "dim")
    return text


# ---------------------------------------------------------------------------- controller


class SearchController:
    """The search bar and the result of one Library screen."""

    def __init__(self, screen: Screen[None], bar: SearchBar, table: ImageTable) -> None:
        self._screen = screen
        self._bar = bar
        self._table = table
        self._searcher = Searcher(workspace(screen))
        self._sort: Sort | None = None
        self._seen_search = ""
        """The shared search as of the last run here; Insight may change it meanwhile."""
        self._refresh_timer: Timer | None = None
        self.result = SearchResult()
        self.on_search: Callable[[str], object] = lambda _: None
        """Called with the text of each search before it runs."""
        self.on_result: Callable[[SearchResult, bool], object] = lambda _result, _is_changed: None
        """Called with each result, and whether the catalogue has grown or shrunk."""

    @property
    def query_text(self) -> str:
        """The search with the order that the table was given."""
        if self._sort is None:
            return self._bar.text.strip()
        return with_order(self._bar.text, self._sort.name, is_descending=self._sort.is_descending)

    # ------------------------------------------------------------------- running

    def search_for(self, text: str) -> None:
        """Search for another text."""
        self._bar.search(text)

    def add_term(self, term: str | None) -> None:
        """Add a term to the search; a dialog that was closed has none."""
        if term:
            self._bar.search(add_term(self._bar.text, term))

    def run_typed(self, text: str) -> None:
        """Run the text of the bar; an order in it replaces the one of the table."""
        if split_order(text)[1]:
            self._sort = None
        self.run()

    def sort_by(self, sort: Sort) -> None:
        """Use an order from the table; it replaces the one in the text."""
        self._sort = sort
        self._bar.set_text(split_order(self._bar.text)[0])
        self.run()

    def refresh(self) -> None:
        """Run the same search again; the cursor stays on its image."""
        self.run(again_for=tuple(self._table.ids_in_view))

    def resume(self) -> None:
        """Run again when the screen comes to the front, with the search that Insight may share."""
        shared = app_context(self._screen).shared_search
        if self._seen_search != shared:
            self._seen_search = shared
            self._bar.search(shared)
        else:
            self.refresh()

    def refresh_soon(self) -> None:
        """Run again after a while: a job adds images."""
        if self._refresh_timer is None:
            self._refresh_timer = self._screen.set_timer(REFRESH_S, self._refresh_if_idle)

    def _refresh_if_idle(self) -> None:
        self._refresh_timer = None
        if self._screen.is_current and not background(self._screen).is_busy(self._screen, "search"):
            self.refresh()

    def run(self, again_for: Sequence[int] | None = None) -> None:
        """Search in the background; `again_for` are the ids in view of an unchanged search."""
        self._searcher.stop()
        text = self._bar.text
        app_context(self._screen).shared_search = self._seen_search = text
        self._bar.show_busy()
        self.on_search(text)
        columns = tuple(self._table.columns.shown)
        background(self._screen).stream(
            self._screen,
            "search",
            partial(self._searcher.search, self.query_text, columns, again_for=again_for),
            self._show_result,
            on_error=self._on_error,
        )

    # ------------------------------------------------------------------- results

    def _show_result(self, result: SearchResult) -> None:
        rows = result.rows_for(self._table.columns.shown)
        if result.is_start:
            self._table.show_ids(result.ids, rows)
        else:
            self._table.replace_ids(result.ids, rows)
        self._table.set_sort(result.sort)
        self._bar.clear_mistake()
        count = f"{'' if result.is_complete else '≥ '}{len(result.ids):,}"
        self._bar.show_count(f"{count} of {plural(result.total, 'image')}")
        is_changed = result.total != self.result.total
        self.result = result
        self._show_message()
        self.on_result(result, is_changed)

    def _on_error(self, error: TasveerError) -> None:
        """Show a mistake under the search and keep the last result; show other errors as usual."""
        if isinstance(error, QueryError):
            self._bar.show_mistake(error)
            self._bar.show_count(f"– of {plural(self.result.total, 'image')}")
        else:
            self._bar.show_count("failed")
            self._screen.post_message(ShowError(error))

    def _show_message(self) -> None:
        """Show in place of an empty table why it is empty."""
        self._screen.set_class(not self.result.ids, "-message")
        if not self.result.ids:
            text = nothing_found_text(self.query_text) if self.result.total else empty_text()
            self._screen.query_one("#library-message", Static).update(text)

    # ---------------------------------------------------------------------- sheets

    def export(self) -> None:
        """Open the export sheet."""
        if not self._table.row_count:
            self._screen.post_message(ShowNote("There is nothing to export.", is_warning=True))
            return
        names = self._table.columns.names
        self._screen.app.push_screen(ExportScreen(self.query_text, self._table.row_count, names))

    def ask_name(self) -> None:
        """Ask for a name and save the search under it."""
        if not (text := self.query_text):
            note = ShowNote("Nothing to save: no search is set.", is_warning=True)
            self._screen.post_message(note)
            return
        from tasveer_tui.ui.kit.dialogs import PromptScreen

        question = PromptScreen(
            "Save this search", placeholder="a name", hint=f"{text}\n\n@name runs it again."
        )
        self._screen.app.push_screen(question, partial(self._save, text))

    def _save(self, text: str, name: str | None) -> None:
        if not (name := (name or "").removeprefix("@")):
            return
        space = workspace(self._screen)
        background(self._screen).run(
            self._screen,
            "save search",
            lambda: space.catalogue.save_search(name, text),
            lambda _: self._screen.post_message(ShowNote(f"Saved. @{name} runs this search.")),
        )

    def list_saved(self) -> None:
        """List the saved and recent searches."""
        self._screen.app.push_screen(SearchesScreen(), self._on_search_selected)

    def _on_search_selected(self, text: str | None) -> None:
        if text:
            self._bar.search(text)
