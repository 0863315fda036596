"""The `meta` box (ISO 14496-12, 8.11): items, their extents, references and properties."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers.boxes import Box, BoxReader, number
from tasveer_tui.exif.findings import Findings
from tasveer_tui.exif.ranges import ByteSource, MemorySource

_MAX_TABLE_BYTES = 256 * KIB
"""Of one table of items; a picture of 3,000 tiles needs half of it."""
_MAX_EXTENTS = 64
_FULL_BOX_HEADER_BYTES = 4
"""Version and flags before the payload of most boxes."""
IN_FILE, IN_DATA = 0, 1
"""How an item's extents count: from the object's start, or in the `idat` box."""
_WIDE_ID_VERSIONS: Final = {b"infe": 3, b"iloc": 2, b"pitm": 1, b"iref": 1, b"ipma": 1, b"iinf": 1}
"""The version of each box from which on numbers of items are twice as long."""
_TYPED_ITEM_VERSION = 2
"""The version of `infe` from which on an item has a type; before, it had a content type."""


_REFERENCE_TYPES: Final = frozenset({b"thmb", b"cdsc"})
"""References that are kept: which pictures are made of which tiles matters to decoders alone."""


class Extent(NamedTuple):
    """A stretch of an item's bytes; a length of 0 means up to the end."""

    offset: int
    length: int


class Reference(NamedTuple):
    """Item `source` is `kind` to item `target`: its thumbnail, its description."""

    kind: bytes
    source: int
    target: int


class Property(NamedTuple):
    """One property of an item."""

    box: Box
    is_essential: bool


@dataclass(slots=True)
class Item:
    """One item: a picture, a tile of one, EXIF, XMP."""

    number: int
    kind: bytes = b""
    content_type: bytes = b""
    encoding: bytes = b""
    method: int = IN_FILE
    extents: list[Extent] = field(default_factory=list)


