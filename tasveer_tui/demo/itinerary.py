"""From trips to single photographs: when, where, with what, and how exposed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tasveer_tui.demo.kit import KITS, Kit
from tasveer_tui.demo.light import Exposure, Phase, expose, phase, scene_ev100, sun_elevation_deg
from tasveer_tui.demo.seeds import generator
from tasveer_tui.demo.trips import TRIPS, Stop, Trip

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

_CLOSE = frozenset({"blossom", "coffee", "fruit", "cat"})
_INDOORS = frozenset({"coffee", "cat"})
_DARK_SKY = frozenset({"milky_way", "aurora"})
_UPRIGHT_SHARE = 0.16
"""Of the pictures are taken with the camera turned."""

WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mountains": ("Ridges, {}", ("mountains", "landscape")),
    "lake": ("Still water, {}", ("lake", "reflection", "landscape")),
    "forest": ("Among the trees, {}", ("forest", "mist")),
    "winter": ("Snow, {}", ("winter", "snow")),
    "sea": ("A sail, {}", ("sea", "boat")),
    "beach": ("The beach, {}", ("beach", "sea", "holiday")),
    "lighthouse": ("The lighthouse, {}", ("lighthouse", "sea")),
    "coast": ("From above, {}", ("aerial", "coast")),
    "dunes": ("Caravan, {}", ("desert", "dunes", "camels")),
    "buttes": ("Red rock, {}", ("desert", "rock", "road")),
    "rows": ("Flower rows, {}", ("flowers", "field")),
    "balloons": ("Balloons, {}", ("balloons", "sky")),
    "skyline": ("Across the water, {}", ("city", "skyline", "architecture")),
    "facades": ("House fronts, {}", ("city", "houses", "reflection")),
    "bridge": ("The bridge, {}", ("bridge", "architecture")),
    "pagoda": ("Pagoda, {}", ("temple", "blossom", "architecture")),
    "torii": ("The gate, {}", ("temple", "water")),
    "street": ("A lane, {}", ("street", "tram", "city")),
    "palace": ("Domes, {}", ("palace", "architecture")),
    "milky_way": ("Milky Way, {}", ("night", "stars", "tent")),
    "aurora": ("Northern lights, {}", ("night", "aurora")),
    "fireworks": ("Fireworks, {}", ("night", "fireworks")),
    "blossom": ("Blossom, {}", ("flower", "macro")),
    "coffee": ("Coffee, {}", ("table", "coffee")),
    "cat": ("At the window, {}", ("cat", "home")),
    "fruit": ("Market, {}", ("market", "fruit")),
}
"""A title around the place, and keywords, by motif."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph before it is painted."""

    key: str
    trip: Trip
    stop: Stop
    kit: Kit
    motif: str
    number: int
    taken: datetime
    """Local, with its zone."""
    lat_deg: float
    lon_deg: float
    alt_m: float
    bearing_deg: float
    phase: Phase
    exposure: Exposure
    focal_mm: float
    bias_ev: float
    orientation: int
    """EXIF's: 1 upright as stored, 6 and 8 the camera was turned."""
    rating: int
    """0 means unrated."""

    @property
    def title(self) -> str:
        """What an editor called it."""
        return WORDS[self.motif][0].format(self.stop.place).strip(" ,")

    @property
    def keywords(self) -> tuple[str, ...]:
        """What it shows."""
        places = (place for place in (self.stop.place, self.trip.country) if place)
        return (*WORDS[self.motif][1], *places)


def shots() -> Iterator[Shot]:
    """Every photograph, trip by trip in the order in which they were taken."""
    for trip in TRIPS:
        number = trip.first_number
        for stop in trip.stops:
            yield from _walk(trip, stop, number)
            number += stop.count + 3


def _walk(trip: Trip, stop: Stop, first_number: int) -> Iterator[Shot]:
    rng = generator(f"{trip.folder} {stop.place} {stop.starts}")
    zone = timezone(timedelta(hours=trip.utc_offset_h))
    taken = datetime.strptime(f"{trip.year}-{stop.starts}", "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    walked_m = 0.0
    motifs = stop.motifs.split()
    for index in range(stop.count):
        taken += timedelta(seconds=rng.randint(35, 260), milliseconds=rng.randint(0, 990))
        walked_m += rng.uniform(15, 80)
        motif = motifs[index * len(motifs) // stop.count]
        yield _shoot(trip, stop, (first_number + index, motif, taken, walked_m), rng)


def _shoot(
    trip: Trip, stop: Stop, frame: tuple[int, str, datetime, float], rng: random.Random
) -> Shot:
    number, motif, taken, walked_m = frame
    kit = KITS[stop.kit]
    lat, lon = _moved(stop, walked_m, rng)
    # Where no place is told (gardens, scans), central Europe's sun does.
    elevation = sun_elevation_deg(taken, lat or 48.0, lon or 11.0)
    focal = _focal(kit, motif, rng)
    ev100 = scene_ev100(elevation, is_indoors=motif in _INDOORS, is_dark_sky=motif in _DARK_SKY)
    bias = rng.choice((0, 0, 0, 0, -1 / 3, -2 / 3, 1 / 3))
    is_upright = kit.model != "FC3170" and rng.random() < _UPRIGHT_SHARE
    return Shot(
        key=_key(trip, stop, kit, number, taken),
        trip=trip, stop=stop, kit=kit, motif=motif, number=number, taken=taken,
        lat_deg=lat, lon_deg=lon, alt_m=round(stop.alt_m + rng.uniform(-2, 4), 1),
        bearing_deg=(stop.bearing_deg + rng.uniform(-40, 40)) % 360,
        phase=phase(elevation),
        exposure=expose(ev100 - bias, kit, focal, is_close=motif in _CLOSE),
        focal_mm=focal, bias_ev=bias,
        orientation=rng.choice((6, 8)) if is_upright else 1,
        rating=rng.choice((0, 0, 2, 3, 3, 4, 5)) if trip.editor else 0,
    )  # fmt: skip


def _moved(stop: Stop, walked_m: float, rng: random.Random) -> tuple[float, float]:
    """Where the walk has come to, with a logger's jitter of a few metres."""
    if not stop.lat_deg:
        return 0.0, 0.0
    bearing = math.radians(stop.bearing_deg)
    north_m = walked_m * math.cos(bearing) + rng.gauss(0, 3)
    east_m = walked_m * math.sin(bearing) + rng.gauss(0, 3)
    degree_m = 111_320
    lat = stop.lat_deg + north_m / degree_m
    lon = stop.lon_deg + east_m / degree_m / math.cos(math.radians(stop.lat_deg))
    return round(lat, 6), round(lon, 6)


def _focal(kit: Kit, motif: str, rng: random.Random) -> float:
    """Wide for skies and streets, longer for what is far or small."""
    short, long = kit.zoom_mm
    if short == long:
        return short
    share = rng.random() ** (3 if motif in {"milky_way", "street", "lake"} else 1.4)
    return float(round(short + (long - short) * share))


def _key(trip: Trip, stop: Stop, kit: Kit, number: int, taken: datetime) -> str:
    name, running = kit.file_name, number
    if "%" in name:  # phones name by the time, in UTC
        name, running = taken.astimezone(UTC).strftime(name), taken.microsecond // 1000
    folder = f"{trip.folder}/{stop.folder}" if stop.folder else trip.folder
    return f"{folder}/{name.format(running)}"
