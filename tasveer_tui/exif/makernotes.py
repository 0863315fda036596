"""What ExifRead found in a camera's own notes, as tags with exiftool's names, and facts of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from tasveer_tui.exif.budget import KIB
from tasveer_tui.exif.helper import (
    HelperError,
    HelperPool,
    HelperTimeoutError,
    is_installed,
)
from tasveer_tui.exif.tables.makers import (
    LAYOUTS_BY_MAKE,
    LAYOUTS_BY_SIGNATURE,
    MAKER_TAG_NAMES,
    SUBDIRECTORY_TAG_NAMES,
    MakerNoteLayout,
)
from tasveer_tui.exif.values import MAX_LIST_VALUES, describe_binary, quotient
from tasveer_tui.records import Facts, Record, Tag, TagValue, is_maker_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tasveer_tui.exif.findings import MakerNoteLocation
    from tasveer_tui.exif.ifd import ByteOrder

_MAX_TAGS = 256
_MAX_NAME_LENGTH = 64
_MAX_VALUE_LENGTH = 512
_MAX_RAW_LENGTH = 200
_MAX_NUMBERS = 32
"""Longer lists are a camera's own tables, of no use to a person."""
_UNNAMED: Final = re.compile(r"Tag 0x[0-9A-F]{4}|Unknown.*|\s*")
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]")
_EXIFREAD_TYPES: Final = {
    "RATIO": "RATIONAL",
    "SIGNED_BYTE": "SBYTE",
    "SIGNED_SHORT": "SSHORT",
    "SIGNED_LONG": "SLONG",
    "SIGNED_RATIO": "SRATIONAL",
    "FLOAT_32": "FLOAT",
    "FLOAT_64": "DOUBLE",
    "PROPRIETARY": "",
}
_ELEMENT_BYTES: Final = {
    **dict.fromkeys(("SHORT", "SSHORT"), 2),
    **dict.fromkeys(("LONG", "SLONG", "IFD", "FLOAT"), 4),
    **dict.fromkeys(("RATIONAL", "SRATIONAL", "DOUBLE"), 8),
}

MAKER_FACT_TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    "lens": ("LensModel", "Lens", "LensSpec", "LensType"),
    "serial": ("SerialNumber", "InternalSerialNumber"),
}
"""By fact, the names of tags that state it where EXIF and XMP do not, the most trusted first."""
_NO_LENS: Final = re.compile(r"[-_ .?0]*|n/?a|none|unknown|manual lens.*|no lens.*", re.IGNORECASE)
_NO_SERIAL: Final = re.compile(r"[-_ .?0]*|no=|n/?a", re.IGNORECASE)


def maker_note_tags(group: str, rows: Sequence[Any]) -> list[Tag]:
    """The rows that helper_script.py made, as tags; those without a name or worth are left out."""
    tags: list[Tag] = []
    clock = _pentax_clock(rows) if group == "Pentax" else b""
    for below, number, name, kind, size, values, words in rows:
        known = SUBDIRECTORY_TAG_NAMES[group][below] if below else MAKER_TAG_NAMES.get(group, {})
        name = known.get(number, "" if below else _clean_name(name))  # noqa: PLW2901 - the same, better
        value, raw = _convert_value(kind, size, values, words)
        special = _SPECIAL_DECODERS.get((group, name))
        if special is not None:
            value, raw = special(values)
        elif clock and name == "ShutterCount":
            value, raw = _pentax_shutter_count(values, clock)
        if not name or value in ("", []) or len(tags) >= _MAX_TAGS:
            continue
        kind = _EXIFREAD_TYPES.get(kind, kind)  # noqa: PLW2901 - TIFF's word for it
        count = size // _ELEMENT_BYTES.get(kind, 1) or 1
        tags.append(Tag(group, name, number, kind, count, value, raw))
    return tags


def add_maker_facts(facts: Facts, tags: Iterable[Tag]) -> Facts:
    """The facts, with lens and serial number from these tags where there are none."""
    values = {tag.name: tag.value for tag in reversed(tuple(tags))}
    if not values:
        return facts
    lens, serial = facts.lens, facts.serial
    for name in MAKER_FACT_TAGS["lens"]:
        lens = lens or _lens_name(values.get(name))
    for name in MAKER_FACT_TAGS["serial"]:
        text = str(values.get(name, "")).strip()
        if not serial and not _NO_SERIAL.fullmatch(text):
            serial = text
    return replace(facts, lens=lens, serial=serial)


