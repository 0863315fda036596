"""Sends many short GET requests side by side from one thread, over connections that stay open.

For the common case only: a direct connection and a short response. Every other case is reported,
and the caller repeats the request over `HttpPool`. See `http_messages` for the reason that there
are two pools.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from httptools import HttpParserError, HttpResponseParser

from tasveer_tui.errors import TasveerError
from tasveer_tui.s3.http_messages import BufferedResponse
from tasveer_tui.s3.sdk_errors import from_http

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from tasveer_tui.s3.http_messages import GetRequest, Origin

    Result: TypeAlias = BufferedResponse | TasveerError
    OnEnd: TypeAlias = Callable[["_Connection", "_Exchange", BufferedResponse | Exception], None]

MAX_RESULTS_PER_TURN = 4
"""Results reported in a row before the loop reads from the sockets again."""

CHECKS_PER_TIMEOUT = 16
"""How often the deadlines are checked within one timeout."""

BUFFER_BYTES = 1 << 18


@dataclass(slots=True)
class _Exchange:
    """A request, and what has arrived of its response."""

    number: int
    request: GetRequest
    max_body_bytes: int
    headers: dict[str, str] = field(default_factory=dict)
    """Of the response, names in lower case."""
    blocks: list[bytes] = field(default_factory=list)
    size_bytes: int = 0
    """Of the blocks."""


class AsyncPool:
    """Keeps its connections between two runs. For one thread at a time; not fork-safe."""

    def __init__(self, *, timeout_s: float, tls: Callable[[], ssl.SSLContext]) -> None:
        """Each response must be complete within `timeout_s`; `tls` gives the context for https."""
        self.timeout_s = timeout_s
        self.loop = asyncio.new_event_loop()
        self._tls = tls
        self._idle: dict[Origin, list[_Connection]] = {}
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        """Shared by all connections: each copies what it received before the next one reads."""

    def run(
        self,
        requests: Iterable[tuple[int, GetRequest]],
        on_result: Callable[[int, Result], None],
        current_limit: Callable[[], int],
        *,
        max_body_bytes: int,
    ) -> None:
        """Send numbered requests, at most `current_limit()` at a time; block until all ended.

        `requests` is advanced when there is room for another, and `on_result` is called once for
        each number, both in this thread. A body over `max_body_bytes` is an error.
        """
        exchanges = (_Exchange(number, request, max_body_bytes) for number, request in requests)
        run = _PoolRun(self, exchanges, on_result, current_limit)
        self.loop.run_until_complete(run.finish())

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
        """An idle connection that is open as far as known."""
        connections = self._idle.get(origin)
        while connections:
            connection = connections.pop()
            if connection.is_open():
                return connection
        return None

    async def connect(self, origin: Origin) -> _Connection:
        """Open a connection."""
        context = self._tls() if origin.scheme == "https" else None
        _, connection = await self.loop.create_connection(
            lambda: _Connection(self._buffer, self._idle.setdefault(origin, [])),
            origin.host,
            origin.port,
            ssl=context,
        )
        return connection


class _PoolRun:
    """One call of `AsyncPool.run`. Uses callbacks: a task per request costs a third more CPU."""

    def __init__(
        self,
        pool: AsyncPool,
        exchanges: Iterable[_Exchange],
        on_result: Callable[[int, Result], None],
        current_limit: Callable[[], int],
    ) -> None:
        self._pool = pool
        self._loop = pool.loop
        self._exchanges = iter(exchanges)
        self._on_result = on_result
        self._current_limit = current_limit
        self._ready = deque[tuple[_Exchange, BufferedResponse | Exception]]()
        self._changed = asyncio.Event()
        self._busy = set[_Connection]()
        self._opening = set[asyncio.Task[None]]()
        self._has_more = True
        self._timer: asyncio.TimerHandle | None = None

    async def finish(self) -> None:
        """Send every request and report every result."""
        self._check_deadlines()
        try:
            while self._fill() or self._ready:
                if not self._ready:
                    self._changed.clear()
                    await self._changed.wait()
                for _ in range(min(MAX_RESULTS_PER_TURN, len(self._ready))):
                    self._report(*self._ready.popleft())
                    self._fill()
                # Let the loop read what has arrived meanwhile.
                await asyncio.sleep(0)
        finally:
            await self._stop()

    def _report(self, exchange: _Exchange, outcome: BufferedResponse | Exception) -> None:
        if isinstance(outcome, BufferedResponse | TasveerError):
            self._on_result(exchange.number, outcome)
        else:
            self._on_result(exchange.number, from_http(outcome, exchange.request.origin.url))

    async def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for connection in self._busy:
            connection.abort()
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _fill(self) -> bool:
        """Start requests up to the limit; whether any is in flight."""
        while self._has_more and len(self._busy) + len(self._opening) < max(
            1, self._current_limit()
        ):
            exchange = next(self._exchanges, None)
            if exchange is None:
                self._has_more = False
            else:
                self._start(exchange)
        return bool(self._busy or self._opening)

    def _start(self, exchange: _Exchange) -> None:
        connection = self._pool.take_idle(exchange.request.origin)
        if connection is None:
            self._opening.add(self._loop.create_task(self._open(exchange)))
        else:
            self._send(connection, exchange)

    async def _open(self, exchange: _Exchange) -> None:
        try:
            async with asyncio.timeout(self._pool.timeout_s):
                connection = await self._pool.connect(exchange.request.origin)
        except (OSError, ValueError, TasveerError) as error:
            self._add_result(exchange, error)
        else:
            self._send(connection, exchange)
        finally:
            self._opening.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            self._changed.set()

    def _send(self, connection: _Connection, exchange: _Exchange) -> None:
        self._busy.add(connection)
        connection.deadline_s = self._loop.time() + self._pool.timeout_s
        connection.send(exchange, self._on_end)

    def _on_end(
        self, connection: _Connection, exchange: _Exchange, outcome: BufferedResponse | Exception
    ) -> None:
        self._busy.discard(connection)
        if isinstance(outcome, _StaleConnectionError):
            self._start(exchange)
        else:
            self._add_result(exchange, outcome)

    def _add_result(self, exchange: _Exchange, outcome: BufferedResponse | Exception) -> None:
        self._ready.append((exchange, outcome))
        self._changed.set()

    def _check_deadlines(self) -> None:
        """Fail the requests that take too long. One timer for all costs less than one each."""
        now_s = self._loop.time()
        for connection in [each for each in self._busy if each.deadline_s <= now_s]:
            connection.fail(TimeoutError())
        wait_s = self._pool.timeout_s / CHECKS_PER_TIMEOUT
        self._timer = self._loop.call_later(wait_s, self._check_deadlines)


class _StaleConnectionError(ConnectionError):
    """The server closed an idle connection before it saw the request: send it again."""


class _Connection(asyncio.BufferedProtocol):
    """One HTTP/1.1 connection, one request at a time; adds itself to `idle` when it is free."""

    def __init__(self, buffer: memoryview, idle: list[_Connection]) -> None:
        self._buffer = buffer
        self._idle = idle
        self._transport: Any = None
        self._parser: Any = None
        self._exchange: _Exchange | None = None
        self._on_end: OnEnd = _ignore
        self._is_reused = False
        self.deadline_s = 0.0
        """Of the request in flight, by the loop's clock."""

    def is_open(self) -> bool:
        """Whether a request may be sent, as far as known."""
        return not self._transport.is_closing()

    def send(self, exchange: _Exchange, on_end: OnEnd) -> None:
        """Send the request; `on_end` gets its response or its error once, unless aborted."""
        self._exchange, self._on_end = exchange, on_end
        self._parser = HttpResponseParser(self)
        request = exchange.request
        lines = [
            f"GET {request.target} HTTP/1.1",
            *[f"{name}: {value}" for name, value in request.headers.items()],
        ]
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def abort(self) -> None:
        """Drop the connection without a report."""
        self._exchange = None
        self._transport.abort()

    def fail(self, error: Exception) -> None:
        """Drop the connection and report the error."""
        exchange = self._exchange
        self.abort()
        if exchange is not None:
            self._on_end(self, exchange, error)

    # --------------------------------------------------------- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._exchange is None:
            # Data without a request: the next response could not be trusted.
            self.abort()
            return
        try:
            self._parser.feed_data(self._buffer[:nbytes])
        except HttpParserError as error:
            self.fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        is_stale = self._is_reused and self._exchange is not None and not self._exchange.headers
        self.fail(_StaleConnectionError() if is_stale else exc or ConnectionError("it was closed"))

    # ------------------------------------------------------- httptools calls these

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._exchange is not None:
            self._exchange.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        exchange.blocks.append(data)
        exchange.size_bytes += len(data)
        if exchange.size_bytes > exchange.max_body_bytes:
            self.fail(ValueError("the response is longer than requested"))

    def on_message_complete(self) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        status, body = self._parser.get_status_code(), b"".join(exchange.blocks)
        # The connection is free from here: another request may take it.
        self._exchange, self._is_reused = None, True
        if self._parser.should_keep_alive():
            self._idle.append(self)
        else:
            self._transport.close()
        self._on_end(self, exchange, BufferedResponse(status, exchange.headers, body))


def _ignore(*_: object) -> None:
    """Do nothing: no request has been sent yet."""
