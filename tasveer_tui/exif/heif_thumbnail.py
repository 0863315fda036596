"""The coded size of HEVC images: cameras code more rows than the image has."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from tasveer_tui.exif.budget import KIB, MIB, Budget, Meter, OverBudgetError
from tasveer_tui.exif.containers.boxes import BoxReader
from tasveer_tui.exif.containers.heif_items import Item, ItemTables, Property
from tasveer_tui.exif.findings import Findings
from tasveer_tui.exif.ranges import ByteSource, Fetch, RangeReader

_ARRAY_COUNT_OFFSET = 22
"""In a decoder's configuration: how many kinds of parameter sets follow."""
_SEQUENCE_PARAMETER_SET = 33
_SET_TYPE_MASK = 0x3F
_MAX_SETS = 16
_SET_HEADER_BYTES = 2
"""Before a set's bits."""
_MAX_SET_BYTES = 256
_PROFILE_BITS, _LEVEL_BITS = 88, 8
_MAX_SUB_LAYERS = 8
_MAX_GOLOMB_ZEROS = 32
_MIN_SIDE_PX, _MAX_SIDE_PX = 1, 1 << 16
_CHROMA_SUBSAMPLING: Final = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}
"""Columns and rows that share a colour, by the format of chroma."""


class _BitReader:
    """Bits from the highest of the first byte on; ValueError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "big")
        self._bits_left = 8 * len(data)

    def take(self, count: int) -> int:
        """A number of `count` bits."""
        self._bits_left -= count
        if self._bits_left < 0:
            raise ValueError("The bits end early.")
        return self._bits >> self._bits_left & (1 << count) - 1

    def take_golomb(self) -> int:
        """An Exp-Golomb number (ITU-T H.265, 9.2): its leading zeros give its length."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_GOLOMB_ZEROS:
                raise ValueError("The number is too long.")
        return (1 << zeros | self.take(zeros)) - 1


def coded_size(configuration: bytes) -> tuple[int, int]:
    """Width and height by `hvcC`. Raises ValueError or IndexError without one."""
    at = _ARRAY_COUNT_OFFSET + 1
    for _ in range(min(configuration[_ARRAY_COUNT_OFFSET], _MAX_SETS)):
        kind = configuration[at] & _SET_TYPE_MASK
        count = int.from_bytes(configuration[at + 1 : at + 3], "big")
        at += 3
        for _ in range(min(count, _MAX_SETS)):
            length = int.from_bytes(configuration[at : at + 2], "big")
            if kind == _SEQUENCE_PARAMETER_SET:
                return _parse_sequence_set(
                    configuration[at + 2 : at + 2 + min(length, _MAX_SET_BYTES)]
                )
            at += 2 + length
    raise ValueError("There is no sequence parameter set.")


def _parse_sequence_set(data: bytes) -> tuple[int, int]:
    # Emulation prevention: a 3 after two zeros is not data.
    bits = _BitReader(data[_SET_HEADER_BYTES:].replace(b"\0\0\3", b"\0\0"))
    bits.take(4)
    _skip_profile(bits, bits.take(3))
    bits.take_golomb()
    chroma = bits.take_golomb()
    if chroma not in _CHROMA_SUBSAMPLING:
        raise ValueError("There is no such format of chroma.")
    bits.take(1 if chroma == max(_CHROMA_SUBSAMPLING) else 0)
    width, height = bits.take_golomb(), bits.take_golomb()
    if bits.take(1):
        left, right, top, bottom = (bits.take_golomb() for _ in range(4))
        columns, rows = _CHROMA_SUBSAMPLING[chroma]
        width -= columns * (left + right)
        height -= rows * (top + bottom)
    if not (_MIN_SIDE_PX <= width < _MAX_SIDE_PX and _MIN_SIDE_PX <= height < _MAX_SIDE_PX):
        raise ValueError("The picture has no possible size.")
    return width, height


def _skip_profile(bits: _BitReader, layers: int) -> None:
    """Which decoder it takes, for the whole and for each layer below."""
    bits.take(1 + _PROFILE_BITS + _LEVEL_BITS)
    if not layers:
        return
    present = [(bits.take(1), bits.take(1)) for _ in range(_MAX_SUB_LAYERS)][:layers]
    for has_profile, has_level in present:
        bits.take(has_profile * _PROFILE_BITS + has_level * _LEVEL_BITS)


# A HEIC's or AVIF's small picture as a file of its own, made without reading the large one.
#
# Decoders want a file. The thumbnail is an item like the large picture: a new file that holds
# nothing but that item and its properties is a few hundred bytes longer than its bytes are.

_BUDGET: Final = Budget(requests=6, read_bytes=2 * MIB, cpu_s=1.0)
_BRAND_BY_CODEC: Final = {b"hvc1": b"heic", b"hev1": b"heic", b"av01": b"avif"}
"""By the kind of item. Other kinds are made of more items, or nothing here decodes them."""
_MAX_THUMBNAIL_BYTES = MIB
_MAX_PROPERTY_BYTES = 64 * KIB
_MAX_PROPERTIES = 32
_TRANSFORM_PROPERTIES: Final = frozenset({b"irot", b"imir"})
_SIZE_ERRORS: Final = (KeyError, IndexError, ValueError, struct.error)
_MALFORMED_ERRORS: Final = (OverBudgetError, ValueError, IndexError, OverflowError, struct.error)


