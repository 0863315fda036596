"""Tags by name, as searches and columns write them: `exif.ISO`, `xmp-dc.Subject`."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from dataclasses import field as part
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from tasveer_tui.catalogue import codes, field_formats
from tasveer_tui.catalogue.field_formats import CellValue
from tasveer_tui.errors import UsageError
from tasveer_tui.records import MAKER_GROUPS, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "DEFAULT_COLUMNS",
    "FAMILIES",
    "FIELDS",
    "CellValue",
    "Field",
    "Kind",
    "TagName",
    "field_of",
    "find_field",
    "has_group",
    "suggest_field",
    "tag_name",
]


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag in a search: a family of groups, and the tag's name in any case."""

    family: str
    name: str

    def matches(self, group: str, name: str) -> bool:
        """Whether it is this tag of exiftool's."""
        return name.lower() == self.name.lower() and has_group(self.family, group)

    def __str__(self) -> str:
        return f"{self.family}.{self.name}"


FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "exif": r"IFD\d+|ExifIFD|InteropIFD|SubIFD\d*|GlobParamIFD",
        "gps": r"GPS",
        "xmp": r"XMP|XMP-.+",
        "iptc": r"IPTC\d*",
        "maker": "|".join(MAKER_GROUPS),
        "file": r".+",
    }
)
"""Which of exiftool's groups a family means, as patterns over the whole name without regard to
case. The first that fits has the group, so `file` is what no other family has."""

_TAG = re.compile(r"([\w-]+)\.([\w-]+(?:\.[\w-]+)*)")
_EXACT_GROUP = re.compile(r"ifd\d+|exififd|interopifd|subifd\d*|xmp-[\w-]+", re.IGNORECASE)


def tag_name(text: str) -> TagName | None:
    """`exif.ISO` taken apart; None where `text` does not name a tag.

    Before the dot stands a family, or one exact group of those that exiftool numbers or
    names apart: `IFD1.Compression`, `XMP-dc.Subject`.
    """
    match = _TAG.fullmatch(text)
    if not match:
        return None
    group, name = match.groups()
    if group.lower() in FAMILIES:
        return TagName(group.lower(), name)
    return TagName(group, name) if _EXACT_GROUP.fullmatch(group) else None


@lru_cache(maxsize=1024)
def has_group(family: str, group: str) -> bool:
    """Whether `group` (exiftool's, `-G1`) belongs to the family or is the exact group."""
    if family not in FAMILIES:
        return family.lower() == group.lower()
    for name, pattern in FAMILIES.items():
        if re.fullmatch(pattern, group, re.IGNORECASE):
            return name == family
    return False


# Every field of the search language: its name, kind, unit, help and how a person reads it.
#
# The parser, the compiler, the table, the command line and the help all read this one list.
# Light to import: no grammar, no database.


class Kind(StrEnum):
    """How a field's values compare."""

    TEXT = "text"
    """`:` contains, without regard to case and accents."""
    WORD = "word"
    """`:` equals, without regard to case."""
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    """One of a few words for numbers in the file."""
    SWITCH = "switch"
    PLACE = "place"
    """`near` and `bbox`: only `:`, and no value to show."""