@dataclass(slots=True)
class ItemTables:
    """The contents of one `meta` box. Each table is read for itself: one may be broken."""

    source: ByteSource
    found: Findings
    meter: Meter
    primary: int = 0
    items: dict[int, Item] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    properties: list[Box] = field(default_factory=list)
    data: Box | None = None
    """`idat`."""
    _associated_properties: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    """By item: its properties as `ipma` has them, and how many bytes each takes there."""

    def read(self, meta: Box) -> None:
        """Read all tables; what is broken is noted and left out."""
        boxes = BoxReader(self.source, self.found, self.meter)
        is_bare = self.source.read(meta.start + 4, 4) == b"hdlr"
        for box in boxes.iter_children(meta, 0 if is_bare else _FULL_BOX_HEADER_BYTES):
            try:
                self._read_box(boxes, box)
            except ValueError:
                self.found.mark_damaged("A table of the container's items is broken.")

    def _read_box(self, boxes: BoxReader, box: Box) -> None:
        if box.name == b"idat":
            self.data = box
        elif box.name == b"iprp":
            for part in boxes.iter_children(box):
                if part.name == b"ipco":
                    self.properties += boxes.iter_children(part)
                elif part.name == b"ipma":
                    self._read_associations(self._read_table(part))
        elif box.name in _TABLE_READERS:
            table = self._read_table(box)
            _TABLE_READERS[box.name](
                self, table, 4 if table[0] >= _WIDE_ID_VERSIONS[box.name] else 2
            )

    def read_primary(self, table: bytes, wide: int) -> None:
        """`pitm`: which item is the picture."""
        self.primary = number(table, _FULL_BOX_HEADER_BYTES, wide)

    def _read_table(self, box: Box) -> bytes:
        if box.length > _MAX_TABLE_BYTES:
            raise ValueError("The table is too large.")
        if box.length < _FULL_BOX_HEADER_BYTES:
            raise ValueError("The table is too small.")
        return self.source.read(box.start, box.length)

    def _get_item(self, key: int) -> Item:
        item = self.items.get(key)
        if item is None:
            item = self.items[key] = Item(key)
        return item

    def read_item_infos(self, table: bytes, wide: int) -> None:
        """`iinf`: the type of each item, after a count."""
        for box in BoxReader(MemorySource(table), self.found, self.meter).within(
            _FULL_BOX_HEADER_BYTES + wide
        ):
            if box.name != b"infe":
                continue
            info = table[box.start : box.end]
            version = number(info, 0, 1)
            size = 4 if version >= _WIDE_ID_VERSIONS[b"infe"] else 2
            item = self._get_item(number(info, _FULL_BOX_HEADER_BYTES, size))
            rest = info[_FULL_BOX_HEADER_BYTES + size + 2 :]
            if version >= _TYPED_ITEM_VERSION:
                item.kind, rest = rest[:4], rest[4:]
            else:
                item.kind = b"mime"
            if item.kind == b"mime":
                _name, item.content_type, item.encoding, *_ = [*rest.split(b"\0", 3), b"", b""]

    def read_locations(self, table: bytes, wide: int) -> None:
        """`iloc`: where each item's bytes are."""
        version, sizes = table[0], number(table, _FULL_BOX_HEADER_BYTES, 2)
        offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
        index_size = sizes & 15 if version else 0
        count = number(table, _FULL_BOX_HEADER_BYTES + 2, wide)
        at = _FULL_BOX_HEADER_BYTES + 2 + wide
        each = index_size + offset_size + length_size
        for _ in range(min(count, len(table))):
            item = self._get_item(number(table, at, wide))
            at += wide
            if version:
                item.method = number(table, at, 2) & 15
                at += 2
            base = number(table, at + 2, base_size)
            extents = number(table, at + 2 + base_size, 2)
            at += 4 + base_size
            kept = min(extents, _MAX_EXTENTS)
            self.meter.plan_entries(max(kept, 1))
            item.extents = []
            for index in range(kept):
                place = at + index * each + index_size
                offset = base + number(table, place, offset_size)
                item.extents.append(Extent(offset, number(table, place + offset_size, length_size)))
            at += extents * each

    def read_references(self, table: bytes, wide: int) -> None:
        """`iref`: what belongs to what."""
        for box in BoxReader(MemorySource(table), self.found, self.meter).within(
            _FULL_BOX_HEADER_BYTES
        ):
            if box.name not in _REFERENCE_TYPES:
                continue
            source = number(table, box.start, wide)
            count = min(number(table, box.start + wide, 2), box.length // wide)
            self.meter.plan_entries(count)
            start = box.start + wide + 2
            for at in range(start, min(start + count * wide, box.end), wide):
                self.references.append(Reference(box.name, source, number(table, at, wide)))

    def _read_associations(self, table: bytes) -> None:
        """`ipma`: which properties each item has."""
        wide = 4 if table[0] >= _WIDE_ID_VERSIONS[b"ipma"] else 2
        size = 2 if table[3] & 1 else 1
        at = _FULL_BOX_HEADER_BYTES + 4
        for _ in range(min(number(table, _FULL_BOX_HEADER_BYTES, 4), len(table))):
            self.meter.plan_entries(1)
            key, count = number(table, at, wide), number(table, at + wide, 1)
            at += wide + 1
            self._associated_properties[key] = (size, table[at : at + count * size])
            at += count * size

    def of(self, key: int) -> Iterator[Property]:
        """An item's properties, in order: counted from 1, the essential ones marked in front."""
        size, marks = self._associated_properties.get(key, (1, b""))
        highest = 0x80 << 8 * (size - 1)
        for at in range(0, len(marks) - size + 1, size):
            mark = number(marks, at, size)
            index = mark & ~highest
            if 0 < index <= len(self.properties):
                yield Property(self.properties[index - 1], bool(mark & highest))

    def thumbnails(self) -> list[Item]:
        """The small pictures of the primary one; JPEGs first, which anybody can decode."""
        small = [
            self.items[reference.source]
            for reference in self.references
            if reference.kind == b"thmb"
            and reference.target == self.primary
            and reference.source in self.items
        ]
        return sorted(small, key=lambda item: item.kind != b"jpeg")

    def byte_ranges(self, item: Item) -> list[tuple[int, int]]:
        """Start and length of each of an item's extents in the source; none if they are elsewhere.

        Extents past the end are cut, with a note.
        """
        if item.method == IN_FILE:
            origin, end = 0, self.source.size_bytes
        elif item.method == IN_DATA and self.data is not None:
            origin, end = self.data.start, self.data.end
        else:
            return []
        places = []
        for offset, length in item.extents:
            start = origin + offset
            room = max(0, end - start)
            if length > room:
                self.found.mark_truncated("The object ends inside one of its items.")
            if room:
                places.append((start, min(length or room, room)))
        return places


_TABLE_READERS: Final[Mapping[bytes, Callable[[ItemTables, bytes, int], None]]] = {
    b"pitm": ItemTables.read_primary,
    b"iinf": ItemTables.read_item_infos,
    b"iloc": ItemTables.read_locations,
    b"iref": ItemTables.read_references,
}
"""Called with a table and the size of the numbers of items, or of their count, in it."""
