"""The trips of two photographers, and every photograph that they took.

`TRIPS` has the stops; `shots` derives from each stop when, where, with which camera and with
which exposure its photographs were taken. Random numbers are seeded, so the result is always the
same.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tasveer_tui.demo.camera import (
    KITS,
    Exposure,
    Kit,
    Phase,
    expose,
    phase_of_day,
    scene_ev100,
    sun_elevation_deg,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def seeded_random(seed: str) -> random.Random:
    """A generator that always gives the same numbers for a seed."""
    return random.Random(seed)  # noqa: S311 - pictures, not secrets


@dataclass(frozen=True, slots=True)
class Stop:
    """Photographs taken one after another on a walk."""

    kit: str
    place: str
    lat_deg: float
    lon_deg: float
    alt_m: float
    starts_at: str
    """Local time: `MM-DD HH:MM`."""
    count: int
    motifs: str
    """Names of motifs, separated by spaces, in the order of the photographs."""
    bearing_deg: float = 70.0
    """Direction of the walk."""
    folder: str = ""
    """A folder in that of the trip, or ""."""


@dataclass(frozen=True, slots=True)
class Trip:
    """The photographs of one folder of the bucket."""

    folder: str
    year: int
    utc_offset_h: int
    artist: str
    country: str
    first_number: int
    """First value of the camera's file counter."""
    stops: tuple[Stop, ...]
    has_track: bool = True
    """Whether the photographs have GPS positions."""
    editor: str = ""
    """Software that wrote XMP into the files; "" if they are as the camera wrote them."""
    has_iptc: bool = False


MIRA = "Mira Halden"
JONAS = "Jonas Okafor"

_LIGHTROOM = "Adobe Photoshop Lightroom Classic 12.3 (Macintosh)"
_DARKTABLE = "darktable 4.4.2"

