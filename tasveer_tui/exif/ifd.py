"""A TIFF structure's directories as entries with their bytes: classic and Big, both byte orders.

Nothing here knows what a tag means, but for those that point to more directories or to metadata
of another kind. Offsets are never trusted, loops never followed, and every byte is counted
before it is read.
"""

import struct
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from tasveer_tui.exif.budget import KIB, Meter, OverBudgetError
from tasveer_tui.exif.found import Found, MakerNote
from tasveer_tui.exif.ranges import Source

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED = 1, 2, 3, 4, 5, 6, 7
SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD, LONG8, SLONG8, IFD8 = 8, 9, 10, 11, 12, 13, 16, 17, 18

SIZES: Final = {
    **dict.fromkeys((BYTE, ASCII, SBYTE, UNDEFINED), 1),
    **dict.fromkeys((SHORT, SSHORT), 2),
    **dict.fromkeys((LONG, SLONG, FLOAT, IFD), 4),
    **dict.fromkeys((RATIONAL, SRATIONAL, DOUBLE, LONG8, SLONG8, IFD8), 8),
}
"""Bytes per element, by field type."""

_POINTERS: Final = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD", 0x014A: "SubIFD"}
_MAKER_NOTE: Final = 0x927C
_XMP, _IPTC, _RESOURCES, _ICC = 0x02BC, 0x83BB, 0x8649, 0x8773
_EMBEDDED: Final = frozenset({_XMP, _IPTC, _RESOURCES, _ICC})
_LINKS: Final = frozenset({*_POINTERS, *_EMBEDDED, _MAKER_NOTE})

_LARGEST_VALUE = 64 * KIB
"""What is larger is told, not read."""
_MOST_SUB_IFDS = 16
_MOST_CHAINED = 20


ByteOrder: TypeAlias = Literal["little", "big"]


class Entry(NamedTuple):
    """One entry of a directory. `data` is None where the value is too large to keep."""

    number: int
    kind: int
    elements: int
    data: bytes | None


_Far: TypeAlias = tuple[int, int, int, int, int, int]
"""A value that stands elsewhere: its place, its index among the entries, its size in bytes, and
the number, type and count of its entry."""


@dataclass(slots=True)
class Directory:
    """One IFD."""

    group: str
    """exiftool's: IFD0, ExifIFD, SubIFD1…"""
    order: ByteOrder
    source: Source
    """What its offsets count in."""
    dialect: str = ""
    """See found.Block."""
    entries: list[Entry] = field(default_factory=list)

    def number(self, tag: int) -> int | None:
        """The first element of a tag with whole numbers."""
        for entry in self.entries:
            if entry.number == tag and entry.kind in _WHOLE and entry.data:
                return int.from_bytes(entry.data[: SIZES[entry.kind]], self.order)
        return None


_WHOLE: Final = frozenset({BYTE, SHORT, LONG, SLONG, IFD, LONG8, IFD8})


class _Layout(NamedTuple):
    """How directories are laid out in classic TIFF and in BigTIFF."""

    length: struct.Struct
    row: struct.Struct
    word: struct.Struct


_CLASSIC, _BIG = 42, 43
_HEADER = {_CLASSIC: 8, _BIG: 16}

_LAYOUTS: Final = {
    (order, version): _Layout(
        struct.Struct(sign + ("Q" if version == _BIG else "H")),
        struct.Struct(sign + ("HHQ8s" if version == _BIG else "HHI4s")),
        struct.Struct(sign + ("Q" if version == _BIG else "I")),
    )
    for order, sign in (("little", "<"), ("big", ">"))
    for version in (_CLASSIC, _BIG)
}


