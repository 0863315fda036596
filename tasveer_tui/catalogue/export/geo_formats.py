"""Images with a position as GeoJSON (RFC 7946), KML 2.2 and GPX 1.1; the others are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.export import tabular
from tasveer_tui.catalogue.export.exiftool import to_json
from tasveer_tui.catalogue.field_formats import format_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from tasveer_tui.catalogue.export.image_stream import ImageStream, Label
    from tasveer_tui.catalogue.fields import CellValue, Field
    from tasveer_tui.records import Image

_REQUIRED_FIELDS: Final = ("lat", "lon", "alt", "taken", "name")
_DEFAULT_FIELDS: Final = (
    "taken", "place", "country", "camera", "lens", "focal", "f", "shutter", "iso", "title",
    "caption", "keyword", "artist",
)  # fmt: skip
"""Properties of each place if no columns are selected."""
_ILLEGAL_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")
_MAX_LAT: Final = 90.0
_MAX_LON: Final = 180.0


@dataclass(frozen=True, slots=True)
class _GeoImage:
    """An image with its position."""

    image: Image
    lat: float
    lon: float
    alt: float | None
    taken: CellValue
    offset: str
    """Of the camera's clock from UTC, as `+02:00`; empty where it is not known."""
    name: str
    properties: tuple[tuple[Field, CellValue], ...]

    @property
    def uri(self) -> str:
        return self.image.source.uri(self.image.ref.key)


def _geo_images(images: ImageStream) -> Iterator[_GeoImage]:
    selected = images.selected or [fields.FIELDS[name] for name in _DEFAULT_FIELDS]
    wanted = [*(fields.FIELDS[name] for name in _REQUIRED_FIELDS), *selected]
    for chunk, rows in images.chunks(wanted, with_tags=False):
        offsets = images.offsets(chunk)
        for image, row in zip(chunk, rows, strict=True):
            lat, lon, alt, taken, name = row[: len(_REQUIRED_FIELDS)]
            if not _is_position(lat, lon):
                images.skipped += 1
                continue
            yield _GeoImage(
                image,
                float(lat or 0),
                float(lon or 0),
                float(alt) if isinstance(alt, int | float) else None,
                taken,
                offsets.get(image.id, ""),
                str(name or ""),
                tuple(zip(selected, row[len(_REQUIRED_FIELDS) :], strict=True)),
            )


def _is_position(lat: CellValue, lon: CellValue) -> bool:
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return False
    return abs(lat) <= _MAX_LAT and abs(lon) <= _MAX_LON


# ------------------------------------------------------------------------- GeoJSON


def write_geojson(stream: TextIO, images: ImageStream, label: Label) -> None:
    """A FeatureCollection of points; absent properties are null, dates ISO 8601."""
    lead = '{"type":"FeatureCollection","features":[\n'
    is_empty = True
    for spot in _geo_images(images):
        stream.write(lead + to_json(_feature(spot, is_human=label is not None)))
        lead, is_empty = ",\n", False
    stream.write(f"{lead if is_empty else ''}\n]}}\n")


def _feature(spot: _GeoImage, *, is_human: bool) -> dict[str, Any]:
    position = [spot.lon, spot.lat] if spot.alt is None else [spot.lon, spot.lat, spot.alt]
    return {
        "type": "Feature",
        "id": spot.image.id,
        "geometry": {"type": "Point", "coordinates": position},
        "properties": {
            tabular.SOURCE_FILE: spot.uri,
            "name": spot.name,
            **{
                field.name: _property_value(field, value, is_human=is_human)
                for field, value in spot.properties
            },
        },
    }


def _property_value(field: Field, value: CellValue, *, is_human: bool) -> CellValue:
    if value is None:
        return None
    return field.format(value) if is_human else tabular.machine_value(field, value)


# ----------------------------------------------------------------------------- KML


def write_kml(stream: TextIO, images: ImageStream, _label: Label) -> None:
    """A Document with a Placemark an image."""
    stream.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    )
    stream.writelines(map(_placemark, _geo_images(images)))
    stream.write("</Document>\n</kml>\n")


def _placemark(spot: _GeoImage) -> str:
    """Its children in the order that the schema wants."""
    when = _local(spot.taken)
    height = "" if spot.alt is None else f",{_decimal(spot.alt)}"
    mode = "" if spot.alt is None else "<altitudeMode>absolute</altitudeMode>"
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{_xml(value)}</value></Data>"
        for name, value in ((tabular.SOURCE_FILE, spot.uri), *_texts(spot))
    )
    return (
        f"<Placemark><name>{_xml(spot.name)}</name>"
        + (f"<TimeStamp><when>{when}</when></TimeStamp>" if when else "")
        + f"<ExtendedData>{data}</ExtendedData><Point>{mode}<coordinates>"
        + f"{_decimal(spot.lon)},{_decimal(spot.lat)}{height}"
        + "</coordinates></Point></Placemark>\n"
    )


def _texts(spot: _GeoImage) -> Iterator[tuple[str, str]]:
    for field, value in spot.properties:
        if value is not None:
            yield field.name, format_plain(tabular.machine_value(field, value))


# ----------------------------------------------------------------------------- GPX


def write_gpx(stream: TextIO, images: ImageStream, _label: Label) -> None:
    """A way point an image. GPX knows UTC alone, so times without an offset are left out."""
    stream.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="tasveer-tui" xmlns="http://www.topografix.com/GPX/1/1">\n'
    )
    stream.writelines(map(_way_point, _geo_images(images)))
    stream.write("</gpx>\n")


def _way_point(spot: _GeoImage) -> str:
    lon = -_MAX_LON if spot.lon == _MAX_LON else spot.lon  # its longitudes end before 180
    when = _utc(spot.taken, spot.offset)
    description = "; ".join(f"{name}: {value}" for name, value in _texts(spot))
    return (
        f'<wpt lat="{_decimal(spot.lat)}" lon="{_decimal(lon)}">'
        + ("" if spot.alt is None else f"<ele>{_decimal(spot.alt)}</ele>")
        + (f"<time>{when}</time>" if when else "")
        + f"<name>{_xml(spot.name)}</name>"
        + (f"<desc>{_xml(description)}</desc>" if description else "")
        + f"<src>{_xml(spot.uri)}</src></wpt>\n"
    )


def _local(taken: CellValue) -> str:
    return format_plain(tabular.machine_value(fields.FIELDS["taken"], taken))


def _utc(taken: CellValue, offset: str) -> str:
    match = _OFFSET.fullmatch(offset)
    if match is None or not isinstance(taken, int | float):
        return ""
    sign, hours, minutes = match.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        moment = datetime.fromtimestamp(taken, UTC) - ahead
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _decimal(number: float) -> str:
    """Without an exponent, which the schemas' decimals do not know."""
    return f"{number:.8f}".rstrip("0").rstrip(".")


def _xml(text: str) -> str:
    return escape(_ILLEGAL_XML.sub("\ufffd", text))
