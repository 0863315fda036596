"""What the camera, and the editor after it, wrote into a photograph: EXIF, XMP, IPTC."""

from __future__ import annotations

import math
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from tasveer_tui.demo.seeds import generator
from tasveer_tui.demo.tiff import Field, Kind, iptc, pack

if TYPE_CHECKING:
    from datetime import datetime

    from tasveer_tui.demo.itinerary import Shot

_PROGRAM_APERTURE, _PROGRAM_NORMAL, _PROGRAM_MANUAL = 3, 2, 1
_METERING_PATTERN, _METERING_SPOT = 5, 3
_FLASH_OFF, _FLASH_NONE = 16, 32


def exif_block(shot: Shot, size: tuple[int, int], thumbnail: bytes) -> bytes:
    """The TIFF block of this photograph, whose picture has `size` pixels as stored."""
    gps = _gps(shot) if shot.trip.has_track and shot.lat_deg else []
    return pack(
        _main(shot), [*_exif(shot, size), *_lens(shot)], gps, thumbnail,
        big_endian=shot.kit.is_big_endian,
    )  # fmt: skip


def _stamp(when: datetime) -> str:
    return when.strftime("%Y:%m:%d %H:%M:%S")


def _rational(value: float, per: int) -> tuple[int, int]:
    return round(value * per), per


def _main(shot: Shot) -> list[Field]:
    edited = shot.taken + timedelta(days=generator(shot.key).randint(2, 40), hours=3)
    software = shot.trip.editor or shot.kit.software
    year = shot.taken.year
    fields = [
        Field(0x010F, Kind.ASCII, shot.kit.make),
        Field(0x0110, Kind.ASCII, shot.kit.model),
        Field(0x0112, Kind.SHORT, shot.orientation),
        Field(0x011A, Kind.RATIONAL, (300, 1)),
        Field(0x011B, Kind.RATIONAL, (300, 1)),
        Field(0x0128, Kind.SHORT, 2),
        Field(0x0131, Kind.ASCII, software),
        Field(0x0132, Kind.ASCII, _stamp(edited if shot.trip.editor else shot.taken)),
    ]
    if not shot.kit.is_fixed_f:  # phones and drones do not know their owner
        fields.append(Field(0x013B, Kind.ASCII, shot.trip.artist))
        fields.append(Field(0x8298, Kind.ASCII, f"© {year} {shot.trip.artist}"))
    if shot.trip.editor:
        fields.append(Field(0x010E, Kind.ASCII, shot.title))
    return fields


def _exif(shot: Shot, size: tuple[int, int]) -> list[Field]:
    is_phone = shot.kit.is_fixed_f
    exposure, taken = shot.exposure, _stamp(shot.taken)
    offset = shot.taken.strftime("%z")
    zone = f"{offset[:3]}:{offset[3:]}"
    manual = exposure.seconds >= 1
    program = _PROGRAM_NORMAL if is_phone else _PROGRAM_MANUAL if manual else _PROGRAM_APERTURE
    fields = [
        Field(0x829A, Kind.RATIONAL, exposure.shutter),
        Field(0x829D, Kind.RATIONAL, _rational(exposure.f_number, 100 if is_phone else 10)),
        Field(0x8822, Kind.SHORT, program),
        Field(0x8827, Kind.SHORT, exposure.iso),
        Field(0x8830, Kind.SHORT, 2),
        Field(0x9000, Kind.UNDEFINED, b"0231"),
        Field(0x9003, Kind.ASCII, taken),
        Field(0x9004, Kind.ASCII, taken),
        Field(0x9201, Kind.SRATIONAL, _rational(-math.log2(exposure.seconds), 1000)),
        Field(0x9202, Kind.RATIONAL, _rational(2 * math.log2(exposure.f_number), 1000)),
        Field(0x9204, Kind.SRATIONAL, (round(shot.bias_ev * 3), 3)),
        Field(0x9207, Kind.SHORT, _METERING_SPOT if shot.motif == "blossom" else _METERING_PATTERN),
        Field(0x9209, Kind.SHORT, _FLASH_NONE if shot.kit.make == "DJI" else _FLASH_OFF),
        Field(0x920A, Kind.RATIONAL, _rational(shot.focal_mm, 100)),
        Field(0x9291, Kind.ASCII, f"{shot.taken.microsecond // 10_000:02d}"),
        Field(0xA001, Kind.SHORT, 1),
        Field(0xA002, Kind.LONG, size[0]),
        Field(0xA003, Kind.LONG, size[1]),
        Field(0xA402, Kind.SHORT, 1 if manual else 0),
        Field(0xA403, Kind.SHORT, 1 if shot.kit.make == "LEICA CAMERA AG" else 0),
        Field(0xA405, Kind.SHORT, round(shot.focal_mm * shot.kit.crop)),
        Field(0xA406, Kind.SHORT, 0),
    ]
    if shot.taken.year >= 2018:  # noqa: PLR2004 - cameras write the zone since EXIF 2.31
        fields += [Field(0x9010, Kind.ASCII, zone), Field(0x9011, Kind.ASCII, zone)]
    return fields