Unit = Literal["", "s", "mm", "f", "B", "m", "EV", "MP", "ratio", "°", "px"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the search language, or one tag as a column."""

    name: str
    label: str
    """The column's heading."""
    kind: Kind
    help: str
    """One line for help screens."""
    unit: Unit = ""
    formatter: Callable[[CellValue], str] = field_formats.format_plain
    is_sortable: bool = True
    is_column: bool = True
    tolerance: float = 0.0
    """Relative tolerance: values that differ by at most this share are equal."""
    absolute_tolerance: float = 0.0
    """The same as an amount: cameras write a third as 0.3 and as 0.33."""
    words: tuple[str, ...] = ()
    """The only values of a WORD or CODE field; none means any."""
    codes: Mapping[str, tuple[int, ...]] = part(default_factory=dict, compare=False)
    names: Mapping[str, int] = part(default_factory=dict, compare=False)
    """Words that a NUMBER field takes for numbers."""

    @property
    def align(self) -> Literal["left", "right"]:
        """Numbers are right-aligned."""
        return "right" if self.kind is Kind.NUMBER else "left"

    def format(self, value: CellValue) -> str:
        """Short text for people; absent is empty. Not sanitised: the caller uses `clean`."""
        return "" if value is None else self.formatter(value)


_FIELDS = (
    Field("camera", "Camera", Kind.TEXT, "make and model together"),
    Field("make", "Make", Kind.TEXT, "who made the camera"),
    Field("model", "Model", Kind.TEXT, "the camera's model"),
    Field("lens", "Lens", Kind.TEXT, "the lens"),
    Field("serial", "Serial", Kind.TEXT, "the camera body's serial number"),
    Field("software", "Software", Kind.TEXT, "the program that wrote the file"),
    Field("artist", "Artist", Kind.TEXT, "who took the picture"),
    Field("copyright", "Copyright", Kind.TEXT, "the copyright notice"),
    Field("iso", "ISO", Kind.NUMBER, "sensitivity: iso>=1600"),
    Field(
        "f", "f", Kind.NUMBER, "aperture: f:2.8 f<=4",
        unit="f", formatter=field_formats.decimal_formatter(1), tolerance=0.01,
    ),
    Field(
        "shutter", "Shutter", Kind.NUMBER, "exposure time: 1/250, 0.004 or 2s",
        unit="s", formatter=field_formats.format_shutter, tolerance=0.01,
    ),
    Field(
        "focal", "Focal", Kind.NUMBER, "focal length: focal:50mm focal:24..70",
        unit="mm", formatter=field_formats.decimal_formatter(1, " mm"), tolerance=0.005,
    ),
    Field(
        "focal35", "Focal 35", Kind.NUMBER, "focal length as 35 mm film would have it",
        unit="mm", formatter=field_formats.decimal_formatter(1, " mm"), tolerance=0.005,
    ),
    Field(
        "ev", "EV", Kind.NUMBER, "exposure correction: ev<0",
        unit="EV", formatter=field_formats.format_signed, absolute_tolerance=0.04,
    ),
    Field(
        "flash", "Flash", Kind.CODE, "yes, no, auto, redeye, or EXIF's number",
        codes=codes.FLASH, words=tuple(codes.FLASH),
        formatter=field_formats.code_formatter(codes.FLASH),
    ),
    Field(
        "wb", "WB", Kind.CODE, "white balance: auto, manual",
        codes=codes.WHITE_BALANCE, words=tuple(codes.WHITE_BALANCE),
        formatter=field_formats.code_formatter(codes.WHITE_BALANCE),
    ),
    Field(
        "metering", "Metering", Kind.CODE, "average, center, spot, multispot, pattern, partial…",
        codes=codes.METERING, words=tuple(codes.METERING),
        formatter=field_formats.code_formatter(codes.METERING),
    ),
    Field(
        "program", "Program", Kind.CODE, "manual, auto, aperture, shutter, portrait, bulb…",
        codes=codes.PROGRAM, words=tuple(codes.PROGRAM),
        formatter=field_formats.code_formatter(codes.PROGRAM),
    ),
    Field(
        "taken", "Taken", Kind.DATE, "when, by the camera's clock: taken:2019-05 taken:last 30d",
        formatter=field_formats.format_date,
    ),
    Field(
        "ingested", "Ingested", Kind.DATE, "when its metadata was read (UTC)",
        formatter=field_formats.format_date,
    ),
    Field(
        "modified", "Modified", Kind.DATE, "when the object was last written (UTC)",
        formatter=field_formats.format_date,
    ),
    Field("year", "Year", Kind.NUMBER, "of taken: year:2019..2021"),
    Field(
        "month", "Month", Kind.NUMBER, "of taken, in any year: month:5 month:may",
        names=codes.MONTHS, formatter=field_formats.name_formatter(codes.MONTHS),
    ),
    Field("hour", "Hour", Kind.NUMBER, "of taken, 0 to 23: hour:5..8"),
    Field(
        "weekday", "Weekday", Kind.NUMBER, "of taken: weekday:sun, or 1 (Monday) to 7",
        names=codes.WEEKDAYS, formatter=field_formats.name_formatter(codes.WEEKDAYS),
    ),
    Field(
        "gps", "GPS", Kind.SWITCH, "whether it carries a position: gps:yes",
        formatter=field_formats.format_switch, is_sortable=False,
    ),
    Field(
        "lat", "Latitude", Kind.NUMBER, "degrees north: lat>60",
        unit="°", formatter=field_formats.decimal_formatter(5), tolerance=1e-9,
    ),
    Field(
        "lon", "Longitude", Kind.NUMBER, "degrees east: lon:-10..5",
        unit="°", formatter=field_formats.decimal_formatter(5), tolerance=1e-9,
    ),
    Field(
        "alt", "Altitude", Kind.NUMBER, "above sea level: alt<100m",
        unit="m", formatter=field_formats.decimal_formatter(0, " m"), tolerance=1e-6,
    ),
    Field(
        "near", "Near", Kind.PLACE, "within a radius: near:48.8584,2.2945,5km",
        is_sortable=False, is_column=False,
    ),
    Field(
        "bbox", "Box", Kind.PLACE, "south,west,north,east: bbox:48,2,49,3",
        is_sortable=False, is_column=False,
    ),
    Field("place", "Place", Kind.TEXT, "the town at the position: place:paris"),
    Field("country", "Country", Kind.TEXT, "by name or code: country:france country:FR"),
    Field("bucket", "Bucket", Kind.TEXT, "the bucket's name"),
    Field("path", "Path", Kind.TEXT, "the whole key: path:raw/**"),
    Field("name", "Name", Kind.TEXT, "the key's last part"),
    Field("ext", "Ext", Kind.WORD, "the name's ending: ext:jpg"),
    Field("type", "Type", Kind.WORD, "the format by content: jpeg, tiff, png, heic…"),
    Field(
        "size", "Size", Kind.NUMBER, "of the object: size>5MB size<=512KiB",
        unit="B", formatter=field_formats.format_size,
    ),
    Field("width", "Width", Kind.NUMBER, "pixels across, as stored", unit="px"),
    Field("height", "Height", Kind.NUMBER, "pixels down, as stored", unit="px"),
    Field(
        "mp", "MP", Kind.NUMBER, "megapixels: mp>=24",
        unit="MP", formatter=field_formats.decimal_formatter(1), tolerance=0.01,
    ),
    Field(
        "ratio", "Ratio", Kind.NUMBER, "width by height as shown: ratio:3:2 ratio>1.5",
        unit="ratio", formatter=field_formats.format_ratio, tolerance=0.005,
    ),
    Field(
        "orientation", "Orientation", Kind.WORD, "portrait, landscape, square or panorama",
        words=codes.SHAPE_NAMES,
    ),
    Field("title", "Title", Kind.TEXT, "the title"),
    Field("caption", "Caption", Kind.TEXT, "the description"),
    Field("keyword", "Keywords", Kind.TEXT, "one of the keywords", is_sortable=False),
    Field("rating", "Rating", Kind.NUMBER, "stars: rating>=4"),
    Field(
        "status", "Status", Kind.WORD, "ok, noexif, notimage, failed or gone",
        words=tuple(Status),
    ),
    Field("error", "Error", Kind.TEXT, "class and message of what went wrong: error:denied"),
    Field("etag", "ETag", Kind.TEXT, "the object's ETag"),
    Field(
        "dup", "Dup", Kind.SWITCH, "yes: the same ETag and size elsewhere",
        formatter=field_formats.format_switch, is_sortable=False,
    ),
)  # fmt: skip

FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _FIELDS})
"""By name, in the order in which help shows them."""

