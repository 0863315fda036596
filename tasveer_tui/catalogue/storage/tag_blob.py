"""A short JSON list of numbers, dates and fractions, half a byte for each of its characters.

What an image's tags leave for its own blob is mostly digits: half the time of deflating them,
and a quarter fewer bytes. Decoding returns exactly the same text.
"""

from __future__ import annotations

import json
import re
import zlib
from binascii import hexlify, unhexlify
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from tasveer_tui.catalogue.storage.common_tags import cell_dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zlib import _Compress

    from tasveer_tui.records import TagValue

_ENCODABLE_CHARS: Final = b'0123456789,."/-:[] eT+Z\x01\x02'
_DATE_TEXT: Final = re.compile(rb'b\d{4}:\d\d:\d\d \d\d:\d\d:\d\d"')
_AROUND_DIGITS: Final = b'b": '
_DATE_DIGITS: Final = 14
"""Of a date with its time."""

# Codes are hexadecimal digits; `f` begins one of two, and at the end it fills the last byte.
_PLAIN_CODES: Final = bytes.maketrans(b',./"', b"acde")
_PLAIN_CHARS: Final = bytes.maketrans(b"acde", b',./"')
_OPENING, _OPENING_CODE = b',"', b"b"
_ESCAPE_CODE: Final = b"f"
_RARE_CODES: Final = ((b"[", b"f0"), (b"]", b"f1"), (b" ", b"f2"), (b":", b"f3"), (b"-", b"f4"),
                (b"E", b"f5"), (b"T", b"f6"), (b"+", b"f7"), (b"Z", b"fa"),
                (b"\x01", b"fb"), (b"\x02", b"fc"))  # fmt: skip
_BINARY_MARKERS: Final = ((b'"(Binary data ', b"\x01"), (b' bytes)"', b"\x02"))
"""JSON has no such characters."""
_DATE_CODE, _REPEAT_DATE_CODE = b"f8", b"f9"
"""The first date and its time, by their digits, and the same again."""
_RARE_CHARS: Final = {code.translate(_PLAIN_CHARS)[1]: plain for plain, code in _RARE_CODES}
_REPEAT_DIGIT: Final = ord("9")
_USUAL_CHARS: Final = b'0123456789b,./"'
_COMMA_CODE, _QUOTE_CODE = b"a", b"e"


def encode_nibbles(text: bytes) -> bytes | None:
    """The codes of some members of a list, each behind a comma; None for other characters."""
    if text.translate(None, _ENCODABLE_CHARS):
        text = _replace_binary_markers(text)
        if text.translate(None, _ENCODABLE_CHARS):
            return None
    text = text.replace(b"e", b"E").replace(_OPENING, _OPENING_CODE)
    if text.translate(None, _USUAL_CHARS):
        text = _DATE_TEXT.sub(_date_code, text)
        for plain, code in _RARE_CODES:
            text = text.replace(plain, code)
    return text.translate(_PLAIN_CODES)


def _replace_binary_markers(text: bytes) -> bytes:
    for plain, mark in _BINARY_MARKERS:
        text = text.replace(plain, mark)
    return text


def _date_code(found: re.Match[bytes]) -> bytes:
    return b"a" + _DATE_CODE + found.group().translate(None, _AROUND_DIGITS)


def pack_nibbles(codes: bytes) -> bytes:
    """The list of all these members, which is not empty."""
    start = codes.find(_DATE_CODE)
    if start >= 0:
        end = start + len(_DATE_CODE) + _DATE_DIGITS
        codes = codes[:end] + codes[end:].replace(codes[start:end], _REPEAT_DATE_CODE)
    # The first member has nothing before it.
    codes = codes[1:] if codes.startswith(_COMMA_CODE) else _QUOTE_CODE + codes[1:]
    return unhexlify(codes + _ESCAPE_CODE if len(codes) % 2 else codes)


