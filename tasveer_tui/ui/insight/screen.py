"""Insight: counts over the present search, a map, what pictures give away, what is wrong."""

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
from tasveer_tui.ui.context import background, workspace
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
"""How long the map must rest before its window is counted."""
EARTH: Final = View(360, 90, lat=0.0)
"""Where the pictures are is looked up in a grid of degrees, so that every window shows the same."""


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
        & .insight--here { background: $primary 30%; color: $text; text-style: bold; }
        & .insight--page { color: $text-muted; }
    }
    .-ascii InsightScreen.-wide #insight-map { border-left: ascii $border; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"insight--here", "insight--page"}
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.INSIGHT)

    def __init__(self) -> None:
        super().__init__()
        self._page = 0
        self._text: str | None = None
        self._sections: tuple[Section, ...] = ()
        self._has_fitted = False
        self._map_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """The search on top, the pages on the left, the map on the right."""
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
        """The search."""
        return self.query_one(SearchBar)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return PAGES[self._page]

    # ------------------------------------------------------------------- search

    def on_mount(self) -> None:
        """The keys go to the counts."""
        self.bars.focus()

    def on_screen_resume(self) -> None:
        """Count over the search that the Library has now."""
        text = self.tasveer.shared_search
        if text != self._text:
            self.bar.set_text(text)
            self._count_all(text)

    def on_search_bar_changed(self, event: SearchBar.Changed) -> None:
        """Count over what was typed."""
        event.stop()
        self._count_all(event.text)

    def on_search_bar_left(self, event: SearchBar.Left) -> None:
        """Go on to the counts."""
        event.stop()
        self.bars.focus()

    def on_ledger_changed(self, event: LedgerChanged) -> None:
        """The catalogue has grown; the next visit counts anew."""
        event.stop()

    def _count_all(self, text: str) -> None:
        self._text = text
        self.tasveer.shared_search = text
        self._has_fitted = False
        self._count()
        self._look_at_map(self.map.view)

    def _count(self) -> None:
        """Count the page, section by section."""
        self._show_pages()
        self._sections = ()
        self.bars.show((), is_counting=True)
        text = split_order(self._text or "")[0]
        space, page = workspace(self), self.page
        background(self).stream(
            self,
            "page",
            partial(_counted, space, page, text),
            self._came,
            on_error=self._failed,
        )

    def _came(self, sections: tuple[Section, ...]) -> None:
        self._sections = sections
        self.bar.clear_mistake()
        is_counting = len(sections) < len(self.page.sections)
        self.bars.show(sections, is_counting=is_counting)

    def _failed(self, error: TasveerError) -> None:
        if isinstance(error, QueryError):
            self.bar.show_mistake(error)
        else:
            self.post_message(ShowError(error))
        self.bars.show(())

    def _show_pages(self) -> None:
        titles = Text(" ")
        for number, page in enumerate(PAGES):
            name = "here" if number == self._page else "page"
            look = self.get_component_rich_style(f"insight--{name}")
            titles.append(f" {page.title} ", look)
        self.query_one("#insight-pages", Static).update(titles)
        self.query_one("#insight-about", Static).update(Text(self.page.about))

    # ---------------------------------------------------------------------- map

    def on_world_map_moved(self, event: WorldMap.Moved) -> None:
        """Count what is in the window, once it rests."""
        event.stop()
        self._look_at_map(event.view)

    def _look_at_map(self, view: View) -> None:
        if self._map_timer is not None:
            self._map_timer.stop()
        if self._text is not None and view.rows > 1:
            self._map_timer = self.set_timer(MAP_DELAY_S, self._count_map)

    def _count_map(self) -> None:
        if not self.map.display:
            return
        text = split_order(self._text or "")[0]
        space, view = workspace(self), self.map.view if self._has_fitted else EARTH
        background(self).run(
            self,
            "map",
            partial(_spots, space, text, view),
            self._spots_came,
            on_error=lambda _: None,  # the counts beside it tell of the same mistake
        )

    def _spots_came(self, found: tuple[list[Spot], bool]) -> None:
        spots, is_final = found
        count = sum(spot.count for spot in spots)
        sign = "" if is_final else "at least "
        self.map.show_spots(spots, f"{sign}{plural(count, 'image')} here")
        if not self._has_fitted:
            self._has_fitted = True
            self.map.fit_spots()

    def on_world_map_area_selected(self, event: WorldMap.AreaSelected) -> None:
        """Show these images in the Library."""
        event.stop()
        south, west, north, east = event.box
        self._narrow(f"bbox:{south:.4f},{west:.4f},{north:.4f},{east:.4f}")

    def action_map(self) -> None:
        """Show or hide the map; where there is room for one only, in the place of the counts."""
        if self.has_class("-wide"):
            self.toggle_class("-unmapped")
        else:
            self.toggle_class("-mapping")
        (self.map if self.map.display else self.bars).focus()
        if self.map.display:
            self._look_at_map(self.map.view)

    # ----------------------------------------------------------------- commands

    def action_turn(self, by: int) -> None:
        """Go to another page."""
        self._page = (self._page + by) % len(PAGES)
        self._count()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Show the line's images."""
        event.stop()
        self.action_show_images()

    def action_show_images(self) -> None:
        """Show the line's images in the Library."""
        bar = self.bars.current
        if bar is None or not bar.term:
            self.post_message(ShowNote("This line cannot be searched for."))
        else:
            self._narrow(bar.term)

    def _narrow(self, term: str) -> None:
        self.post_message(SearchFor(add_term(self._text or "", term)))

    def action_search(self) -> None:
        """Put the keys into the search."""
        self.bar.focus_input()

    def action_clear(self) -> None:
        """Count every image."""
        self.bar.search("")

    def action_refresh(self) -> None:
        """Count again."""
        self._count_all(self._text or "")

    def action_copy_command(self) -> None:
        """Copy the command line that lists the line's images."""
        bar = self.bars.current
        text = add_term(self._text or "", bar.term) if bar and bar.term else self._text or ""
        self.post_message(CopyText(search_command(text), "the command"))

    def action_export(self) -> None:
        """Ask for a file, and write the page into it."""
        from tasveer_tui.ui.kit.dialogs import PromptScreen

        name = f"tasveer-{self.page.name}.csv"
        question = PromptScreen(
            "Write this page into a CSV file", value=str(Path.cwd() / name),
            hint="Label, count, detail, and the search behind each line.",
        )  # fmt: skip
        self.app.push_screen(question, self._export)

    def _export(self, file: str | None) -> None:
        if file:
            path = Path(file).expanduser()
            text, bars = self._text or "", self.bars.bars()
            background(self).run(
                self, "export", lambda: _written(path, text, bars), self.post_message
            )

    def action_back(self) -> None:
        """Close the map where it stands in the place of the counts; else go to the counts."""
        if self.has_class("-mapping") and not self.has_class("-wide"):
            self.remove_class("-mapping")
        self.bars.focus()


