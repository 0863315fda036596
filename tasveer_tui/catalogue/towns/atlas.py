"""The towns of the world in a grid, and the nearest of them to a point.

A town reaches as far as its size lets expect, 4 m for the square root of each inhabitant, and
distances count from there: a picture taken at the Eiffel Tower is taken in Paris, although the
middle of Levallois-Perret is nearer.
"""

from __future__ import annotations

import math
import re
import sys
import zlib
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import accumulate, chain
from math import floor, hypot
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    Near: TypeAlias = "tuple[float, float, float, Town]"
    """A town: its latitude and longitude, how many metres it reaches, and what it is."""
    from collections.abc import Mapping

DATA_DIR: Final = Path(__file__).parent
TOWNS_FILE: Final = "towns.bin"
COUNTRIES_FILE: Final = "countries.tsv"

UNITS_PER_DEGREE: Final = 10_000
"""Of a degree, in which towns are kept: 11 m."""
REACH_UNIT_M: Final = 100.0
"""The unit of a town's reach."""
MAX_DISTANCE_M: Final = 150_000.0
"""Farther from every town a picture is in none."""

_CELL_UNITS: Final = 2_500
COLUMNS: Final = 360 * UNITS_PER_DEGREE // _CELL_UNITS
_ROWS: Final = 180 * UNITS_PER_DEGREE // _CELL_UNITS
_CELL_HEIGHT_M: Final = 27_798.0
"""The height of a cell, a quarter of a degree."""
_METRES_PER_DEGREE: Final = 111_195.0
_MAX_REACH_M: Final = 21_000.0
"""No town reaches farther."""
_SEARCH_STEPS: Final = (1, 2, 4, 7)
"""Cells around the point's own to search, in this order."""
_SQUARES_PER_DEGREE: Final = 500
"""Fields per degree: 220 m; all images in a field share the town of its middle."""
_MAX_CACHED_SQUARES: Final = 100_000
_BLOCKS_PER_DEGREE: Final = 20
"""Blocks to a degree: pictures in one share the few towns that can be the nearest there."""
_BLOCK_RADIUS_M: Final = 4_000.0
"""From the middle of a block to its corners, at most, with some room for rounding."""
_MAX_CACHED_BLOCKS: Final = 20_000
"""Blocks, of about 1 kB."""
_BLOCKS_PER_FIELD: Final = 5
"""Blocks along a field that share their candidate towns."""
_FIELD_RADIUS_M: Final = 20_000.0
"""From the middle of a field to its corners, at most, with some room for rounding."""
_FIELD_LOAD_THRESHOLD_BLOCKS: Final = 2
"""Blocks of a field that are kept."""
_MAX_CACHED_FIELDS: Final = 1_000
"""Of about 5 kB."""


class Town(NamedTuple):
    """A town by its own name, and its country by its English one; empty where there is none."""

    name: str
    country: str


NOWHERE: Final = Town("", "")


def nearest_town(lat_deg: float, lon_deg: float) -> Town:
    """The town that a point belongs to; `NOWHERE` for one far off, or not on Earth."""
    if not (abs(lat_deg) <= 90 and abs(lon_deg) <= 180):  # noqa: PLR2004 - NaN fails, too
        return NOWHERE
    return _nearest(round(lat_deg * _SQUARES_PER_DEGREE), round(lon_deg * _SQUARES_PER_DEGREE))