def unpack_nibbles(packed_text: bytes) -> bytes:
    """The list.

    Raises:
        IndexError: the bytes are damaged; not all damage is found.

    """
    parts = hexlify(packed_text).translate(_PLAIN_CHARS).split(_ESCAPE_CODE)
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    date = b""
    for place, part in enumerate(parts[1:], start=1):
        rare = _RARE_CHARS.get(part[0])
        if rare is not None:
            parts[place] = rare + part[1:]
        elif part[0] == _REPEAT_DIGIT:
            parts[place] = date + part[1:]
        else:
            found = _date_json(part[1 : 1 + _DATE_DIGITS])
            date = date or found
            parts[place] = found + part[1 + _DATE_DIGITS :]
    text = b"".join(parts).replace(_OPENING_CODE, _OPENING).replace(b"E", b"e")
    if _BINARY_MARKERS[0][1] in text:
        for plain, mark in _BINARY_MARKERS:
            text = text.replace(mark, plain)
    return b"[" + text + b"]"


def _date_json(digits: bytes) -> bytes:
    at = (digits[:4], digits[4:6], digits[6:8], digits[8:10], digits[10:12], digits[12:])
    return b'"%b:%b:%b %b:%b:%b"' % at


# All tags of one image as a small blob and a shape that many images share.
#
# The shape says which tags there are, in which order, of what type and how each is written; the
# blob has only what differs from picture to picture: JSON, mostly of digits, in half bytes, or
# deflated with a preset dictionary. A text that stands in table value is written as its number
# there.

_DEFLATED_HEADER, _NIBBLES_HEADER = b"\x02", b"\x03"
"""How a blob begins. The first version's are brought over by a migration."""
_COMMA: Final = b","
_DEFLATE_LEVEL: Final = 6
_RAW_DEFLATE: Final = -15
_WINDOW_BITS: Final = 12
_MEMORY_LEVEL: Final = 4
"""A compressor is copied for each image: with zlib's defaults, a quarter of a megabyte. Without
its shortest matches, numbers take two bytes less."""

TagRow: TypeAlias = "tuple[int, int, str, int, TagValue, str]"
"""Tag id, number in its IFD, TIFF type, count, value, raw."""
Slot: TypeAlias = tuple[int, int, str, int, int, int]
"""Tag id, number, type, how the count is known, how the value is written, whether raw is."""
Shape: TypeAlias = tuple[Slot, ...]

