"""Where in the catalogue each field's values are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tasveer_tui.records import Outcome

_SHOWN_RATIO: Final = (
    "(CASE WHEN i.width > 0 AND i.height > 0 THEN "
    "CASE WHEN i.orientation BETWEEN 5 AND 8 THEN 1.0 * i.height / i.width "
    "ELSE 1.0 * i.width / i.height END ELSE -1e18 END)"
)
_SHAPE: Final = (
    f"(CASE WHEN {_SHOWN_RATIO} <= 0 THEN '' "
    f"WHEN {_SHOWN_RATIO} >= 2.0 OR {_SHOWN_RATIO} <= 0.5 THEN 'panorama' "
    f"WHEN {_SHOWN_RATIO} BETWEEN 1 / 1.01 AND 1.01 THEN 'square' "
    f"WHEN {_SHOWN_RATIO} > 1.0 THEN 'landscape' ELSE 'portrait' END)"
)
SHAPES: Final = {
    "panorama": f"({_SHOWN_RATIO} >= 2.0 OR {_SHOWN_RATIO} BETWEEN 0 AND 0.5)",
    "square": f"({_SHOWN_RATIO} BETWEEN 1 / 1.01 AND 1.01)",
    "landscape": f"({_SHOWN_RATIO} > 1.01 AND {_SHOWN_RATIO} < 2.0)",
    "portrait": f"({_SHOWN_RATIO} > 0.5 AND {_SHOWN_RATIO} < 1 / 1.01)",
}
"""The conditions for what `_SHAPE` says, which takes longer to work out."""
_NO_ERROR: Final = ", ".join(f"'{each.value}'" for each in (Outcome.OK, Outcome.NO_METADATA))
_ERROR: Final = (
    f"(CASE WHEN i.outcome IN ({_NO_ERROR}) THEN '' "
    "WHEN i.message = '' THEN i.outcome ELSE i.outcome || ': ' || i.message END)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the image's row; absent ones are far below zero, never NULL."""

    expression: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Own:
    """A text of the image's row; absent is ''."""

    expression: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shared:
    """A text in a small table that images refer to; the row with id 0 has ''."""

    column: str
    table: str
    text: str


def _plain(column: str) -> Number:
    return Number(f"i.{column}", frozenset({column}))


def _of_taken(what: str) -> Number:
    number = f"CAST(strftime('{what}', i.taken_at, 'unixepoch') AS INTEGER)"
    return Number(
        f"(CASE WHEN i.taken_at > -1.4e14 THEN coalesce({number}, -1e18) ELSE -1e18 END)",
        frozenset({"taken_at"}),
    )


_SIDES: Final = frozenset({"width", "height"})
_TURNED: Final = _SIDES | {"orientation"}

NUMBERS: Final[dict[str, Number]] = {
    "iso": _plain("iso"),
    "f": _plain("f_number"),
    "shutter": _plain("exposure_s"),
    "focal": _plain("focal_mm"),
    "focal35": _plain("focal35_mm"),
    "ev": _plain("exposure_bias_ev"),
    "flash": _plain("flash"),
    "wb": _plain("white_balance"),
    "metering": _plain("metering"),
    "program": _plain("program"),
    "taken": _plain("taken_at"),
    "ingested": _plain("ingested_at"),
    "modified": _plain("modified_at"),
    "year": _of_taken("%Y"),
    "month": _of_taken("%m"),
    "hour": _of_taken("%H"),
    # SQLite counts from Sunday, 0; ISO from Monday, 1.
    "weekday": Number(
        "(CASE WHEN i.taken_at > -1.4e14 THEN coalesce("
        "(CAST(strftime('%w', i.taken_at, 'unixepoch') AS INTEGER) + 6) % 7 + 1, -1e18)"
        " ELSE -1e18 END)",
        frozenset({"taken_at"}),
    ),
    "lat": _plain("lat_deg"),
    "lon": _plain("lon_deg"),
    "alt": _plain("alt_m"),
    "size": _plain("size_bytes"),
    "width": _plain("width"),
    "height": _plain("height"),
    "mp": Number(
        "(CASE WHEN i.width > 0 AND i.height > 0 THEN 1e-6 * i.width * i.height ELSE -1e18 END)",
        _SIDES,
    ),
    "ratio": Number(_SHOWN_RATIO, _TURNED),
    "rating": _plain("rating"),
}
SHARED: Final[dict[str, Shared]] = {
    "camera": Shared("camera_id", "camera", "name"),
    "make": Shared("camera_id", "camera", "make"),
    "model": Shared("camera_id", "camera", "model"),
    "lens": Shared("lens_id", "lens", "name"),
    "serial": Shared("serial_id", "word", "text"),
    "software": Shared("software_id", "word", "text"),
    "artist": Shared("artist_id", "word", "text"),
    "copyright": Shared("copyright_id", "word", "text"),
    "title": Shared("title_id", "word", "text"),
    "caption": Shared("caption_id", "word", "text"),
    "place": Shared("town_id", "town", "name"),
    "country": Shared("town_id", "town", "country"),
    "bucket": Shared("source_id", "source", "bucket"),
}
OWN: Final[dict[str, Own]] = {
    "name": Own("i.name", frozenset({"name"})),
    "ext": Own("i.ext", frozenset({"ext"})),
    "type": Own("i.format", frozenset({"format"})),
    "etag": Own(
        "(CASE typeof(i.etag) WHEN 'blob' THEN lower(hex(i.etag)) ELSE i.etag END)",
        frozenset({"etag"}),
    ),
    "status": Own("i.status", frozenset({"status"})),
    "orientation": Own(_SHAPE, _TURNED),
    "error": Own(_ERROR, frozenset({"outcome", "message"})),
}

DUPLICATE: Final = (
    "EXISTS (SELECT 1 FROM image AS d INDEXED BY image_by_size"
    " WHERE d.size_bytes = i.size_bytes AND substr(d.etag, 1, 4) = substr(i.etag, 1, 4)"
    " AND d.etag = i.etag AND d.etag <> '' AND d.id <> i.id)"
)
"""Whether another image has the same ETag and size."""
PLACED: Final = Number(
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
COVER: Final = "image_cover"
COVERED: Final = frozenset(
    {
        *("camera_id", "taken_at", "iso", "lens_id", "f_number", "focal_mm", "exposure_s"),
        *("size_bytes", "status", "source_id"),
    }
)