def cell(lat: int, lon: int) -> int:
    """The number of the cell that holds the point, in units."""
    row = min((lat + 90 * UNITS_PER_DEGREE) // _CELL_UNITS, _ROWS - 1)
    return row * COLUMNS + (lon + 180 * UNITS_PER_DEGREE) // _CELL_UNITS % COLUMNS


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres between points in degrees, good to a percent for neighbours."""
    across = (lon_b - lon_a + 540) % 360 - 180
    return hypot(lat_b - lat_a, across * math.cos(math.radians(lat_a))) * _METRES_PER_DEGREE


class _Atlas:
    """The towns by cell."""

    def __init__(self, packed: bytes) -> None:
        # MERGED

        count = int.from_bytes(packed[:4], "little")
        data = memoryview(zlib.decompress(packed[4:]))
        columns = []
        for kind in "IiiHB":
            column = array(kind)
            size = count * column.itemsize
            column.frombytes(data[:size])
            data = data[size:]
            if sys.byteorder == "big":
                column.byteswap()
            columns.append(column)
        steps, self._lats, self._lons, self._reaches, self._countries = columns
        self._cells = array("I", accumulate(steps))
        self._names = bytes(data)
        starts = (match.end() for match in re.finditer(b"\n", self._names))
        self._starts = array("I", chain((0,), starts, (len(self._names) + 1,)))
        self._country_names = country_names()

    def around(self, lat_deg: float, lon_deg: float, room_m: float) -> Iterator[Near]:
        """The towns that can be the nearest of a point so near to this one."""
        least_m = math.inf
        near: list[tuple[float, int]] = []
        for seen in _SEARCH_STEPS:
            near = self._near(lat_deg, lon_deg, seen)
            least_m = min(near, default=(math.inf, 0))[0]
            # Towns outside the searched cells are farther than this from their edge.
            if least_m <= seen * _CELL_HEIGHT_M - _MAX_REACH_M:
                break
        limit_m = least_m + 2 * room_m
        steps = math.ceil((min(limit_m, MAX_DISTANCE_M + room_m) + _MAX_REACH_M) / _CELL_HEIGHT_M)
        for away_m, number in near if steps <= seen else self._near(lat_deg, lon_deg, steps):
            if away_m <= limit_m:
                lat, lon = (
                    self._lats[number] / UNITS_PER_DEGREE,
                    self._lons[number] / UNITS_PER_DEGREE,
                )
                yield lat, lon, self._reaches[number] * REACH_UNIT_M, self.named(number)

    def named(self, number: int) -> Town:
        # Texts of their own would take 16 MB.
        name = self._names[self._starts[number] : self._starts[number + 1] - 1]
        return Town(name.decode(), self._country_names[self._countries[number]])

    def points(self) -> Iterator[tuple[int, int]]:
        """Where each town's middle is, in units."""
        return zip(self._lats, self._lons, strict=True)

    def reaches_m(self) -> Iterator[float]:
        """How far each town reaches from there."""
        return (reach * REACH_UNIT_M for reach in self._reaches)

    def _near(self, lat_deg: float, lon_deg: float, steps: int) -> list[tuple[float, int]]:
        """The distances from where the towns of the cells around a point reach, and the towns."""
        unit_m, reach_m = _METRES_PER_DEGREE / UNITS_PER_DEGREE, REACH_UNIT_M
        narrow = math.cos(math.radians(lat_deg))
        lat, lon = round(lat_deg * UNITS_PER_DEGREE), round(lon_deg * UNITS_PER_DEGREE)
        half, whole = 180 * UNITS_PER_DEGREE, 360 * UNITS_PER_DEGREE
        lats, lons, reaches = self._lats, self._lons, self._reaches
        turned = half - lon
        found: list[tuple[float, int]] = []
        for start, stop in self._runs(lat, lon, steps, narrow):
            found += [
                (
                    hypot(each - lat, ((across + turned) % whole - half) * narrow) * unit_m
                    - reach * reach_m,
                    number,
                )
                for number, each, across, reach in zip(
                    range(start, stop),
                    lats[start:stop],
                    lons[start:stop],
                    reaches[start:stop],
                    strict=True,
                )
            ]
        return found

    def _runs(self, lat: int, lon: int, steps: int, narrow: float) -> Iterator[tuple[int, int]]:
        """The towns of the cells around a point, as ranges; a row may go over the date line."""
        row, column = divmod(cell(lat, lon), COLUMNS)
        wide = min(math.ceil(steps / max(narrow, 1e-3)), COLUMNS // 2)
        first, last = column - wide, min(column + wide, column - wide + COLUMNS - 1)
        for each in range(max(row - steps, 0), min(row + steps, _ROWS - 1) + 1):
            for low, high in _split_at_date_line(first, last):
                start = bisect_left(self._cells, each * COLUMNS + low)
                yield start, bisect_left(self._cells, each * COLUMNS + high + 1, start)


def _split_at_date_line(first: int, last: int) -> tuple[tuple[int, int], ...]:
    if first < 0:
        return (0, last), (first + COLUMNS, COLUMNS - 1)
    if last >= COLUMNS:
        return (first, COLUMNS - 1), (0, last - COLUMNS)
    return ((first, last),)


@cache
def _atlas() -> _Atlas:
    """Unpacked at the first look-up: 0.1 s and 5 MB."""
    return _Atlas((DATA_DIR / TOWNS_FILE).read_bytes())


@lru_cache(_MAX_CACHED_SQUARES)
def _nearest(lat: int, lon: int) -> Town:
    lat_deg, lon_deg = lat / _SQUARES_PER_DEGREE, lon / _SQUARES_PER_DEGREE
    least_m, away_m, best = math.inf, math.inf, NOWHERE
    narrow = math.cos(math.radians(lat_deg))
    for town_lat, town_lon, reach_m, town in _around(
        floor(lat_deg * _BLOCKS_PER_DEGREE), floor(lon_deg * _BLOCKS_PER_DEGREE)
    ):
        across = ((town_lon - lon_deg + 540) % 360 - 180) * narrow
        distance = hypot(town_lat - lat_deg, across) * _METRES_PER_DEGREE
        if distance - reach_m < least_m:
            least_m, away_m, best = distance - reach_m, distance, town
    return best if away_m <= MAX_DISTANCE_M else NOWHERE


@lru_cache(_MAX_CACHED_BLOCKS)
def _around(row: int, column: int) -> tuple[Near, ...]:
    """The towns that can be the nearest in a block."""
    lat_deg, lon_deg = (row + 0.5) / _BLOCKS_PER_DEGREE, (column + 0.5) / _BLOCKS_PER_DEGREE
    towns = _field(row // _BLOCKS_PER_FIELD, column // _BLOCKS_PER_FIELD).towns()
    if towns is None:
        return tuple(_atlas().around(lat_deg, lon_deg, _BLOCK_RADIUS_M))
    narrow = math.cos(math.radians(lat_deg))
    away_m = [
        hypot(lat - lat_deg, ((lon - lon_deg + 540) % 360 - 180) * narrow) * _METRES_PER_DEGREE
        - reach_m
        for lat, lon, reach_m, _ in towns
    ]
    limit_m = min(away_m, default=0.0) + 2 * _BLOCK_RADIUS_M
    return tuple(town for town, each_m in zip(towns, away_m, strict=True) if each_m <= limit_m)


class _Field:
    """Some blocks and the towns that can be the nearest in any of them."""

    def __init__(self, row: int, column: int) -> None:
        self._middle = (
            (row + 0.5) * _BLOCKS_PER_FIELD / _BLOCKS_PER_DEGREE,
            (column + 0.5) * _BLOCKS_PER_FIELD / _BLOCKS_PER_DEGREE,
        )
        self._request_count = 0
        self._towns: tuple[Near, ...] | None = None

    def towns(self) -> tuple[Near, ...] | None:
        """None for the first few blocks, for which it is quicker to ask the atlas."""
        self._request_count += 1
        if self._towns is None and self._request_count > _FIELD_LOAD_THRESHOLD_BLOCKS:
            self._towns = tuple(_atlas().around(*self._middle, _FIELD_RADIUS_M))
        return self._towns


@lru_cache(_MAX_CACHED_FIELDS)
def _field(row: int, column: int) -> _Field:
    return _Field(row, column)


# The countries by their ISO 3166 codes, under their English names in GeoNames.

_ALIASES: Final = {"uk": "GB", "uae": "AE", "el": "GR"}
"""Short names that people write and that ISO gives to nobody else."""


def country_of(code: str) -> str:
    """The name of the country with this code of two or three letters; empty where none has it."""
    return _by_code().get(code.lower(), "")


@cache
def country_names() -> tuple[str, ...]:
    """Every country's name, in the order in which the towns refer to them."""
    return tuple(name for _, _, name in _countries())


@cache
def _by_code() -> Mapping[str, str]:
    found = {code.lower(): name for *codes, name in _countries() for code in codes}
    return found | {short: found[code.lower()] for short, code in _ALIASES.items()}


def _countries() -> list[list[str]]:
    text = (DATA_DIR / COUNTRIES_FILE).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]
