"""PNG's text chunks: plain texts, XMP, and the profiles that older programs hid in them."""

import re
import zlib
from typing import Final

from tasveer_tui.exif.budget import MIB, Meter, OverBudgetError
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Memory
from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag

_XMP_KEYWORD: Final = b"XML:com.adobe.xmp"
_RAW_PROFILE: Final = b"Raw profile type "
_EXIF_HEADER: Final = b"Exif\0\0"
_XMP_HEADER: Final = b"http://ns.adobe.com/xap/1.0/\0"
_NOT_HEX: Final = re.compile(rb"[^0-9A-Fa-f]")
_NOT_A_NAME: Final = re.compile(r"[^-\w]+")
_LONGEST_TEXT = 4096
_LARGEST = MIB


def inflate(data: bytes, found: Found, meter: Meter) -> bytes:
    """Inflated `data`; empty, with a note, where it is broken or grows too large."""
    try:
        limit = min(meter.inflatable(), _LARGEST)
        inflated = zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        found.damage("A compressed PNG chunk is broken.")
        return b""
    except OverBudgetError as error:
        found.over_budget(str(error))
        return b""
    meter.inflated_bytes += len(inflated)
    if len(inflated) < limit:
        return inflated
    found.over_budget(f"A PNG chunk inflates to more than {limit:,} bytes.")
    return b""


def profile(data: bytes, found: Found, meter: Meter) -> None:
    """An iCCP chunk: a name, a method, the compressed profile."""
    packed = data.partition(b"\0")[2][1:]
    found.icc.append(Memory(inflate(packed, found, meter)))


def text(name: bytes, data: bytes, found: Found, meter: Meter) -> None:
    """A tEXt, zTXt or iTXt chunk."""
    keyword, _, body = data.partition(b"\0")
    if name == b"zTXt":
        body = inflate(body[1:], found, meter)
    elif name == b"iTXt":
        body = _international(body, found, meter)
    if not body:
        return
    if keyword == _XMP_KEYWORD:
        found.xmp.append(Memory(body))
    elif keyword.startswith(_RAW_PROFILE):
        _raw_profile(keyword[len(_RAW_PROFILE) :], body, found)
    else:
        value = plain(body[:_LONGEST_TEXT])
        found.tags.append(Tag("PNG", _named(plain(keyword)), value=value))


def _international(body: bytes, found: Found, meter: Meter) -> bytes:
    """Behind two flags, a language and a translated keyword."""
    is_packed = body[:1] == b"\1"
    packed = body[2:].partition(b"\0")[2].partition(b"\0")[2]
    return inflate(packed, found, meter) if is_packed else packed


def _raw_profile(kind: bytes, body: bytes, found: Found) -> None:
    """A name, a length that may be wrong, and the profile in hexadecimal digits."""
    digits = _NOT_HEX.sub(b"", body.strip().partition(b"\n")[2].strip().partition(b"\n")[2])
    data = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    if data.startswith(_XMP_HEADER):
        found.xmp.append(Memory(data[len(_XMP_HEADER) :]))
    elif kind in (b"exif", b"APP1"):
        found.blocks.append(Block(Memory(data.removeprefix(_EXIF_HEADER))))
    elif kind == b"xmp":
        found.xmp.append(Memory(data))
    elif kind in (b"iptc", b"8bim"):
        (found.resources if data.startswith(b"8BIM") else found.iptc).append(Memory(data))
    elif kind in (b"icc", b"icm"):
        found.icc.append(Memory(data))


def _named(keyword: str) -> str:
    """Exiftool's name for a keyword: `Creation Time` is CreationTime, `date:create` Datecreate."""
    words = keyword.split()
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return _NOT_A_NAME.sub("", name)[:64] or "Text"
