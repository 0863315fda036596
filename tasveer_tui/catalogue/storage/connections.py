"""SQLite connections to one file: one a thread and a use, and all of them closed together."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
import weakref
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import peewee

from tasveer_tui.catalogue.storage import sql_functions
from tasveer_tui.catalogue.storage.sort_cache import SortCache

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

BUSY_TIMEOUT_S: Final = 15.0
_CACHE_KIB: Final = 64 * 1024
_CHECKPOINT_PAGES: Final = 16_000
"""Of 4 KiB; many images change the same pages, which are then copied back once."""
_JOURNAL_BYTES: Final = 64 << 20
"""The write-ahead log is cut back to this after a checkpoint."""

_CLOSE_TIMEOUT_S: Final = 3.0
_INTERRUPT_INTERVAL_S: Final = 0.02

_PRAGMAS: Final = (
    ("foreign_keys", 1),
    ("synchronous", 1),  # NORMAL: with WAL, a power cut may lose the last commits, never more
    ("temp_store", 2),  # memory
    ("cache_size", -_CACHE_KIB),
    ("journal_size_limit", _JOURNAL_BYTES),
)


class Connection(sqlite3.Connection):
    """A connection that its users hold while they use it, so nobody closes it under them."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.in_use = threading.RLock()
        self.stops = 0
        """How often it was interrupted, be it between two statements, when SQLite forgets it."""
        self.orders: SortCache | None = None
        """What all readers of the catalogue share."""

    def interrupt(self) -> None:
        """Stop what runs; for any thread to call."""
        self.stops += 1
        super().interrupt()

    def end(self) -> None:
        """Interrupt what runs and close as soon as nobody holds the connection.

        Waits for a few seconds at most.
        """
        deadline_s = time.monotonic() + _CLOSE_TIMEOUT_S
        is_mine = False
        while not is_mine and time.monotonic() < deadline_s:
            try:
                self.interrupt()
            except sqlite3.ProgrammingError:
                return  # its thread closed it first
            is_mine = self.in_use.acquire(timeout=_INTERRUPT_INTERVAL_S)
        self.close()
        if is_mine:
            self.in_use.release()


def hold_open(connection: sqlite3.Connection) -> AbstractContextManager[object]:
    """Inside this, nobody else closes the connection."""
    return connection.in_use if isinstance(connection, Connection) else nullcontext()


class ConnectionRegistry:
    """The open connections of one catalogue, by the thread that uses them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[tuple[weakref.ref[threading.Thread], Connection]] = []
        self._shared: list[Connection] = []
        self.is_closed = False

    def add(self, connection: Connection) -> None:
        """Keep a connection of the calling thread; those of threads that ended are closed."""
        with self._lock:
            self._refuse_if_closed(connection)
            self._drop_orphans()
            self._open.append((weakref.ref(threading.current_thread()), connection))

    def share(self, connection: Connection) -> None:
        """Register a connection that several threads share, one at a time."""
        with self._lock:
            self._refuse_if_closed(connection)
            self._shared.append(connection)

    def close(self) -> None:
        """Interrupt and close all connections, even those in use."""
        with self._lock:
            self.is_closed = True
            connections = [*self._shared, *(connection for _, connection in self._open)]
            self._open, self._shared = [], []
        for connection in connections:
            connection.end()

    def _refuse_if_closed(self, connection: Connection) -> None:
        if self.is_closed:
            connection.close()
            raise sqlite3.ProgrammingError("it was closed")

    def _drop_orphans(self) -> None:
        kept = []
        for owner, connection in self._open:
            thread = owner()
            if thread is not None and thread.is_alive():
                kept.append((owner, connection))
            else:
                connection.close()
        self._open = kept


class Database(peewee.SqliteDatabase):
    """peewee's database for models and ordinary queries; a connection a thread."""

    def __init__(self, path: Path, register: ConnectionRegistry) -> None:
        super().__init__(
            str(path),
            pragmas=_PRAGMAS,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=False,
            factory=Connection,
        )
        self._registry = register

    def rows(self, query: peewee.Query) -> list[tuple[Any, ...]]:
        """The rows that a query of unbound models yields here."""
        return list(query.bind(self).tuples())

    def run(self, query: peewee.Query) -> int:
        """Execute an insert or an update; the new row's id, or how many rows changed."""
        return int(query.bind(self).execute())

    def raw(self) -> Connection:
        """The calling thread's connection, for plain SQL."""
        connection: Connection = self.connection()  # type: ignore[no-untyped-call]
        return connection

    def rollback(self) -> None:
        """Undo the transaction; SQLite has done so itself where the disk is full."""
        if self.raw().in_transaction:
            super().rollback()

    def _connect(self) -> Connection:
        connection: Connection = super()._connect()  # type: ignore[misc]
        self._registry.add(connection)
        return connection


class ReaderConnections:
    """Connections that cannot write, for searches; a connection a thread."""

    def __init__(self, path: Path, register: ConnectionRegistry) -> None:
        self._path = path
        self._registry = register
        self._local = threading.local()
        self._sort_cache = SortCache()

    def get(self) -> Connection:
        """The calling thread's connection. `interrupt()` on it is for any thread to call."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._registry.is_closed:
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> Connection:
        connection = _connect(self._path)
        self._registry.add(connection)
        sql_functions.register(connection)
        connection.execute("PRAGMA query_only = 1")
        if _is_bounded(connection) and _has_temporary_files():
            connection.execute("PRAGMA temp_store = 0")  # as it was built: files
        connection.orders = self._sort_cache
        return connection


def open_writer(path: Path, register: ConnectionRegistry) -> Connection:
    """The recorder's own connection; the caller holds the recorder's lock."""
    connection = _connect(path)
    register.share(connection)
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return connection


def _connect(path: Path) -> Connection:
    """A connection that any thread may use, one at a time, in autocommit."""
    connection = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
    )
    try:
        for name, value in _PRAGMAS:
            connection.execute(f"PRAGMA {name} = {value}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def limit_page_cache(max_bytes: int) -> None:
    """Bound the pages that SQLite keeps for all connections of this process together.

    For a process that only reads: over a million images as quick as with a cache for each
    thread, and 18 MB less for each thread that searches. Connections for searches that are
    opened afterwards sort what is more than that in temporary files, not in memory: 40 MB less
    for a million images, at the same CPU.
    """
    connection = sqlite3.connect(":memory:")
    connection.execute(f"PRAGMA soft_heap_limit = {max_bytes}")
    connection.close()


def _is_bounded(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA soft_heap_limit").fetchone()[0])


def _has_temporary_files() -> bool:
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return False
    return True