COUNT_IS_LENGTH, COUNT_IS_LENGTH_PLUS_ONE, COUNT_STORED = -1, -2, -3
"""A count that is the value's length; that and one, for TIFF's NUL; one written in the blob."""
PLAIN, TEXT, QUOTIENT = 0, 1, 2
"""A value as it is; texts, each as it is or by its number; a value that follows from raw."""
_SIZED_TYPES: Final = (str, list)
_MAX_COUNT: Final = 64
"""Larger counts differ from image to image, so shapes do not have them."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class BlobError(ValueError):
    """The bytes are not a blob of this version, or do not fit their shape."""


# ------------------------------------------------------------------------------ writing


def slot_of(row: TagRow, cells: list[Any], refer: Callable[[int, str], int | str]) -> Slot:
    """The row's slot; what the blob keeps of it is appended to `cells`.

    `refer` gives a text's number in table value, or the text itself.
    """
    tag_id, number, kind, count, value, raw = row
    if isinstance(value, str):
        cells.append(refer(tag_id, value))
        form = TEXT
    elif raw and _is_quotient(raw, value):
        cells.append(raw)
        return tag_id, number, kind, _count(count, value, cells), QUOTIENT, 0
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        cells.append([refer(tag_id, part) for part in value])  # type: ignore[arg-type]
        form = TEXT
    else:
        cells.append(value)
        form = PLAIN
    known = _count(count, value, cells)
    if raw:
        cells.append(raw)
    return tag_id, number, kind, known, form, 1 if raw else 0


def _count(count: int, value: TagValue, cells: list[Any]) -> int:
    if isinstance(value, _SIZED_TYPES):
        over = count - len(value)
        if over == 0 or over == 1:  # noqa: PLR1714 - quicker than a set
            return COUNT_IS_LENGTH_PLUS_ONE if over else COUNT_IS_LENGTH
    if 0 <= count <= _MAX_COUNT:
        return count
    cells.append(count)
    return COUNT_STORED


def _is_quotient(raw: str, value: TagValue) -> bool:
    found = _quotients(raw)
    return type(found) is type(value) and found == value and not _has_type_mismatch(found, value)


def _has_type_mismatch(found: TagValue, value: TagValue) -> bool:
    """Whether equal lists hold an integer for a float somewhere."""
    if not isinstance(found, list) or not isinstance(value, list):
        return False
    return any(type(one) is not type(other) for one, other in zip(found, value, strict=True))


@lru_cache(maxsize=1 << 16)
def _quotients(raw: str) -> TagValue | None:
    """`1/250` as a number, several as a list, as the reader makes them; else None."""
    try:
        parts = [_quotient(*map(int, part.split("/"))) for part in raw.split(" ")]
    except (ValueError, TypeError, OverflowError):
        return None
    if any(part is None for part in parts):
        return None
    return parts if len(parts) > 1 else parts[0]  # type: ignore[return-value]


def _quotient(number: int, under: int) -> int | float | None:
    if not under:
        return None
    value = number / under
    return int(value) if value.is_integer() else value


def pack(cells: Sequence[object]) -> bytes:
    """The blob of what `slot_of` left."""
    text = _to_json(cells)
    codes = encode_nibbles(_COMMA + text[1:-1])
    if codes is not None:
        return pack_codes((codes,))
    deflate = _compressor().copy()
    return _DEFLATED_HEADER + deflate.compress(text) + deflate.flush()


def codes_of(cells: Sequence[object]) -> bytes | None:
    """The blob's part for some cells; None if only the whole blob can be decoded."""
    if len(cells) == 1 and type(cells[0]) is int and cells[0] >= 0:
        return b"a%d" % cells[0]
    return encode_nibbles(_COMMA + _to_json(cells)[1:-1])


def pack_codes(codes: Iterable[bytes]) -> bytes:
    """The blob of all cells from what `codes_of` gives of each."""
    return _NIBBLES_HEADER + pack_nibbles(b"".join(codes))


@cache
def _compressor() -> _Compress:
    return zlib.compressobj(
        _DEFLATE_LEVEL,
        zlib.DEFLATED,
        -_WINDOW_BITS,
        _MEMORY_LEVEL,
        zlib.Z_FILTERED,
        cell_dictionary(),
    )


def _to_json(cells: Sequence[object]) -> bytes:
    try:
        text = _encode(cells)
    except (UnicodeEncodeError, OverflowError, ValueError):
        return _to_json_stdlib(cells)
    # msgspec writes NaN and the infinities as null; the standard library keeps them.
    return _to_json_stdlib(cells) if b"null" in text else text


def _to_json_stdlib(cells: Sequence[object]) -> bytes:
    return json.dumps(cells, separators=(",", ":")).encode()


# ------------------------------------------------------------------------------ reading


def shape_json(shape: Shape) -> bytes:
    """The shape as its table has it."""
    return _to_json_stdlib(shape)


@lru_cache(maxsize=1 << 14)
def shape_of(text: bytes) -> Shape:
    """What `shape_json` was given.

    Raises:
        BlobError: the bytes are damaged.

    """
    try:
        return tuple(
            (int(tag_id), int(number), str(kind), int(count), int(form), int(has_raw))
            for tag_id, number, kind, count, form, has_raw in json.loads(text)
        )
    except (ValueError, TypeError, IndexError) as error:
        raise BlobError(f"A shape is damaged: {error}") from error


