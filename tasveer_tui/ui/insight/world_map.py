"""The world map: coasts and borders in Braille dots, and a widget that shows images on them.

The lines are Natural Earth's (public domain), packed by `bin/pack-world`.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.theme import UNICODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual import events
    from textual.binding import BindingType

FILE: Final = Path(__file__).with_name("world.bin")
UNITS_PER_DEGREE: Final = 100
"""The file holds hundredths of a degree."""
DOTS_X, DOTS_Y = 2, 4
"""Braille dots in a cell."""
CELL_RATIO: Final = 2.0
"""Height of a cell divided by its width."""
MIN_VIEW_DEGREES: Final = 0.2
"""The narrowest view; the lines have no finer detail."""
MAX_LINE_UNITS: Final = 180 * UNITS_PER_DEGREE
"""A longer step between two points crosses the date line."""
MAX_DEGREES_WITH_BORDERS: Final = 120
"""Wider views (more than a continent) show coasts only."""
WHOLE_TURN_DEGREES: Final = 360
SHADES: Final = "▪◼█"
ASCII_SHADES: Final = "+ox#"
ZOOM_FACTOR: Final = 1.6
PAN_SHARE: Final = 0.125
"""The share of the view that an arrow key moves it by."""
_BRAILLE: Final = 0x2800
_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


# --------------------------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class Line:
    """A coast or a border, in hundredths of a degree east and north."""

    points: tuple[tuple[int, int], ...]
    is_border: bool
    west: int
    south: int
    east: int
    north: int


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """All lines; the first call unpacks them in about 30 ms."""
    data = zlib.decompress(FILE.read_bytes())
    return tuple(_unpack(data))


def _unpack(data: bytes) -> Iterator[Line]:
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
                return value
            shift += 7

    def signed() -> int:
        value = number()
        return -(value + 1) // 2 if value & 1 else value // 2

    while at < len(data):
        count = number() // 2
        is_border = bool(data[at])
        at += 1
        x = y = 0
        points = []
        for _ in range(count):
            x, y = x + signed(), y + signed()
            points.append((x, y))
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        yield Line(tuple(points), is_border, min(xs), min(ys), max(xs), max(ys))


# ---------------------------------------------------------------------------------- view


@dataclass(frozen=True, slots=True)
class View:
    """A window on the world in plain degrees, `degrees` wide over `columns` cells."""

    columns: int
    rows: int
    lat: float = 15.0
    lon: float = 0.0
    degrees: float = 360.0

    @property
    def per_column(self) -> float:
        """Degrees of longitude per cell."""
        return self.degrees / max(1, self.columns)

    @property
    def per_row(self) -> float:
        """Degrees of latitude per cell."""
        return self.per_column * CELL_RATIO

    @property
    def west(self) -> float:
        """Longitude of the left edge."""
        return self.lon - self.degrees / 2

    @property
    def north(self) -> float:
        """Latitude of the upper edge."""
        return self.lat + self.per_row * self.rows / 2

    @property
    def box(self) -> tuple[float, float, float, float]:
        """South, west, north, east, within the limits of the search field `bbox`."""
        south = self.north - self.per_row * self.rows
        west, east = self.west, self.west + self.degrees
        if east - west >= WHOLE_TURN_DEGREES:
            west, east = -180.0, 180.0
        return max(-90.0, south), max(-180.0, west), min(90.0, self.north), min(180.0, east)

    def cell(self, lat: float, lon: float) -> tuple[int, int] | None:
        """Column and row of a position; None outside the view."""
        column = int((lon - self.west) / self.per_column)
        row = int((self.north - lat) / self.per_row)
        is_inside = lon >= self.west and lat <= self.north
        return (column, row) if is_inside and column < self.columns and row < self.rows else None

    def zoomed(self, factor: float) -> View:
        """Zoomed in (above 1) or out around the centre."""
        degrees = min(360.0, max(MIN_VIEW_DEGREES, self.degrees / factor))
        return View(self.columns, self.rows, self.lat, self.lon, degrees).bounded()

    def moved(self, columns: float, rows: float) -> View:
        """Moved right and down by a number of cells."""
        return View(
            self.columns,
            self.rows,
            self.lat - rows * self.per_row,
            self.lon + columns * self.per_column,
            self.degrees,
        ).bounded()

    def resized(self, columns: int, rows: int) -> View:
        """The same centre and width on another number of cells."""
        return View(columns, rows, self.lat, self.lon, self.degrees).bounded()

    def bounded(self) -> View:
        """Moved so that it does not extend beyond the world."""
        half_lon = self.degrees / 2
        lon = 0.0 if half_lon >= 180 else min(180 - half_lon, max(half_lon - 180, self.lon))  # noqa: PLR2004
        half_lat = self.per_row * self.rows / 2
        lat = 0.0 if half_lat >= 90 else min(90 - half_lat, max(half_lat - 90, self.lat))  # noqa: PLR2004
        return View(self.columns, self.rows, min(85.0, max(-85.0, lat)), lon, self.degrees)

    def around(self, box: tuple[float, float, float, float]) -> View:
        """The narrowest view that contains south, west, north, east and a margin."""
        south, west, north, east = box
        width = max(east - west, (north - south) * self.columns / (CELL_RATIO * max(1, self.rows)))
        degrees = min(360.0, max(2.0, width * 1.2))
        return View(
            self.columns, self.rows, (south + north) / 2, (west + east) / 2, degrees
        ).bounded()


def draw_lines(view: View) -> list[str]:
    """The coasts in a view, one string per row; with borders in a narrow view."""
    width, height = view.columns * DOTS_X, view.rows * DOTS_Y
    cells = [[0] * view.columns for _ in range(view.rows)]
    scale_x = DOTS_X / view.per_column / UNITS_PER_DEGREE
    scale_y = DOTS_Y / view.per_row / UNITS_PER_DEGREE
    west, north = view.west * UNITS_PER_DEGREE, view.north * UNITS_PER_DEGREE
    east, south = west + width / scale_x, north - height / scale_y
    for line in lines():
        if line.east < west or line.west > east or line.north < south or line.south > north:
            continue
        if line.is_border and view.degrees > MAX_DEGREES_WITH_BORDERS:
            continue
        for points in _split_at_date_line(line.points):
            dots = [(int((x - west) * scale_x), int((north - y) * scale_y)) for x, y in points]
            _draw(cells, dots, width, height)
    return ["".join(chr(_BRAILLE | bits) if bits else " " for bits in row) for row in cells]


def _split_at_date_line(
    points: Sequence[tuple[int, int]],
) -> Iterator[Sequence[tuple[int, int]]]:
    start = 0
    for index, ((ax, _), (bx, _)) in enumerate(pairwise(points), 1):
        if abs(ax - bx) > MAX_LINE_UNITS:
            yield points[start:index]
            start = index
    yield points[start:]


def _draw(cells: list[list[int]], dots: Sequence[tuple[int, int]], width: int, height: int) -> None:
    """Set the Braille bits along the lines between consecutive dots."""
    for (ax, ay), (bx, by) in pairwise(dots):
        if (ax < 0 and bx < 0) or (ay < 0 and by < 0) or (ax >= width and bx >= width):
            continue
        steps = max(abs(bx - ax), abs(by - ay), 1)
        for step in range(steps + 1):
            x, y = ax + (bx - ax) * step // steps, ay + (by - ay) * step // steps
            if 0 <= x < width and 0 <= y < height:
                cells[y // DOTS_Y][x // DOTS_X] |= _BITS[y % DOTS_Y][x % DOTS_X]


# -------------------------------------------------------------------------------- widget


@dataclass(frozen=True, slots=True)
class Spot:
    """A number of images near a position."""

    lat: float
    lon: float
    count: int


class WorldMap(Widget, can_focus=True):
    """Coasts in Braille dots; cells with images in three shades, one per factor of ten."""

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
        """The view changed; the map needs the spots in it."""

        view: View

    @dataclass
    class AreaSelected(Message):
        """Show the images in the view: south, west, north, east."""

        box: tuple[float, float, float, float]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.view = View(1, 1)
        self._fit: Callable[[View], View] = View.bounded
        """Fits the area that is shown to a view of another size."""
        self._land: list[str] = []
        self._spots: list[Spot] = []
        self._counts: dict[tuple[int, int], int] = {}
        """Column and row → images in the cell."""
        self._max_count = 1
        self._note = ""

    # ------------------------------------------------------------------ changes

    def on_resize(self, event: events.Resize) -> None:
        """Show the same area on the new size."""
        self._show(View(max(1, event.size.width), max(1, event.size.height - 1)))

    def show_spots(self, spots: Sequence[Spot], note: str) -> None:
        """Show images; `note` goes into the last line."""
        self._spots, self._note = list(spots), note
        self._place_spots()

    def fit_spots(self) -> None:
        """Show the part of the world that has images."""
        if self._spots:
            lats, lons = [s.lat for s in self._spots], [s.lon for s in self._spots]
            box = (min(lats), min(lons), max(lats), max(lons))
            self._fit = lambda view: view.around(box)
            self._show(self.view)

    def _go_to(self, view: View) -> None:
        self._fit = lambda other: view.resized(other.columns, other.rows)
        self._show(view)

    def _show(self, size: View) -> None:
        view = self.view = self._fit(size)
        self._land = []
        self._place_spots()
        self.post_message(self.Moved(view))

    def _place_spots(self) -> None:
        self._counts = {}
        for spot in self._spots:
            cell = self.view.cell(spot.lat, spot.lon)
            if cell is not None:
                self._counts[cell] = self._counts.get(cell, 0) + spot.count
        self._max_count = max(self._counts.values(), default=1)
        self.refresh()

    # ------------------------------------------------------------------ actions

    def action_pan(self, columns: int, rows: int) -> None:
        """Move the view."""
        step_x, step_y = self.view.columns * PAN_SHARE, self.view.rows * PAN_SHARE
        self._go_to(self.view.moved(columns * step_x, rows * step_y))

    def action_zoom(self, steps: int) -> None:
        """Zoom in (1) or out (-1)."""
        self._go_to(self.view.zoomed(ZOOM_FACTOR**steps))

    def action_whole(self) -> None:
        """Show the whole world."""
        self._go_to(View(self.view.columns, self.view.rows))

    def action_fit(self) -> None:
        """Show the part of the world that has images."""
        self.fit_spots()

    def action_show_images(self) -> None:
        """Show the images in the view."""
        self.post_message(self.AreaSelected(self.view.box))

    # ------------------------------------------------------------------ drawing

    def render_line(self, y: int) -> Strip:
        """Coasts and images; the last line names the area and the number of images."""
        base = self.rich_style
        if y >= self.view.rows:
            return self._foot(base)
        if not self._land:
            self._land = draw_lines(self.view)
        return Strip(self._segments(y, base), self.size.width)

    def _segments(self, y: int, base: Style) -> list[Segment]:
        land_style = base + self._colour("map--land")
        row, segments, start = self._land[y], [], 0
        if self._is_ascii:
            row = "".join("." if char != " " else " " for char in row)
        for column in range(len(row)):
            count = self._counts.get((column, y))
            if count:
                segments.append(Segment(row[start:column], land_style))
                segments.append(self._spot_segment(count, base))
                start = column + 1
        segments.append(Segment(row[start:], land_style))
        return segments

    def _spot_segment(self, count: int, base: Style) -> Segment:
        level = max(0, min(2, 2 - int(math.log10(self._max_count / count))))
        name = ("map--few", "map--some", "map--many")[level]
        symbol = (ASCII_SHADES if self._is_ascii else SHADES)[level]
        return Segment(symbol, base + self._colour(name))

    def _colour(self, name: str) -> Style:
        """The colour of a component, without its background."""
        full = self.get_component_rich_style(name)
        return Style(color=full.color, bold=full.bold)

    @property
    def _is_ascii(self) -> bool:
        symbols = getattr(self.app, "symbols", UNICODE)
        return bool(symbols.is_ascii)

    def _foot(self, base: Style) -> Strip:
        south, west, north, east = self.view.box
        text = f" {_degrees(south, 'NS')} to {_degrees(north, 'NS')}, "
        text += f"{_degrees(west, 'EW')} to {_degrees(east, 'EW')}"
        if self._note:
            text += f"  ·  {self._note}"
        style = base + self.get_component_rich_style("map--foot")
        return Strip([Segment(text, style)]).crop_extend(0, self.size.width, style)


def _degrees(value: float, directions: str) -> str:
    decimals = 0 if abs(value) == int(abs(value)) else 1
    return f"{abs(value):.{decimals}f}°{directions[value < 0]}"
