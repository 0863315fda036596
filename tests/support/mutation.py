"""Files damaged in the ways in which files are damaged, and as an attacker would: seeded."""

import random
from collections.abc import Callable
from typing import Final, TypeAlias

Mutate: TypeAlias = Callable[[random.Random, bytearray], None]

_EXTREME_NUMBERS: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000)
_WIDTHS: Final = (1, 2, 4, 8)
_HEAD_LENGTHS: Final = (64, 512, 4096)
"""Metadata stands at the beginning of most files: half of the damage is done there."""
_MAX_CHANGED_BYTES = 100
_MAX_SLICE_BYTES = 2_000


def _random_offset(source: random.Random, data: bytearray) -> int:
    return source.randrange(min(len(data), source.choice((*_HEAD_LENGTHS, len(data)))))


def _change_bytes(source: random.Random, data: bytearray) -> None:
    """Single bytes changed, as by a bad disk."""
    for _ in range(source.choice((1, 2, 5, 20, _MAX_CHANGED_BYTES))):
        data[_random_offset(source, data)] = source.randrange(256)


def _write_extreme_numbers(source: random.Random, data: bytearray) -> None:
    """Counts, lengths and offsets that are as small or large as they can be."""
    for _ in range(source.choice((1, 2, 5, 20))):
        at, width = _random_offset(source, data), source.choice(_WIDTHS)
        number = source.choice((*_EXTREME_NUMBERS, (1 << 8 * width) - 1, len(data), at))
        order = source.choice(("little", "big"))
        data[at : at + width] = (number % (1 << 8 * width)).to_bytes(width, order)


def _swap_byte_order(source: random.Random, data: bytearray) -> None:
    """Numbers in the wrong byte order."""
    for _ in range(source.choice((1, 2, 5))):
        at, width = _random_offset(source, data), source.choice(_WIDTHS[1:])
        data[at : at + width] = data[at : at + width][::-1]


def _truncate(source: random.Random, data: bytearray) -> None:
    """The end is missing."""
    del data[_random_offset(source, data) :]


def _delete_slice(source: random.Random, data: bytearray) -> None:
    """A piece of the middle is missing."""
    at = _random_offset(source, data)
    del data[at : at + source.randrange(1, _MAX_SLICE_BYTES)]


def _duplicate_slice(source: random.Random, data: bytearray) -> None:
    """A piece stands there twice."""
    at, start = _random_offset(source, data), _random_offset(source, data)
    data[at:at] = data[start : start + source.randrange(_MAX_SLICE_BYTES)]


def _zero_block(source: random.Random, data: bytearray) -> None:
    """A block was never written."""
    at = _random_offset(source, data)
    length = min(source.choice((16, 512, 4096)), len(data) - at)
    data[at : at + length] = bytes(length)


def _repeat_slice(source: random.Random, data: bytearray) -> None:
    """One byte string again and again: nesting, loops, long chains."""
    at, width = _random_offset(source, data), source.choice((4, 8, 12, 64))
    data[at:at] = bytes(data[at : at + width]) * source.randrange(1, 200)


_MUTATIONS: Final[tuple[Mutate, ...]] = (
    _change_bytes,
    _write_extreme_numbers,
    _write_extreme_numbers,
    _swap_byte_order,
    _truncate,
    _delete_slice,
    _duplicate_slice,
    _zero_block,
    _repeat_slice,
)


def corrupt(source: random.Random, data: bytes) -> bytes:
    """`data`, which is not empty, damaged in one to three ways."""
    out = bytearray(data)
    for mutate in source.sample(_MUTATIONS, source.choice((1, 1, 2, 3))):
        if out:
            mutate(source, out)
    return bytes(out)


def join_head_and_tail(source: random.Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: source.randrange(len(data))] + other[source.randrange(len(other)) :]
