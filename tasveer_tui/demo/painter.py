"""Paints the bucket in several processes: each writes its share of the objects to its pipe.

Run as `python -m tasveer_tui.demo.painter SHARE SHARES` by `Painters`, never by a person.
"""

from __future__ import annotations

import contextlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tasveer_tui.child_process import ChildProcess
from tasveer_tui.decoding import decoder
from tasveer_tui.demo.bucket import demo_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

_MAX_PAINTERS = 4
_END_TIMEOUT_S = 10.0
"""For a painter that has closed its output."""


class PaintedObject(NamedTuple):
    """An object as it will lie in the bucket."""

    key: str
    data: bytes
    content_type: str
    modified_at: float


class PainterPool:
    """The processes that paint, at work from the moment this is made."""

    def __init__(self) -> None:
        self.count = max(1, min(_MAX_PAINTERS, os.cpu_count() or 1))
        self._processes = [_start_painter(share, self.count) for share in range(self.count)]

    def collect(self, put: Callable[[PaintedObject], None]) -> None:
        """Call `put` with every object, from several threads, until all are painted."""
        with ThreadPoolExecutor(self.count) as pool:
            list(pool.map(lambda process: _read_objects(process, put), self._processes))


def _start_painter(share: int, shares: int) -> ChildProcess:
    arguments = ["-m", "tasveer_tui.demo.painter", str(share), str(shares)]
    return ChildProcess(arguments, has_input=False)


def _read_objects(painter: ChildProcess, put: Callable[[PaintedObject], None]) -> None:
    for painted in decode_objects(painter.output):
        put(painted)
    if code := painter.end(_END_TIMEOUT_S):
        raise RuntimeError(f"a painter ended with {code}")


def encode_object(painted: PaintedObject) -> bytes:
    """One object as it travels and as it is kept: a length, then MessagePack."""
    message = msgspec.msgpack.encode(painted)
    return len(message).to_bytes(4, "big") + message


def decode_objects(stream: IO[bytes]) -> Iterator[PaintedObject]:
    """Objects until the stream ends. Raises msgspec.MsgspecError where it is damaged."""
    known = decoder(PaintedObject)  # several streams are read side by side
    packed = msgspec.msgpack.Decoder(known.type)
    while head := stream.read(4):
        yield packed.decode(stream.read(int.from_bytes(head, "big")))


def _paint_share(stream: IO[bytes], share: int, shares: int) -> None:
    for recipe in demo_objects()[share::shares]:
        data = recipe.make(recipe.shot)
        stream.write(
            encode_object(PaintedObject(recipe.key, data, recipe.content_type, recipe.modified_at))
        )
        stream.flush()


if __name__ == "__main__":
    # The server that asked for the pictures may be gone before they are painted.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _paint_share(sys.stdout.buffer, int(sys.argv[1]), int(sys.argv[2]))