DEFAULT_COLUMNS = (
    "name", "taken", "camera", "lens", "focal", "f", "shutter", "iso", "size", "path",
)  # fmt: skip

_SYNONYMS = {
    "aperture": "f",
    "date": "taken",
    "exposure": "shutter",
    "speed": "shutter",
    "key": "path",
    "prefix": "path",
    "folder": "path",
    "file": "name",
    "filename": "name",
    "format": "type",
    "mm": "focal",
    "tag": "keyword",
    "description": "caption",
    "whitebalance": "wb",
    "location": "near",
    "author": "artist",
    "stars": "rating",
    "megapixels": "mp",
    "latitude": "lat",
    "longitude": "lon",
    "altitude": "alt",
}


def find_field(name: str) -> Field | None:
    """The field or tag of this name in any case; None where there is none."""
    field = FIELDS.get(name.lower())
    if field is not None:
        return field
    tag = tag_name(name)
    if tag is None:
        return None
    return Field(str(tag), tag.name, Kind.TEXT, f"the tag {tag.name}")


def field_of(name: str) -> Field:
    """The field or tag of this name, as a column.

    Raises:
        UsageError: there is none, or it has no value to show.

    """
    field = find_field(name)
    if field is None or not field.is_column:
        near = suggest_field(name)
        hint = f"Did you mean {near}?" if near else "Name a field, or a tag such as exif.ISO."
        raise UsageError(f"There is no column “{name}”.", hint)
    return field


