"""Keeps the painted bucket in the platform's cache folder, so that it is painted only once."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tasveer_tui.demo.painter import PaintedObject, decode_objects, encode_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)

_CACHE_SUFFIX = ".bucket"
_PARTIAL_SUFFIX = ".part"
_STALE_AFTER_S = 3600


def cache_path() -> Path:
    """Where this version's bucket is kept: another program text or Pillow has another file."""
    import PIL
    from platformdirs import user_cache_path

    digest = hashlib.sha256(PIL.__version__.encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    return user_cache_path("tasveer-tui") / f"demo-{digest.hexdigest()[:16]}{_CACHE_SUFFIX}"


def load_cached(path: Path, put: Callable[[PaintedObject], None], count: int) -> bool:
    """Call `put` with every kept object; False if there are none, or not `count` sound ones."""
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
    """Write what is passed to the yielded function; appears at `path` only when complete.

    The cache is a convenience: where it cannot be written, that is logged and nothing more.
    """
    temporary = path.with_suffix(f".{os.getpid()}{_PARTIAL_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = temporary.open("wb")
    except OSError as error:
        _log.info("the demo's pictures are not kept: %s", error)
        yield lambda _: None
        return
    try:
        with stream:
            yield lambda painted: _write_object(stream.write, painted)
        temporary.replace(path)
        _remove_stale(path)
    except OSError as error:
        _log.info("the demo's pictures are not kept: %s", error)
    finally:
        temporary.unlink(missing_ok=True)


def _write_object(write: Callable[[bytes], object], painted: PaintedObject) -> None:
    write(encode_object(painted))


def _remove_stale(path: Path) -> None:
    """Remove what other versions of the program kept, and what was never finished."""
    for other in path.parent.glob("demo-*"):
        is_old = other.stat().st_mtime < time.time() - _STALE_AFTER_S
        if other != path and (
            other.suffix == _CACHE_SUFFIX or (other.suffix == _PARTIAL_SUFFIX and is_old)
        ):
            other.unlink(missing_ok=True)
