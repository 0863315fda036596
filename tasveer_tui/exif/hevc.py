"""How large HEVC's pictures are as coded: cameras write more rows than they say the picture has."""

from typing import Final

_ARRAYS_AT = 22
"""In a decoder's configuration: how many kinds of parameter sets follow."""
_SEQUENCE_SET = 33
_KIND = 0x3F
_MOST_SETS = 16
_HEADER = 2
"""Before a set's bits."""
_LARGEST_SET = 256
_PROFILE_BITS, _LEVEL_BITS = 88, 8
_SUB_LAYERS = 8
_LONGEST_NUMBER = 32
_LEAST_SIDE, _MOST_SIDE = 1, 1 << 16
_CHROMA_STEPS: Final = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}
"""Columns and rows that share a colour, by the format of chroma."""


class _Bits:
    """Bits from the highest of the first byte on; ValueError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """A number of `count` bits."""
        self._left -= count
        if self._left < 0:
            raise ValueError("The bits end early.")
        return self._number >> self._left & (1 << count) - 1

    def golomb(self) -> int:
        """A number that says by zeros in front how long it is."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _LONGEST_NUMBER:
                raise ValueError("The number is too long.")
        return (1 << zeros | self.take(zeros)) - 1


def coded_size(configuration: bytes) -> tuple[int, int]:
    """Width and height by `hvcC`. ValueError or IndexError where it does not say."""
    at = _ARRAYS_AT + 1
    for _ in range(min(configuration[_ARRAYS_AT], _MOST_SETS)):
        kind = configuration[at] & _KIND
        count = int.from_bytes(configuration[at + 1 : at + 3], "big")
        at += 3
        for _ in range(min(count, _MOST_SETS)):
            length = int.from_bytes(configuration[at : at + 2], "big")
            if kind == _SEQUENCE_SET:
                return _size(configuration[at + 2 : at + 2 + min(length, _LARGEST_SET)])
            at += 2 + length
    raise ValueError("There is no sequence parameter set.")


def _size(data: bytes) -> tuple[int, int]:
    # A 3 behind two zeros only keeps them from looking like a start.
    bits = _Bits(data[_HEADER:].replace(b"\0\0\3", b"\0\0"))
    bits.take(4)
    _skip_profile(bits, bits.take(3))
    bits.golomb()
    chroma = bits.golomb()
    if chroma not in _CHROMA_STEPS:
        raise ValueError("There is no such format of chroma.")
    bits.take(1 if chroma == max(_CHROMA_STEPS) else 0)
    width, height = bits.golomb(), bits.golomb()
    if bits.take(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        columns, rows = _CHROMA_STEPS[chroma]
        width -= columns * (left + right)
        height -= rows * (top + bottom)
    if not (_LEAST_SIDE <= width < _MOST_SIDE and _LEAST_SIDE <= height < _MOST_SIDE):
        raise ValueError("The picture has no possible size.")
    return width, height


def _skip_profile(bits: _Bits, layers: int) -> None:
    """Which decoder it takes, for the whole and for each layer below."""
    bits.take(1 + _PROFILE_BITS + _LEVEL_BITS)
    if not layers:
        return
    present = [(bits.take(1), bits.take(1)) for _ in range(_SUB_LAYERS)][:layers]
    for has_profile, has_level in present:
        bits.take(has_profile * _PROFILE_BITS + has_level * _LEVEL_BITS)