TRIPS = (
    Trip("2016/09-dolomites", 2016, 2, MIRA, "Italy", 3187, (
        Stop("5d3", "Lago di Braies", 46.6943, 12.0854, 1494, "09-09 06:52", 6, "lake mountains"),
        Stop("5d3", "Val di Funes", 46.6437, 11.7226, 1350, "09-10 17:58", 5,
             "mountains forest", 110),
        Stop("5d3-wide", "Tre Cime di Lavaredo", 46.6187, 12.3028, 2405, "09-11 18:48", 6,
             "mountains lake", 300),
        Stop("5d3-wide", "Rifugio Locatelli", 46.6375, 12.3107, 2405, "09-11 22:40", 5,
             "milky_way", 20),
    ), editor=_LIGHTROOM),
    Trip("2017/07-provence", 2017, 2, JONAS, "France", 412, (
        Stop("d750", "Valensole", 43.8377, 5.9836, 569, "07-03 20:12", 6, "rows"),
        Stop("d750", "Gordes", 43.9112, 5.2003, 340, "07-04 11:20", 4, "street fruit", 200),
        Stop("d750", "Cassis", 43.2140, 5.5378, 5, "07-06 16:05", 5, "sea beach facades", 160),
        Stop("d750", "Avignon", 43.9493, 4.8055, 21, "07-07 22:25", 3, "fireworks", 290),
    ), has_track=False),
    Trip("2018/10-southwest", 2018, -6, JONAS, "United States", 2044, (
        Stop("d750", "Monument Valley", 36.9980, -110.0985, 1590, "10-12 17:35", 7, "buttes", 210),
        Stop("d750", "Forrest Gump Point", 37.1015, -109.9906, 1600, "10-13 10:15", 4,
             "buttes", 225),
        Stop("d750", "Great Sand Dunes", 37.7330, -105.5943, 2500, "10-15 17:10", 5, "dunes", 60),
        Stop("d750", "Arches", 38.7436, -109.4993, 1500, "10-17 21:50", 4, "milky_way", 15),
    ), editor=_DARKTABLE),
    Trip("2019/02-lofoten", 2019, 1, MIRA, "Norway", 1203, (
        Stop("a7m3", "Reine", 67.9324, 13.0887, 4, "02-18 11:20", 6, "winter lake", 40),
        Stop("a7m3", "Hamnøy", 67.9470, 13.1320, 6, "02-18 16:42", 5, "facades winter sea", 100),
        Stop("a7m3-fast", "Uttakleiv", 68.2087, 13.5010, 3, "02-19 21:35", 7, "aurora", 330),
    )),
    Trip("2019/05-lisbon", 2019, 1, MIRA, "Portugal", 412, (
        Stop("z6", "Alfama", 38.7118, -9.1300, 42, "05-04 09:40", 8, "street facades fruit", 75),
        Stop("z6", "Miradouro da Graça", 38.7164, -9.1316, 78, "05-04 20:28", 5,
             "palace skyline", 310),
        Stop("z6", "Ponte 25 de Abril", 38.6946, -9.1770, 8, "05-05 20:40", 5, "bridge", 260),
        Stop("z6", "Praia da Adraga", 38.8018, -9.4853, 6, "05-06 18:55", 4, "beach sea", 195),
        Stop("z6", "Cabo da Roca", 38.7804, -9.4989, 140, "05-06 20:50", 4, "lighthouse", 10),
    ), editor=_LIGHTROOM, has_iptc=True),
    Trip("2019/10-morocco", 2019, 1, JONAS, "Morocco", 5210, (
        Stop("xt3", "Marrakech", 31.6258, -7.9891, 457, "10-20 10:30", 5,
             "fruit palace street", 15),
        Stop("xt3", "Aït Benhaddou", 31.0470, -7.1319, 1300, "10-22 17:40", 4, "buttes palace", 35),
        Stop("xt3", "Erg Chebbi", 31.1499, -3.9760, 735, "10-24 18:04", 7, "dunes", 120),
        Stop("xt3", "Merzouga", 31.0994, -4.0117, 725, "10-24 22:10", 3, "milky_way", 90),
    ), has_track=False),
    Trip("2020/garden", 2020, 2, MIRA, "", 88, (
        Stop("xt3-macro", "", 0, 0, 0, "04-19 10:05", 5, "blossom"),
        Stop("xt3-macro", "", 0, 0, 0, "05-24 18:50", 5, "blossom"),
        Stop("xt3-macro", "", 0, 0, 0, "07-11 12:30", 4, "blossom fruit"),
    ), has_track=False),
    Trip("2021/08-iceland", 2021, 0, MIRA, "Iceland", 4471, (
        Stop("a7m3", "Vík", 63.4186, -19.0060, 12, "08-14 20:35", 5, "beach sea lighthouse", 250),
        Stop("a7m3", "Jökulsárlón", 64.0481, -16.1794, 4, "08-16 10:50", 5, "lake winter", 80),
        Stop("a7m3-fast", "Kirkjufell", 64.9429, -23.3060, 20, "08-29 23:55", 4, "aurora", 340),
        Stop("mavic", "Vík", 63.4140, -19.0206, 118, "08-14 17:20", 8, "coast", 265, "drone"),
    )),
    Trip("2022/04-japan", 2022, 9, JONAS, "Japan", 311, (
        Stop("r5", "Itsukushima", 34.2973, 132.3181, 3, "04-03 17:52", 5, "torii", 130, "miyajima"),
        Stop("r5", "Arashiyama", 35.0170, 135.6713, 60, "04-05 10:40", 5,
             "forest pagoda", 270, "kyoto"),
        Stop("r5", "Yasaka", 34.9986, 135.7792, 75, "04-05 18:34", 4, "pagoda", 175, "kyoto"),
        Stop("r5", "Chureito", 35.5012, 138.8014, 850, "04-08 05:48", 6,
             "pagoda lake", 220, "fuji"),
        Stop("r5", "Shibuya", 35.6595, 139.7005, 35, "04-10 20:15", 6, "skyline", 45, "tokyo"),
    ), editor=_LIGHTROOM, has_iptc=True),
    Trip("2022/10-cappadocia", 2022, 3, JONAS, "Türkiye", 1920, (
        Stop("r5", "Göreme", 38.6431, 34.8289, 1100, "10-08 07:02", 10, "balloons", 60),
        Stop("r5-macro", "Uçhisar", 38.6302, 34.8053, 1270, "10-08 15:30", 4, "blossom coffee", 0),
    )),
    Trip("2023/09-new-york", 2023, -4, MIRA, "United States", 1000412, (
        Stop("q2", "Brooklyn Bridge Park", 40.7024, -73.9959, 4, "09-16 19:25", 7,
             "skyline bridge", 20),
        Stop("q2", "SoHo", 40.7233, -74.0030, 9, "09-17 11:10", 4, "street coffee facades", 200),
        Stop("q2", "Montauk", 41.0710, -71.8571, 25, "09-19 17:40", 3, "lighthouse sea", 95),
    ), has_track=False),
    Trip("phone/2023", 2023, 2, JONAS, "", 4211, (
        Stop("iphone", "Champ de Mars", 48.8558, 2.2984, 35, "04-15 10:20", 4, "rows palace", 315),
        Stop("iphone", "Rue de l'Université", 48.8606, 2.3009, 34, "04-15 13:05", 4,
             "coffee fruit street", 80),
        Stop("iphone", "Canal Saint-Martin", 48.8713, 2.3655, 33, "04-15 20:25", 3, "facades", 5),
        Stop("iphone", "Landwehrkanal", 52.4972, 13.4248, 36, "06-10 08:10", 6,
             "cat coffee blossom", 90),
        Stop("iphone", "Tempelhofer Feld", 52.4730, 13.4030, 48, "09-02 19:25", 5,
             "rows balloons", 180),
    )),
    Trip("phone/2024", 2024, -7, MIRA, "", 0, (
        Stop("pixel", "Golden Gate", 37.8078, -122.4750, 60, "06-08 19:50", 6, "bridge", 350),
        Stop("pixel", "Ferry Building", 37.7955, -122.3937, 5, "06-09 09:30", 4,
             "fruit coffee skyline", 320),
        Stop("pixel", "Point Reyes", 37.9957, -123.0206, 90, "06-10 20:15", 4,
             "lighthouse coast", 240),
    )),
    Trip("raw-scans/roll-07", 2015, 2, MIRA, "", 1, (
        Stop("scanner", "", 0, 0, 0, "11-08 14:02", 10,
             "sea mountains facades forest beach lake cat winter"),
    ), has_track=False),
)  # fmt: skip