class _CopiedProperty(NamedTuple):
    """A property that goes into the new file."""

    name: bytes
    payload: bytes
    is_essential: bool


class ByteRange(NamedTuple):
    """Bytes and their offset in the object."""

    offset: int
    data: bytes


def build_heif_thumbnail(fetch: Fetch, piece: ByteRange) -> bytes:
    """A file with the thumbnail that begins with `piece`; b"" where that cannot be made.

    It is upright when decoded as the format demands: EXIF's orientation must not turn it again.
    Blocks, one to three requests. Raises what `fetch` raises.
    """
    found, meter = Findings(), Meter(_BUDGET)
    try:
        source = RangeReader(fetch, meter)
        for box in BoxReader(source, found, meter).within():
            if box.name == b"meta":
                items = ItemTables(source, found, meter)
                items.read(box)
                return _find_thumbnail(source, items, piece)
    except _MALFORMED_ERRORS:
        return b""
    return b""


def _find_thumbnail(source: ByteSource, items: ItemTables, piece: ByteRange) -> bytes:
    for item in items.thumbnails():
        places = items.byte_ranges(item)
        if item.kind not in _BRAND_BY_CODEC or not places or places[0][0] != piece.offset:
            continue
        if places == [(piece.offset, len(piece.data))]:
            return _build_file(source, items, item, piece.data)
        if sum(length for _, length in places) > _MAX_THUMBNAIL_BYTES:
            return b""
        return _build_file(source, items, item, b"".join(source.read(*place) for place in places))
    return b""


def _build_file(source: ByteSource, items: ItemTables, item: Item, data: bytes) -> bytes:
    """The item as a file: what kind of file, what is in it, the data."""
    brand = _BRAND_BY_CODEC[item.kind]
    head = _build_box(b"ftyp", brand, bytes(4), b"mif1", brand)
    used = [*items.of(item.number)][:_MAX_PROPERTIES]
    properties = _build_properties(source, used)
    length = len(_build_meta(item.kind, properties, 0, len(data)))
    meta = _build_meta(item.kind, properties, len(head) + length + 8, len(data))
    return head + meta + _build_box(b"mdat", data)


def _build_properties(source: ByteSource, used: list[Property]) -> bytes:
    """The item's properties, and that it has them."""
    kept = [
        _CopiedProperty(one.box.name, source.read(one.box.start, one.box.length), one.is_essential)
        for one in used
        if one.box.length <= _MAX_PROPERTY_BYTES and len(one.box.name) == 4  # noqa: PLR2004
    ]
    kept = _fit_size(kept)
    marks = bytes(index | one.is_essential << 7 for index, one in enumerate(kept, 1))
    associations = struct.pack(">IIHB", 0, 1, 1, len(marks)) + marks
    container = _build_box(b"ipco", *(_build_box(one.name, one.payload) for one in kept))
    return _build_box(b"iprp", container, _build_box(b"ipma", associations))


def _fit_size(kept: list[_CopiedProperty]) -> list[_CopiedProperty]:
    """The properties with the coded size and a crop to the declared size.

    Some cameras code more rows than they declare, or declare more than they code. Decoders
    report that as damage, although only rows outside the image differ.
    """
    payloads = {one.name: one.payload for one in reversed(kept)}
    try:
        width, height = coded_size(payloads[b"hvcC"])
        declared = struct.unpack(">4xII", payloads[b"ispe"])
    except _SIZE_ERRORS:
        return kept
    if declared == (width, height):
        return kept
    size = struct.pack(">III", 0, width, height)
    fitted = [one._replace(payload=size) if one.name == b"ispe" else one for one in kept]
    if b"clap" in payloads or not (declared[0] <= width and declared[1] <= height):
        return fitted
    # Sides, then how far the middle moves: fractions of whole numbers.
    moves = declared[0] - width, 2, declared[1] - height, 2
    cut = _CopiedProperty(
        b"clap", struct.pack(">IIIIiIiI", declared[0], 1, declared[1], 1, *moves), is_essential=True
    )
    before = next(
        (at for at, one in enumerate(fitted) if one.name in _TRANSFORM_PROPERTIES), len(fitted)
    )
    return [*fitted[:before], cut, *fitted[before:]]


def _build_meta(kind: bytes, properties: bytes, offset: int, length: int) -> bytes:
    """One item with id 1 and its bytes at `offset`."""
    info = _build_box(b"infe", struct.pack(">IHH4sx", 2 << 24, 1, 0, kind))
    return _build_box(
        b"meta",
        bytes(4),
        _build_box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"pict")),
        _build_box(b"pitm", struct.pack(">IH", 0, 1)),
        _build_box(b"iinf", struct.pack(">IH", 0, 1), info),
        properties,
        _build_box(b"iloc", struct.pack(">IBBHHHHII", 0, 0x44, 0, 1, 1, 0, 1, offset, length)),
    )


def _build_box(name: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload)) + name + payload
