"""Cameras' own notes made in memory, and JPEGs with them."""

import struct
from collections.abc import Callable, Mapping

from tests.support.image_files import ASCII, UNDEFINED, Values, jpeg_with, pack_value, segment

Entries = Mapping[int, tuple[int, Values]]

_LONG = 4
_EXIF_POINTER, _MAKER_NOTE = 0x8769, 0x927C


def directory(entries: Entries, at: int, order: str = "<") -> bytes:
    """A directory that stands at `at`, and behind it the values that do not fit in it."""
    place = at + 2 + 12 * len(entries) + 4
    rows = data = b""
    for number, (kind, values) in sorted(entries.items()):
        count, packed = pack_value(kind, values, order)
        word = packed.ljust(4, b"\0")
        if len(packed) > 4:
            word = struct.pack(order + "I", place + len(data))
            data += packed + b"\0" * (len(packed) % 2)
        rows += struct.pack(order + "HHI", number, kind, count) + word
    return struct.pack(order + "H", len(entries)) + rows + bytes(4) + data


def canon(entries: Entries, order: str = "<") -> Callable[[int], bytes]:
    """A note as Canon writes it: its offsets count in the block around it."""
    return lambda at: directory(entries, at, order)


def nikon(entries: Entries, order: str = ">") -> Callable[[int], bytes]:
    """A note as Nikon writes it: a TIFF structure of its own, maybe in another byte order."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    head = b"Nikon\0\2\x10\0\0" + mark + struct.pack(order + "I", 8)
    return lambda _at: head + directory(entries, 8, order)


def block_with_note(
    make: str,
    note: Callable[[int], bytes],
    *,
    model: str = "Model",
    exif: Entries | None = None,
    order: str = "<",
) -> bytes:
    """A TIFF structure with Make, Model and an EXIF directory that has the note."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    first: dict[int, tuple[int, Values]] = {
        0x10F: (ASCII, make),
        0x110: (ASCII, model),
        _EXIF_POINTER: (_LONG, 0),
    }
    exif_at = 8 + len(directory(first, 8, order))
    first[_EXIF_POINTER] = (_LONG, exif_at)
    mark = b"the note's place"
    entries: dict[int, tuple[int, Values]] = {**(exif or {}), _MAKER_NOTE: (UNDEFINED, mark)}
    note_at = exif_at + directory(entries, exif_at, order).index(mark)
    entries[_MAKER_NOTE] = (UNDEFINED, note(note_at))
    return head + directory(first, 8, order) + directory(entries, exif_at, order)


def jpeg_with_note(
    make: str,
    note: Callable[[int], bytes],
    *,
    model: str = "Model",
    exif: Entries | None = None,
    order: str = "<",
) -> bytes:
    """A JPEG with such a structure."""
    block = block_with_note(make, note, model=model, exif=exif, order=order)
    return jpeg_with(segment(0xE1, b"Exif\0\0" + block))
