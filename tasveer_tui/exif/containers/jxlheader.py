"""The first bits of a JPEG XL codestream: how large the picture is, and how deep."""

from typing import Final

_SIGNATURE_BITS = 16
_RATIOS: Final = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
"""Width to height, where the width is not written."""
_SIDE: Final = ((1, 9), (1, 13), (1, 18), (1, 30))
_PREVIEW_SIDE: Final = ((1, 6), (65, 8), (321, 10), (1345, 12))
_PREVIEW_EIGHTHS: Final = ((16, 0), (32, 0), (1, 5), (33, 9))
_TICKS: Final = ((100, 0), (1000, 0), (1, 10), (1, 30))
_TICK_PARTS: Final = ((1, 0), (1001, 0), (1, 8), (1, 10))
_LOOPS: Final = ((0, 0), (0, 3), (0, 16), (0, 32))
_WHOLE_BITS: Final = ((8, 0), (10, 0), (12, 0), (1, 6))
_FLOAT_BITS: Final = ((32, 0), (16, 0), (24, 0), (1, 6))


class _Bits:
    """Bits from the lowest of the first byte on; zeros behind the end."""

    def __init__(self, data: bytes, start: int) -> None:
        self._rest = int.from_bytes(data, "little") >> start

    def take(self, count: int) -> int:
        value = self._rest & (1 << count) - 1
        self._rest >>= count
        return value

    def choose(self, ways: tuple[tuple[int, int], ...]) -> int:
        """A number in one of four ways: a constant, and bits that are added to it."""
        constant, count = ways[self.take(2)]
        return constant + self.take(count)


def header(data: bytes) -> tuple[int, int, int]:
    """Width, height, and bits per sample."""
    bits = _Bits(data, _SIGNATURE_BITS)
    width, height = _size(bits)
    return width, height, _depth(bits)


def _size(bits: _Bits) -> tuple[int, int]:
    if bits.take(1):
        height = (bits.take(5) + 1) * 8
        ratio = bits.take(3)
        width = 0 if ratio else (bits.take(5) + 1) * 8
    else:
        height = bits.choose(_SIDE)
        ratio = bits.take(3)
        width = 0 if ratio else bits.choose(_SIDE)
    return _wide(height, ratio) if ratio else width, height


def _wide(height: int, ratio: int) -> int:
    number, under = _RATIOS[ratio]
    return height * number // under


def _depth(bits: _Bits) -> int:
    if bits.take(1):
        return 8
    if bits.take(1):
        _skip_extras(bits)
    if bits.take(1):
        return bits.choose(_FLOAT_BITS)
    return bits.choose(_WHOLE_BITS)


def _skip_extras(bits: _Bits) -> None:
    """Orientation, intrinsic size, preview, animation."""
    bits.take(3)
    if bits.take(1):
        _size(bits)
    if bits.take(1):
        ways = _PREVIEW_EIGHTHS if bits.take(1) else _PREVIEW_SIDE
        bits.choose(ways)
        if not bits.take(3):
            bits.choose(ways)
    if bits.take(1):
        bits.choose(_TICKS)
        bits.choose(_TICK_PARTS)
        bits.choose(_LOOPS)
        bits.take(1)
