"""Encoded thumbnails on disk, up to a number of bytes. Blocks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from tasveer_tui.records import Source

MAX_CACHE_BYTES: Final = 64 << 20
WRITES_PER_PRUNE: Final = 200
"""Thumbnails written before the size of the cache is checked again."""


class ThumbnailCache:
    """Evicts the least recently used first. If the folder cannot be written, it caches nothing."""

    def __init__(self, folder: Path, max_bytes: int = MAX_CACHE_BYTES) -> None:
        """Create nothing yet."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._write_count = 0
        self._lock = threading.Lock()

    def get(self, source: Source, key: str, etag: str) -> bytes | None:
        """The thumbnail of this version of an object, or None."""
        path = self._path(source, key, etag)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, source: Source, key: str, etag: str, data: bytes) -> None:
        """Add a thumbnail."""
        path = self._path(source, key, etag)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(path)
        with self._lock:
            self._write_count += 1
            is_due = self._write_count % WRITES_PER_PRUNE == 1
        if is_due:
            self._prune()

    def _path(self, source: Source, key: str, etag: str) -> Path:
        identity = f"{source.endpoint}\0{source.bucket}\0{key}\0{etag}"
        name = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / name[:2] / name[2:34]

    def _prune(self) -> None:
        """Remove the least recently used until four fifths of the limit are used."""
        files = []
        with contextlib.suppress(OSError):
            for path in self._folder.glob("??/*"):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return
        for _, size, path in sorted(files):
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
            if total <= self._max_bytes * 4 // 5:
                return
