"""Many short GET requests side by side in one thread, over connections that stay open.

For the common case alone: no proxy, one short answer each. Whatever else happens is told, and
`wire` is there to try it again with care. A thread per request costs four times the CPU: they
fight for the interpreter's lock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from httptools import HttpParserError, HttpResponseParser

from tasveer_tui.s3.sdk_errors import from_http

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.s3.http_pool import Origin

MAX_RESPONSES_PER_TURN = 4
"""Answers that are worked on in a row while others arrive."""

CHECKS_PER_TIMEOUT = 16
"""At the clock, within the time that an answer may take."""

BUFFER_BYTES = 1 << 18


@dataclass(slots=True)
class GetRequest:
    """A request, and in the end its answer."""

    number: int
    """The caller's."""
    origin: Origin
    target: str
    headers: dict[str, str]
    max_body_bytes: int
    """A longer body ends the connection."""
    status: int = 0
    response_headers: dict[str, str] | None = None
    """The answer's headers, names in lower case."""
    body: bytes = b""
    exception: Exception | None = None
    """Why there is no whole answer."""

    def error(self) -> TasveerError | None:
        """The fault in the project's words."""
        return None if self.exception is None else from_http(self.exception, self.origin.url)


class AsyncPool:
    """Keeps its connections between two runs. One thread at a time, not fork-safe."""

    def __init__(self, *, timeout_s: float, tls: Callable[[], ssl.SSLContext]) -> None:
        """An answer that is not whole after `timeout_s` is given up; `tls` is for https."""
        self.timeout_s = timeout_s
        self.loop = asyncio.new_event_loop()
        self._tls = tls
        self._idle: dict[Origin, list[_Connection]] = {}
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        """What arrives lands here, for every connection: it is copied out before the next."""

    def run(
        self,
        gets: Iterable[GetRequest],
        done: Callable[[GetRequest], None],
        width: Callable[[], int],
    ) -> None:
        """Send what `gets` yields, at most `width()` at a time; `done` hears of every one.

        Both are called in this thread, `gets` only as fast as there is room. Blocks to the end.
        """
        self.loop.run_until_complete(_PoolRun(self, iter(gets), done, width).finish())

    def close(self) -> None:
        """Close every connection."""
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()
        if not self.loop.is_running():
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    def take_idle(self, origin: Origin) -> _Connection | None:
        """A connection that is there already and seems to live."""
        connections = self._idle.get(origin)
        while connections:
            connection = connections.pop()
            if connection.is_open():
                return connection
        return None

    async def connect(self, origin: Origin) -> _Connection:
        """A new connection."""
        context = self._tls() if origin.scheme == "https" else None
        _, made = await self.loop.create_connection(
            lambda: _Connection(self._buffer, self._idle.setdefault(origin, [])),
            origin.host,
            origin.port,
            ssl=context,
        )
        return made


