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
from tasveer_tui.exif.findings import Findings, MakerNoteLocation
from tasveer_tui.exif.ranges import ByteSource

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED = 1, 2, 3, 4, 5, 6, 7
SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD, LONG8, SLONG8, IFD8 = 8, 9, 10, 11, 12, 13, 16, 17, 18

TYPE_SIZES: Final = {
    **dict.fromkeys((BYTE, ASCII, SBYTE, UNDEFINED), 1),
    **dict.fromkeys((SHORT, SSHORT), 2),
    **dict.fromkeys((LONG, SLONG, FLOAT, IFD), 4),
    **dict.fromkeys((RATIONAL, SRATIONAL, DOUBLE, LONG8, SLONG8, IFD8), 8),
}
"""Bytes per element, by field type."""

_CLASSIC_TIFF, _BIGTIFF = 42, 43
_UTF8_TYPE = 129
"""Exif 3.0's own type of text; here it is ASCII's, which may be UTF-8 as well."""
_BIGTIFF_TYPES: Final = frozenset({LONG8, SLONG8, IFD8})
_FIELD_TYPES: Final[Mapping[int, Mapping[int, tuple[int, int]]]] = {
    version: {
        _UTF8_TYPE: (ASCII, 1),
        **{kind: (kind, size) for kind, size in TYPE_SIZES.items() if kind not in absent},
    }
    for version, absent in ((_CLASSIC_TIFF, _BIGTIFF_TYPES), (_BIGTIFF, frozenset()))
}
"""The field types that there are in classic TIFF and in BigTIFF: how they are read, how long."""
_UNKNOWN_TYPE: Final = (0, 0)

_POINTER_TAGS: Final = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD", 0x014A: "SubIFD"}
_MAKER_NOTE: Final = 0x927C
_XMP, _IPTC, _RESOURCES, _ICC = 0x02BC, 0x83BB, 0x8649, 0x8773
_EMBEDDED_TAGS: Final = frozenset({_XMP, _IPTC, _RESOURCES, _ICC})
_SUB_IFDS_TAG: Final = 0x014A
_LINK_TAGS: Final = frozenset({*_POINTER_TAGS, *_EMBEDDED_TAGS, _MAKER_NOTE})

_MAX_VALUE_BYTES = 64 * KIB
"""Larger values are reported, not read."""
_IMPOSSIBLE_BYTES = 1 << 31
_FIRST_VALUE_TAGS: Final = frozenset(
    {*range(0x0100, 0x0104), 0x0106, 0x0112, 0x0115, 0x0116, 0x011A, 0x011B, 0x011C, 0x0128}
)
_MAX_SUB_IFDS = 16
_MAX_CHAINED_IFDS = 20


ByteOrder: TypeAlias = Literal["little", "big"]


class Entry(NamedTuple):
    """One entry of a directory. `data` is None where the value is too large to keep."""

    number: int
    kind: int
    elements: int
    data: bytes | None


_make_entry: Final[Callable[[tuple[int, int, int, bytes | None]], Entry]] = partial(
    tuple.__new__, Entry
)
"""What Entry(…) does, in a third of the time: there are sixty of them in a photograph."""

_OutOfLineValue: TypeAlias = tuple[int, int, int, int, int, int]
"""A value that stands elsewhere: its place, its index among the entries, its size in bytes, and
the number, type and count of its entry."""


@dataclass(slots=True)
class Directory:
    """One IFD."""

    group: str
    """exiftool's: IFD0, ExifIFD, SubIFD1…"""
    order: ByteOrder
    source: ByteSource
    """What its offsets count in."""
    dialect: str = ""
    """See found.Block."""
    entries: list[Entry] = field(default_factory=list)

    def number(self, tag: int) -> int | None:
        """The first element of a tag with whole numbers."""
        for entry in self.entries:
            if entry.number == tag and entry.kind in _INTEGER_TYPES and entry.data:
                return int.from_bytes(entry.data[: TYPE_SIZES[entry.kind]], self.order)
        return None


_INTEGER_TYPES: Final = frozenset({BYTE, SHORT, LONG, SLONG, IFD, LONG8, IFD8})


class _Layout(NamedTuple):
    """The layout of directories in TIFF 6.0 and in BigTIFF."""

    length: struct.Struct
    row: struct.Struct
    word: struct.Struct
    kinds: Mapping[int, tuple[int, int]]


_BIGTIFF_OFFSET_BYTES = 8
_HEADER_BYTES = {_CLASSIC_TIFF: 8, _BIGTIFF: 16}

_LAYOUTS: Final = {
    (order, version): _Layout(
        struct.Struct(sign + ("Q" if version == _BIGTIFF else "H")),
        struct.Struct(sign + ("HHQ8s" if version == _BIGTIFF else "HHI4s")),
        struct.Struct(sign + ("Q" if version == _BIGTIFF else "I")),
        _FIELD_TYPES[version],
    )
    for order, sign in (("little", "<"), ("big", ">"))
    for version in (_CLASSIC_TIFF, _BIGTIFF)
}


