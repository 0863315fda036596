"""Test files made of boxes: HEIC and AVIF, CR3, JPEG XL, JPEG 2000.

`heif(Thing(b"Exif", exif_item(block)), …)` lays things out as items, numbered from 1.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
CANON_UUID: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
PREVIEW_UUID: Final = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")


def box(name: bytes, *parts: bytes, is_long: bool = False) -> bytes:
    """One box; with its length in 64 bits if `is_long`."""
    payload = b"".join(parts)
    if is_long:
        return struct.pack(">I4sQ", 1, name, 16 + len(payload)) + payload
    return struct.pack(">I4s", 8 + len(payload), name) + payload


def full_box(name: bytes, version: int, *parts: bytes, flags: int = 0) -> bytes:
    """A box whose payload begins with a version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def uuid_box(uuid: bytes, *parts: bytes) -> bytes:
    """A box that a UUID names."""
    return box(b"uuid", uuid, *parts)


def jumbf(label: bytes = b"c2pa") -> bytes:
    """A store of content credentials."""
    return box(b"jumb", box(b"jumd", b"c2pa" + bytes(12) + b"\3" + label + b"\0"))


# -------------------------------------------------------------------------- properties


def ispe(width: int, height: int) -> bytes:
    """How large an item is."""
    return full_box(b"ispe", 0, struct.pack(">II", width, height))


def pixi(*bits: int) -> bytes:
    """How deep each channel is."""
    return full_box(b"pixi", 0, bytes([len(bits), *bits]))


def hvcc(bits: int) -> bytes:
    """How HEVC was configured, as far as it says the bit depth."""
    return box(b"hvcC", bytes(17), bytes([0xF8 | bits - 8, 0xF8 | bits - 8]), bytes(4))


def _exp_golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def hvcc_with_size(
    width: int,
    height: int,
    *,
    chroma: int = 1,
    window: tuple[int, int, int, int] | None = None,
    layers: int = 0,
) -> bytes:
    """How HEVC was configured, with the size as coded; `window` is cut off its four sides."""
    bits = f"0000{layers:03b}1" + "0" * 96
    if layers:
        bits += "11" * layers + "00" * (8 - layers) + "0" * 96 * layers
    bits += _exp_golomb(0) + _exp_golomb(chroma) + ("0" if chroma == 3 else "")
    bits += _exp_golomb(width) + _exp_golomb(height) + ("0" if window is None else "1")
    bits += "".join(map(_exp_golomb, window or ())) + "1"
    bits += "0" * (-len(bits) % 8)
    payload = b"\x42\1" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    payload = payload.replace(b"\0\0\0", b"\0\0\3\0")
    video = b"\xa0\0\1\0\2\x40\1"
    sequence = b"\xa1\0\1" + struct.pack(">H", len(payload)) + payload
    return box(b"hvcC", bytes(17), b"\xf8\xf8", bytes(3), b"\2", video, sequence)


def icc_profile(name: str) -> bytes:
    """A colour profile that says its name and nothing else."""
    text = name.encode("utf-16-be")
    element = b"mluc\0\0\0\0" + struct.pack(">IIHHII", 1, 12, 0x656E, 0x5553, len(text), 28) + text
    head = bytearray(144)
    head[36:40] = b"acsp"
    head[128:144] = struct.pack(">I4sII", 1, b"desc", 144, len(element))
    return bytes(head) + element


# ------------------------------------------------------------------------------- HEIF


@dataclass
class ItemSpec:
    """An item. `uses` are its properties, counted from 1."""

    kind: bytes
    data: bytes = b""
    content_type: bytes = b""
    encoding: bytes = b""
    property_indexes: Sequence[int] = ()
    method: Literal[0, 1] = 0
    pieces: int = 1


@dataclass
class Layout:
    """How a `meta` box is written."""

    brands: bytes = b"heic\0\0\0\0mif1heic"
    iloc: int = 1
    """The version of its table of places."""
    wide: bool = False
    """Whether numbers of items take 32 bits."""
    base: int = 0
    """Subtracted from every offset and written as the base of all."""
    before: bytes = b""
    """Boxes before `meta`."""
    is_behind: bool = False
    """Whether `meta` stands behind the data."""
    filling: int = 0
    """Bytes of pixels before the items' own in `mdat`."""
    long_mdat: bool = False


