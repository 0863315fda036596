"""JPEG: walks the marker segments up to the picture, hopping over what is not wanted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from tasveer_tui.exif.budget import KIB, MIB, Meter
from tasveer_tui.exif.containers import mpf, segments
from tasveer_tui.exif.containers.joined import joined
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import BLOCK, Source
from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag

_MARKER = 0xFF
_START_OF_SCAN, _END = 0xDA, 0xD9
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_APP0, _APP1, _APP2, _APP11, _APP12, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xEB, 0xEC, 0xED, 0xEE
_COMMENT = 0xFE

_EXIF = b"Exif\0"
_EXIF_HEADER = 6
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_NAME, _EXTENDED_HEADER = 32, 40
"""A name, the length of the whole, and the place of this part in it."""
_HAS_EXTENDED: Final = re.compile(rb"HasExtendedXMP\s*(?:=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")
_LARGEST_EXTENDED = 512 * KIB
_RESOURCES = b"Photoshop 3.0\0"
_ICC = b"ICC_PROFILE\0"
_ICC_HEADER = 14
_MOST_ICC_PARTS = 64
_MPF = b"MPF\0"
_TIFF_MAGIC: Final = (b"II*\0", b"MM\0*", b"II\0*", b"MM*\0")

_EXIV2_HEADER = 7
"""Exiv2's sidecar files are JPEG without a picture, behind a name of their own."""
_HEAD = 4
"""A marker and a length."""
_PEEK = 64
"""As much of a segment as tells what it is."""
_FAR = MIB
"""Behind this, nothing more is looked for once EXIF is in hand."""
_STRAY = 4 * KIB
_LONGEST_COMMENT = 4 * KIB


class _Segment(NamedTuple):
    """A segment without its marker and length."""

    marker: int
    start: int
    length: int
    head: bytes


