"""Made-up photographs for measurements: always the same, as unevenly spread as real ones.

220 cameras and 320 lenses by Zipf's law, a third with a place around some towns, 29 tags each,
names as cameras (`IMG_0042.jpg`) and telephones (`20190504_101112.jpg`) give them.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import random
from typing import TYPE_CHECKING, Final

from tasveer_tui.records import Facts, ObjectRef, Outcome, Record, Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAKES: Final = (
    *("Canon", "NIKON CORPORATION", "SONY", "FUJIFILM", "Apple", "samsung", "Panasonic"),
    *("OLYMPUS CORPORATION", "LEICA CAMERA AG", "Google", "DJI"),
)
_MODELS: Final = (
    *("EOS 5D Mark III", "D850", "ILCE-7M3", "X-T3", "iPhone 12 Pro", "SM-G975F", "DC-GH5"),
    *("E-M1MarkII", "M (Typ 240)", "Pixel 6", "FC3411"),
)
CAMERAS: Final = tuple(
    (_MAKES[i % 11], f"{_MODELS[i % 11]}{f' v{i // 11}' if i > 10 else ''}")  # noqa: PLR2004
    for i in range(220)
)
LENSES: Final = tuple(
    f"{('EF', 'AF-S NIKKOR', 'FE', 'XF', 'Sigma', 'Tamron SP')[i % 6]} "
    f"{(14, 24, 35, 50, 70, 85, 100, 200)[i % 8]}mm f/{(1.4, 1.8, 2.8, 4, 5.6)[i % 5]} v{i}"
    for i in range(320)
)
TOWNS: Final = (
    *((48.8584, 2.2945, "Paris"), (51.5007, -0.1246, "London"), (35.6586, 139.7454, "Tokyo")),
    *((40.6892, -74.0445, "New York"), (-33.8568, 151.2153, "Sydney"), (28.6139, 77.209, "Delhi")),
    *((-22.9519, -43.2105, "Rio"), (41.9029, 12.4534, "Rome"), (47.3769, 8.5417, "Zürich")),
    *(
        (27.1751, 78.0421, "Agra"),
        (37.8199, -122.4783, "San Francisco"),
        (59.9139, 10.7522, "Oslo"),
    ),
)
SUBJECTS: Final = (
    *("family", "beach", "wedding", "night", "eiffel tower", "dog", "cat", "été", "street"),
    *("portrait", "sunset", "mountain", "snow", "concert", "food", "birds", "macro", "boat"),
)
_SOFTWARE: Final = (
    *("Adobe Photoshop Lightroom Classic 12.0 (Windows)", "Capture One 22", "14.4.2", "", ""),
    *("Ver.1.10", "GIMP 2.10", "darktable 4.0.0", "Picasa", "Firmware 1.2"),
)
_SHUTTERS: Final = tuple(2.0**-power for power in range(-3, 13))
_APERTURES: Final = (1.4, 1.8, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)
_ISOS: Final = (50, 64, 100, 125, 160, 200, 320, 400, 640, 800, 1600, 3200, 6400, 12800, 25600)
_FOCALS: Final = (14.0, 24.0, 28.0, 35.0, 50.0, 70.0, 85.0, 100.0, 135.0, 200.0, 400.0)
_FIRST_DATE: Final = dt.datetime(2004, 1, 1)  # noqa: DTZ001 - a camera's clock has no zone
_DAY_COUNT: Final = 7_300
_IMAGES_PER_FOLDER: Final = 200
"""Pictures in a folder."""
LISTED_AT: Final = 1_760_000_000.0
"""When every object was changed."""


def _zipf(count: int) -> list[float]:
    return list(itertools.accumulate(1 / (rank + 2) for rank in range(count)))


_CAMERA_ODDS: Final = _zipf(len(CAMERAS))
_LENS_ODDS: Final = _zipf(len(LENSES))


def _draw_index(dice: random.Random, odds: Sequence[float]) -> int:
    return bisect.bisect(odds, dice.random() * odds[-1])


class SampleImages:
    """Picture by picture from any index on; one object makes one picture at a time."""

    def __init__(self) -> None:
        self._dice = random.Random()
        self._taken = _FIRST_DATE

    def ref(self, index: int) -> ObjectRef:
        """The object as it is listed; keys rise with the index."""
        self._seed_from(index)
        name = self._name(index)
        same = index - 1 if index % 50 == 49 else index  # noqa: PLR2004 - one in fifty is a copy
        etag = f"{(same * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 7) % 2**128:032x}"
        size = 500_000 + same * 7_919 % 9_000_000
        return ObjectRef(
            f"archive/{index // _IMAGES_PER_FOLDER:06}/{name}", size, etag, LISTED_AT - index
        )

    def record(self, index: int, ref: ObjectRef) -> Record:
        """What reading it yields; one in forty has no metadata, one in two hundred failed."""
        self._seed_from(index)
        if index % 200 == 13:  # noqa: PLR2004
            return Record(Outcome.DENIED, size_bytes=ref.size_bytes, etag=ref.etag, requests=1)
        if index % 40 == 7:  # noqa: PLR2004
            return Record(
                Outcome.NO_METADATA, "png", size_bytes=ref.size_bytes, etag=ref.etag,
                bytes_read=65_536, requests=1,
            )  # fmt: skip
        facts = self._facts(index)
        tags = tuple(self._tags(facts))
        return Record(
            Outcome.OK, "jpeg", tags, facts, (), ref.size_bytes, ref.etag, 65_536, 1,
            1_000, 8_000, 9_000,
        )  # fmt: skip

    def _seed_from(self, index: int) -> None:
        """Everything about a picture comes from its index; a folder is a few days of one year."""
        self._dice.seed(index)
        day = index // _IMAGES_PER_FOLDER * 37 % _DAY_COUNT
        self._taken = _FIRST_DATE + dt.timedelta(days=day, seconds=index % _IMAGES_PER_FOLDER * 97)

    def _name(self, index: int) -> str:
        if index // _IMAGES_PER_FOLDER % 4 == 3:  # noqa: PLR2004 - a folder in four comes from telephones
            return f"{self._taken:%Y%m%d_%H%M%S}.jpg"
        prefix = ("IMG_", "DSC_", "_MG_", "P101")[index // _IMAGES_PER_FOLDER % 4]
        return f"{prefix}{index % 10_000:04}.{'CR2' if index % 25 == 3 else 'jpg'}"  # noqa: PLR2004

    def _facts(self, index: int) -> Facts:
        dice, pick = self._dice, self._dice.choice
        make, model = CAMERAS[_draw_index(dice, _CAMERA_ODDS)]
        chance = dice.random()
        lat, lon, town = pick(TOWNS)
        is_placed = chance < 0.35  # noqa: PLR2004
        is_turned = dice.random() < 0.25  # noqa: PLR2004
        return Facts(
            make=make, model=model, lens=LENSES[_draw_index(dice, _LENS_ODDS)],
            serial=f"{dice.randrange(2_000):08}" if chance > 0.5 else "",  # noqa: PLR2004
            software=pick(_SOFTWARE),
            artist="Jane Doe" if chance < 0.2 else "",  # noqa: PLR2004
            copyright="© Jane Doe" if chance < 0.2 else "",  # noqa: PLR2004
            title=f"{town} {index % 5_000}" if index % 20 == 0 else "",
            caption=f"{pick(SUBJECTS)} near {town}" if index % 5 == 0 else "",
            keywords=tuple(sorted(dice.sample(SUBJECTS, dice.randrange(4)))),
            rating=dice.randrange(6) if chance < 0.3 else None,  # noqa: PLR2004
            taken_at=self._taken.isoformat(), taken_offset="+02:00" if chance < 0.4 else "",  # noqa: PLR2004
            exposure_s=pick(_SHUTTERS), f_number=pick(_APERTURES), iso=pick(_ISOS),
            focal_mm=pick(_FOCALS), focal35_mm=None, exposure_bias_ev=pick((0.0, -1 / 3, 2 / 3)),
            flash=pick((16, 16, 0, 9, 24)), white_balance=dice.randrange(2), metering=5,
            program=dice.randrange(1, 5), orientation=6 if is_turned else 1,
            width=6000, height=4000,
            lat_deg=round(lat + dice.gauss(0, 0.2), 6) if is_placed else None,
            lon_deg=round(lon + dice.gauss(0, 0.2), 6) if is_placed else None,
            alt_m=round(dice.random() * 900, 1) if is_placed else None,
        )  # fmt: skip

    def _tags(self, facts: Facts) -> list[Tag]:
        taken = facts.taken_at.replace("-", ":").replace("T", " ")
        exposure, bias = facts.exposure_s or 1.0, facts.exposure_bias_ev or 0.0
        second = f"{self._dice.randrange(100):02}"
        over = f"1/{1 / exposure:.0f}" if exposure < 1 else f"{exposure:.0f}/1"
        rows: list[tuple[str, str, int, str, str | float, str]] = [
            ("IFD0", "Make", 271, "ASCII", facts.make, ""),
            ("IFD0", "Model", 272, "ASCII", facts.model, ""),
            ("IFD0", "Orientation", 274, "SHORT", facts.orientation or 1, ""),
            ("IFD0", "XResolution", 282, "RATIONAL", 72, ""),
            ("IFD0", "YResolution", 283, "RATIONAL", 72, ""),
            ("IFD0", "ResolutionUnit", 296, "SHORT", 2, ""),
            ("IFD0", "ModifyDate", 306, "ASCII", taken, ""),
            ("ExifIFD", "ExposureTime", 33434, "RATIONAL", _int_if_whole(exposure),
             over if exposure < 1 else ""),
            ("ExifIFD", "FNumber", 33437, "RATIONAL", _int_if_whole(facts.f_number or 1),
             f"{(facts.f_number or 1) * 10:.0f}/10"),
            ("ExifIFD", "ExposureProgram", 34850, "SHORT", facts.program or 0, ""),
            ("ExifIFD", "ISO", 34855, "SHORT", facts.iso or 0, ""),
            ("ExifIFD", "ExifVersion", 36864, "UNDEFINED", "0230", ""),
            ("ExifIFD", "DateTimeOriginal", 36867, "ASCII", taken, ""),
            ("ExifIFD", "CreateDate", 36868, "ASCII", taken, ""),
            ("ExifIFD", "ShutterSpeedValue", 37377, "SRATIONAL", _int_if_whole(exposure), over),
            ("ExifIFD", "ExposureCompensation", 37380, "SRATIONAL", _int_if_whole(bias),
             {0.0: "0/6", 2 / 3: "4/6"}.get(bias, "-2/6")),
            ("ExifIFD", "MeteringMode", 37383, "SHORT", 5, ""),
            ("ExifIFD", "Flash", 37385, "SHORT", facts.flash or 0, ""),
            ("ExifIFD", "FocalLength", 37386, "RATIONAL", _int_if_whole(facts.focal_mm or 0),
             ""),
            ("ExifIFD", "SubSecTimeOriginal", 37521, "ASCII", second, ""),
            ("ExifIFD", "ColorSpace", 40961, "SHORT", 1, ""),
            ("ExifIFD", "ExifImageWidth", 40962, "LONG", 6000, ""),
            ("ExifIFD", "ExifImageHeight", 40963, "LONG", 4000, ""),
            ("ExifIFD", "LensModel", 42036, "ASCII", facts.lens, ""),
        ]  # fmt: skip
        rows += [
            (group, name, number, "ASCII", text, "")
            for group, name, number, text in (
                ("IFD0", "Software", 305, facts.software),
                ("IFD0", "Artist", 315, facts.artist),
                ("IFD0", "Copyright", 33432, facts.copyright),
                ("ExifIFD", "SerialNumber", 42033, facts.serial),
            )
            if text
        ]
        tags = [
            Tag(group, name, number, kind, len(value) + 1 if isinstance(value, str) else 1, value,
                raw)
            for group, name, number, kind, value, raw in rows
        ]  # fmt: skip
        return tags + _text_tags(facts) + _gps_tags(facts)


def _text_tags(facts: Facts) -> list[Tag]:
    texts = (("Title", facts.title), ("Description", facts.caption))
    tags = [Tag("XMP-dc", name, value=text) for name, text in texts if text]
    if facts.keywords:
        words = list[str | int | float](facts.keywords)
        tags.append(Tag("XMP-dc", "Subject", value=words, count=len(words)))
    if facts.rating is not None:
        tags.append(Tag("XMP-xmp", "Rating", value=facts.rating))
    return tags


def _gps_tags(facts: Facts) -> list[Tag]:
    if facts.lat_deg is None or facts.lon_deg is None or facts.alt_m is None:
        return []
    return [
        Tag("GPS", "GPSLatitudeRef", 1, "ASCII", 2, "N" if facts.lat_deg > 0 else "S"),
        Tag("GPS", "GPSLatitude", 2, "RATIONAL", 3, abs(facts.lat_deg)),
        Tag("GPS", "GPSLongitudeRef", 3, "ASCII", 2, "E" if facts.lon_deg > 0 else "W"),
        Tag("GPS", "GPSLongitude", 4, "RATIONAL", 3, abs(facts.lon_deg)),
        Tag("GPS", "GPSAltitude", 6, "RATIONAL", 1, facts.alt_m),
    ]


def _int_if_whole(number: float) -> float:
    """As the reader has fractions: whole numbers as integers."""
    return int(number) if number.is_integer() else number
