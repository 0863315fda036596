"""Text on its way into SQLite and into the search index, and back.

SQLite's text is UTF-8, which has no code for a lone surrogate; strangers' keys and tags hold
some. An escape that no plain text contains preserves them, so nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ESCAPE = "\U0010fffe"
_PLANE = 0x100000 - 0xD800
_LONE_SURROGATE = re.compile("[\ud800-\udfff\U0010fffe]")
_ESCAPED = re.compile(f"{_ESCAPE}(.)", re.DOTALL)
_DATE = re.compile(r"\d{4}[:-]\d\d[:-]\d\d[ T]\d\d:\d\d[\d:.Z+ -]*")
_DATE_LENGTH = 10
_MD5_DIGITS = 32
_DEFAULT_STORAGE_CLASS = "STANDARD"
_BINARY_PREFIX = "(Binary data "

MAX_INDEXED_CHARS = 1000
"""Characters of a tag's text that the index of values keeps."""


def to_stored(text: str) -> str:
    """The same text as UTF-8 can hold it; nearly always the very same."""
    if text.isascii():
        return text
    return _LONE_SURROGATE.sub(_escape, text)


def from_stored(text: str) -> str:
    """What `to_stored` was given."""
    if _ESCAPE not in text:
        return text
    return _ESCAPED.sub(_unescape, text)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return _ESCAPE + (char if char == _ESCAPE else chr(ord(char) + _PLANE))


def _unescape(match: re.Match[str]) -> str:
    char = match.group(1)
    return char if char == _ESCAPE else chr(ord(char) - _PLANE)


def pack_etag(etag: str) -> str | bytes:
    """The ETag as columns have it: an MD5 in hexadecimal, as most are, in half the room."""
    if len(etag) == _MD5_DIGITS:
        try:
            packed = bytes.fromhex(etag)
        except ValueError:
            return to_stored(etag)
        if packed.hex() == etag:  # capitals and spaces would be lost
            return packed
    return to_stored(etag)


def unpack_etag(stored: str | bytes) -> str:
    """What `packed_etag` was given."""
    return stored.hex() if isinstance(stored, bytes) else from_stored(stored)


def pack_storage_class(storage_class: str) -> str:
    """The storage class as its column has it: nearly all objects have the same."""
    return "" if storage_class == _DEFAULT_STORAGE_CLASS else to_stored(storage_class)


def unpack_storage_class(stored: str) -> str:
    """What `packed_storage` was given."""
    return from_stored(stored) if stored else _DEFAULT_STORAGE_CLASS


def fold(text: str) -> str:
    """The text as comparisons see it: no case, no accents, no NUL (where SQLite would stop)."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare).casefold().replace("\0", " ")


@lru_cache(maxsize=1 << 10)
def indexed_part(value: str) -> tuple[str, bool]:
    """The part of a tag's text that the index of values keeps, and whether that is all of it.

    A date with a time keeps its day: nearly every picture has another second, and they would
    fill the index. Binary data keeps nothing.
    """
    if value.startswith(_BINARY_PREFIX):
        return "", True
    if len(value) > MAX_INDEXED_CHARS:
        return value[:MAX_INDEXED_CHARS], False
    if value[:4].isdigit() and _DATE.fullmatch(value):
        return value[:_DATE_LENGTH], False
    return value, True


def prefix_upper_bound(prefix: str) -> str:
    """The least text above everything that starts with `prefix`; "" where there is none.

    In the order of code points, which is that of UTF-8's bytes.
    """
    head = prefix.rstrip("\U0010ffff")
    if not head:
        return ""
    code = ord(head[-1]) + 1
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - no character has these codes
        code = 0xE000
    return head[:-1] + chr(code)