class _PoolRun:
    """One call of `Swarm.run`. Requests are callbacks: a task for each costs a third more."""

    def __init__(
        self,
        swarm: AsyncPool,
        gets: Iterable[GetRequest],
        done: Callable[[GetRequest], None],
        width: Callable[[], int],
    ) -> None:
        self._async_pool = swarm
        self._loop = swarm.loop
        self._gets = iter(gets)
        self._done = done
        self._width = width
        self._ready = deque[GetRequest]()
        self._changed = asyncio.Event()
        self._busy = set[_Connection]()
        self._opening = set[asyncio.Task[None]]()
        self._has_more = True
        self._timer: asyncio.TimerHandle | None = None

    async def finish(self) -> None:
        """Everything, to the end."""
        self._check_deadlines()
        try:
            while self._fill() or self._ready:
                if not self._ready:
                    self._changed.clear()
                    await self._changed.wait()
                for _ in range(min(MAX_RESPONSES_PER_TURN, len(self._ready))):
                    self._done(self._ready.popleft())
                    self._fill()
                # Whatever has arrived meanwhile is taken in between answers.
                await asyncio.sleep(0)
        finally:
            await self._end()

    async def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for connection in self._busy:
            connection.abort()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _fill(self) -> bool:
        """Start as many as there is room for; whether any is under way."""
        while self._has_more and len(self._busy) + len(self._opening) < max(1, self._width()):
            get = next(self._gets, None)
            if get is None:
                self._has_more = False
            else:
                self._start_request(get)
        return bool(self._busy or self._opening)

    def _start_request(self, get: GetRequest) -> None:
        connection = self._async_pool.take_idle(get.origin)
        if connection is None:
            self._opening.add(self._loop.create_task(self._open(get)))
        else:
            self._send(connection, get)

    async def _open(self, get: GetRequest) -> None:
        try:
            async with asyncio.timeout(self._async_pool.timeout_s):
                connection = await self._async_pool.connect(get.origin)
        except (OSError, ValueError) as error:
            self._on_ended(None, get, error)
        else:
            self._send(connection, get)
        finally:
            self._opening.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            self._changed.set()

    def _send(self, connection: _Connection, get: GetRequest) -> None:
        self._busy.add(connection)
        connection.deadline_s = self._loop.time() + self._async_pool.timeout_s
        connection.send(get, self._on_ended)

    def _on_ended(
        self, connection: _Connection | None, get: GetRequest, error: Exception | None
    ) -> None:
        if connection is not None:
            self._busy.discard(connection)
        if isinstance(error, _StaleConnectionError):
            self._start_request(get)
            return
        get.exception = error
        self._ready.append(get)
        self._changed.set()

    def _check_deadlines(self) -> None:
        """Give up what takes too long. One timer for all: most of them never matter."""
        now_s = self._loop.time()
        for connection in [each for each in self._busy if each.deadline_s <= now_s]:
            connection.fail(TimeoutError())
        wait_s = self._async_pool.timeout_s / CHECKS_PER_TIMEOUT
        self._timer = self._loop.call_later(wait_s, self._check_deadlines)


class _StaleConnectionError(ConnectionError):
    """The server had closed the connection before it saw the request."""


class _Connection(asyncio.BufferedProtocol):
    """One connection; one request at a time. Joins `idle` whenever it may be used again."""

    def __init__(self, room: memoryview, idle: list[_Connection]) -> None:
        self._buffer = room
        self._idle = idle
        self._transport: Any = None
        self._parser: Any = None
        self._get: GetRequest | None = None
        self._on_ended: Callable[[_Connection, GetRequest, Exception | None], None] = _ignore
        self._blocks: list[bytes] = []
        self._size_bytes = 0
        self._is_reused = False
        self.deadline_s = 0.0
        """Of the loop's clock."""

    def is_open(self) -> bool:
        """Whether a request may be sent, as far as is known."""
        return not self._transport.is_closing()

    def send(
        self, get: GetRequest, ended: Callable[[_Connection, GetRequest, Exception | None], None]
    ) -> None:
        """Send the request; `ended` hears once what became of it, unless `abort` is called."""
        self._get, self._on_ended, self._parser = get, ended, HttpResponseParser(self)
        self._blocks, self._size_bytes = [], 0
        get.response_headers = {}
        lines = [f"GET {get.target} HTTP/1.1", *[f"{n}: {v}" for n, v in get.headers.items()]]
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def abort(self) -> None:
        """Drop the connection."""
        self._get = None
        self._transport.abort()

    def fail(self, error: Exception) -> None:
        """Drop the connection and tell why there is no answer."""
        get = self._get
        self.abort()
        if get is not None:
            self._on_ended(self, get, error)

    # --------------------------------------------------------- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._get is None:
            # Nobody asked: whatever speaks here is not to be trusted with a request.
            self.abort()
            return
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except HttpParserError as error:
            self.fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        is_stale = self._is_reused and self._get is not None and not self._get.response_headers
        self.fail(_StaleConnectionError() if is_stale else exc or ConnectionError("it was closed"))

    # ------------------------------------------------------- the parser calls these

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._get is not None and self._get.response_headers is not None:
            self._get.response_headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, data: bytes) -> None:
        if self._get is None:
            return
        self._blocks.append(data)
        self._size_bytes += len(data)
        if self._size_bytes > self._get.max_body_bytes:
            self.fail(ValueError("the answer is longer than it may be"))

    def on_message_complete(self) -> None:
        get = self._get
        if get is None:
            return
        get.status, get.body = self._parser.get_status_code(), b"".join(self._blocks)
        # From here on it may be another's.
        self._get, self._blocks, self._is_reused = None, [], True
        if self._parser.should_keep_alive():
            self._idle.append(self)
        else:
            self._transport.close()
        self._on_ended(self, get, None)


def _ignore(*_: object) -> None:
    """Stands where nobody waits."""
