"""A HEIC's or AVIF's small picture as a file of its own, made without reading the large one.

Decoders want a file. The thumbnail is an item like the large picture: a new file that holds
nothing but that item and its properties is a few hundred bytes longer than its bytes are.
"""

import struct
from typing import Final, NamedTuple

from tasveer_tui.exif.budget import KIB, MIB, Budget, Meter, OverBudgetError
from tasveer_tui.exif.containers.boxes import Boxes
from tasveer_tui.exif.containers.items import Item, Items, Property
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.hevc import coded_size
from tasveer_tui.exif.ranges import Fetch, Ranges, Source

_BUDGET: Final = Budget(requests=6, read_bytes=2 * MIB, cpu_s=1.0)
_BRANDS: Final = {b"hvc1": b"heic", b"hev1": b"heic", b"av01": b"avif"}
"""By the kind of item. Other kinds are made of more items, or nothing here decodes them."""
_LARGEST = MIB
_LARGEST_PROPERTY = 64 * KIB
_MOST_PROPERTIES = 32
_TURNS: Final = frozenset({b"irot", b"imir"})
_UNTOLD: Final = (KeyError, IndexError, ValueError, struct.error)
_BROKEN: Final = (OverBudgetError, ValueError, IndexError, OverflowError, struct.error)


class _Kept(NamedTuple):
    """A property that goes into the new file."""

    name: bytes
    payload: bytes
    is_essential: bool


class Piece(NamedTuple):
    """Bytes at hand, and where they lie in the object."""

    offset: int
    data: bytes


def small_picture(fetch: Fetch, piece: Piece) -> bytes:
    """A file with the thumbnail that begins with `piece`; b"" where that cannot be made.

    It is upright when decoded as the format demands: EXIF's orientation must not turn it again.
    Blocks, one to three requests. Raises what `fetch` raises.
    """
    found, meter = Found(), Meter(_BUDGET)
    try:
        source = Ranges(fetch, meter)
        for box in Boxes(source, found, meter).within():
            if box.name == b"meta":
                items = Items(source, found, meter)
                items.read(box)
                return _of_items(source, items, piece)
    except _BROKEN:
        return b""
    return b""


def _of_items(source: Source, items: Items, piece: Piece) -> bytes:
    for item in items.thumbnails():
        places = items.stretches(item)
        if item.kind not in _BRANDS or not places or places[0][0] != piece.offset:
            continue
        if places == [(piece.offset, len(piece.data))]:
            return _file(source, items, item, piece.data)
        if sum(length for _, length in places) > _LARGEST:
            return b""
        return _file(source, items, item, b"".join(source.read(*place) for place in places))
    return b""


def _file(source: Source, items: Items, item: Item, data: bytes) -> bytes:
    """The item as a file: what kind of file, what is in it, the data."""
    brand = _BRANDS[item.kind]
    head = _box(b"ftyp", brand, bytes(4), b"mif1", brand)
    used = [*items.of(item.number)][:_MOST_PROPERTIES]
    properties = _properties(source, used)
    length = len(_meta(item.kind, properties, 0, len(data)))
    meta = _meta(item.kind, properties, len(head) + length + 8, len(data))
    return head + meta + _box(b"mdat", data)


def _properties(source: Source, used: list[Property]) -> bytes:
    """The item's properties, and that it has them."""
    kept = [
        _Kept(one.box.name, source.read(one.box.start, one.box.length), one.is_essential)
        for one in used
        if one.box.length <= _LARGEST_PROPERTY and len(one.box.name) == 4  # noqa: PLR2004
    ]
    kept = _fitted(kept)
    marks = bytes(index | one.is_essential << 7 for index, one in enumerate(kept, 1))
    associations = struct.pack(">IIHB", 0, 1, 1, len(marks)) + marks
    container = _box(b"ipco", *(_box(one.name, one.payload) for one in kept))
    return _box(b"iprp", container, _box(b"ipma", associations))


def _fitted(kept: list[_Kept]) -> list[_Kept]:
    """The properties with the size as coded, and then cut to the size as told.

    Some cameras code more rows than they tell, or tell more than they code. Decoders take that
    for damage, though only the rows behind the picture differ.
    """
    payloads = {one.name: one.payload for one in reversed(kept)}
    try:
        width, height = coded_size(payloads[b"hvcC"])
        told = struct.unpack(">4xII", payloads[b"ispe"])
    except _UNTOLD:
        return kept
    if told == (width, height):
        return kept
    size = struct.pack(">III", 0, width, height)
    fitted = [one._replace(payload=size) if one.name == b"ispe" else one for one in kept]
    if b"clap" in payloads or not (told[0] <= width and told[1] <= height):
        return fitted
    # Sides, then how far the middle moves: fractions of whole numbers.
    moves = told[0] - width, 2, told[1] - height, 2
    cut = _Kept(
        b"clap", struct.pack(">IIIIiIiI", told[0], 1, told[1], 1, *moves), is_essential=True
    )
    before = next((at for at, one in enumerate(fitted) if one.name in _TURNS), len(fitted))
    return [*fitted[:before], cut, *fitted[before:]]


def _meta(kind: bytes, properties: bytes, offset: int, length: int) -> bytes:
    """One item, number 1, whose bytes lie at `offset`."""
    info = _box(b"infe", struct.pack(">IHH4sx", 2 << 24, 1, 0, kind))
    return _box(
        b"meta",
        bytes(4),
        _box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"pict")),
        _box(b"pitm", struct.pack(">IH", 0, 1)),
        _box(b"iinf", struct.pack(">IH", 0, 1), info),
        properties,
        _box(b"iloc", struct.pack(">IBBHHHHII", 0, 0x44, 0, 1, 1, 0, 1, offset, length)),
    )


def _box(name: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload)) + name + payload
