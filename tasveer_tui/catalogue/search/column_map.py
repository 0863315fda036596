"""Where in the catalogue each field's values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tasveer_tui.records import Outcome

_DISPLAY_RATIO: Final = (
    "(CASE WHEN i.width > 0 AND i.height > 0 THEN "
    "CASE WHEN i.orientation BETWEEN 5 AND 8 THEN 1.0 * i.height / i.width "
    "ELSE 1.0 * i.width / i.height END ELSE -1e18 END)"
)
_ORIENTATION: Final = (
    f"(CASE WHEN {_DISPLAY_RATIO} <= 0 THEN '' "
    f"WHEN {_DISPLAY_RATIO} >= 2.0 OR {_DISPLAY_RATIO} <= 0.5 THEN 'panorama' "
    f"WHEN {_DISPLAY_RATIO} BETWEEN 1 / 1.01 AND 1.01 THEN 'square' "
    f"WHEN {_DISPLAY_RATIO} > 1.0 THEN 'landscape' ELSE 'portrait' END)"
)
ORIENTATION_CONDITIONS: Final = {
    "panorama": f"({_DISPLAY_RATIO} >= 2.0 OR {_DISPLAY_RATIO} BETWEEN 0 AND 0.5)",
    "square": f"({_DISPLAY_RATIO} BETWEEN 1 / 1.01 AND 1.01)",
    "landscape": f"({_DISPLAY_RATIO} > 1.01 AND {_DISPLAY_RATIO} < 2.0)",
    "portrait": f"({_DISPLAY_RATIO} > 0.5 AND {_DISPLAY_RATIO} < 1 / 1.01)",
}
"""The conditions for what `_SHAPE` says, which takes longer to work out."""
_NO_ERROR_OUTCOMES: Final = ", ".join(
    f"'{each.value}'" for each in (Outcome.OK, Outcome.NO_METADATA)
)
_ERROR_TEXT: Final = (
    f"(CASE WHEN i.outcome IN ({_NO_ERROR_OUTCOMES}) THEN '' "
    "WHEN i.message = '' THEN i.outcome ELSE i.outcome || ': ' || i.message END)"
)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A number of the image's row; absent ones are far below zero, never NULL."""

    expression: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A text of the image's row; absent is ''."""

    expression: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class LookupColumn:
    """A text in a small table that images refer to; the row with id 0 has ''."""

    column: str
    table: str
    text: str


def _number_column(column: str) -> NumberColumn:
    return NumberColumn(f"i.{column}", frozenset({column}))


def _taken_part(what: str) -> NumberColumn:
    number = f"CAST(strftime('{what}', i.taken_at, 'unixepoch') AS INTEGER)"
    return NumberColumn(
        f"(CASE WHEN i.taken_at > -1.4e14 THEN coalesce({number}, -1e18) ELSE -1e18 END)",
        frozenset({"taken_at"}),
    )


_SIZE_COLUMNS: Final = frozenset({"width", "height"})
_DISPLAY_SIZE_COLUMNS: Final = _SIZE_COLUMNS | {"orientation"}

NUMBER_COLUMNS: Final[dict[str, NumberColumn]] = {
    "iso": _number_column("iso"),
    "f": _number_column("f_number"),
    "shutter": _number_column("exposure_s"),
    "focal": _number_column("focal_mm"),
    "focal35": _number_column("focal35_mm"),
    "ev": _number_column("exposure_bias_ev"),
    "flash": _number_column("flash"),
    "wb": _number_column("white_balance"),
    "metering": _number_column("metering"),
    "program": _number_column("program"),
    "taken": _number_column("taken_at"),
    "ingested": _number_column("ingested_at"),
    "modified": _number_column("modified_at"),
    "year": _taken_part("%Y"),
    "month": _taken_part("%m"),
    "hour": _taken_part("%H"),
    # SQLite counts from Sunday, 0; ISO from Monday, 1.
    "weekday": NumberColumn(
        "(CASE WHEN i.taken_at > -1.4e14 THEN coalesce("
        "(CAST(strftime('%w', i.taken_at, 'unixepoch') AS INTEGER) + 6) % 7 + 1, -1e18)"
        " ELSE -1e18 END)",
        frozenset({"taken_at"}),
    ),
    "lat": _number_column("lat_deg"),
    "lon": _number_column("lon_deg"),
    "alt": _number_column("alt_m"),
    "size": _number_column("size_bytes"),
    "width": _number_column("width"),
    "height": _number_column("height"),
    "mp": NumberColumn(
        "(CASE WHEN i.width > 0 AND i.height > 0 THEN 1e-6 * i.width * i.height ELSE -1e18 END)",
        _SIZE_COLUMNS,
    ),
    "ratio": NumberColumn(_DISPLAY_RATIO, _DISPLAY_SIZE_COLUMNS),
    "rating": _number_column("rating"),
}
LOOKUP_COLUMNS: Final[dict[str, LookupColumn]] = {
    "camera": LookupColumn("camera_id", "camera", "name"),
    "make": LookupColumn("camera_id", "camera", "make"),
    "model": LookupColumn("camera_id", "camera", "model"),
    "lens": LookupColumn("lens_id", "lens", "name"),
    "serial": LookupColumn("serial_id", "word", "text"),
    "software": LookupColumn("software_id", "word", "text"),
    "artist": LookupColumn("artist_id", "word", "text"),
    "copyright": LookupColumn("copyright_id", "word", "text"),
    "title": LookupColumn("title_id", "word", "text"),
    "caption": LookupColumn("caption_id", "word", "text"),
    "place": LookupColumn("town_id", "town", "name"),
    "country": LookupColumn("town_id", "town", "country"),
    "bucket": LookupColumn("source_id", "source", "bucket"),
}
TEXT_COLUMNS: Final[dict[str, TextColumn]] = {
    "name": TextColumn("i.name", frozenset({"name"})),
    "ext": TextColumn("i.ext", frozenset({"ext"})),
    "type": TextColumn("i.format", frozenset({"format"})),
    "etag": TextColumn(
        "(CASE typeof(i.etag) WHEN 'blob' THEN lower(hex(i.etag)) ELSE i.etag END)",
        frozenset({"etag"}),
    ),
    "status": TextColumn("i.status", frozenset({"status"})),
    "orientation": TextColumn(_ORIENTATION, _DISPLAY_SIZE_COLUMNS),
    "error": TextColumn(_ERROR_TEXT, frozenset({"outcome", "message"})),
}

IS_DUPLICATE: Final = (
    "EXISTS (SELECT 1 FROM image AS d INDEXED BY image_by_size"
    " WHERE d.size_bytes = i.size_bytes AND substr(d.etag, 1, 4) = substr(i.etag, 1, 4)"
    " AND d.etag = i.etag AND d.etag <> '' AND d.id <> i.id)"
)
"""Whether another image has the same ETag and size."""
HAS_POSITION: Final = NumberColumn(
    "(i.lat_deg > -1.4e14 AND i.lon_deg > -1.4e14)", frozenset({"lat_deg", "lon_deg"})
)

INDEXES: Final = {
    "taken_at": "image_by_taken",
    "size_bytes": "image_by_size",
    "camera_id": "image_cover",
    "lens_id": "image_by_lens",
    "town_id": "image_by_town",
    "iso": "image_by_iso",
    "status": "image_not_ok",
}
COVERING_INDEX: Final = "image_cover"
COVERING_INDEX_COLUMNS: Final = frozenset(
    {
        *("camera_id", "taken_at", "iso", "lens_id", "f_number", "focal_mm", "exposure_s"),
        *("size_bytes", "status", "source_id"),
    }
)