def suggest_field(name: str) -> str:
    """The known field that `name` most likely means, or empty."""
    lower = name.lower()
    if lower in _SYNONYMS:
        return _SYNONYMS[lower]
    head, dot, tail = lower.partition(".")
    if dot and (family := difflib.get_close_matches(head, FAMILIES, 1, 0.5)):
        return f"{family[0]}.{name[len(head) + 1 :]}" if tail else ""
    close = difflib.get_close_matches(lower, FIELDS, 1, 0.6)
    return close[0] if close else ""


# The search language in examples, for help screens and the manual. Light to import.

SYNTAX: Final[tuple[tuple[str, str], ...]] = (
    ("canon", "in any text of a tag, or in the key; case and accents do not count"),
    ('"eiffel tower"', "the words together; quotes also make *, ?, and, or mean themselves"),
    ("canon night", "both; a space means AND"),
    ("canon OR nikon", "one of them; AND, OR, NOT in upper or lower case"),
    ("-canon", "not; also NOT canon and -(canon or nikon)"),
    ("camera:canon", "the field's text contains it; numbers and words equal it"),
    ('camera="canon eos 6d"', "equals; also !=, <, <=, >, >="),
    ("iso!=100", "has another ISO; -iso:100 also finds pictures without any"),
    ("iso:100..400", "from to, both included; also 100.. and ..400"),
    ("iso:(100, 200, 800)", "one of a list"),
    ("name:IMG_*.jpg", "the whole text, * any characters and ? one"),
    ("lens:/^ef.*(macro|art)/", "a regular expression, found anywhere in the text"),
    ("has:gps", "is present; -has:gps is absent"),
    ("shutter<=1/250", "or 0.004, 2s; values that cameras round are equal within 1 %"),
    ("size>5MB", "B, kB, MB, GB, and KiB, MiB, GiB; alt<100m, focal:50mm, f:2.8"),
    ("taken:2019-05", "the whole month; 2019 the year, 2019-05-04T10:11 the minute"),
    ("taken:last 30d", "h, d, w, m, y back from today; also today, yesterday"),
    ("near:48.8584,2.2945,5km", "within a radius; bbox:south,west,north,east a box"),
    ("place:paris", "the town at the position; country:france or country:FR its country"),
    ("orientation:portrait", "landscape, square or panorama, as the picture is shown"),
    ("dup:yes", "the same ETag and size elsewhere"),
    ("exif.ExposureProgram=2", "any tag; also gps. xmp. iptc. maker. file. and IFD1."),
    ("@night", "the saved search of this name; search --save night … saves it"),
    ("order by camera, taken desc", "at the end; images without a value are last"),
)
"""Each construct once: what is typed, and what it means."""
