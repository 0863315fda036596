"""The metadata of one object: its tags, the facts in them, and the record of reading it."""

import re
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from tasveer_tui.records.outcomes import Outcome

TagValue: TypeAlias = str | int | float | list[str | int | float]
"""As `exiftool -n` prints it. Binary data is only described: `(Binary data 12 bytes)`."""

MAKER_GROUPS: Final = (
    *(r"Maker.*", "Apple", r"Canon.*", r"Casio.*", "DJI", "FujiFilm", "GE", "Google", "GoPro"),
    *("Hasselblad", "HP", "JVC", r"Kodak.*", r"Leaf.*", r"Leica.*", "Microsoft", r"Minolta.*"),
    *("Motorola", r"Nikon.*", "Nintendo", r"Olympus.*", r"Panasonic.*", r"Pentax.*", r"PhaseOne.*"),
    *("Qualcomm", r"Reconyx.*", r"Ricoh.*", r"Samsung.*", r"Sanyo.*", r"Sigma.*", r"Sony.*"),
)
"""exiftool's groups of maker notes: patterns over the whole name, ignoring case."""


@lru_cache(maxsize=256)
def is_maker_group(group: str) -> bool:
    """Whether a group (exiftool's `-G1`) holds maker notes."""
    return re.fullmatch("|".join(MAKER_GROUPS), group, re.IGNORECASE) is not None


class Tag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One metadata tag. `group` and `name` are exiftool's (`-G1`): `ExifIFD`, `ISO`.

    An image has about fifty: a dataclass costs four times as much to make, send and decode. The
    garbage collector skips structs that refer to plain values only.
    """

    group: str
    name: str
    number: int = 0
    """The tag's number in its IFD; 0 if tags have none (XMP, PNG text)."""
    type: str = ""
    """TIFF's field type in capitals (`RATIONAL`), or empty."""
    count: int = 1
    value: TagValue = ""
    raw: str = ""
    """The value in the file, if `value` differs: `10/2500`, `0/0`. Its length is limited."""


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The tags that the catalogue has columns for; None and "" mean absent."""

    make: str = ""
    model: str = ""
    lens: str = ""
    serial: str = ""
    software: str = ""
    artist: str = ""
    copyright: str = ""
    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    taken_at: str = ""
    """ISO 8601 as the camera wrote it: local, no zone: `2019-05-04T10:11:12.345`."""
    taken_offset: str = ""
    """`+02:00`; empty if the camera did not write it."""
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_mm: float | None = None
    focal35_mm: float | None = None
    exposure_bias_ev: float | None = None
    flash: int | None = None
    white_balance: int | None = None
    metering: int | None = None
    program: int | None = None
    orientation: int | None = None
    width: int | None = None
    """Pixels as stored, before Orientation is applied."""
    height: int | None = None
    lat_deg: float | None = None
    """Signed degrees, WGS 84; None unless within ±90 and ±180."""
    lon_deg: float | None = None
    alt_m: float | None = None


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The result of reading one object's metadata, also if that failed."""

    outcome: Outcome
    format: str = ""
    """Detected from the content: jpeg, tiff, png, webp, heic…, or empty."""
    tags: tuple[Tag, ...] = ()
    facts: Facts = Facts()
    notes: tuple[str, ...] = ()
    """Sentences about what is damaged or was not read."""
    size_bytes: int = 0
    etag: str = ""
    bytes_read: int = 0
    requests: int = 0
    thumb_offset: int = 0
    """Of the embedded thumbnail; there is none if `thumb_length` is 0."""
    thumb_length: int = 0
    maker_note_length: int = 0
