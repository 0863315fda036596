"""Untrusted bytes as text: detects the encoding and the end."""

_COMMENT_HEADER_BYTES = 8


def decode_text(data: bytes) -> str:
    """Up to the first NUL, as UTF-8 if it is that, else as Latin-1."""
    data = data.partition(b"\0")[0]
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_utf16_le(data: bytes) -> str:
    """What Windows writes: UTF-16, little-endian, up to the first NUL."""
    return data.decode("utf-16-le", "replace").partition("\0")[0]


def decode_utf16(data: bytes) -> str:
    """UTF-16 in the byte order that gives sensible text, regardless of the declaration."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").partition("\0")[0]
    is_big = data[0::2].count(0) > data[1::2].count(0)
    return data.decode("utf-16-be" if is_big else "utf-16-le", "replace").partition("\0")[0]


def decode_comment(data: bytes) -> str:
    """Text behind an 8-byte name of its encoding, as in UserComment."""
    name = data[:_COMMENT_HEADER_BYTES].rstrip(b"\0 ")
    rest = data[_COMMENT_HEADER_BYTES:]
    if len(data) < _COMMENT_HEADER_BYTES:
        return decode_text(data)
    if name == b"UNICODE":
        return decode_utf16(rest).rstrip(" ")
    if name == b"JIS":
        return _decode_jis(rest).rstrip(" ")
    if name == b"ASCII" or data[0] == 0 or not name:
        return decode_text(rest).rstrip(" ")
    return decode_text(data).rstrip(" ")


def _decode_jis(data: bytes) -> str:
    for encoding in ("iso2022_jp", "euc_jp"):
        try:
            return data.decode(encoding).partition("\0")[0]
        except UnicodeDecodeError:
            continue
    return decode_text(data)


def is_printable(data: bytes) -> bool:
    """Whether bytes of no known kind are plain text, but for NULs at the end."""
    return data.rstrip(b"\0 ").isascii() and data.rstrip(b"\0").decode("latin-1").isprintable()
