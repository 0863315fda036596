"""Coasts and borders as lines, and a view of the earth drawn with Braille dots. Pure.

The lines are Natural Earth's (public domain), packed by `bin/pack-world`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE: Final = Path(__file__).with_name("world.bin")
STEPS: Final = 100
"""Per degree, in the file."""
DOTS_X, DOTS_Y = 2, 4
"""Braille dots in a cell."""
CELL_RATIO: Final = 2.0
"""A cell is about twice as high as wide."""
LEAST_DEGREES: Final = 0.2
"""The narrowest view; the lines are not finer than that."""

DATE_LINE_STEPS: Final = 180 * STEPS
"""No line is that long: it leads around the earth's other side."""

_BRAILLE: Final = 0x2800
_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass(frozen=True, slots=True)
class Line:
    """A coast or a border: points in hundredths of a degree, east and north."""

    points: tuple[tuple[int, int], ...]
    is_border: bool
    west: int
    south: int
    east: int
    north: int


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """All lines; unpacked when first asked for, in some 30 ms."""
    data = zlib.decompress(FILE.read_bytes())
    return tuple(_unpacked(data))


def _unpacked(data: bytes) -> Iterator[Line]:
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


@dataclass(frozen=True, slots=True)
class View:
    """A window on the earth, in plain degrees: `degrees` from west to east over `columns`."""

    columns: int
    rows: int
    lat: float = 15.0
    lon: float = 0.0
    degrees: float = 360.0

    @property
    def per_column(self) -> float:
        """Degrees of longitude in a cell."""
        return self.degrees / max(1, self.columns)

    @property
    def per_row(self) -> float:
        """Degrees of latitude in a cell."""
        return self.per_column * CELL_RATIO

    @property
    def west(self) -> float:
        """The left edge."""
        return self.lon - self.degrees / 2

    @property
    def north(self) -> float:
        """The upper edge."""
        return self.lat + self.per_row * self.rows / 2

    @property
    def box(self) -> tuple[float, float, float, float]:
        """South, west, north, east, within what `bbox:` takes."""
        south = self.north - self.per_row * self.rows
        west, east = self.west, self.west + self.degrees
        if east - west >= 360:  # noqa: PLR2004 - all around
            west, east = -180.0, 180.0
        return max(-90.0, south), max(-180.0, west), min(90.0, self.north), min(180.0, east)

    def cell(self, lat: float, lon: float) -> tuple[int, int] | None:
        """Column and row of a place, if it is in the window."""
        column = int((lon - self.west) / self.per_column)
        row = int((self.north - lat) / self.per_row)
        is_in = lon >= self.west and lat <= self.north
        return (column, row) if is_in and column < self.columns and row < self.rows else None

    def zoomed(self, factor: float) -> View:
        """Nearer (above 1) or farther around the same centre."""
        degrees = min(360.0, max(LEAST_DEGREES, self.degrees / factor))
        return View(self.columns, self.rows, self.lat, self.lon, degrees).bounded()

    def moved(self, columns: float, rows: float) -> View:
        """Moved by so many cells, right and down."""
        return View(
            self.columns,
            self.rows,
            self.lat - rows * self.per_row,
            self.lon + columns * self.per_column,
            self.degrees,
        ).bounded()

    def sized(self, columns: int, rows: int) -> View:
        """The same place on another screen."""
        return View(columns, rows, self.lat, self.lon, self.degrees).bounded()

    def bounded(self) -> View:
        """Kept on the earth."""
        half_lon = self.degrees / 2
        lon = 0.0 if half_lon >= 180 else min(180 - half_lon, max(half_lon - 180, self.lon))  # noqa: PLR2004
        half_lat = self.per_row * self.rows / 2
        lat = 0.0 if half_lat >= 90 else min(90 - half_lat, max(half_lat - 90, self.lat))  # noqa: PLR2004
        return View(self.columns, self.rows, min(85.0, max(-85.0, lat)), lon, self.degrees)

    def around(self, box: tuple[float, float, float, float]) -> View:
        """The narrowest view that holds south, west, north, east, with some room around."""
        south, west, north, east = box
        wide = max(east - west, (north - south) * self.columns / (CELL_RATIO * max(1, self.rows)))
        degrees = min(360.0, max(2.0, wide * 1.2))
        return View(
            self.columns, self.rows, (south + north) / 2, (west + east) / 2, degrees
        ).bounded()


def drawn(view: View) -> list[str]:
    """The lines in a view, a text a row; borders only once they can be told from coasts."""
    width, height = view.columns * DOTS_X, view.rows * DOTS_Y
    cells = [[0] * view.columns for _ in range(view.rows)]
    scale_x, scale_y = DOTS_X / view.per_column / STEPS, DOTS_Y / view.per_row / STEPS
    west, north = view.west * STEPS, view.north * STEPS
    east, south = west + width / scale_x, north - height / scale_y
    for line in lines():
        if line.east < west or line.west > east or line.north < south or line.south > north:
            continue
        if line.is_border and view.degrees > 120:  # noqa: PLR2004 - about a continent
            continue
        for points in _whole(line.points):
            dots = [(int((x - west) * scale_x), int((north - y) * scale_y)) for x, y in points]
            _draw(cells, dots, width, height)
    return ["".join(chr(_BRAILLE | bits) if bits else " " for bits in row) for row in cells]


def _whole(points: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    """The line in the parts that lie on one side of the date line."""
    start = 0
    for index, ((ax, _), (bx, _)) in enumerate(pairwise(points), 1):
        if abs(ax - bx) > DATE_LINE_STEPS:
            yield points[start:index]
            start = index
    yield points[start:]


def _draw(cells: list[list[int]], dots: Sequence[tuple[int, int]], width: int, height: int) -> None:
    """Join the dots that are near each other."""
    for (ax, ay), (bx, by) in pairwise(dots):
        if (ax < 0 and bx < 0) or (ay < 0 and by < 0) or (ax >= width and bx >= width):
            continue
        steps = max(abs(bx - ax), abs(by - ay), 1)
        for step in range(steps + 1):
            x, y = ax + (bx - ax) * step // steps, ay + (by - ay) * step // steps
            if 0 <= x < width and 0 <= y < height:
                cells[y // DOTS_Y][x // DOTS_X] |= _BITS[y % DOTS_Y][x % DOTS_X]
