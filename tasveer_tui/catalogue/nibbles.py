"""A short JSON list of numbers, dates and fractions, half a byte for each of its characters.

What an image's tags leave for its own blob is mostly digits: half the time of deflating them,
and a quarter fewer bytes. The text that comes back is the very same.
"""

from __future__ import annotations

import re
from binascii import hexlify, unhexlify
from typing import Final

_CHARACTERS: Final = b'0123456789,."/-:[] eT+'
_DATE: Final = re.compile(rb'"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d"')
_AROUND_DIGITS: Final = b'": '
_DIGITS: Final = 14
"""Of a date with its time."""

# Codes are hexadecimal digits; `f` begins one of two, and at the end it fills the last byte.
_PLAIN: Final = bytes.maketrans(b',./"', b"acde")
_OF_PLAIN: Final = bytes.maketrans(b"acde", b',./"')
_OPENING, _OPENING_CODE = b',"', b"b"
_FIRST_CODE: Final = b"f"
_RARE: Final = ((b"[", b"f0"), (b"]", b"f1"), (b" ", b"f2"), (b":", b"f3"), (b"-", b"f4"),
                (b"E", b"f5"), (b"T", b"f6"), (b"+", b"f7"))  # fmt: skip
_DATE_CODE, _AGAIN_CODE = b"f8", b"f9"
"""The first date and its time, by their digits, and the same again."""
_OF_RARE: Final = {code[1]: plain for plain, code in _RARE}
_AGAIN: Final = ord("9")
_USUAL: Final = b'0123456789b,./"'
_HERE: Final = b"D"


def packed(text: bytes) -> bytes | None:
    """The list in fewer bytes; None where it has other characters than these."""
    if text.translate(None, _CHARACTERS):
        return None
    text = text[1:-1].replace(b"e", b"E")
    found = _DATE.search(text)
    date = found.group() if found else b""
    if found:
        text = text[: found.start()] + _HERE + text[found.end() :].replace(date, _AGAIN_CODE)
    text = text.replace(_OPENING, _OPENING_CODE)
    if text.translate(None, _USUAL):
        for plain, code in _RARE:
            text = text.replace(plain, code)
        text = text.replace(_HERE, _DATE_CODE + date.translate(None, _AROUND_DIGITS))
    text = text.translate(_PLAIN)
    return unhexlify(text + _FIRST_CODE if len(text) % 2 else text)


def unpacked(packed_text: bytes) -> bytes:
    """The list.

    Raises:
        IndexError: the bytes are damaged; not all damage is found.

    """
    parts = hexlify(packed_text).translate(_OF_PLAIN).split(_FIRST_CODE)
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    date = b""
    for place, part in enumerate(parts[1:], start=1):
        rare = _OF_RARE.get(part[0])
        if rare is not None:
            parts[place] = rare + part[1:]
        elif part[0] == _AGAIN:
            parts[place] = date + part[1:]
        else:
            date = _date(part[1 : 1 + _DIGITS])
            parts[place] = date + part[1 + _DIGITS :]
    text = b"".join(parts).replace(_OPENING_CODE, _OPENING).replace(b"E", b"e")
    return b"[" + text + b"]"


def _date(digits: bytes) -> bytes:
    at = (digits[:4], digits[4:6], digits[6:8], digits[8:10], digits[10:12], digits[12:])
    return b'"%b:%b:%b %b:%b:%b"' % at