# ------------------------------------------------------------- from stops to photographs

_CLOSE_UP_MOTIFS = frozenset({"blossom", "coffee", "fruit", "cat"})
_INDOOR_MOTIFS = frozenset({"coffee", "cat"})
_DARK_SKY_MOTIFS = frozenset({"milky_way", "aurora"})
_UPRIGHT_SHARE = 0.16
"""Share of the photographs in portrait format."""

MOTIF_CAPTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
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
"""By motif: a title, in which {} is the place, and keywords."""


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
    """Local time, with its zone."""
    lat_deg: float
    lon_deg: float
    alt_m: float
    bearing_deg: float
    phase: Phase
    exposure: Exposure
    focal_mm: float
    bias_ev: float
    orientation: int
    """The EXIF code: 1 as stored, 6 and 8 rotated by 90°."""
    rating: int
    """1 to 5 stars; 0 without a rating."""

    @property
    def title(self) -> str:
        """The title that an editor writes."""
        return MOTIF_CAPTIONS[self.motif][0].format(self.stop.place).strip(" ,")

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords that an editor writes."""
        places = (place for place in (self.stop.place, self.trip.country) if place)
        return (*MOTIF_CAPTIONS[self.motif][1], *places)


def shots() -> Iterator[Shot]:
    """Every photograph, by trip, in the order in which they were taken."""
    for trip in TRIPS:
        number = trip.first_number
        for stop in trip.stops:
            yield from _shots_at_stop(trip, stop, number)
            number += stop.count + 3


def _shots_at_stop(trip: Trip, stop: Stop, first_number: int) -> Iterator[Shot]:
    rng = seeded_random(f"{trip.folder} {stop.place} {stop.starts_at}")
    zone = timezone(timedelta(hours=trip.utc_offset_h))
    taken = datetime.strptime(f"{trip.year}-{stop.starts_at}", "%Y-%m-%d %H:%M").replace(
        tzinfo=zone
    )
    walked_m = 0.0
    motifs = stop.motifs.split()
    for index in range(stop.count):
        taken += timedelta(seconds=rng.randint(35, 260), milliseconds=rng.randint(0, 990))
        walked_m += rng.uniform(15, 80)
        motif = motifs[index * len(motifs) // stop.count]
        yield _make_shot(trip, stop, (first_number + index, motif, taken, walked_m), rng)


def _make_shot(
    trip: Trip, stop: Stop, frame: tuple[int, str, datetime, float], rng: random.Random
) -> Shot:
    number, motif, taken, walked_m = frame
    kit = KITS[stop.kit]
    lat, lon = _position_after(stop, walked_m, rng)
    # A stop without a position (gardens, scans) gets the sun of central Europe.
    elevation = sun_elevation_deg(taken, lat or 48.0, lon or 11.0)
    focal = _random_focal_mm(kit, motif, rng)
    ev100 = scene_ev100(
        elevation, is_indoors=motif in _INDOOR_MOTIFS, is_dark_sky=motif in _DARK_SKY_MOTIFS
    )
    bias = rng.choice((0, 0, 0, 0, -1 / 3, -2 / 3, 1 / 3))
    is_upright = kit.model != "FC3170" and rng.random() < _UPRIGHT_SHARE
    return Shot(
        key=_object_key(trip, stop, kit, number, taken),
        trip=trip, stop=stop, kit=kit, motif=motif, number=number, taken=taken,
        lat_deg=lat, lon_deg=lon, alt_m=round(stop.alt_m + rng.uniform(-2, 4), 1),
        bearing_deg=(stop.bearing_deg + rng.uniform(-40, 40)) % 360,
        phase=phase_of_day(elevation),
        exposure=expose(ev100 - bias, kit, focal, is_close=motif in _CLOSE_UP_MOTIFS),
        focal_mm=focal, bias_ev=bias,
        orientation=rng.choice((6, 8)) if is_upright else 1,
        rating=rng.choice((0, 0, 2, 3, 3, 4, 5)) if trip.editor else 0,
    )  # fmt: skip


def _position_after(stop: Stop, walked_m: float, rng: random.Random) -> tuple[float, float]:
    """Latitude and longitude on the walk, with the error of a GPS logger: a few metres."""
    if not stop.lat_deg:
        return 0.0, 0.0
    bearing = math.radians(stop.bearing_deg)
    north_m = walked_m * math.cos(bearing) + rng.gauss(0, 3)
    east_m = walked_m * math.sin(bearing) + rng.gauss(0, 3)
    degree_m = 111_320
    lat = stop.lat_deg + north_m / degree_m
    lon = stop.lon_deg + east_m / degree_m / math.cos(math.radians(stop.lat_deg))
    return round(lat, 6), round(lon, 6)


def _random_focal_mm(kit: Kit, motif: str, rng: random.Random) -> float:
    """A focal length of the lens: mostly short for skies and streets, else longer."""
    short, long = kit.zoom_mm
    if short == long:
        return short
    share = rng.random() ** (3 if motif in {"milky_way", "street", "lake"} else 1.4)
    return float(round(short + (long - short) * share))


def _object_key(trip: Trip, stop: Stop, kit: Kit, number: int, taken: datetime) -> str:
    name, running = kit.file_name, number
    if "%" in name:  # phones name files by the time in UTC
        name, running = taken.astimezone(UTC).strftime(name), taken.microsecond // 1000
    folder = f"{trip.folder}/{stop.folder}" if stop.folder else trip.folder
    return f"{folder}/{name.format(running)}"