@dataclass(slots=True)
class IfdReader:
    """Reads a structure's directories one after the other; what is read stays in `directories`."""

    source: ByteSource
    found: Findings
    meter: Meter
    first_group: str = "IFD0"
    dialect: str = ""
    """Of the first directory alone."""
    directories: list[Directory] = field(default_factory=list)
    _order: ByteOrder = "little"
    _layout: _Layout = _LAYOUTS["little", _CLASSIC_TIFF]
    _visited_offsets: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Read all. Raises OverBudgetError and what reading the source raises."""
        head = self.source.read(0, _HEADER_BYTES[_BIGTIFF])
        self._order = "big" if head[:2] == b"MM" else "little"
        version = self._detect_version(head)
        if len(head) < _HEADER_BYTES[version]:
            self._report_cut_off("The EXIF block is shorter than its header.")
            return
        self._layout = _LAYOUTS[self._order, version]
        self._read_chain(self._layout.word.unpack_from(head, _HEADER_BYTES[version] // 2)[0])

    def _detect_version(self, head: bytes) -> int:
        """A header without BigTIFF's offset size is classic TIFF."""
        version, size = (int.from_bytes(head[at : at + 2], self._order) for at in (2, 4))
        return _BIGTIFF if (version, size) == (_BIGTIFF, _BIGTIFF_OFFSET_BYTES) else _CLASSIC_TIFF

    def _read_chain(self, offset: int) -> None:
        """IFD0, IFD1…; each has the offset of the next one."""
        for index in range(_MAX_CHAINED_IFDS):
            if not offset:
                return
            offset = self._read_directory(f"IFD{index}" if index else self.first_group, offset, 0)
        if offset:
            self.found.add_note(
                f"More than {_MAX_CHAINED_IFDS} directories in a row: the rest is unread."
            )

    def _read_directory(self, group: str, offset: int, depth: int) -> int:
        """Read one directory and those it points to; returns the offset of the next one."""
        if offset in self._visited_offsets:
            self.found.mark_damaged(f"{group} points back to a directory that was read already.")
            return 0
        if depth > self.meter.budget.depth:
            raise OverBudgetError("Directories are nested too deeply.")
        self._visited_offsets.add(offset)
        self.meter.plan_ifd()
        dialect = "" if self.directories else self.dialect
        directory = Directory(group, self._order, self.source, dialect)
        rows, next_offset = self._read_rows(group, offset)
        self.directories.append(directory)
        links = self._read_entries(directory, rows)
        for link in links:
            self._follow_link(directory, link, depth)
        return next_offset

    def _read_rows(self, group: str, offset: int) -> tuple[bytes, int]:
        """A directory's entries as stored, and the offset after them."""
        layout, source = self._layout, self.source
        start = offset + layout.length.size
        head = source.read(offset, layout.length.size)
        if len(head) < layout.length.size:
            self._report_cut_off(f"{group} lies beyond the end.")
            return b"", 0
        (count,) = layout.length.unpack(head)
        length = count * layout.row.size
        room = source.size_bytes - start
        if length > room:
            self._report_cut_off(f"{group} claims {count:,} entries, more than there is room for.")
            count = room // layout.row.size
            length = count * layout.row.size
        self.meter.plan_entries(count)
        table = source.read(start, length + layout.word.size)
        tail = table[length:]
        return table[:length], layout.word.unpack(tail)[0] if len(tail) == layout.word.size else 0

    def _read_entries(self, directory: Directory, rows: bytes) -> list[Entry]:
        """Add the plain entries to `directory`; return those that lead elsewhere, unread."""
        layout = self._layout
        links: list[Entry] = []
        entries: list[Entry | None] = []
        far: list[_OutOfLineValue] = []
        inline = layout.word.size
        usable = len(rows) - len(rows) % layout.row.size
        kinds = layout.kinds
        for number, stored, elements, data in layout.row.iter_unpack(rows[:usable]):
            kind, size = kinds.get(stored, _UNKNOWN_TYPE)
            size *= elements
            if number in _LINK_TAGS:
                links.append(_make_entry((number, kind, elements, data)))
            elif not kind:
                self.found.mark_damaged(f"{directory.group} has entries of an unknown type.")
                if not entries and not links:
                    break
            elif size <= inline:
                entries.append(_make_entry((number, kind, elements, data[:size])))
            elif size > _MAX_VALUE_BYTES:
                self._add_large_value(directory, entries, Entry(number, kind, elements, None))
            else:
                place = layout.word.unpack(data)[0]
                far.append((place, len(entries), size, number, kind, elements))
                entries.append(None)
        try:
            self._read_out_of_line_values(directory, entries, far)
        finally:
            directory.entries = self._drop_duplicates(entries)
        return links

    def _drop_duplicates(self, entries: list[Entry | None]) -> list[Entry]:
        """If a tag occurs twice, the last one counts, unless it follows a broken entry.

        Of those that pixels are decoded by, the first does, as for a decoder.
        """
        kept = [entry for entry in entries if entry is not None]
        if len({entry[0] for entry in kept}) == len(kept):
            return kept
        self.found.add_note("A directory has a tag more than once: the last one counts.")
        last: dict[int, Entry] = {}
        is_broken = False
        for entry in entries:
            is_broken = is_broken or entry is None or entry.data is None
            if entry is None:
                continue
            if entry.number not in last or not (is_broken or entry.number in _FIRST_VALUE_TAGS):
                last[entry.number] = entry
        return list(last.values())

    def _add_large_value(
        self, directory: Directory, entries: list[Entry | None], entry: Entry
    ) -> None:
        """Plausible sizes are reported; an impossible size is not even a broken value."""
        size = TYPE_SIZES[entry.kind] * entry.elements
        if size <= self.source.size_bytes:
            entries.append(entry)
            return
        self._report_outside(directory.group, entry.number)
        if size < _IMPOSSIBLE_BYTES:
            entries.append(None)

    def _read_out_of_line_values(
        self,
        directory: Directory,
        entries: list[Entry | None],
        far: list[_OutOfLineValue],
    ) -> None:
        """Read the values outside the entries, in the order of their offsets."""
        far.sort()
        self.meter.plan_values(sum([value[2] for value in far]))
        read = self.source.read
        for place, index, size, number, kind, elements in far:
            data = read(place, size)
            if len(data) == size:
                entries[index] = _make_entry((number, kind, elements, data))
            else:
                self._report_outside(directory.group, number)

    def _follow_link(self, directory: Directory, link: Entry, depth: int) -> None:
        """Go where an entry leads."""
        if link.number == _MAKER_NOTE:
            self._record_maker_note(link)
        elif link.number in _EMBEDDED_TAGS:
            self._record_embedded(directory, link)
        else:
            for index, offset in enumerate(self._pointer_offsets(link)):
                self._read_sub_directories(_POINTER_TAGS[link.number], index, offset, depth + 1)

    def _read_sub_directories(self, group: str, index: int, offset: int, depth: int) -> None:
        """A directory that an entry points to, and where that is a picture's those behind it."""
        while offset and index < _MAX_SUB_IFDS:
            following = self._read_directory(f"{group}{index or ''}", offset, depth)
            is_chained = group == "SubIFD" and following not in self._visited_offsets
            offset = following if is_chained and self._is_directory(following) else 0
            index += 1

    def _is_directory(self, offset: int) -> bool:
        """Whether there is a valid directory: raw formats end their chain with arbitrary bytes."""
        layout = self._layout
        head = self.source.read(offset, layout.length.size)
        if not offset or len(head) < layout.length.size:
            return False
        length = layout.length.unpack(head)[0] * layout.row.size
        if not 0 < length <= _MAX_VALUE_BYTES:
            return False
        rows = self.source.read(offset + layout.length.size, length)
        return len(rows) == length and all(
            row[1] in layout.kinds for row in layout.row.iter_unpack(rows)
        )

    def _record_maker_note(self, link: Entry) -> None:
        """Note where the camera's own notes are, unread."""
        length = link.elements * TYPE_SIZES.get(link.kind, 1)
        if not link.data or length <= len(link.data):
            return
        offset = self._layout.word.unpack(link.data)[0]
        length = min(length, self.source.size_bytes - offset)
        if length > 0:
            self.found.maker_notes.append(MakerNoteLocation(self.source, offset, length))

    def _pointer_offsets(self, link: Entry) -> list[int]:
        """The offsets in a pointer's value, which may itself be outside the entry."""
        size = TYPE_SIZES.get(link.kind, 0)
        count = min(link.elements, _MAX_SUB_IFDS) if link.number == _SUB_IFDS_TAG else 1
        if link.kind not in _INTEGER_TYPES or not link.data:
            return []
        data = link.data
        if size * link.elements > len(data):
            data = self.source.read(self._layout.word.unpack(data)[0], size * count)
        return [
            int.from_bytes(data[at : at + size], self._order)
            for at in range(0, min(len(data), size * count), size)
        ]

    def _record_embedded(self, directory: Directory, link: Entry) -> None:
        """Hand metadata of another kind on, unread."""
        length = link.elements * TYPE_SIZES.get(link.kind, 0)
        if not link.data or length <= len(link.data):
            return
        offset = self._layout.word.unpack(link.data)[0]
        if offset + length > self.source.size_bytes:
            self._report_outside(directory.group, link.number)
            return
        target = {
            _XMP: self.found.xmp,
            _IPTC: self.found.iptc,
            _RESOURCES: self.found.resources,
            _ICC: self.found.icc,
        }[link.number]
        target.append(self.source.part(offset, length))

    def _report_outside(self, group: str, number: int) -> None:
        self._report_cut_off(f"{group} 0x{number:04X} lies outside the object.")

    def _report_cut_off(self, sentence: str) -> None:
        """Past the end of the object it is truncated; past the end of a block it is damaged."""
        if self.source.place(0) == 0:
            self.found.mark_truncated(sentence)
        else:
            self.found.mark_damaged(sentence)