def _clean_name(name: str) -> str:
    """ExifRead's name as exiftool would write it."""
    return "" if _UNNAMED.fullmatch(name) else _NOT_IN_NAMES.sub("", name)[:_MAX_NAME_LENGTH]


def _convert_value(kind: str, size: int, values: Any, words: str) -> tuple[TagValue, str]:  # noqa: ANN401
    """The value, with ExifRead's words if it has some, and the stored value."""
    if isinstance(values, str):
        return values.strip(" \0")[:_MAX_VALUE_LENGTH], ""
    raw = " ".join(map(_format_raw, values))[:_MAX_RAW_LENGTH]
    if words := words.strip(" \0"):
        return words[:_MAX_VALUE_LENGTH], ("" if raw == words else raw)
    if kind in ("UNDEFINED", "BYTE") and size > 1:
        return _decode_bytes(size, values), ""
    if not values or size > MAX_LIST_VALUES or len(values) > _MAX_NUMBERS:
        return "", ""
    numbers = [quotient(*part) if isinstance(part, list) else part for part in values]
    is_fraction = any(isinstance(part, list) and part[1] != 1 for part in values)
    return (numbers[0] if len(numbers) == 1 else numbers), (raw if is_fraction else "")


def _format_raw(part: Any) -> str:  # noqa: ANN401 - a number, or numerator and denominator
    return f"{part[0]}/{part[1]}" if isinstance(part, list) else str(part)


def _decode_bytes(size: int, values: Sequence[int]) -> str:
    """Bytes of no known kind: text if they are that."""
    data = bytes(part & 0xFF for part in values).rstrip(b"\0 ")
    text = data.decode("latin-1")
    if data and size <= len(values) and text.isascii() and text.isprintable():
        return text
    return describe_binary(size)


def _lens_name(value: TagValue | None) -> str:
    """A lens's name; focal lengths and apertures are put into one."""
    match value:
        case [short, long, wide, narrow] if all(isinstance(n, int | float) for n in value):
            return _format_lens_spec(*map(float, (short, long, wide, narrow)))
        case str() if not _NO_LENS.fullmatch(value.strip()) and not value.startswith("(Binary"):
            return value.strip()
    return ""


def _format_lens_spec(short: float, long: float, wide: float, narrow: float) -> str:
    if short <= 0:
        return ""
    focal = f"{short:.3g}" + (f"-{long:.3g}" if long > short else "")
    aperture = f"{wide:.2g}" + (f"-{narrow:.2g}" if narrow > wide else "")
    return f"{focal}mm" + (f" f/{aperture}" if wide > 0 else "")


_LENS_SPEC_BYTES = 8
_WORD_BYTES = 4
_ALPHANUMERIC: Final = re.compile(rb"[0-9A-Za-z]{4,}")