def _counted(space: Workspace, page: Page, text: str) -> Iterator[tuple[Section, ...]]:
    """The page's sections; the finder is made in the thread that counts."""
    yield from count_page(space.finder(), page, space.catalogue.expand_saved_searches(text))


def _spots(space: Workspace, text: str, view: View) -> tuple[list[Spot], bool]:
    """Pictures in the window, by cells of the screen."""
    from tasveer_tui.catalogue.stats import positions

    south, west, north, east = view.box
    rows = max(1, round((north - south) / view.per_row))
    columns = max(1, round((east - west) / view.per_column))
    found = positions(space.finder(), space.catalogue.parse(text), rows, columns, box=view.box)
    high, wide = (north - south) / rows, (east - west) / columns
    spots = [
        Spot(north - (cell.row + 0.5) * high, west + (cell.column + 0.5) * wide, cell.count)
        for cell in found.cells
    ]
    return spots, found.is_final


def _written(path: Path, text: str, bars: Sequence[Bar]) -> ShowNote:
    """Write a page; blocks. Raises UsageError."""
    from tasveer_tui.catalogue.export.tabular import escape_formula

    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("label", "count", "detail", "search"))
            for bar in bars:
                search = add_term(text, bar.term) if bar.term else ""
                rows.writerow(
                    (
                        escape_formula(bar.label),
                        bar.count,
                        escape_formula(bar.detail),
                        escape_formula(search),
                    )
                )
    except FileExistsError as error:
        raise UsageError(f"{path} is there already.", "Choose another name.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return ShowNote(f"Written: {path}")
