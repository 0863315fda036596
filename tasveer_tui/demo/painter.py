"""Paints the bucket's objects in several processes, and caches them for the next start.

`PainterPool` starts `python -m tasveer_tui.demo.painter SHARE SHARES` several times. Each process
paints every SHARES-th object and writes it to its output.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tasveer_tui.child_process import ChildProcess
from tasveer_tui.decoding import decoder
from tasveer_tui.demo.bucket import demo_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

_log = logging.getLogger(__name__)

_MAX_PAINTERS = 4
_END_TIMEOUT_S = 10.0
"""For a painter that has closed its output."""
_CACHE_SUFFIX = ".bucket"
_PARTIAL_SUFFIX = ".part"
_STALE_AFTER_S = 3600


class PaintedObject(NamedTuple):
    """An object of the bucket, complete with its bytes."""

    key: str
    data: bytes
    content_type: str
    modified_at: float


class PainterPool:
    """The processes that paint; they start when the pool is made."""

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
        raise RuntimeError(f"A painter process ended with exit code {code}.")


def encode_object(painted: PaintedObject) -> bytes:
    """An object as written to a pipe or the cache: a length of 4 bytes, then MessagePack."""
    message = msgspec.msgpack.encode(painted)
    return len(message).to_bytes(4, "big") + message


def decode_objects(stream: IO[bytes]) -> Iterator[PaintedObject]:
    """The objects of a stream. Raises msgspec.MsgspecError if it is damaged."""
    # A decoder of its own: several streams are read in parallel.
    message_decoder = msgspec.msgpack.Decoder(decoder(PaintedObject).type)
    while head := stream.read(4):
        yield message_decoder.decode(stream.read(int.from_bytes(head, "big")))


def cache_path() -> Path:
    """The cache file for this source code and this version of Pillow."""
    import PIL
    from platformdirs import user_cache_path

    digest = hashlib.sha256(PIL.__version__.encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return user_cache_path("tasveer-tui") / f"demo-{digest.hexdigest()[:16]}{_CACHE_SUFFIX}"


def load_cached(path: Path, put: Callable[[PaintedObject], None], count: int) -> bool:
    """Call `put` with every cached object; False unless the cache has `count` valid ones."""
    try:
        with path.open("rb") as stream:
            objects = list(decode_objects(stream))
    except (OSError, msgspec.MsgspecError):
        return False
    if len(objects) != count:
        return False
    for painted in objects:
        put(painted)
    return True


@contextmanager
def open_cache_writer(path: Path) -> Iterator[Callable[[PaintedObject], None]]:
    """A function that writes an object to the cache; the file appears when the block ends.

    The cache is optional: if it cannot be written, that is only logged.
    """
    temporary = path.with_suffix(f".{os.getpid()}{_PARTIAL_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = temporary.open("wb")
    except OSError as error:
        _log.info("The demo's photographs are not cached: %s", error)
        yield lambda _: None
        return
    try:
        with stream:
            yield lambda painted: _write_object(stream, painted)
        temporary.replace(path)
        _remove_stale(path)
    except OSError as error:
        _log.info("The demo's photographs are not cached: %s", error)
    finally:
        temporary.unlink(missing_ok=True)


def _write_object(stream: IO[bytes], painted: PaintedObject) -> None:
    stream.write(encode_object(painted))


def _remove_stale(path: Path) -> None:
    """Remove the caches of other versions, and unfinished files."""
    for other in path.parent.glob("demo-*"):
        is_old = other.stat().st_mtime < time.time() - _STALE_AFTER_S
        if other != path and (
            other.suffix == _CACHE_SUFFIX or (other.suffix == _PARTIAL_SUFFIX and is_old)
        ):
            other.unlink(missing_ok=True)


def _paint_share(stream: IO[bytes], share: int, shares: int) -> None:
    for recipe in demo_objects()[share::shares]:
        data = recipe.make(recipe.shot)
        stream.write(
            encode_object(PaintedObject(recipe.key, data, recipe.content_type, recipe.modified_at))
        )
        stream.flush()


if __name__ == "__main__":
    # The server may end before the objects are painted.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _paint_share(sys.stdout.buffer, int(sys.argv[1]), int(sys.argv[2]))