def exif_item(block: bytes, header: bytes = b"\0\0\0\6Exif\0\0") -> bytes:
    """An EXIF block as an item holds it."""
    return header + block


def _item_info(number: int, thing: ItemSpec, layout: Layout) -> bytes:
    letter, version = ("I", 3) if layout.wide else ("H", 2)
    head = struct.pack(f">{letter}H4s", number, 0, thing.kind) + b"\0"
    if thing.kind == b"mime":
        head += thing.content_type + b"\0" + (thing.encoding + b"\0" if thing.encoding else b"")
    return full_box(b"infe", version, head)


def _extent_lengths(thing: ItemSpec) -> list[int]:
    """The lengths of its pieces."""
    each = -(-len(thing.data) // thing.pieces) if thing.data else 0
    return [len(thing.data[at * each : (at + 1) * each]) for at in range(thing.pieces)]


def _item_locations(things: Sequence[ItemSpec], start: int, layout: Layout) -> bytes:
    """`iloc`: each item's pieces; those in the file one after the other from `start`."""
    letter = "I" if layout.iloc >= 2 else "H"
    rows, at, inside = [], start, 0
    for number, thing in enumerate(things, 1):
        row = struct.pack(f">{letter}", number)
        if layout.iloc:
            row += struct.pack(">H", thing.method)
        base = 0 if thing.method else layout.base
        row += struct.pack(">HIH", 0, base, thing.pieces)
        for length in _extent_lengths(thing):
            row += struct.pack(">II", (inside if thing.method else at) - base, length)
            at, inside = (at, inside + length) if thing.method else (at + length, inside)
        rows.append(row)
    count = struct.pack(f">{letter}", len(rows))
    return full_box(b"iloc", layout.iloc, b"\x44\x40", count, *rows)


def _references(references: Sequence[tuple[bytes, int, int]], layout: Layout) -> bytes:
    letter = "I" if layout.wide else "H"
    rows = [box(kind, struct.pack(f">{letter}H{letter}", a, 1, b)) for kind, a, b in references]
    return full_box(b"iref", int(layout.wide), *rows)


def _property_associations(things: Sequence[ItemSpec], layout: Layout) -> bytes:
    letter = "I" if layout.wide else "H"
    rows = [
        struct.pack(f">{letter}B", number, len(thing.property_indexes))
        + bytes(use | 0x80 for use in thing.property_indexes)
        for number, thing in enumerate(things, 1)
        if thing.property_indexes
    ]
    return full_box(b"ipma", int(layout.wide), struct.pack(">I", len(rows)), *rows)


def heif(
    *things: ItemSpec,
    primary: int = 1,
    properties: Sequence[bytes] = (),
    references: Sequence[tuple[bytes, int, int]] = (),
    layout: Layout | None = None,
    after: bytes = b"",
) -> bytes:
    """A file of items; what is in the file lies in `mdat`, in order."""
    layout = layout or Layout()
    head = box(b"ftyp", layout.brands) + layout.before
    letter = "I" if layout.wide else "H"

    def meta(start: int) -> bytes:
        infos = [_item_info(number, thing, layout) for number, thing in enumerate(things, 1)]
        return full_box(
            b"meta",
            0,
            full_box(b"hdlr", 0, bytes(4) + b"pict" + bytes(13)),
            full_box(b"pitm", int(layout.wide), struct.pack(f">{letter}", primary)),
            full_box(b"iinf", int(layout.wide), struct.pack(f">{letter}", len(infos)), *infos),
            _references(references, layout),
            box(b"iprp", box(b"ipco", *properties), _property_associations(things, layout)),
            box(b"idat", *(thing.data for thing in things if thing.method)),
            _item_locations(things, start, layout),
        )

    data = bytes(layout.filling) + b"".join(thing.data for thing in things if not thing.method)
    mdat = box(b"mdat", data, is_long=layout.long_mdat)
    skip = (16 if layout.long_mdat else 8) + layout.filling
    if layout.is_behind:
        return head + mdat + meta(len(head) + skip) + after
    return head + meta(len(head) + len(meta(layout.base)) + skip) + mdat + after


# ----------------------------------------------------------------------- CR3, movies


def track(codec: bytes, width: int, height: int, bits: int = 24) -> bytes:
    """A video track that says how large its pictures are."""
    sample = bytes(24) + struct.pack(">HHIIIH", width, height, 72 << 16, 72 << 16, 0, 1)
    entry = box(codec, sample, bytes(32), struct.pack(">Hh", bits, -1))
    table = full_box(b"stsd", 0, struct.pack(">I", 1), entry)
    return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))