@dataclass(slots=True)
class _Walk:
    """One JPEG, segment by segment. What comes in several segments is gathered first."""

    source: Source
    found: Found
    meter: Meter
    exif: list[tuple[int, int]] = field(default_factory=list)
    """Place and length of each part of the EXIF block being gathered."""
    resources: list[tuple[int, int]] = field(default_factory=list)
    extended: dict[bytes, dict[int, tuple[int, int]]] = field(default_factory=dict)
    """By name, and by their places in the packet, the parts of extended XMP packets."""
    profile: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By their numbers, the parts of the colour profile."""
    index: Source | None = None
    """Of the pictures in the file."""

    def run(self) -> None:
        """To the picture, or to where nothing more is wanted."""
        at = _EXIV2_HEADER if self.source.read(1, 1) == b"\1" else 2
        while 0 < at <= _FAR or not (self.exif or self.found.blocks):
            at = self._step(at)
            if at < 0:
                return
        self.found.remark("Segments behind the first MiB were left unread.")

    def _step(self, at: int) -> int:
        """Where the next segment begins; -1 where the walk ends."""
        self.meter.plan_entries(1)
        head = self.source.read(at, _HEAD + _PEEK)
        if len(head) < _HEAD:
            if head[:2] != bytes((_MARKER, _END)):
                self.found.truncated("The JPEG ends before its picture begins.")
            return -1
        marker = head[1]
        if head[0] != _MARKER or marker == 0:
            return self._behind_stray_bytes(at)
        if marker == _MARKER:
            return at + len(head) - len(head.lstrip(b"\xff")) - 1
        if marker in _BARE:
            return at + 2
        if marker in (_START_OF_SCAN, _END):
            return -1
        length = max(int.from_bytes(head[2:_HEAD], "big"), 2)
        take = _TAKERS.get(marker)
        if take is not None:
            take(self, self._segment(marker, at + _HEAD, length - 2, head[_HEAD:]))
        return at + 2 + length

    def _behind_stray_bytes(self, at: int) -> int:
        self.found.damage("There are stray bytes between the JPEG's segments.")
        ahead = self.source.read(at + 1, _STRAY).find(_MARKER)
        return at + 1 + ahead if ahead >= 0 else -1

    def _segment(self, marker: int, start: int, length: int, head: bytes) -> _Segment:
        if start + length > self.source.size_bytes:
            self.found.truncated("The object ends inside a JPEG segment.")
            length = self.source.size_bytes - start
        return _Segment(marker, start, length, head[:length])

    def app0(self, segment: _Segment) -> None:
        """JFIF."""
        segments.jfif(segment.head, self.found)

    def app1(self, segment: _Segment) -> None:
        """EXIF, which may go on in the segments that follow, or XMP."""
        _, start, length, head = segment
        if head.startswith(_EXIF):
            if self.exif and head[_EXIF_HEADER : _EXIF_HEADER + 4] in _TIFF_MAGIC:
                self.gather_exif()
            self.exif.append((start + _EXIF_HEADER, length - _EXIF_HEADER))
        elif head.startswith(_XMP):
            self.found.xmp.append(self.source.part(start + len(_XMP), length - len(_XMP)))
        elif head.startswith(_EXTENDED_XMP):
            self._extended_part(start + len(_EXTENDED_XMP), length - len(_EXTENDED_XMP))

    def _extended_part(self, start: int, length: int) -> None:
        head = self.source.read(start, _EXTENDED_HEADER)
        if len(head) == _EXTENDED_HEADER <= length:
            offset = int.from_bytes(head[-4:], "big")
            parts = self.extended.setdefault(head[:_EXTENDED_NAME].upper(), {})
            parts[offset] = (start + _EXTENDED_HEADER, length - _EXTENDED_HEADER)

    def app2(self, segment: _Segment) -> None:
        """The colour profile, which may take several segments, or the index of pictures."""
        _, start, length, head = segment
        if head.startswith(_ICC) and len(head) > _ICC_HEADER:
            if len(self.profile) < _MOST_ICC_PARTS:
                part = (start + _ICC_HEADER, length - _ICC_HEADER)
                self.profile.setdefault(head[_ICC_HEADER - 2], part)
        elif head.startswith(_MPF) and self.index is None:
            self.index = self.source.part(start + len(_MPF), length - len(_MPF))

    def app11(self, segment: _Segment) -> None:
        """Content credentials."""
        label = content_label(segment.head)
        if label and label not in self.found.tags:
            self.found.tags.append(label)

    def app12(self, segment: _Segment) -> None:
        """Photoshop's notes on a picture saved for the web."""
        if segment.head.startswith(b"Ducky"):
            segments.ducky(self.source.part(segment.start, segment.length), self.found)

    def app14(self, segment: _Segment) -> None:
        """Adobe's own."""
        segments.adobe(segment.head, self.found)

    def app13(self, segment: _Segment) -> None:
        """Photoshop's resources, of which IPTC is one."""
        _, start, length, head = segment
        if head.startswith(_RESOURCES):
            self.resources.append((start + len(_RESOURCES), length - len(_RESOURCES)))

    def comment(self, segment: _Segment) -> None:
        """A plain text."""
        text = plain(self.source.read(segment.start, min(segment.length, _LONGEST_COMMENT)))
        self.found.tags.append(Tag("File", "Comment", value=text))

    def frame(self, segment: _Segment) -> None:
        """What the picture is like."""
        segments.frame(segment.marker, segment.head, self.found)

    def gather_exif(self) -> None:
        """Join the parts of one EXIF block."""
        parts, self.exif = self.exif, []
        if parts:
            self.found.blocks.append(Block(joined(self.source, parts)))

    def gather_xmp(self) -> None:
        """Put the extended packet together that the main one names."""
        packet = self.found.xmp[0] if self.found.xmp else None
        match = packet and _HAS_EXTENDED.search(packet.read(0, min(packet.size_bytes, BLOCK)))
        parts = self.extended.get(match[1].upper(), {}) if match else {}
        pieces = [parts[offset] for offset in sorted(parts)]
        size = sum(length for _, length in pieces)
        if not pieces or size > _LARGEST_EXTENDED:
            total = sum(length for named in self.extended.values() for _, length in named.values())
            self.found.remark(f"{total:,} bytes of extended XMP were left unread.")
        elif [*accumulate((length for _, length in pieces), initial=0)][:-1] != sorted(parts):
            self.found.damage("A part of the extended XMP is missing.")
        else:
            self.found.xmp.insert(1, joined(self.source, pieces))

    def gather(self) -> None:
        """Hand on what came in pieces."""
        self.gather_exif()
        if self.resources:
            self.found.resources.append(joined(self.source, self.resources))
        if self.profile:
            pieces = [self.profile[number] for number in sorted(self.profile)]
            self.found.icc.append(joined(self.source, pieces))
        if self.extended:
            self.gather_xmp()
        if self.index is not None:
            mpf.read(self.index, self.found, self.meter)


_TAKERS: Final[Mapping[int, Callable[[_Walk, _Segment], None]]] = {
    _APP0: _Walk.app0,
    _APP1: _Walk.app1,
    _APP2: _Walk.app2,
    _APP11: _Walk.app11,
    _APP12: _Walk.app12,
    _APP13: _Walk.app13,
    _APP14: _Walk.app14,
    _COMMENT: _Walk.comment,
    **dict.fromkeys(_FRAMES, _Walk.frame),
}


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    walk = _Walk(source, found, meter)
    try:
        walk.run()
    finally:
        walk.gather()
