"""The properties of the primary image: size, bit depth, rotation, color profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tasveer_tui.exif.budget import MIB, Meter
from tasveer_tui.exif.containers import box_metadata
from tasveer_tui.exif.containers.boxes import (
    C2PA_UUID,
    XMP_UUID,
    Box,
    BoxReader,
    number,
    read_tracks,
)
from tasveer_tui.exif.containers.container_tags import content_credentials_tag
from tasveer_tui.exif.containers.heif_items import Item, ItemTables
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ranges import ByteSource, MemorySource
from tasveer_tui.records import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL_BOX_HEADER_BYTES = 4
_ICC_COLOUR_TYPES: Final = (b"prof", b"rICC")
_COLOUR_HEADER_BYTES = 11
_MAX_CHANNELS = 16
_HVCC_BIT_DEPTH_OFFSET = 17
"""Chroma format, then luma's and chroma's bits less 8."""
_HVCC_HEADER_BYTES = 19


def add_property_tags(items: ItemTables, found: Findings) -> None:
    """Add what is known of the primary picture to `found`."""
    for name, teller in (
        (b"ispe", _add_size),
        (b"pixi", _add_depths),
        (b"hvcC", _add_hevc_depths),
        (b"av1C", _add_av1_depths),
        (b"irot", _add_rotation),
    ):
        for box in _property_boxes(items, name):
            try:
                teller(items.source.read(box.start, min(box.length, 64)), found)
            except ValueError:
                found.mark_damaged("A property of the picture is broken.")
            break
    _add_colour(items, found)


def _add_colour(items: ItemTables, found: Findings) -> None:
    """A profile, and the numbers of a colour space; a picture may have both."""
    kinds: set[bytes] = set()
    for box in _property_boxes(items, b"colr"):
        head = items.source.read(box.start, min(box.length, _COLOUR_HEADER_BYTES))
        kind = head[:4]
        if kind in kinds:
            continue
        kinds.add(kind)
        if kind in _ICC_COLOUR_TYPES:
            found.icc.append(items.source.part(box.start + 4, box.length - 4))
        elif kind == b"nclx" and len(head) >= _COLOUR_HEADER_BYTES - 1:
            found.tags += [
                Tag("QuickTime", "ColorProfiles", value="nclx"),
                Tag("QuickTime", "ColorPrimaries", value=number(head, 4, 2)),
                Tag("QuickTime", "TransferCharacteristics", value=number(head, 6, 2)),
                Tag("QuickTime", "MatrixCoefficients", value=number(head, 8, 2)),
            ]


def _property_boxes(items: ItemTables, name: bytes) -> Iterator[Box]:
    """The primary picture's own, then, as of its tiles, the first of all.

    The size and rotation of other items do not apply to it.
    """
    yield from (one.box for one in items.of(items.primary) if one.box.name == name)
    if name not in (b"ispe", b"irot"):
        yield from (box for box in items.properties if box.name == name)


def _add_size(data: bytes, found: Findings) -> None:
    width, height = (
        number(data, _FULL_BOX_HEADER_BYTES, 4),
        number(data, _FULL_BOX_HEADER_BYTES + 4, 4),
    )
    if found.width is None:
        found.width, found.height = width, height
    found.tags.append(Tag("QuickTime", "ImageSpatialExtent", value=[width, height]))


def _add_depths(data: bytes, found: Findings) -> None:
    count = number(data, _FULL_BOX_HEADER_BYTES, 1)
    bits = data[_FULL_BOX_HEADER_BYTES + 1 : _FULL_BOX_HEADER_BYTES + 1 + min(count, _MAX_CHANNELS)]
    value = [*bits] if len(bits) != 1 else bits[0]
    found.tags.append(Tag("QuickTime", "ImagePixelDepth", value=value))


def _add_hevc_depths(data: bytes, found: Findings) -> None:
    luma = (number(data, _HVCC_BIT_DEPTH_OFFSET, 1) & 7) + 8
    chroma = (number(data, _HVCC_BIT_DEPTH_OFFSET + 1, 1) & 7) + 8
    found.tags += [
        Tag("QuickTime", "BitDepthLuma", value=luma),
        Tag("QuickTime", "BitDepthChroma", value=chroma),
    ]


def _add_av1_depths(data: bytes, found: Findings) -> None:
    flags = number(data, 2, 1)
    found.tags += [
        Tag("QuickTime", "HighBitDepth", value=flags >> 6 & 1),
        Tag("QuickTime", "TwelveBit", value=flags >> 5 & 1),
    ]


def _add_rotation(data: bytes, found: Findings) -> None:
    """Anti-clockwise, in quarters. The size is that before the turn."""
    found.tags.append(Tag("QuickTime", "Rotation", value=(number(data, 0, 1) & 3) * 90))


# HEIC, HEIF and AVIF: a `meta` box lists items, of which EXIF, XMP and the picture are some.

_XMP_TYPES: Final = (b"application/rdf+xml", b"application/xmp+xml")
_MAX_JOINED_BYTES = MIB
_MAX_DESCRIPTIONS = 16
_PEEK_BYTES = 256


@dataclass(slots=True)
class _BmffReader:
    source: ByteSource
    found: Findings
    meter: Meter
    metas: list[ItemTables] = field(default_factory=list)
    movie: Box | None = None

    def run(self) -> None:
        """All boxes of the object; `meta` may follow the pixels."""
        for box in BoxReader(self.source, self.found, self.meter).within():
            if box.name == b"meta":
                items = ItemTables(self.source, self.found, self.meter)
                self.metas.append(items)
                items.read(box)
            elif box.name == b"moov":
                self.movie = box
            elif box.name == XMP_UUID:
                self.found.xmp.append(self.source.part(box.start, box.length))
            elif box.name == C2PA_UUID:
                self._add_content_credentials(
                    self.source.read(box.start, min(box.length, _PEEK_BYTES))
                )
            elif box.name == b"jumb":
                self._add_content_credentials(
                    b"jumb" + self.source.read(box.start, min(box.length, _PEEK_BYTES))
                )

    def _add_content_credentials(self, head: bytes) -> None:
        label = content_credentials_tag(head)
        self.found.tags += [label] if label else []

    def gather(self) -> None:
        """Report the items; those of the first `meta` come first."""
        for items in self.metas:
            self._add_images(items)
            for item in _description_items(items):
                self._add_description(items, item)
        if self.movie is not None and self.found.width is None:
            self._set_track_size(self.movie)

    def _add_images(self, items: ItemTables) -> None:
        found = self.found
        if items.primary:
            found.tags.append(Tag("Meta", "PrimaryItemReference", value=items.primary))
        add_property_tags(items, found)
        for item in items.thumbnails():
            for start, length in items.byte_ranges(item)[:1]:
                found.thumbnails.append((self.source.place(start), length))

    def _add_description(self, items: ItemTables, item: Item) -> None:
        """EXIF or XMP."""
        if item.kind == b"Exif":
            block = box_metadata.find_exif_block(self._item_source(items, item))
            if block is None:
                self.found.mark_damaged("The EXIF item holds no EXIF block.")
            else:
                self.found.blocks.append(TiffBlock(block))
        elif item.kind == b"mime" and item.content_type.lower() in _XMP_TYPES:
            self.found.xmp.append(self._decompress(self._item_source(items, item), item.encoding))

    def _item_source(self, items: ItemTables, item: Item) -> ByteSource:
        """An item's bytes, joined if it has several extents."""
        places = items.byte_ranges(item)
        if len(places) == 1:
            return self.source.part(*places[0])
        if sum(length for _, length in places) > _MAX_JOINED_BYTES:
            self.found.add_note("An item in many large pieces was left unread.")
            return MemorySource(b"")
        return MemorySource(b"".join(self.source.read(*place) for place in places))

    def _decompress(self, source: ByteSource, encoding: bytes) -> ByteSource:
        if not encoding:
            return source
        data = source.read(0, min(source.size_bytes, _MAX_JOINED_BYTES))
        unpack = (
            box_metadata.decompress_brotli if encoding == b"br" else box_metadata.decompress_deflate
        )
        return MemorySource(unpack(data, self.found, self.meter))

    def _set_track_size(self, movie: Box) -> None:
        """An image sequence without a still picture is as large as its first track."""
        for track in read_tracks(BoxReader(self.source, self.found, self.meter), movie):
            if track.width and track.height:
                self.found.width, self.found.height = track.width, track.height
                return


def _description_items(items: ItemTables) -> list[Item]:
    """What describes the primary picture, then what describes none in particular.

    What describes another picture is taken only where there is nothing else.
    """
    described: dict[int, set[int]] = {}
    for reference in items.references:
        if reference.kind == b"cdsc":
            described.setdefault(reference.source, set()).add(reference.target)
    ranked: tuple[list[Item], list[Item], list[Item]] = ([], [], [])
    for item in items.items.values():
        if item.kind in (b"Exif", b"mime"):
            pictures = described.get(item.number)
            rank = 1 if pictures is None else 0 if items.primary in pictures else 2
            ranked[rank].append(item)
    own, loose, others = ranked
    return (own + loose or others)[:_MAX_DESCRIPTIONS]


def locate(source: ByteSource, found: Findings, meter: Meter) -> None:
    """See containers.Locate."""
    walk = _BmffReader(source, found, meter)
    try:
        walk.run()
    finally:
        walk.gather()
