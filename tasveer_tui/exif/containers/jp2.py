"""JPEG 2000: a header box, the codestream, and metadata in boxes that a UUID names."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.box_metadata import add_exif, add_xmp
from tasveer_tui.exif.containers.boxes import C2PA_UUID, XMP_UUID, Box, BoxReader, number
from tasveer_tui.exif.containers.container_tags import content_credentials_tag
from tasveer_tui.exif.findings import Findings
from tasveer_tui.exif.ranges import ByteSource
from tasveer_tui.records import Tag

_EXIF_UUIDS: Final = (b"JpgTiffExif->JP2", bytes.fromhex("0537cdab9d0c4431a72afa561f2a113e"))
_GEO_UUID: Final = bytes.fromhex("b14bf8bd083d4b43a5ae8cd7d5a6ce03")
_IPTC_UUIDS: Final = tuple(
    bytes.fromhex(digits)
    for digits in ("33c7a4d2b81d4723a0baf1a3e097ad38", "09a14e97c0b442e0bebf36df6f0ce36f")
)
_RESOURCES_UUID: Final = bytes.fromhex("2c4c0100850440b9a03e562148d6dfeb")
_PEEK_BYTES = 256
_SIZE_MARKER: Final = b"\xff\x4f\xff\x51"
_SIZE_SEGMENT_BYTES = 43
_RDF: Final = re.compile(rb"<(\?xpacket|x:xmpmeta|rdf:RDF)")
_ENUMERATED, _RESTRICTED_ICC, _ANY_ICC = 1, 2, 3
_COLOUR_HEADER_BYTES = 3
"""Bytes of a `colr` box before its profile."""


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    boxes = BoxReader(source, found, meter)
    for box in boxes.within():
        if box.name == b"jp2h":
            for inner in boxes.iter_children(box):
                _add_header(source, inner, found)
        elif box.name == b"jp2c":
            if found.width is None:
                _add_codestream(source.read(box.start, _SIZE_SEGMENT_BYTES), found)
        elif box.name in _BOX_HANDLERS:
            _BOX_HANDLERS[box.name](source.part(box.start, box.length), found)


def locate_codestream(source: ByteSource, found: Findings, _meter: Meter) -> None:
    """See containers.Locate: a codestream that is a file of its own."""
    _add_codestream(source.read(0, _SIZE_SEGMENT_BYTES), found)


def _add_header(source: ByteSource, box: Box, found: Findings) -> None:
    data = source.read(box.start, min(box.length, _PEEK_BYTES))
    if box.name == b"ihdr":
        found.height, found.width = number(data, 0, 4), number(data, 4, 4)
        found.tags += [
            Tag("Jpeg2000", "ImageHeight", value=found.height),
            Tag("Jpeg2000", "ImageWidth", value=found.width),
            Tag("Jpeg2000", "NumberOfComponents", value=number(data, 8, 2)),
            # Bits minus one, plus 128 if samples are signed: kept as stored.
            Tag("Jpeg2000", "BitsPerComponent", value=number(data, 10, 1)),
            Tag("Jpeg2000", "Compression", value=number(data, 11, 1)),
        ]
    elif box.name == b"colr":
        _add_colour(source, box, data, found)


def _add_colour(source: ByteSource, box: Box, data: bytes, found: Findings) -> None:
    method = number(data, 0, 1)
    found.tags.append(Tag("Jpeg2000", "ColorSpecMethod", value=method))
    if method == _ENUMERATED:
        found.tags.append(
            Tag("Jpeg2000", "ColorSpace", value=number(data, _COLOUR_HEADER_BYTES, 4))
        )
    elif method in (_RESTRICTED_ICC, _ANY_ICC):
        found.icc.append(
            source.part(box.start + _COLOUR_HEADER_BYTES, box.length - _COLOUR_HEADER_BYTES)
        )


def _add_codestream(data: bytes, found: Findings) -> None:
    """The size marker: the grid's far corner, less the picture's near one."""
    if not data.startswith(_SIZE_MARKER):
        found.mark_damaged("The codestream does not begin with its size.")
        return
    right, bottom, left, top = (number(data, at, 4) for at in (8, 12, 16, 20))
    found.width, found.height = max(0, right - left), max(0, bottom - top)
    # One less than the bits, as in the header box.
    found.tags.append(Tag("Jpeg2000", "BitsPerComponent", value=number(data, 42, 1)))


def _add_xml(source: ByteSource, found: Findings) -> None:
    """Any XML; XMP is one kind."""
    if _RDF.search(source.read(0, _PEEK_BYTES)):
        found.xmp.append(source)


def _add_iptc(source: ByteSource, found: Findings) -> None:
    found.iptc.append(source)


def _add_resources(source: ByteSource, found: Findings) -> None:
    found.resources.append(source)


def _add_content_credentials(source: ByteSource, found: Findings) -> None:
    label = content_credentials_tag(b"jumb" + source.read(0, _PEEK_BYTES))
    found.tags += [label] if label else []


_BOX_HANDLERS: Final[Mapping[bytes, Callable[[ByteSource, Findings], None]]] = {
    **dict.fromkeys((*_EXIF_UUIDS, _GEO_UUID), add_exif),
    **dict.fromkeys(_IPTC_UUIDS, _add_iptc),
    _RESOURCES_UUID: _add_resources,
    XMP_UUID: add_xmp,
    C2PA_UUID: _add_content_credentials,
    b"jumb": _add_content_credentials,
    b"xml ": _add_xml,
}