def picture_box(name: bytes, jpeg: bytes) -> bytes:
    """A JPEG as Canon boxes it: 16 bytes of its own come first."""
    return box(name, bytes(16), jpeg)


def cr3(
    blocks: Sequence[tuple[bytes, bytes]],
    *,
    thumbnail: bytes = b"",
    preview: bytes = b"",
    packet: bytes = b"",
    tracks: bytes = b"",
    pixels: int = 1_000,
) -> bytes:
    """A raw of Canon's with TIFF structures by the names of their boxes."""
    inner = [box(name, block) for name, block in blocks]
    inner += [picture_box(b"THMB", thumbnail)] if thumbnail else []
    parts = [
        box(b"ftyp", b"crx \0\0\0\1crx isom"),
        box(b"moov", uuid_box(CANON_UUID, *inner), tracks),
        uuid_box(XMP_UUID, packet) if packet else b"",
        uuid_box(PREVIEW_UUID, bytes(8), picture_box(b"PRVW", preview)) if preview else b"",
        box(b"mdat", bytes(pixels), is_long=True),
    ]
    return b"".join(parts)


# ------------------------------------------------------------------------- JPEG XL, 2000


class Bits:
    """Bits, the lowest first, as a JPEG XL codestream has them."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, value: int, count: int) -> "Bits":
        """`count` bits of a number."""
        self._text += f"{value:0{count}b}"[::-1] if count else ""
        return self

    def codestream(self) -> bytes:
        """Behind the signature, with room for more."""
        return b"\xff\x0a" + int(self._text[::-1] or "0", 2).to_bytes(40, "little")


def jxl_codestream(width: int = 640, height: int = 480) -> bytes:
    """A header with both sides in 13 bits and 8 bits a sample."""
    bits = Bits().add(0, 1).add(1, 2).add(height - 1, 13).add(0, 3).add(1, 2).add(width - 1, 13)
    return bits.add(1, 1).codestream()


def jxl(*boxes: bytes) -> bytes:
    """The container with `boxes` behind its head."""
    signature = box(b"JXL ", b"\r\n\x87\n")
    return b"".join([signature, box(b"ftyp", b"jxl \0\0\0\0jxl "), *boxes])


def j2k(
    width: int = 640, height: int = 480, bits: int = 8, origin: tuple[int, int] = (0, 0)
) -> bytes:
    """The first marker of a JPEG 2000 codestream."""
    left, top = origin
    sizes = (left + width, top + height, left, top, 256, 256, 0, 0)
    payload = struct.pack(">H8IH", 0, *sizes, 3) + bytes([bits - 1, 1, 1]) * 3
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(payload) + 2) + payload


def jp2(*boxes: bytes, header: Sequence[bytes] = (), width: int = 640, height: int = 480) -> bytes:
    """A JPEG 2000 file with `boxes` before its codestream, `header` in its header."""
    size = box(b"ihdr", struct.pack(">IIHBBBB", height, width, 3, 7, 7, 0, 0))
    parts = [
        box(b"jP  ", b"\r\n\x87\n"),
        box(b"ftyp", b"jp2 \0\0\0\0jp2 "),
        box(b"jp2h", size, *header),
        *boxes,
        box(b"jp2c", j2k(width, height)),
    ]
    return b"".join(parts)
