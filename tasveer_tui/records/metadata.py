"""What reading one object yields: tags, the facts in them, the record."""

from typing import TypeAlias

import msgspec

from tasveer_tui.records.outcomes import Outcome

TagValue: TypeAlias = str | int | float | list[str | int | float]
"""As `exiftool -n` has it. Binary data is told, not kept: `(Binary data 12 bytes)`."""


class Tag(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One metadata tag. `group` and `name` are exiftool's (`-G1`): `ExifIFD`, `ISO`.

    There are fifty in an image: made, sent and read again, a dataclass costs four times as much.
    What refers to nothing but values is none of the garbage collector's business.
    """

    group: str
    name: str
    number: int = 0
    """The tag's number in its IFD; 0 where tags have none (XMP, PNG text)."""
    type: str = ""
    """TIFF's field type in capitals (`RATIONAL`), or empty."""
    count: int = 1
    value: TagValue = ""
    raw: str = ""
    """What stood in the file where `value` does not say it: `10/2500`, `0/0`; bounded."""


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The tags that have a column of their own; None and "" mean absent."""

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
    """`+02:00`, or empty where the camera did not say."""
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
    """Pixels as stored, before Orientation turns them."""
    height: int | None = None
    lat_deg: float | None = None
    """Signed degrees, WGS 84; None unless within ±90 and ±180."""
    lon_deg: float | None = None
    alt_m: float | None = None


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What reading one object's metadata yields. Never an exception."""

    outcome: Outcome
    format: str = ""
    """By content: jpeg, tiff, png, webp, heic… or empty."""
    tags: tuple[Tag, ...] = ()
    facts: Facts = Facts()
    notes: tuple[str, ...] = ()
    """Sentences on what is damaged or was left unread."""
    size_bytes: int = 0
    etag: str = ""
    bytes_read: int = 0
    requests: int = 0
    thumb_offset: int = 0
    """Of the embedded thumbnail in the object; 0 with `thumb_length` 0 means none."""
    thumb_length: int = 0
    maker_note_length: int = 0