def _sony_lens(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - the stored value
    """Focal lengths and apertures in packed decimal, between two bytes of flags."""
    if not isinstance(values, list) or len(values) != _LENS_SPEC_BYTES:
        return "", ""
    digits = bytes(part & 0xFF for part in values).hex()
    numbers = (digits[2:6], digits[6:10], digits[10:12], digits[12:14])
    if not "".join(numbers).isdecimal():
        return "", ""
    short, long, wide, narrow = map(int, numbers)
    return _format_lens_spec(short, long, wide / 10, narrow / 10), digits


def _panasonic_serial(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - the stored value
    """A letter, a date and a number; the rest is uninitialised memory."""
    if not isinstance(values, list):
        return values, ""
    found = _ALPHANUMERIC.match(bytes(part & 0xFF for part in values))
    return (found[0].decode() if found else ""), ""


def _pentax_date(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - the stored value
    """Year in two bytes, month, day."""
    match values:
        case [high, low, month, day]:
            return f"{256 * high + low:04}:{month:02}:{day:02}", ""
    return "", ""


def _pentax_time(values: Any) -> tuple[TagValue, str]:  # noqa: ANN401 - the stored value
    """Hour, minute, second."""
    match values:
        case [hour, minute, second, *_]:
            return f"{hour:02}:{minute:02}:{second:02}", ""
    return "", ""


def _pentax_clock(rows: Sequence[Any]) -> bytes:
    """Pentax's date and time, four bytes each; nothing where one is missing."""
    values = {row[1]: row[5] for row in rows if isinstance(row[5], list)}
    day, time = values.get(0x06, []), values.get(0x07, [])
    if len(day) != _WORD_BYTES or len(time) < _WORD_BYTES - 1:
        return b""
    return bytes(part & 0xFF for part in (*day, *time[: _WORD_BYTES - 1], 0))


def _pentax_shutter_count(values: Any, clock: bytes) -> tuple[TagValue, str]:  # noqa: ANN401 - as above
    """The count is hidden behind the date and the inverted time."""
    if not isinstance(values, list) or len(values) != _WORD_BYTES:
        return "", ""
    hidden, day, time = (
        int.from_bytes(part, "big")
        for part in (bytes(v & 0xFF for v in values), clock[:_WORD_BYTES], clock[_WORD_BYTES:])
    )
    return hidden ^ day ^ time ^ 0xFFFFFFFF, ""


_SPECIAL_DECODERS: Final[Mapping[tuple[str, str], Callable[[Any], tuple[TagValue, str]]]] = {
    ("Sony", "LensSpec"): _sony_lens,
    ("Panasonic", "InternalSerialNumber"): _panasonic_serial,
    ("Pentax", "Date"): _pentax_date,
    ("Pentax", "Time"): _pentax_time,
    ("Leica", "InternalSerialNumber"): _panasonic_serial,
}
"""Decoders by group and name, for values that neither the type nor ExifRead explains."""


# ExifRead is an optional extra and runs in child processes. This module decides where a note's
# directory starts, its byte order and the base of its offsets; ExifRead reads the entries.

INSTALL_COMMAND: Final = "pip install 'tasveer-tui[makernotes]'"
"""What to type to have notes read."""

_TIMEOUT_S = 5.0
"""The child has 1 s of CPU time for one note; this is for a machine that is busy."""
_MAX_CHILDREN = 4
_MAX_NOTE_BYTES = 128 * KIB
_MAX_BLOCK_BYTES = 128 * KIB
"""Of a block up to this size everything is given: some offsets lead out of the note."""
_MAX_RESPONSE_BYTES = 512 * KIB
_MAX_ENTRIES = 400
_ROW_BYTES = 12
_TIFF_SIGNATURES: Final = (b"II*\0", b"MM\0*")
_BYTE_ORDERS: Final[dict[str, ByteOrder]] = {"II": "little", "MM": "big"}
_VALID_FIELD_TYPES: Final = range(1, 14)
_MIN_VALID_RATIO = 0.5
"""Part of a directory's entries that must have a known type for it to be one."""


@dataclass(frozen=True, slots=True)
class MakerNoteResult:
    """The tags of a maker note."""

    tags: tuple[Tag, ...] = ()
    note: str = ""
    """A sentence on what is left unread; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class _DirectoryLocation:
    """Where a note's directory is."""

    form: MakerNoteLayout
    ifd: int
    """Counted from the base."""
    base: int
    """Where in the block the note's offsets count from."""
    order: str


class MakerNoteReader:
    """Reads notes in children that are kept. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is started until the first note."""
        self._pool = HelperPool("note", ("exifread",), timeout_s=_TIMEOUT_S, most=_MAX_CHILDREN)

    @staticmethod
    def is_installed() -> bool:
        """Whether the extra is there."""
        return is_installed("exifread")

    def read(self, note: MakerNoteLocation, make: str, model: str) -> MakerNoteResult:
        """What the note says: nothing where its maker's way of writing is not known.

        Blocks for about a millisecond, and while the block is fetched. Raises what reading the
        note's source raises.
        """
        data, start = _read_window(note)
        place = _locate_directory(note, data[note.offset - start :], make)
        if place is None:
            return MakerNoteResult()
        form = place.form
        order = {
            "start": start,
            "ifd": place.ifd,
            "base": place.base,
            "order": place.order[0],
            "table": form.table,
            "model": model[:200],
            "below": list(SUBDIRECTORY_TAG_NAMES.get(form.group, ())),
            "wanted": list(MAKER_TAG_NAMES.get(form.group, ())),
        }
        try:
            answer = json.loads(self._pool.request(order, data, _MAX_RESPONSE_BYTES))
        except HelperTimeoutError:
            return MakerNoteResult(note="Reading the maker note took too long and was stopped.")
        except (HelperError, ValueError):
            return MakerNoteResult(note="The maker note could not be read.")
        return _parse_response(form.group, answer)

    def close(self) -> None:
        """End the child."""
        self._pool.close()


def describe_maker_note(record: Record) -> str:
    """A line on the camera's own notes: how large, and how they are read; "" without any."""
    if not record.maker_note_length:
        return ""
    size = f"{record.maker_note_length:,} bytes"
    groups = [tag.group for tag in record.tags if is_maker_group(tag.group)]
    if groups:
        plural = "s" if len(groups) != 1 else ""
        return f"{size}, {len(groups)} tag{plural} of {groups[0]}'s"
    if not is_installed("exifread"):
        return f"{size}, unread; to have them read: {INSTALL_COMMAND}"
    return f"{size}, unread"


def _parse_response(group: str, answer: dict[str, Any]) -> MakerNoteResult:
    tags = maker_note_tags(group, answer["rows"])
    note = "The maker note is broken and could not be read to its end."
    return MakerNoteResult(tuple(tags), note if answer["broken"] else "")


def _read_window(note: MakerNoteLocation) -> tuple[bytes, int]:
    """Bytes with the note in them, and the place in the block where they begin."""
    source = note.source
    if source.size_bytes <= _MAX_BLOCK_BYTES:
        return source.read(0, source.size_bytes), 0
    return source.read(note.offset, min(note.length, _MAX_NOTE_BYTES)), note.offset


def _locate_directory(note: MakerNoteLocation, data: bytes, make: str) -> _DirectoryLocation | None:
    """Where the directory is, by what the note begins with, else by the maker.

    Programs turn a block round and not the note in it, and Pentax writes `MM` over both orders:
    the order that makes sense is the right one.
    """
    form = _find_layout(data, make)
    if form is None:
        return None
    order = (
        form.order
        or _read_byte_order(data, form.byte_order_offset)
        or _read_byte_order(note.source.read(0, 2), 0)
    )
    base = note.offset + form.base if form.has_own_offsets else 0
    for each in ("MM", "II") if order == "MM" else ("II", "MM"):
        ifd = form.ifd
        if ifd < 0:
            # A word: behind Fuji's eight letters, or in the TIFF header within Nikon's note.
            at = form.base + 4 if form.base else len(form.start)
            ifd = form.base + int.from_bytes(data[at : at + 4], _BYTE_ORDERS[each])
        if _is_directory(data, ifd, _BYTE_ORDERS[each]):
            return _DirectoryLocation(form, note.offset + ifd - base, base, each)
    return None


def _find_layout(data: bytes, make: str) -> MakerNoteLayout | None:
    for form in LAYOUTS_BY_SIGNATURE:
        if data.startswith(form.start):
            return form
    plain = LAYOUTS_BY_MAKE.get(make.upper().split()[0] if make.strip() else "")
    if plain is not None and data.startswith(_TIFF_SIGNATURES):
        # CR3 keeps Canon's note as a TIFF structure of its own.
        return plain._replace(start=data[:4], ifd=-1, has_own_offsets=True, byte_order_offset=0)
    return plain


def _read_byte_order(data: bytes, at: int) -> str:
    """`II` or `MM`, or nothing."""
    mark = data[at : at + 2] if at >= 0 else b""
    return mark.decode() if mark in (b"II", b"MM") else ""


def _is_directory(data: bytes, at: int, order: ByteOrder) -> bool:
    """Whether there is a directory: data that only resembles one is not sent to the child."""
    if not 0 <= at <= len(data) - 2:
        return False
    count = int.from_bytes(data[at : at + 2], order)
    rows = data[at + 2 : at + 2 + count * _ROW_BYTES]
    if not 0 < count <= _MAX_ENTRIES or len(rows) < _ROW_BYTES:
        return False
    kinds = [
        int.from_bytes(rows[place : place + 2], order)
        for place in range(2, len(rows) - 1, _ROW_BYTES)
    ]
    return sum(kind in _VALID_FIELD_TYPES for kind in kinds) >= _MIN_VALID_RATIO * len(kinds)
