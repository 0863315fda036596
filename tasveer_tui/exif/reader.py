"""One object to one record: containers, directories, XMP, IPTC, each guarded, none trusted."""

import logging
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar, TypeVarTuple, Unpack

from tasveer_tui.errors import TasveerError
from tasveer_tui.exif import icc, iptc, main_image, photoshop, xmp
from tasveer_tui.exif.budget import Budget, Meter, OverBudgetError
from tasveer_tui.exif.containers import LOCATORS
from tasveer_tui.exif.facts import extract_facts
from tasveer_tui.exif.findings import Findings, TiffBlock
from tasveer_tui.exif.ifd import Directory, IfdReader
from tasveer_tui.exif.ifd_tags import directory_tags
from tasveer_tui.exif.makernotes import MakerNoteReader, add_maker_facts
from tasveer_tui.exif.ranges import ByteSource, Fetch, RangeReader
from tasveer_tui.exif.sniff import FileType, sniff
from tasveer_tui.exif.thumbnails import locate_thumbnail
from tasveer_tui.records import Outcome, Record, Tag

_S = TypeVar("_S")
_P = TypeVarTuple("_P")
_log = logging.getLogger(__name__)

MALFORMED_ERRORS: Final = (
    struct.error,
    IndexError,
    ValueError,
    KeyError,
    OverflowError,
    RecursionError,
    MemoryError,
    zlib.error,
)
"""What parsers may raise on inconsistent input."""

_BYTE_ORDERS: Final = {"little": "II", "big": "MM"}
_DEFAULT_BUDGET: Final = Budget()
_MAX_SOURCES_PER_KIND = 4
"""Blocks, packets and profiles beyond this many of a kind are left unread."""


def read(
    fetch: Fetch, budget: Budget = _DEFAULT_BUDGET, *, maker_notes: MakerNoteReader | None = None
) -> Record:
    """Read an object's metadata. Never raises: the record's outcome has the error.

    Blocks while `fetch` does. Without `maker_notes`, cameras' own notes are left unread. A
    TasveerError from `fetch` ends the reading with its outcome.
    """
    meter = Meter(budget)
    reading = _ObjectReader(meter, maker_notes)
    try:
        ranges = RangeReader(fetch, meter)
    except TasveerError as error:
        return Record(error.outcome, notes=(str(error),), requests=meter.requests)
    except OverBudgetError as error:
        return Record(Outcome.OVER_BUDGET, notes=(str(error),))
    try:
        return reading.run(ranges)
    except TasveerError as error:
        return Record(
            error.outcome,
            notes=(str(error),),
            size_bytes=ranges.size_bytes,
            etag=ranges.etag,
            bytes_read=meter.read_bytes,
            requests=meter.requests,
        )