def _lens(shot: Shot) -> list[Field]:
    """Serials, and the lens with its limits."""
    kit, fields = shot.kit, []
    if kit.serial:
        fields.append(Field(0xA431, Kind.ASCII, kit.serial))
    if kit.lens:
        (short, long), (at_short, at_long) = kit.zoom_mm, kit.open_f
        limits = tuple(_rational(value, 100) for value in (short, long, at_short, at_long))
        fields.append(Field(0xA432, Kind.RATIONAL, limits))
        fields.append(Field(0xA434, Kind.ASCII, kit.lens))
    if kit.lens_serial:
        fields.append(Field(0xA435, Kind.ASCII, kit.lens_serial))
    return fields


def _gps(shot: Shot) -> list[Field]:
    utc = shot.taken.astimezone(UTC)
    fields = [
        Field(0, Kind.BYTE, (2, 3, 0, 0)),
        Field(1, Kind.ASCII, "N" if shot.lat_deg >= 0 else "S"),
        Field(2, Kind.RATIONAL, _degrees(shot.lat_deg)),
        Field(3, Kind.ASCII, "E" if shot.lon_deg >= 0 else "W"),
        Field(4, Kind.RATIONAL, _degrees(shot.lon_deg)),
        Field(5, Kind.BYTE, 0),
        Field(6, Kind.RATIONAL, _rational(max(0.0, shot.alt_m), 10)),
        Field(7, Kind.RATIONAL, ((utc.hour, 1), (utc.minute, 1), (utc.second, 1))),
        Field(18, Kind.ASCII, "WGS-84"),
        Field(29, Kind.ASCII, utc.strftime("%Y:%m:%d")),
    ]
    if shot.kit.has_gps:  # these have a compass, too
        fields.append(Field(16, Kind.ASCII, "T"))
        fields.append(Field(17, Kind.RATIONAL, _rational(shot.bearing_deg, 100)))
    return fields


def _degrees(value: float) -> tuple[tuple[int, int], ...]:
    """Degrees, minutes and seconds to a hundredth."""
    hundredths = round(abs(value) * 360_000)
    seconds, minutes = hundredths % 6000, hundredths // 6000
    return (minutes // 60, 1), (minutes % 60, 1), (seconds, 100)


def xmp_packet(shot: Shot) -> bytes:
    """Title, keywords, rating and creator as an editor writes them."""
    bag = "".join(f"<rdf:li>{escape(word)}</rdf:li>" for word in shot.keywords)
    rating = f" xmp:Rating={quoteattr(str(shot.rating))}" if shot.rating else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        f"{rating} xmp:CreatorTool={quoteattr(shot.trip.editor)}>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(shot.title)}</rdf:li>'
        f"</rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{escape(shot.trip.artist)}</rdf:li>"
        f"</rdf:Seq></dc:creator><dc:subject><rdf:Bag>{bag}</rdf:Bag></dc:subject>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def iptc_block(shot: Shot) -> bytes:
    """Title, keywords, byline and place for picture desks."""
    return iptc([
        (5, shot.title), *((25, word) for word in shot.keywords),
        (55, shot.taken.strftime("%Y%m%d")), (80, shot.trip.artist), (90, shot.stop.place),
        (101, shot.trip.country), (116, f"© {shot.taken.year} {shot.trip.artist}"),
        (120, f"{shot.title}, {shot.taken:%B %Y}."),
    ])  # fmt: skip
