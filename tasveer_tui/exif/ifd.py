"""A TIFF structure's directories as entries with their bytes: classic and Big, both byte orders.

Nothing here knows what a tag means, but for those that point to more directories or to metadata
of another kind. Offsets are never trusted, loops never followed, and every byte is counted
before it is read.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
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

_CLASSIC, _BIG = 42, 43
_UTF8 = 129
"""Exif 3.0's own type of text; here it is ASCII's, which may be UTF-8 as well."""
_BIG_KINDS: Final = frozenset({LONG8, SLONG8, IFD8})
_KINDS: Final[Mapping[int, Mapping[int, tuple[int, int]]]] = {
    version: {
        _UTF8: (ASCII, 1),
        **{kind: (kind, size) for kind, size in SIZES.items() if kind not in absent},
    }
    for version, absent in ((_CLASSIC, _BIG_KINDS), (_BIG, frozenset()))
}
"""The field types that there are in classic TIFF and in BigTIFF: how they are read, how long."""
_NO_KIND: Final = (0, 0)

_POINTERS: Final = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD", 0x014A: "SubIFD"}
_MAKER_NOTE: Final = 0x927C
_XMP, _IPTC, _RESOURCES, _ICC = 0x02BC, 0x83BB, 0x8649, 0x8773
_EMBEDDED: Final = frozenset({_XMP, _IPTC, _RESOURCES, _ICC})
_SUB_IFDS: Final = 0x014A
_LINKS: Final = frozenset({*_POINTERS, *_EMBEDDED, _MAKER_NOTE})

_LARGEST_VALUE = 64 * KIB
"""What is larger is told, not read."""
_IMPOSSIBLE = 1 << 31
_FIRST_COUNTS: Final = frozenset(
    {*range(0x0100, 0x0104), 0x0106, 0x0112, 0x0115, 0x0116, 0x011A, 0x011B, 0x011C, 0x0128}
)
_MOST_SUB_IFDS = 16
_MOST_CHAINED = 20


ByteOrder: TypeAlias = Literal["little", "big"]


class Entry(NamedTuple):
    """One entry of a directory. `data` is None where the value is too large to keep."""

    number: int
    kind: int
    elements: int
    data: bytes | None


_entry: Final[Callable[[tuple[int, int, int, bytes | None]], Entry]] = partial(tuple.__new__, Entry)
"""What Entry(…) does, in a third of the time: there are sixty of them in a photograph."""

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
    kinds: Mapping[int, tuple[int, int]]


_BIG_OFFSETS = 8
_HEADER = {_CLASSIC: 8, _BIG: 16}

_LAYOUTS: Final = {
    (order, version): _Layout(
        struct.Struct(sign + ("Q" if version == _BIG else "H")),
        struct.Struct(sign + ("HHQ8s" if version == _BIG else "HHI4s")),
        struct.Struct(sign + ("Q" if version == _BIG else "I")),
        _KINDS[version],
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

    def run(self) -> None:
        """Read all. Raises OverBudgetError and what reading the source raises."""
        head = self.source.read(0, _HEADER[_BIG])
        self._order = "big" if head[:2] == b"MM" else "little"
        version = self._version(head)
        if len(head) < _HEADER[version]:
            self._cut("The EXIF block is shorter than its header.")
            return
        self._layout = _LAYOUTS[self._order, version]
        self._chain(self._layout.word.unpack_from(head, _HEADER[version] // 2)[0])

    def _version(self, head: bytes) -> int:
        """Whatever does not say how long BigTIFF's offsets are is classic TIFF."""
        version, size = (int.from_bytes(head[at : at + 2], self._order) for at in (2, 4))
        return _BIG if (version, size) == (_BIG, _BIG_OFFSETS) else _CLASSIC

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
        kinds = layout.kinds
        for number, stored, elements, data in layout.row.iter_unpack(rows[:usable]):
            kind, size = kinds.get(stored, _NO_KIND)
            size *= elements
            if number in _LINKS:
                links.append(_entry((number, kind, elements, data)))
            elif not kind:
                self.found.damage(f"{directory.group} has entries of an unknown type.")
                if not entries and not links:
                    break
            elif size <= inline:
                entries.append(_entry((number, kind, elements, data[:size])))
            elif size > _LARGEST_VALUE:
                self._large(directory, entries, Entry(number, kind, elements, None))
            else:
                place = layout.word.unpack(data)[0]
                far.append((place, len(entries), size, number, kind, elements))
                entries.append(None)
        try:
            self._fill(directory, entries, far)
        finally:
            directory.entries = self._last_of_each(entries)
        return links

    def _last_of_each(self, entries: list[Entry | None]) -> list[Entry]:
        """Of a tag that stands there twice, the last counts, but not behind what is broken.

        Of those that pixels are decoded by, the first does, as for a decoder.
        """
        kept = [entry for entry in entries if entry is not None]
        if len({entry[0] for entry in kept}) == len(kept):
            return kept
        self.found.remark("A directory has a tag more than once: the last one counts.")
        last: dict[int, Entry] = {}
        is_broken = False
        for entry in entries:
            is_broken = is_broken or entry is None or entry.data is None
            if entry is None:
                continue
            if entry.number not in last or not (is_broken or entry.number in _FIRST_COUNTS):
                last[entry.number] = entry
        return list(last.values())

    def _large(self, directory: Directory, entries: list[Entry | None], entry: Entry) -> None:
        """What may be there is told; a size that no file has is not even a broken value."""
        size = SIZES[entry.kind] * entry.elements
        if size <= self.source.size_bytes:
            entries.append(entry)
            return
        self._outside(directory.group, entry.number)
        if size < _IMPOSSIBLE:
            entries.append(None)

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
                entries[index] = _entry((number, kind, elements, data))
            else:
                self._outside(directory.group, number)

    def _follow(self, directory: Directory, link: Entry, depth: int) -> None:
        """Go where an entry leads."""
        if link.number == _MAKER_NOTE:
            self._maker_note(link)
        elif link.number in _EMBEDDED:
            self._embedded(directory, link)
        else:
            for index, offset in enumerate(self._targets(link)):
                self._below(_POINTERS[link.number], index, offset, depth + 1)

    def _below(self, group: str, index: int, offset: int, depth: int) -> None:
        """A directory that an entry points to, and where that is a picture's those behind it."""
        while offset and index < _MOST_SUB_IFDS:
            following = self._directory(f"{group}{index or ''}", offset, depth)
            is_chained = group == "SubIFD" and following not in self._seen
            offset = following if is_chained and self._is_directory(following) else 0
            index += 1

    def _is_directory(self, offset: int) -> bool:
        """Whether a sound directory stands there: raw formats end theirs with anything."""
        layout = self._layout
        head = self.source.read(offset, layout.length.size)
        if not offset or len(head) < layout.length.size:
            return False
        length = layout.length.unpack(head)[0] * layout.row.size
        if not 0 < length <= _LARGEST_VALUE:
            return False
        rows = self.source.read(offset + layout.length.size, length)
        return len(rows) == length and all(
            row[1] in layout.kinds for row in layout.row.iter_unpack(rows)
        )

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
        count = min(link.elements, _MOST_SUB_IFDS) if link.number == _SUB_IFDS else 1
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