@dataclass(slots=True)
class Walk:
    """Reads a structure's directories one after the other; what is read stays in `directories`."""

    source: Source
    found: Found
    meter: Meter
    first_group: str = "IFD0"
    dialect: str = ""
    """Of the first directory alone."""
    directories: list[Directory] = field(default_factory=list)
    _order: ByteOrder = "little"
    _layout: _Layout = _LAYOUTS["little", _CLASSIC]
    _seen: set[int] = field(default_factory=set)
    _sub_ifds: int = 0

    def run(self) -> None:
        """Read all. Raises OverBudgetError and what reading the source raises."""
        head = self.source.read(0, _HEADER[_BIG])
        self._order = "big" if head[:2] == b"MM" else "little"
        version = _BIG if int.from_bytes(head[2:4], self._order) == _BIG else _CLASSIC
        if len(head) < _HEADER[version]:
            self._cut("The EXIF block is shorter than its header.")
            return
        self._layout = _LAYOUTS[self._order, version]
        self._chain(self._layout.word.unpack_from(head, _HEADER[version] // 2)[0])

    def _chain(self, offset: int) -> None:
        """IFD0, IFD1… each says where the next one is."""
        for index in range(_MOST_CHAINED):
            if not offset:
                return
            offset = self._directory(f"IFD{index}" if index else self.first_group, offset, 0)
        if offset:
            self.found.remark(
                f"More than {_MOST_CHAINED} directories in a row: the rest is unread."
            )

    def _directory(self, group: str, offset: int, depth: int) -> int:
        """Read one directory and those it points to; returns the offset of the next one."""
        if offset in self._seen:
            self.found.damage(f"{group} points back to a directory that was read already.")
            return 0
        if depth > self.meter.budget.depth:
            raise OverBudgetError("Directories are nested too deeply.")
        self._seen.add(offset)
        self.meter.plan_ifd()
        dialect = "" if self.directories else self.dialect
        directory = Directory(group, self._order, self.source, dialect)
        rows, next_offset = self._table(group, offset)
        self.directories.append(directory)
        links = self._entries(directory, rows)
        for link in links:
            self._follow(directory, link, depth)
        return next_offset

    def _table(self, group: str, offset: int) -> tuple[bytes, int]:
        """A directory's rows as they stand, and the offset behind them."""
        layout, source = self._layout, self.source
        start = offset + layout.length.size
        head = source.read(offset, layout.length.size)
        if len(head) < layout.length.size:
            self._cut(f"{group} lies beyond the end.")
            return b"", 0
        (count,) = layout.length.unpack(head)
        length = count * layout.row.size
        room = source.size_bytes - start
        if length > room:
            self._cut(f"{group} claims {count:,} entries, more than there is room for.")
            count = room // layout.row.size
            length = count * layout.row.size
        self.meter.plan_entries(count)
        table = source.read(start, length + layout.word.size)
        tail = table[length:]
        return table[:length], layout.word.unpack(tail)[0] if len(tail) == layout.word.size else 0

    def _entries(self, directory: Directory, rows: bytes) -> list[Entry]:
        """Add the plain entries to `directory`; return those that lead elsewhere, unread."""
        layout = self._layout
        links: list[Entry] = []
        entries: list[Entry | None] = []
        far: list[_Far] = []
        inline = layout.word.size
        usable = len(rows) - len(rows) % layout.row.size
        for number, kind, elements, data in layout.row.iter_unpack(rows[:usable]):
            size = SIZES.get(kind, 0) * elements
            if number in _LINKS:
                links.append(Entry(number, kind, elements, data))
            elif kind not in SIZES:
                self.found.damage(f"{directory.group} has entries of an unknown type.")
                if not entries and not links:
                    break
            elif size <= inline:
                entries.append(Entry(number, kind, elements, data[:size]))
            elif size > _LARGEST_VALUE:
                entries.append(self._large(directory, number, kind, elements))
            else:
                place = layout.word.unpack(data)[0]
                far.append((place, len(entries), size, number, kind, elements))
                entries.append(None)
        try:
            self._fill(directory, entries, far)
        finally:
            directory.entries = [entry for entry in entries if entry is not None]
        return links

    def _large(self, directory: Directory, number: int, kind: int, count: int) -> Entry:
        if SIZES[kind] * count > self.source.size_bytes:
            self._outside(directory.group, number)
            count = self.source.size_bytes // SIZES[kind]
        return Entry(number, kind, count, None)

    def _fill(
        self,
        directory: Directory,
        entries: list[Entry | None],
        far: list[_Far],
    ) -> None:
        """Read the values that stand elsewhere, in the order in which they stand."""
        far.sort()
        self.meter.plan_values(sum([value[2] for value in far]))
        read = self.source.read
        for place, index, size, number, kind, elements in far:
            data = read(place, size)
            if len(data) == size:
                entries[index] = Entry(number, kind, elements, data)
            else:
                self._outside(directory.group, number)

    def _follow(self, directory: Directory, link: Entry, depth: int) -> None:
        """Go where an entry leads."""
        if link.number == _MAKER_NOTE:
            self._maker_note(link)
        elif link.number in _EMBEDDED:
            self._embedded(directory, link)
        else:
            for offset in self._targets(link):
                if not offset:
                    continue
                group = _POINTERS[link.number]
                if group == "SubIFD":
                    group += str(self._sub_ifds or "")
                    self._sub_ifds += 1
                self._directory(group, offset, depth + 1)

    def _maker_note(self, link: Entry) -> None:
        """Note where the camera's own notes are, unread."""
        length = link.elements * SIZES.get(link.kind, 1)
        if not link.data or length <= len(link.data):
            return
        offset = self._layout.word.unpack(link.data)[0]
        length = min(length, self.source.size_bytes - offset)
        if length > 0:
            self.found.maker_notes.append(MakerNote(self.source, offset, length))

    def _targets(self, link: Entry) -> list[int]:
        """The offsets in a pointer's value, which may itself stand elsewhere."""
        size = SIZES.get(link.kind, 0)
        count = min(link.elements, _MOST_SUB_IFDS) if link.number == 0x014A else 1  # noqa: PLR2004
        if link.kind not in _WHOLE or not link.data:
            return []
        data = link.data
        if size * link.elements > len(data):
            data = self.source.read(self._layout.word.unpack(data)[0], size * count)
        return [
            int.from_bytes(data[at : at + size], self._order)
            for at in range(0, min(len(data), size * count), size)
        ]

    def _embedded(self, directory: Directory, link: Entry) -> None:
        """Hand metadata of another kind on, unread."""
        length = link.elements * SIZES.get(link.kind, 0)
        if not link.data or length <= len(link.data):
            return
        offset = self._layout.word.unpack(link.data)[0]
        if offset + length > self.source.size_bytes:
            self._outside(directory.group, link.number)
            return
        target = {
            _XMP: self.found.xmp,
            _IPTC: self.found.iptc,
            _RESOURCES: self.found.resources,
            _ICC: self.found.icc,
        }[link.number]
        target.append(self.source.part(offset, length))

    def _outside(self, group: str, number: int) -> None:
        self._cut(f"{group} 0x{number:04X} lies outside the object.")

    def _cut(self, sentence: str) -> None:
        """Beyond the end of the object it was cut off; beyond a block's, the block lies."""
        if self.source.place(0) == 0:
            self.found.truncated(sentence)
        else:
            self.found.damage(sentence)