@dataclass(slots=True)
class _ObjectReader:
    """One object being read."""

    meter: Meter
    maker_notes: MakerNoteReader | None = None
    found: Findings = field(default_factory=Findings)
    tags: list[Tag] = field(default_factory=list)
    maker_tags: tuple[Tag, ...] = ()
    directories: list[Directory] = field(default_factory=list)
    iptc_blocks: int = 0

    def run(self, ranges: RangeReader) -> Record:
        """Raises TasveerError alone."""
        kind = sniff(ranges.head)
        locate = LOCATORS.get(kind.container)
        if locate is None:
            return self._unsupported_record(ranges, kind)
        self._run_guarded("The container", locate, ranges, self.found, self.meter)
        self._run_each("The EXIF block", self.found.blocks, self._read_block)
        self._run_each("The XMP packet", self.found.xmp, self._read_xmp)
        if kind.container == "tiff":
            # A TIFF has its own IPTC tag, so IPTC in Photoshop's resources is the second choice.
            self._run_each("The IPTC block", self.found.iptc, self._read_iptc)
            self.iptc_blocks = max(self.iptc_blocks, 1)
        self._run_each("The Photoshop block", self.found.resources, self._read_resources)
        if kind.container != "tiff":
            self._run_each("The IPTC block", self.found.iptc, self._read_iptc)
        self._run_each("The ICC profile", self.found.icc, self._read_icc)
        self._read_maker_note()
        return self._build_record(ranges, kind)

    def _run_each(self, what: str, sources: Sequence[_S], step: Callable[[_S], None]) -> None:
        for source in sources[:_MAX_SOURCES_PER_KIND]:
            self._run_guarded(what, step, source)
        if len(sources) > _MAX_SOURCES_PER_KIND:
            self.found.add_note(f"{what} occurs {len(sources)} times; the last ones were not read.")

    def _run_guarded(self, what: str, step: Callable[[Unpack[_P]], None], *given: *_P) -> None:
        """Run one step; what it finds before it fails stays found."""
        try:
            step(*given)
        except OverBudgetError as error:
            self.found.mark_over_budget(str(error))
        except MALFORMED_ERRORS as error:
            _log.debug("%s: %r", what, error)
            self.found.mark_damaged(f"{what} is broken and could not be read to its end.")

    def _read_block(self, block: TiffBlock) -> None:
        walk = IfdReader(block.source, self.found, self.meter, block.group, block.dialect)
        try:
            walk.run()
        finally:
            if walk.directories and not self.directories:
                order = _BYTE_ORDERS[walk.directories[0].order]
                self.found.tags.append(Tag("File", "ExifByteOrder", value=order))
            self.directories += walk.directories
            for directory in walk.directories:
                self._run_guarded(directory.group, self._add_tags, directory)

    def _add_tags(self, directory: Directory) -> None:
        self.tags += directory_tags(directory)

    def _read_xmp(self, source: ByteSource) -> None:
        if source.size_bytes > xmp.MAX_PACKET_BYTES:
            self.found.add_note(f"XMP of {source.size_bytes:,} bytes was left unread.")
        else:
            tags, is_sound = xmp.read(source, self.meter)
            self.tags += tags
            if not is_sound:
                self.found.mark_damaged(
                    "The XMP packet is broken and could not be read to its end."
                )

    def _read_resources(self, source: ByteSource) -> None:
        tags, blocks = photoshop.read(source, self.meter)
        self.tags += tags
        for block in blocks:
            self._read_iptc(block)

    def _read_iptc(self, source: ByteSource) -> None:
        """The first block is in its usual place; others get a number."""
        self.iptc_blocks += 1
        group = f"IPTC{self.iptc_blocks}" if self.iptc_blocks > 1 else "IPTC"
        tags, is_sound = iptc.read(source, self.meter, group)
        self.tags += tags
        if not is_sound:
            self.found.mark_damaged("The IPTC block ends early.")

    def _read_icc(self, source: ByteSource) -> None:
        self.found.tags += icc.read(source)

    def _read_maker_note(self) -> None:
        """Read the maker note; its errors become notes of the record."""
        notes = self.found.maker_notes
        if self.maker_notes is None or not notes:
            return
        names = {tag.name: str(tag.value) for tag in self.tags if tag.group == "IFD0"}
        try:
            result = self.maker_notes.read(notes[0], names.get("Make", ""), names.get("Model", ""))
        except OverBudgetError as error:
            self.found.add_note(f"The maker note was left unread. {error}")
        except MALFORMED_ERRORS:
            self.found.add_note("The maker note could not be read.")
        else:
            self.maker_tags = result.tags
            if result.note:
                self.found.add_note(result.note)

    def _unsupported_record(self, ranges: RangeReader, kind: FileType) -> Record:
        note = f"This is {kind.format.upper()}, a format that is not read yet."
        return Record(
            Outcome.UNSUPPORTED,
            format=kind.format,
            notes=(note,) if kind.format else (),
            size_bytes=ranges.size_bytes,
            etag=ranges.etag,
            bytes_read=self.meter.read_bytes,
            requests=self.meter.requests,
        )

    def _build_record(self, ranges: RangeReader, kind: FileType) -> Record:
        found = self.found
        width, height = main_image.dimensions(found, self.directories)
        thumb_offset, thumb_length = locate_thumbnail(self.directories, found.thumbnails)
        tags = (*self.tags, *self.maker_tags, *found.tags)
        return Record(
            self._decide_outcome(kind),
            format=main_image.detect_format(kind, self.directories),
            tags=tags,
            facts=add_maker_facts(extract_facts(tags, width, height), self.maker_tags),
            notes=tuple(found.notes),
            size_bytes=ranges.size_bytes,
            etag=ranges.etag,
            bytes_read=self.meter.read_bytes,
            requests=self.meter.requests,
            thumb_offset=thumb_offset,
            thumb_length=thumb_length,
            maker_note_length=found.maker_notes[0].length if found.maker_notes else 0,
        )

    def _decide_outcome(self, kind: FileType) -> Outcome:
        found = self.found
        is_tiff = kind.container == "tiff"
        is_flawed = found.is_damaged or found.is_truncated or found.is_over_budget
        own = [tag for tag in found.tags if tag.group in main_image.CONTAINER_CAMERA_GROUPS]
        if own or any(not (is_tiff and main_image.is_structural(tag)) for tag in self.tags):
            return Outcome.PARTIAL if is_flawed else Outcome.OK
        if found.is_over_budget:
            return Outcome.OVER_BUDGET
        if found.is_truncated:
            return Outcome.TRUNCATED
        return Outcome.MALFORMED if found.is_damaged else Outcome.NO_METADATA
