"""Cameras' own notes as tags, lens and serial number, with ExifRead in child processes.

    notes = MakerNotes()
    said = notes.read(note, make="NIKON CORPORATION", model="NIKON D70")
    notes.close()

ExifRead is an optional extra. Here is decided where a note's directory lies, in which byte order,
and where its offsets count from; ExifRead reads the directory and puts the values into words.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from tasveer_tui.exif.budget import KIB
from tasveer_tui.exif.found import MakerNote
from tasveer_tui.exif.helper import HelperError, Helpers, HelperTimeoutError, is_installed
from tasveer_tui.exif.ifd import ByteOrder
from tasveer_tui.exif.makertags import tags_of
from tasveer_tui.exif.tables.makers import BELOW, MARKED, NAMES, PLAIN, Form
from tasveer_tui.records import Record, Tag, is_maker_group

EXTRA: Final = "pip install 'tasveer-tui[makernotes]'"
"""What to type to have notes read."""

_TIMEOUT_S = 5.0
"""The child has 1 s of CPU time for one note; this is for a machine that is busy."""
_MOST_CHILDREN = 4
_LARGEST_NOTE = 128 * KIB
_LARGEST_BLOCK = 128 * KIB
"""Of a block up to this size everything is given: some offsets lead out of the note."""
_LARGEST_ANSWER = 512 * KIB
_MOST_ENTRIES = 400
_ROW_BYTES = 12
_TIFF: Final = (b"II*\0", b"MM\0*")
_ORDERS: Final[dict[str, ByteOrder]] = {"II": "little", "MM": "big"}
_KINDS: Final = range(1, 14)
_LEAST_SOUND = 0.5
"""Part of a directory's entries that must have a known type for it to be one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a note says."""

    tags: tuple[Tag, ...] = ()
    note: str = ""
    """A sentence on what is left unread; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a note's directory is."""

    form: Form
    ifd: int
    """Counted from the base."""
    base: int
    """Where in the block the note's offsets count from."""
    order: str


class MakerNotes:
    """Reads notes in children that are kept. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is started until the first note."""
        self._helpers = Helpers("note", ("exifread",), timeout_s=_TIMEOUT_S, most=_MOST_CHILDREN)

    @staticmethod
    def is_installed() -> bool:
        """Whether the extra is there."""
        return is_installed("exifread")

    def read(self, note: MakerNote, make: str, model: str) -> Said:
        """What the note says: nothing where its maker's way of writing is not known.

        Blocks for about a millisecond, and while the block is fetched. Raises what reading the
        note's source raises.
        """
        data, start = _window(note)
        place = _place(note, data[note.offset - start :], make)
        if place is None:
            return Said()
        form = place.form
        order = {
            "start": start,
            "ifd": place.ifd,
            "base": place.base,
            "order": place.order[0],
            "table": form.table,
            "model": model[:200],
            "below": list(BELOW.get(form.group, ())),
            "wanted": list(NAMES.get(form.group, ())),
        }
        try:
            answer = json.loads(self._helpers.ask(order, data, _LARGEST_ANSWER))
        except HelperTimeoutError:
            return Said(note="Reading the maker note took too long and was stopped.")
        except (HelperError, ValueError):
            return Said(note="The maker note could not be read.")
        return _said(form.group, answer)

    def close(self) -> None:
        """End the child."""
        self._helpers.close()


def tell_maker_note(record: Record) -> str:
    """A line on the camera's own notes: how large, and how they are read; "" without any."""
    if not record.maker_note_length:
        return ""
    size = f"{record.maker_note_length:,} bytes"
    groups = [tag.group for tag in record.tags if is_maker_group(tag.group)]
    if groups:
        plural = "s" if len(groups) != 1 else ""
        return f"{size}, {len(groups)} tag{plural} of {groups[0]}'s"
    if not is_installed("exifread"):
        return f"{size}, unread; to have them read: {EXTRA}"
    return f"{size}, unread"


def _said(group: str, answer: dict[str, Any]) -> Said:
    tags = tags_of(group, answer["rows"])
    note = "The maker note is broken and could not be read to its end."
    return Said(tuple(tags), note if answer["broken"] else "")


def _window(note: MakerNote) -> tuple[bytes, int]:
    """Bytes with the note in them, and the place in the block where they begin."""
    source = note.source
    if source.size_bytes <= _LARGEST_BLOCK:
        return source.read(0, source.size_bytes), 0
    return source.read(note.offset, min(note.length, _LARGEST_NOTE)), note.offset


def _place(note: MakerNote, data: bytes, make: str) -> _Place | None:
    """Where the directory is, by what the note begins with, else by the maker.

    Programs turn a block round and not the note in it, and Pentax writes `MM` over both orders:
    the order that makes sense is the right one.
    """
    form = _form(data, make)
    if form is None:
        return None
    order = form.order or _order(data, form.order_at) or _order(note.source.read(0, 2), 0)
    base = note.offset + form.base if form.is_apart else 0
    for each in ("MM", "II") if order == "MM" else ("II", "MM"):
        ifd = form.ifd
        if ifd < 0:
            # A word: behind Fuji's eight letters, or in the TIFF header within Nikon's note.
            at = form.base + 4 if form.base else len(form.start)
            ifd = form.base + int.from_bytes(data[at : at + 4], _ORDERS[each])
        if _is_directory(data, ifd, _ORDERS[each]):
            return _Place(form, note.offset + ifd - base, base, each)
    return None


def _form(data: bytes, make: str) -> Form | None:
    for form in MARKED:
        if data.startswith(form.start):
            return form
    plain = PLAIN.get(make.upper().split()[0] if make.strip() else "")
    if plain is not None and data.startswith(_TIFF):
        # CR3 keeps Canon's note as a TIFF structure of its own.
        return plain._replace(start=data[:4], ifd=-1, is_apart=True, order_at=0)
    return plain


def _order(data: bytes, at: int) -> str:
    """`II` or `MM`, or nothing."""
    mark = data[at : at + 2] if at >= 0 else b""
    return mark.decode() if mark in (b"II", b"MM") else ""


def _is_directory(data: bytes, at: int, order: ByteOrder) -> bool:
    """Whether there is one: what only looks like it is not worth a question to the child."""
    if not 0 <= at <= len(data) - 2:
        return False
    count = int.from_bytes(data[at : at + 2], order)
    rows = data[at + 2 : at + 2 + count * _ROW_BYTES]
    if not 0 < count <= _MOST_ENTRIES or len(rows) < _ROW_BYTES:
        return False
    kinds = [
        int.from_bytes(rows[place : place + 2], order)
        for place in range(2, len(rows) - 1, _ROW_BYTES)
    ]
    return sum(kind in _KINDS for kind in kinds) >= _LEAST_SOUND * len(kinds)
