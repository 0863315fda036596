"""What has been found in one object so far: places of metadata, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tasveer_tui.exif.ranges import ByteSource
from tasveer_tui.records import Tag

_MAX_NOTES = 16


class TiffBlock(NamedTuple):
    """A TIFF structure."""

    source: ByteSource
    group: str = "IFD0"
    """What its first directory is: ExifIFD or GPS where a container keeps those apart."""
    dialect: str = ""
    """Whose names its first directory's tags have, where not TIFF's: a key of tables.DIALECTS."""


class MakerNoteLocation(NamedTuple):
    """The place of the maker note; its offsets often count from the enclosing EXIF block."""

    source: ByteSource
    """The block."""
    offset: int
    """In the block."""
    length: int


@dataclass(slots=True)
class Findings:
    """Filled by a container's reader as it goes, so that an early end keeps what there is."""

    width: int | None = None
    """Pixels as stored."""
    height: int | None = None
    blocks: list[TiffBlock] = field(default_factory=list)
    maker_notes: list[MakerNoteLocation] = field(default_factory=list)
    thumbnails: list[tuple[int, int]] = field(default_factory=list)
    """Offset and length, in the object, of small pictures that the container itself names."""
    xmp: list[ByteSource] = field(default_factory=list)
    iptc: list[ByteSource] = field(default_factory=list)
    """IPTC's datasets (IIM)."""
    resources: list[ByteSource] = field(default_factory=list)
    """Photoshop's image resources, which may hold IPTC."""
    icc: list[ByteSource] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    """The container's own: comments and texts."""
    notes: list[str] = field(default_factory=list)
    is_damaged: bool = False
    is_truncated: bool = False
    is_over_budget: bool = False

    def add_note(self, sentence: str) -> None:
        """Note what was left unread; nothing is wrong with it."""
        if sentence not in self.notes and len(self.notes) < _MAX_NOTES:
            self.notes.append(sentence)

    def mark_damaged(self, sentence: str) -> None:
        """Note that something is broken."""
        self.is_damaged = True
        self.add_note(sentence)

    def mark_truncated(self, sentence: str) -> None:
        """Note that the object ends too early."""
        self.is_truncated = True
        self.add_note(sentence)

    def mark_over_budget(self, sentence: str) -> None:
        """Note that a limit ended the reading."""
        self.is_over_budget = True
        self.add_note(sentence)
