"""Data that a container keeps in several segments, as one source that reads only what is used."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from tasveer_tui.exif.budget import KIB, MIB, Meter
from tasveer_tui.exif.containers.container_tags import (
    add_tags,
    content_credentials_tag,
    decode_short_text,
)
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ifd import Directory, IfdReader
from tasveer_tui.exif.ifd_tags import directory_tags
from tasveer_tui.exif.ranges import BLOCK_BYTES, ByteSource, MemorySource
from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.records import Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class JoinedSource:
    """Pieces of a source, one behind the other: (start, length) each."""

    def __init__(self, source: ByteSource, pieces: Sequence[tuple[int, int]]) -> None:
        self._source = source
        self._parts = pieces
        self._ends = list(accumulate(length for _, length in pieces))
        self.size_bytes = self._ends[-1] if pieces else 0

    def read(self, start: int, length: int) -> bytes:
        """See Source. Blocks where the bytes are not cached."""
        parts = []
        index = bisect_right(self._ends, start)
        while length > 0 and index < len(self._parts):
            place, size = self._parts[index]
            inside = start - (self._ends[index] - size)
            parts.append(self._source.read(place + inside, min(length, size - inside)))
            start += size - inside
            length -= size - inside
            index += 1
        return b"".join(parts)

    def place(self, start: int) -> int:
        """See Source. The bytes here may continue elsewhere."""
        return -1 if start >= 0 else start

    def part(self, start: int, length: int) -> ByteSource:
        """See Source."""
        return MemorySource(self.read(start, length))


def join_parts(source: ByteSource, pieces: Sequence[tuple[int, int]]) -> ByteSource:
    """A single segment keeps its offsets; several are joined."""
    return source.part(*pieces[0]) if len(pieces) == 1 else JoinedSource(source, pieces)


# JPEG's segments of fixed layout: JFIF, Adobe's, Photoshop's `Ducky`, and the frame's header.

_JFIF: Final = struct.Struct(">5s2BBHHBB")
_ADOBE: Final = struct.Struct(">5sHHHB")
_YCBCR_COMPONENTS = 3
_FIRST_FRAME = 0xC0
_DUCKY_QUALITY, _DUCKY_COMMENT, _DUCKY_COPYRIGHT = 1, 2, 3
_MAX_DUCKY_FIELDS = 16


def add_jfif(head: bytes, found: Findings) -> None:
    """Version and resolution."""
    if head.startswith(b"JFIF\0") and len(head) >= _JFIF.size:
        found.tags += _jfif_tags(head[: _JFIF.size])


@lru_cache(maxsize=256)
def _jfif_tags(head: bytes) -> tuple[Tag, ...]:
    """Remembered: one camera writes the same into every picture."""
    _, major, minor, unit, x, y, width, height = _JFIF.unpack(head)
    found = Findings()
    add_tags(found, "JFIF", {"JFIFVersion": [major, minor]})
    add_tags(found, "JFIF", {"ResolutionUnit": unit, "XResolution": x, "YResolution": y})
    if width and height:
        add_tags(found, "JFIF", {"ThumbnailWidth": width, "ThumbnailHeight": height})
    return tuple(found.tags)


def add_adobe(head: bytes, found: Findings) -> None:
    """What a decoder must know of the colours."""
    if not head.startswith(b"Adobe") or len(head) < _ADOBE.size:
        return
    _, version, flags0, flags1, transform = _ADOBE.unpack_from(head)
    add_tags(found, "Adobe", {"DCTEncodeVersion": version, "APP14Flags0": flags0})
    add_tags(found, "Adobe", {"APP14Flags1": flags1, "ColorTransform": transform})


def add_ducky(segment: ByteSource, found: Findings) -> None:
    """Fields: a number, a length, data; texts follow their own length."""
    at = len(b"Ducky")
    for _ in range(_MAX_DUCKY_FIELDS):
        head = segment.read(at, 4)
        number, length = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        if len(head) < 4 or not number:  # noqa: PLR2004 - a number and a length
            return
        data = segment.read(at + 4, min(length, 4096))
        if number == _DUCKY_QUALITY:
            add_tags(found, "Ducky", {"Quality": int.from_bytes(data[:4], "big")})
        elif number in (_DUCKY_COMMENT, _DUCKY_COPYRIGHT):
            name = "Comment" if number == _DUCKY_COMMENT else "Copyright"
            text = data[4:].decode("utf-16-be", "replace").partition("\0")[0]
            add_tags(found, "Ducky", {name: decode_short_text(text.encode("utf-8", "replace"))})
        at += 4 + length


def add_frame(marker: int, head: bytes, found: Findings) -> None:
    """Sample precision, height, width, then the sampling of each component."""
    if found.width is not None or len(head) < 6:  # noqa: PLR2004 - as far as the count
        return
    found.height, found.width = (int.from_bytes(head[at : at + 2], "big") for at in (1, 3))
    found.tags += _frame_tags(marker, head[0], head[5], head[7 : 7 + 3 * _YCBCR_COMPONENTS : 3])


@lru_cache(maxsize=256)
def _frame_tags(marker: int, bits: int, components: int, factors: bytes) -> tuple[Tag, ...]:
    """Remembered: most pictures have one of few kinds of frame."""
    found = Findings()
    add_tags(found, "File", {"EncodingProcess": marker - _FIRST_FRAME})
    add_tags(found, "File", {"BitsPerSample": bits, "ColorComponents": components})
    if components == _YCBCR_COMPONENTS == len(factors):
        sides = [[factor >> 4 for factor in factors], [factor & 15 for factor in factors]]
        if all(min(side) for side in sides):
            ratios = [_ratio(max(side), min(side)) for side in sides]
            add_tags(found, "File", {"YCbCrSubSampling": [*ratios]})
    return tuple(found.tags)


def _ratio(most: int, least: int) -> int | float:
    return most / least if most % least else most // least


# MPF, CIPA's index of several pictures in one JPEG: how many there are, and where.

_IMAGE_LIST_TAG: Final = 0xB002
_MAX_IMAGES = 32
_IMAGE_ROWS: Final = {"little": struct.Struct("<IIIHH"), "big": struct.Struct(">IIIHH")}


def read_mpf(source: ByteSource, found: Findings, meter: Meter) -> None:
    """Add the tags of the index in `source`, which is a TIFF structure."""
    walk = IfdReader(source, found, meter, "MPF0", "MPF")
    try:
        walk.run()
    finally:
        for directory in walk.directories:
            directory.group, directory.dialect = "MPF0", "MPF"
            found.tags += [
                tag for tag in directory_tags(directory) if tag.number != _IMAGE_LIST_TAG
            ]
            _add_image_tags(directory, found)


def _add_image_tags(directory: Directory, found: Findings) -> None:
    """Where each picture is counts from the index, but the first one's, which is 0."""
    data = next((entry.data for entry in directory.entries if entry.number == _IMAGE_LIST_TAG), b"")
    row = _IMAGE_ROWS[directory.order]
    data = (data or b"")[: _MAX_IMAGES * row.size]
    rows = row.iter_unpack(data[: len(data) // row.size * row.size])
    for index, (kind, length, offset, first, second) in enumerate(rows, 1):
        facts = {
            "MPImageFlags": kind >> 27,
            "MPImageFormat": kind >> 24 & 7,
            "MPImageType": kind & 0xFFFFFF,
            "MPImageLength": length,
            "MPImageStart": directory.source.place(offset) if offset else 0,
            "DependentImage1EntryNumber": first,
            "DependentImage2EntryNumber": second,
        }
        add_tags(found, f"MPImage{index}", facts)


# JPEG: walks the marker segments up to the picture, hopping over what is not wanted.

_MARKER = 0xFF
_START_OF_SCAN, _END = 0xDA, 0xD9
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_APP0, _APP1, _APP2, _APP11, _APP12, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xEB, 0xEC, 0xED, 0xEE
_COMMENT = 0xFE

_EXIF_SIGNATURE = b"Exif\0"
_EXIF_HEADER_BYTES = 6
_XMP_SIGNATURE = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP_SIGNATURE = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_NAME_BYTES, _EXTENDED_HEADER_BYTES = 32, 40
"""A name, the length of the whole, and the place of this part in it."""
_HAS_EXTENDED_XMP: Final = re.compile(rb"HasExtendedXMP\s*(?:=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")
_MAX_EXTENDED_XMP_BYTES = 512 * KIB
_PHOTOSHOP_SIGNATURE = b"Photoshop 3.0\0"
_ICC_SIGNATURE = b"ICC_PROFILE\0"
_ICC_HEADER_BYTES = 14
_MAX_ICC_PARTS = 64
_MPF_SIGNATURE = b"MPF\0"
_TIFF_MAGIC: Final = (b"II*\0", b"MM\0*", b"II\0*", b"MM*\0")

_EXIV2_HEADER_BYTES = 7
"""Exiv2's sidecar files are JPEG without a picture, behind a name of their own."""
_SEGMENT_HEADER_BYTES = 4
"""A marker and a length."""
_PEEK_BYTES = 64
"""Bytes of a segment that identify it."""
_MAX_SEARCH_BYTES = MIB
"""Past this offset, nothing more is searched once EXIF was found."""
_MAX_STRAY_BYTES = 4 * KIB
_MAX_COMMENT_BYTES = 4 * KIB


class _Segment(NamedTuple):
    """A segment without its marker and length."""

    marker: int
    start: int
    length: int
    head: bytes


@dataclass(slots=True)
class _SegmentReader:
    """One JPEG, segment by segment. Data in several segments is collected first."""

    source: ByteSource
    found: Findings
    meter: Meter
    exif: list[tuple[int, int]] = field(default_factory=list)
    """Place and length of each part of the EXIF block being gathered."""
    resources: list[tuple[int, int]] = field(default_factory=list)
    extended: dict[bytes, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """By name, and by their places in the packet, the parts of extended XMP packets."""
    profile: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By their numbers, the parts of the colour profile."""
    index: ByteSource | None = None
    """Of the pictures in the file."""

    def run(self) -> None:
        """To the picture, or to where nothing more is wanted."""
        at = _EXIV2_HEADER_BYTES if self.source.read(1, 1) == b"\1" else 2
        while 0 < at <= _MAX_SEARCH_BYTES or not (self.exif or self.found.blocks):
            at = self._read_segment(at)
            if at < 0:
                return
        self.found.add_note("Segments behind the first MiB were left unread.")

    def _read_segment(self, at: int) -> int:
        """Where the next segment begins; -1 where the walk ends."""
        self.meter.plan_entries(1)
        head = self.source.read(at, _SEGMENT_HEADER_BYTES + _PEEK_BYTES)
        if len(head) < _SEGMENT_HEADER_BYTES:
            if head[:2] != bytes((_MARKER, _END)):
                self.found.mark_truncated("The JPEG ends before its picture begins.")
            return -1
        marker = head[1]
        if head[0] != _MARKER or marker == 0:
            return self._skip_stray_bytes(at)
        if marker == _MARKER:
            return at + len(head) - len(head.lstrip(b"\xff")) - 1
        if marker in _BARE_MARKERS:
            return at + 2
        if marker in (_START_OF_SCAN, _END):
            return -1
        length = max(int.from_bytes(head[2:_SEGMENT_HEADER_BYTES], "big"), 2)
        take = _SEGMENT_HANDLERS.get(marker)
        if take is not None:
            take(
                self,
                self._make_segment(
                    marker, at + _SEGMENT_HEADER_BYTES, length - 2, head[_SEGMENT_HEADER_BYTES:]
                ),
            )
        return at + 2 + length

    def _skip_stray_bytes(self, at: int) -> int:
        self.found.mark_damaged("There are stray bytes between the JPEG's segments.")
        ahead = self.source.read(at + 1, _MAX_STRAY_BYTES).find(_MARKER)
        return at + 1 + ahead if ahead >= 0 else -1

    def _make_segment(self, marker: int, start: int, length: int, head: bytes) -> _Segment:
        if start + length > self.source.size_bytes:
            self.found.mark_truncated("The object ends inside a JPEG segment.")
            length = self.source.size_bytes - start
        return _Segment(marker, start, length, head[:length])

    def app0(self, segment: _Segment) -> None:
        """JFIF."""
        add_jfif(segment.head, self.found)

    def app1(self, segment: _Segment) -> None:
        """EXIF, which may go on in the segments that follow, or XMP."""
        _, start, length, head = segment
        if head.startswith(_EXIF_SIGNATURE):
            if self.exif and head[_EXIF_HEADER_BYTES : _EXIF_HEADER_BYTES + 4] in _TIFF_MAGIC:
                self.gather_exif()
            self.exif.append((start + _EXIF_HEADER_BYTES, length - _EXIF_HEADER_BYTES))
        elif head.startswith(_XMP_SIGNATURE):
            self.found.xmp.append(
                self.source.part(start + len(_XMP_SIGNATURE), length - len(_XMP_SIGNATURE))
            )
        elif head.startswith(_EXTENDED_XMP_SIGNATURE):
            self._add_extended_part(
                start + len(_EXTENDED_XMP_SIGNATURE), length - len(_EXTENDED_XMP_SIGNATURE)
            )

    def _add_extended_part(self, start: int, length: int) -> None:
        head = self.source.read(start, _EXTENDED_HEADER_BYTES)
        if len(head) == _EXTENDED_HEADER_BYTES <= length:
            offset = int.from_bytes(head[-4:], "big")
            parts = self.extended.setdefault(head[:_EXTENDED_NAME_BYTES].upper(), {})
            parts[offset] = (start + _EXTENDED_HEADER_BYTES, length - _EXTENDED_HEADER_BYTES)

    def app2(self, segment: _Segment) -> None:
        """The colour profile, which may take several segments, or the index of pictures."""
        _, start, length, head = segment
        if head.startswith(_ICC_SIGNATURE) and len(head) > _ICC_HEADER_BYTES:
            if len(self.profile) < _MAX_ICC_PARTS:
                part = (start + _ICC_HEADER_BYTES, length - _ICC_HEADER_BYTES)
                self.profile.setdefault(head[_ICC_HEADER_BYTES - 2], part)
        elif head.startswith(_MPF_SIGNATURE) and self.index is None:
            self.index = self.source.part(start + len(_MPF_SIGNATURE), length - len(_MPF_SIGNATURE))

    def app11(self, segment: _Segment) -> None:
        """Content credentials."""
        label = content_credentials_tag(segment.head)
        if label and label not in self.found.tags:
            self.found.tags.append(label)

    def app12(self, segment: _Segment) -> None:
        """Photoshop's notes on a picture saved for the web."""
        if segment.head.startswith(b"Ducky"):
            add_ducky(self.source.part(segment.start, segment.length), self.found)

    def app14(self, segment: _Segment) -> None:
        """Adobe's own."""
        add_adobe(segment.head, self.found)

    def app13(self, segment: _Segment) -> None:
        """Photoshop's resources, of which IPTC is one."""
        _, start, length, head = segment
        if head.startswith(_PHOTOSHOP_SIGNATURE):
            self.resources.append(
                (start + len(_PHOTOSHOP_SIGNATURE), length - len(_PHOTOSHOP_SIGNATURE))
            )

    def comment(self, segment: _Segment) -> None:
        """A plain text."""
        text = decode_text(self.source.read(segment.start, min(segment.length, _MAX_COMMENT_BYTES)))
        self.found.tags.append(Tag("File", "Comment", value=text))

    def frame(self, segment: _Segment) -> None:
        """What the picture is like."""
        add_frame(segment.marker, segment.head, self.found)

    def gather_exif(self) -> None:
        """Join the parts of one EXIF block."""
        parts, self.exif = self.exif, []
        if parts:
            self.found.blocks.append(TiffBlock(join_parts(self.source, parts)))

    def gather_xmp(self) -> None:
        """Put the extended packet together that the main one names."""
        packet = self.found.xmp[0] if self.found.xmp else None
        match = packet and _HAS_EXTENDED_XMP.search(
            packet.read(0, min(packet.size_bytes, BLOCK_BYTES))
        )
        parts = self.extended.get(match[1].upper(), {}) if match else {}
        pieces = [parts[offset] for offset in sorted(parts)]
        size = sum(length for _, length in pieces)
        if not pieces or size > _MAX_EXTENDED_XMP_BYTES:
            total = sum(length for named in self.extended.values() for _, length in named.values())
            self.found.add_note(f"{total:,} bytes of extended XMP were left unread.")
        elif [*accumulate((length for _, length in pieces), initial=0)][:-1] != sorted(parts):
            self.found.mark_damaged("A part of the extended XMP is missing.")
        else:
            self.found.xmp.insert(1, join_parts(self.source, pieces))

    def gather(self) -> None:
        """Report the data of several segments."""
        self.gather_exif()
        if self.resources:
            self.found.resources.append(join_parts(self.source, self.resources))
        if self.profile:
            pieces = [self.profile[number] for number in sorted(self.profile)]
            self.found.icc.append(join_parts(self.source, pieces))
        if self.extended:
            self.gather_xmp()
        if self.index is not None:
            read_mpf(self.index, self.found, self.meter)


_SEGMENT_HANDLERS: Final[Mapping[int, Callable[[_SegmentReader, _Segment], None]]] = {
    _APP0: _SegmentReader.app0,
    _APP1: _SegmentReader.app1,
    _APP2: _SegmentReader.app2,
    _APP11: _SegmentReader.app11,
    _APP12: _SegmentReader.app12,
    _APP13: _SegmentReader.app13,
    _APP14: _SegmentReader.app14,
    _COMMENT: _SegmentReader.comment,
    **dict.fromkeys(_FRAME_MARKERS, _SegmentReader.frame),
}


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    walk = _SegmentReader(source, found, meter)
    try:
        walk.run()
    finally:
        walk.gather()
