"""What has been found in one object so far: places of metadata, and what is wrong with it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tasveer_tui.exif.ranges import Source
from tasveer_tui.records import Tag

_MOST_NOTES = 16


class Block(NamedTuple):
    """A TIFF structure."""

    source: Source
    group: str = "IFD0"
    """What its first directory is: ExifIFD or GPS where a container keeps those apart."""
    dialect: str = ""
    """Whose names its first directory's tags have, where not TIFF's: a key of tables.DIALECTS."""


class MakerNote(NamedTuple):
    """Where a camera's own notes lie; their offsets often count in the block around them."""

    source: Source
    """The block."""
    offset: int
    """In the block."""
    length: int


@dataclass(slots=True)
class Found:
    """Filled by a container's reader as it goes, so that an early end keeps what there is."""

    width: int | None = None
    """Pixels as stored."""
    height: int | None = None
    blocks: list[Block] = field(default_factory=list)
    maker_notes: list[MakerNote] = field(default_factory=list)
    thumbnails: list[tuple[int, int]] = field(default_factory=list)
    """Offset and length, in the object, of small pictures that the container itself names."""
    xmp: list[Source] = field(default_factory=list)
    iptc: list[Source] = field(default_factory=list)
    """IPTC's datasets (IIM)."""
    resources: list[Source] = field(default_factory=list)
    """Photoshop's image resources, which may hold IPTC."""
    icc: list[Source] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    """The container's own: comments and texts."""
    notes: list[str] = field(default_factory=list)
    is_damaged: bool = False
    is_truncated: bool = False
    is_over_budget: bool = False

    def remark(self, sentence: str) -> None:
        """Note what was left unread; nothing is wrong with it."""
        if sentence not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence)

    def damage(self, sentence: str) -> None:
        """Note that something is broken."""
        self.is_damaged = True
        self.remark(sentence)

    def truncated(self, sentence: str) -> None:
        """Note that the object ends too early."""
        self.is_truncated = True
        self.remark(sentence)

    def over_budget(self, sentence: str) -> None:
        """Note that a limit ended the reading."""
        self.is_over_budget = True
        self.remark(sentence)
