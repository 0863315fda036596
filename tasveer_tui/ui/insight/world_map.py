"""The earth with the pictures that were taken on it; moved, zoomed, and searched by its window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tasveer_tui.ui.insight.world import View, drawn
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.binding import BindingType

SHADES = "▪◼█"
ASCII_SHADES = "+ox#"
ZOOM = 1.6
STEP = 0.125
"""Of the window, by which an arrow moves it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """So many pictures about here."""

    lat: float
    lon: float
    count: int


class WorldMap(Widget, can_focus=True):
    """Coasts in Braille dots; cells with pictures in three shades, by their number's size."""

    DEFAULT_CSS = """
    WorldMap {
        background: $surface; color: $foreground; height: 1fr; width: 1fr;
        & > .map--land { color: $text-disabled; }
        & > .map--few { color: $warning 60%; }
        & > .map--some { color: $warning; }
        & > .map--many { color: $error; text-style: bold; }
        & > .map--foot { color: $text-muted; }
        &:focus > .map--foot { background: $primary 40%; color: $text; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.MAP)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "map--land",
        "map--few",
        "map--some",
        "map--many",
        "map--foot",
    }

    @dataclass
    class Moved(Message):
        """Another part of the earth is in the window: what is there is wanted."""

        view: View

    @dataclass
    class AreaChosen(Message):
        """The pictures in the window are wanted: south, west, north, east."""

        box: tuple[float, float, float, float]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.view = View(1, 1)
        self._shown: Callable[[View], View] = View.bounded
        """Gives a window of some size the part of the earth that is wanted, whatever its size."""
        self._land: list[str] = []
        self._spots: list[Spot] = []
        self._cells: dict[tuple[int, int], int] = {}
        self._most = 1
        self._note = ""

    # ------------------------------------------------------------------ changes

    def on_resize(self, event: events.Resize) -> None:
        """The same place on another screen."""
        self._show(View(max(1, event.size.width), max(1, event.size.height - 1)))

    def show_spots(self, spots: Sequence[Spot], note: str) -> None:
        """Show pictures, and say how many there are."""
        self._spots, self._note = list(spots), note
        self._place_spots()

    def fit_spots(self) -> None:
        """Show the part of the earth that has pictures."""
        if self._spots:
            lats, lons = [s.lat for s in self._spots], [s.lon for s in self._spots]
            box = (min(lats), min(lons), max(lats), max(lons))
            self._shown = lambda view: view.around(box)
            self._show(self.view)

    def _go(self, view: View) -> None:
        self._shown = lambda window: view.sized(window.columns, window.rows)
        self._show(view)

    def _show(self, window: View) -> None:
        view = self.view = self._shown(window)
        self._land = []
        self._place_spots()
        self.post_message(self.Moved(view))

    def _place_spots(self) -> None:
        self._cells = {}
        for spot in self._spots:
            place = self.view.cell(spot.lat, spot.lon)
            if place is not None:
                self._cells[place] = self._cells.get(place, 0) + spot.count
        self._most = max(self._cells.values(), default=1)
        self.refresh()

    # ------------------------------------------------------------------ actions

    def action_pan(self, columns: int, rows: int) -> None:
        """Move the window."""
        step_x, step_y = self.view.columns * STEP, self.view.rows * STEP
        self._go(self.view.moved(columns * step_x, rows * step_y))

    def action_zoom(self, steps: int) -> None:
        """Nearer or farther."""
        self._go(self.view.zoomed(ZOOM**steps))

    def action_whole(self) -> None:
        """The whole earth."""
        self._go(View(self.view.columns, self.view.rows))

    def action_fit(self) -> None:
        """Show where the pictures are."""
        self.fit_spots()

    def action_show_images(self) -> None:
        """Search what is in the window."""
        self.post_message(self.AreaChosen(self.view.box))

    # ------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """Land and pictures; the last line says what is seen."""
        base = self.rich_style
        if y >= self.view.rows:
            return self._foot(base)
        if not self._land:
            self._land = drawn(self.view)
        return Strip(self._segments(y, base), self.size.width)

    def _segments(self, y: int, base: Style) -> list[Segment]:
        land_style = base + self._colour("map--land")
        row, segments, start = self._land[y], [], 0
        if self._is_ascii:
            row = "".join("." if char != " " else " " for char in row)
        for column in range(len(row)):
            count = self._cells.get((column, y))
            if count:
                segments.append(Segment(row[start:column], land_style))
                segments.append(self._spot(count, base))
                start = column + 1
        segments.append(Segment(row[start:], land_style))
        return segments

    def _spot(self, count: int, base: Style) -> Segment:
        """Three shades, each ten times the one before, below the most."""
        level = max(0, min(2, 2 - int(math.log10(self._most / count))))
        name = ("map--few", "map--some", "map--many")[level]
        sign = (ASCII_SHADES if self._is_ascii else SHADES)[level]
        return Segment(sign, base + self._colour(name))

    def _colour(self, name: str) -> Style:
        full = self.get_component_rich_style(name)
        return Style(color=full.color, bold=full.bold)

    @property
    def _is_ascii(self) -> bool:
        marks = getattr(self.app, "symbols", UNICODE)
        return bool(marks.is_ascii)

    def _foot(self, base: Style) -> Strip:
        south, west, north, east = self.view.box
        text = f" {_degrees(south, 'NS')} to {_degrees(north, 'NS')}, "
        text += f"{_degrees(west, 'EW')} to {_degrees(east, 'EW')}"
        if self._note:
            text += f"  ·  {self._note}"
        style = base + self.get_component_rich_style("map--foot")
        return Strip([Segment(text, style)]).crop_extend(0, self.size.width, style)


def _degrees(value: float, sides: str) -> str:
    places = 0 if abs(value) == int(abs(value)) else 1
    return f"{abs(value):.{places}f}°{sides[value < 0]}"
