"""Insight: counts over the search, a map, the privacy report and the quality report."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tasveer_tui.errors import QueryError, UsageError
from tasveer_tui.humanize import plural
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.insight.bar_list import BarList
from tasveer_tui.ui.insight.model import PAGES, count_page
from tasveer_tui.ui.insight.world_map import Spot, View, WorldMap
from tasveer_tui.ui.kit.frame import MainScreen
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, SearchFor, ShowError, ShowNote
from tasveer_tui.ui.shared.search_bar import SearchBar
from tasveer_tui.ui.shared.search_text import add_term, search_command, split_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.ui.insight.model import Bar, Page, Section
    from tasveer_tui.ui.kit.messages import LedgerChanged
    from tasveer_tui.ui.kit.row_list import RowList
    from tasveer_tui.workspace import Workspace

MAP_DELAY_S: Final = 0.15
"""Time without a move of the map before its images are counted."""
WHOLE_WORLD: Final = View(360, 90, lat=0.0)
"""One cell per degree: a fixed grid, so that the first view does not depend on the window."""


class InsightScreen(MainScreen):
    """Search bar, pages of bars, map."""

    DEFAULT_CSS = """
    InsightScreen {
        & #insight-body { height: 1fr; }
        & #insight-left { width: 1fr; }
        & #insight-pages { height: 1; background: $background; }
        & #insight-about { height: 1; color: $text-muted; padding: 0 1; }
        & #insight-map { display: none; }
        &.-mapping #insight-map { display: block; }
        &.-mapping #insight-left { display: none; }
        &.-wide #insight-map { display: block; width: 52%; border-left: vkey $border; }
        &.-wide #insight-left { display: block; }
        &.-wide.-unmapped #insight-map { display: none; }
        & .insight--current { background: $primary 30%; color: $text; text-style: bold; }
        & .insight--page { color: $text-muted; }
    }
    .-ascii InsightScreen.-wide #insight-map { border-left: ascii $border; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"insight--current", "insight--page"}
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.INSIGHT)

    def __init__(self) -> None:
        super().__init__()
        self._page_index = 0
        self._text: str | None = None
        """The search that was counted; None before the first count."""
        self._sections: tuple[Section, ...] = ()
        self._is_map_fitted = False
        """Whether the map shows the part of the world that has images of this search."""
        self._map_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Search bar on top, pages on the left, map on the right."""
        yield SearchBar(id="insight-search")
        with Horizontal(id="insight-body"):
            with Vertical(id="insight-left"):
                yield Static(id="insight-pages", markup=False)
                yield Static(id="insight-about", markup=False)
                yield BarList(id="insight-bars")
            yield WorldMap(id="insight-map")

    # ------------------------------------------------------------------- parts

    @property
    def bars(self) -> BarList:
        """The counts."""
        return self.query_one(BarList)

    @property
    def map(self) -> WorldMap:
        """The map."""
        return self.query_one(WorldMap)

    @property
    def bar(self) -> SearchBar:
        """The search bar."""
        return self.query_one(SearchBar)

    @property
    def page(self) -> Page:
        """The current page."""
        return PAGES[self._page_index]

    # ------------------------------------------------------------------- search

    def on_mount(self) -> None:
        """Focus the counts."""
        self.bars.focus()

    def on_screen_resume(self) -> None:
        """Count again if the Library has another search now."""
        text = app_context(self).shared_search
        if text != self._text:
            self.bar.set_text(text)
            self._count_all(text)

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        """Count the search that was typed."""
        event.stop()
        self._count_all(event.text)

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Go to the counts."""
        event.stop()
        self.bars.focus()

    def on_ledger_changed(self, event: LedgerChanged) -> None:
        """Do nothing while a job runs; `r` counts again."""
        event.stop()

    def _count_all(self, text: str) -> None:
        self._text = text
        app_context(self).shared_search = text
        self._is_map_fitted = False
        self._count_page()
        self._schedule_map(self.map.view)

    def _count_page(self) -> None:
        self._show_page_titles()
        self._sections = ()
        self.bars.show((), is_counting=True)
        text = split_order(self._text or "")[0]
        background(self).stream(
            self,
            "page",
            partial(_count_sections, workspace(self), self.page, text),
            self._on_sections,
            on_error=self._on_error,
        )

    def _on_sections(self, sections: tuple[Section, ...]) -> None:
        self._sections = sections
        self.bar.clear_mistake()
        self.bars.show(sections, is_counting=len(sections) < len(self.page.sections))

    def _on_error(self, error: TasveerError) -> None:
        if isinstance(error, QueryError):
            self.bar.show_mistake(error)
        else:
            self.post_message(ShowError(error))
        self.bars.show(())

    def _show_page_titles(self) -> None:
        titles = Text(" ")
        for index, page in enumerate(PAGES):
            name = "current" if index == self._page_index else "page"
            titles.append(f" {page.title} ", self.get_component_rich_style(f"insight--{name}"))
        self.query_one("#insight-pages", Static).update(titles)
        self.query_one("#insight-about", Static).update(Text(self.page.about))

    # ---------------------------------------------------------------------- map

    def on_world_map_moved(self, event: WorldMap.Moved) -> None:
        """Count the images in the new view."""
        event.stop()
        self._schedule_map(event.view)

    def _schedule_map(self, view: View) -> None:
        if self._map_timer is not None:
            self._map_timer.stop()
        if self._text is not None and view.rows > 1:
            self._map_timer = self.set_timer(MAP_DELAY_S, self._count_map)

    def _count_map(self) -> None:
        if not self.map.display:
            return
        text = split_order(self._text or "")[0]
        view = self.map.view if self._is_map_fitted else WHOLE_WORLD
        background(self).run(
            self,
            "map",
            partial(_count_spots, workspace(self), text, view),
            self._on_spots,
            on_error=lambda _: None,  # the page's count shows the same error
        )

    def _on_spots(self, counted: tuple[list[Spot], bool]) -> None:
        spots, is_final = counted
        images = plural(sum(spot.count for spot in spots), "image")
        self.map.show_spots(spots, f"{'' if is_final else 'at least '}{images} here")
        if not self._is_map_fitted:
            self._is_map_fitted = True
            self.map.fit_spots()

    def on_world_map_area_selected(self, event: WorldMap.AreaSelected) -> None:
        """Show the images of the area in the Library."""
        event.stop()
        south, west, north, east = event.box
        self._show_in_library(f"bbox:{south:.4f},{west:.4f},{north:.4f},{east:.4f}")

    def action_map(self) -> None:
        """Show or hide the map; in a narrow window it replaces the counts."""
        self.toggle_class("-unmapped" if self.has_class("-wide") else "-mapping")
        (self.map if self.map.display else self.bars).focus()
        if self.map.display:
            self._schedule_map(self.map.view)

    # ----------------------------------------------------------------- commands

    def action_turn(self, by: int) -> None:
        """Go to the next page (1) or the previous one (-1)."""
        self._page_index = (self._page_index + by) % len(PAGES)
        self._count_page()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Show the images of the line in the Library."""
        event.stop()
        self.action_show_images()

    def action_show_images(self) -> None:
        """Show the images of the line in the Library."""
        bar = self.bars.current
        if bar is None or not bar.term:
            self.post_message(ShowNote("No search finds the images of this line."))
        else:
            self._show_in_library(bar.term)

    def _show_in_library(self, term: str) -> None:
        self.post_message(SearchFor(add_term(self._text or "", term)))

    def action_search(self) -> None:
        """Edit the search."""
        self.bar.focus_input()

    def action_clear(self) -> None:
        """Clear the search and count all images."""
        self.bar.search("")

    def action_refresh(self) -> None:
        """Count again."""
        self._count_all(self._text or "")

    def action_copy_command(self) -> None:
        """Copy the command line that lists the images of the line."""
        bar = self.bars.current
        term = bar.term if bar is not None else ""
        text = add_term(self._text or "", term) if term else self._text or ""
        self.post_message(CopyText(search_command(text), "the command"))

    def action_export(self) -> None:
        """Ask for a file and write the page to it."""
        from tasveer_tui.ui.kit.dialogs import PromptScreen

        question = PromptScreen(
            "Export this page to a CSV file",
            value=str(Path.cwd() / f"tasveer-{self.page.name}.csv"),
            hint="Columns: label, count, detail, search.",
        )
        self.app.push_screen(question, self._export)

    def _export(self, file: str | None) -> None:
        if file:
            path = Path(file).expanduser()
            text, bars = self._text or "", self.bars.bars()
            work = partial(_write_page, path, text, bars)
            background(self).run(self, "export", work, self.post_message)

    def action_back(self) -> None:
        """Close a map that replaces the counts, and go to the counts."""
        if self.has_class("-mapping") and not self.has_class("-wide"):
            self.remove_class("-mapping")
        self.bars.focus()


def _count_sections(space: Workspace, page: Page, text: str) -> Iterator[tuple[Section, ...]]:
    """Count a page. Blocks; the finder belongs to the calling thread."""
    yield from count_page(space.finder(), page, space.catalogue.expand_saved_searches(text))


def _count_spots(space: Workspace, text: str, view: View) -> tuple[list[Spot], bool]:
    """Count the images per cell of a view; and whether the counts are final. Blocks."""
    from tasveer_tui.catalogue.stats import positions

    south, west, north, east = view.box
    rows = max(1, round((north - south) / view.per_row))
    columns = max(1, round((east - west) / view.per_column))
    found = positions(space.finder(), space.catalogue.parse(text), rows, columns, box=view.box)
    height, width = (north - south) / rows, (east - west) / columns
    spots = [
        Spot(north - (cell.row + 0.5) * height, west + (cell.column + 0.5) * width, cell.count)
        for cell in found.cells
    ]
    return spots, found.is_final


def _write_page(path: Path, text: str, bars: Sequence[Bar]) -> ShowNote:
    """Write a page as CSV. Blocks.

    Raises:
        UsageError: the file exists, or cannot be written.

    """
    from tasveer_tui.catalogue.export.tabular import escape_formula

    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("label", "count", "detail", "search"))
            for bar in bars:
                label, detail = escape_formula(bar.label), escape_formula(bar.detail)
                search = escape_formula(add_term(text, bar.term) if bar.term else "")
                rows.writerow((label, bar.count, detail, search))
    except FileExistsError as error:
        raise UsageError(f"{path} exists already.", "Select another name.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return ShowNote(f"Written: {path}")