def cells_of(blob: bytes) -> list[Any]:
    """What `pack` was given.

    Raises:
        BlobError: the bytes are damaged or of another version.

    """
    return decode_json(blob_to_json(blob))


def blob_to_json(blob: bytes) -> bytes:
    """The cells as JSON.

    Raises:
        BlobError: the bytes are damaged or of another version.

    """
    head = blob[:1]
    try:
        if head == _NIBBLES_HEADER:
            return unpack_nibbles(blob[1:])
        if head == _DEFLATED_HEADER:
            return _inflated(blob[1:])
    except (zlib.error, IndexError) as error:
        raise BlobError(f"Stored tags are damaged: {error}") from error
    raise BlobError("Stored tags have a form that this program does not know.")


def decode_json(text: bytes) -> list[Any]:
    """The cells of their JSON.

    Raises:
        BlobError: it is none.

    """
    try:
        return _from_json(text)
    except ValueError as error:
        raise BlobError(f"Stored tags are damaged: {error}") from error


def _inflated(deflated: bytes) -> bytes:
    stream = zlib.decompressobj(_RAW_DEFLATE, zdict=cell_dictionary())
    return stream.decompress(deflated)


def _from_json(text: bytes) -> list[Any]:
    try:
        cells = _decode(text)
    except ValueError:
        cells = json.loads(text)
    if not isinstance(cells, list):
        raise ValueError("no list")  # noqa: TRY004 - one kind of damage like the others
    return cells


def unpack(shape: Shape, cells: Sequence[Any], texts: Mapping[int, str]) -> list[TagRow]:
    """The tags, in their order. `texts` has the values behind all numbers of texts.

    Raises:
        BlobError: the cells do not fit the shape, or a text is missing.

    """
    try:
        return list(_rows(shape, iter(cells), texts))
    except (RuntimeError, KeyError, TypeError) as error:
        raise BlobError(f"Stored tags are damaged: {error!r}") from error


def _rows(shape: Shape, cells: Iterator[Any], texts: Mapping[int, str]) -> Iterator[TagRow]:
    for tag_id, number, kind, known, form, has_raw in shape:
        value: Any = next(cells)
        raw = ""
        if form == TEXT:
            value = _read_text(value, texts)
        elif form == QUOTIENT:
            raw, value = value, _copy_list(_quotients(value))
        count = known
        if known < 0:
            count = next(cells) if known == COUNT_STORED else len(value) - 1 - known
        if has_raw:
            raw = next(cells)
        yield tag_id, number, kind, count, value, raw


def _read_text(value: Any, texts: Mapping[int, str]) -> Any:  # noqa: ANN401 - from JSON
    if isinstance(value, list):
        return [texts[part] if isinstance(part, int) else part for part in value]
    return texts[value] if isinstance(value, int) else value


def _copy_list(value: TagValue | None) -> TagValue | None:
    """Lists are the caller's to change."""
    return [*value] if isinstance(value, list) else value


@lru_cache(maxsize=1 << 14)
def cell_positions(shape: Shape) -> tuple[tuple[int, int, int], ...]:
    """Tag id, place in the cells and form of each tag."""
    found, at = [], 0
    for tag_id, _, _, known, form, has_raw in shape:
        found.append((tag_id, at, form))
        at += 1 + (known == COUNT_STORED) + has_raw
    return tuple(found)


def as_stored(cell: Any, form: int) -> Any:  # noqa: ANN401 - from JSON
    """A cell's value, but texts in table value are left as their numbers."""
    return _copy_list(_quotients(cell)) if form == QUOTIENT else cell


def references(shape: Shape, cells: Sequence[Any]) -> Iterator[int]:
    """The numbers of texts that the cells hold."""
    for _, at, form in cell_positions(shape):
        if form == TEXT and at < len(cells):
            cell = cells[at]
            for part in cell if isinstance(cell, list) else (cell,):
                if isinstance(part, int):
                    yield part
