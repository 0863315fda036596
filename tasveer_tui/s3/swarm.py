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

from tasveer_tui.s3.translate import from_http

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.s3.wire import Origin


@dataclass(slots=True)
class Get:
    """A request, and in the end its answer."""

    number: int
    """The caller's."""
    origin: Origin
    target: str
    headers: dict[str, str]
    most_bytes: int
    """A longer body ends the connection."""
    status: int = 0
    answered: dict[str, str] | None = None
    """The answer's headers, names in lower case."""
    body: bytes = b""
    fault: Exception | None = None
    """Why there is no whole answer."""

    def error(self) -> TasveerError | None:
        """The fault in the project's words."""
        return None if self.fault is None else from_http(self.fault, self.origin.url)


class Swarm:
    """Keeps its connections between two runs. One thread at a time, not fork-safe."""

    def __init__(self, *, timeout_s: float, tls: Callable[[], ssl.SSLContext]) -> None:
        """An answer that is not whole after `timeout_s` is given up; `tls` is for https."""
        self._timeout_s = timeout_s
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._idle: dict[Origin, list[_Connection]] = {}

    def run(
        self, gets: Iterable[Get], done: Callable[[Get], None], width: Callable[[], int]
    ) -> None:
        """Send what `gets` yields, at most `width()` at a time; `done` hears of every one.

        Both are called in this thread, `gets` only as fast as there is room. Blocks to the end.
        """
        self._loop.run_until_complete(_Run(self, iter(gets), done, width).finish())

    def close(self) -> None:
        """Close every connection."""
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()
        if not self._loop.is_running():
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

    async def fetch(self, get: Get) -> None:
        """Carry out one request; what goes wrong is its fault."""
        try:
            async with asyncio.timeout(self._timeout_s):
                is_stale = await self._over_idle(get)
                if is_stale:
                    await (await self._connect(get.origin)).fetch(get)
        except (OSError, HttpParserError, ValueError) as error:
            get.fault = error

    async def _over_idle(self, get: Get) -> bool:
        """Over a connection that is there already; true where there is no living one."""
        while connections := self._idle.get(get.origin):
            connection = connections.pop()
            if not connection.is_open:
                continue
            try:
                await connection.fetch(get)
            except _StaleError:
                continue
            return False
        return True

    async def _connect(self, origin: Origin) -> _Connection:
        context = self._tls() if origin.scheme == "https" else None
        _, made = await self._loop.create_connection(
            lambda: _Connection(self._loop, self._idle.setdefault(origin, [])),
            origin.host,
            origin.port,
            ssl=context,
        )
        return made


class _Run:
    """One call of `Swarm.run`."""

    def __init__(
        self,
        swarm: Swarm,
        gets: Iterable[Get],
        done: Callable[[Get], None],
        width: Callable[[], int],
    ) -> None:
        self._swarm = swarm
        self._gets = iter(gets)
        self._done = done
        self._width = width
        self._ready = deque[Get]()
        self._changed = asyncio.Event()
        self._tasks = set[asyncio.Task[None]]()
        self._has_more = True

    async def finish(self) -> None:
        """Everything, to the end."""
        try:
            while self._fill() or self._ready:
                if not self._ready:
                    self._changed.clear()
                    await self._changed.wait()
                if self._ready:
                    self._done(self._ready.popleft())
                    # Whatever has arrived meanwhile is taken in between two answers.
                    await asyncio.sleep(0)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _fill(self) -> bool:
        """Start as many as there is room for; whether any is under way."""
        while self._has_more and len(self._tasks) < max(1, self._width()):
            get = next(self._gets, None)
            if get is None:
                self._has_more = False
                break
            task = asyncio.get_running_loop().create_task(self._one(get))
            self._tasks.add(task)
        return bool(self._tasks)

    async def _one(self, get: Get) -> None:
        try:
            await self._swarm.fetch(get)
        finally:
            self._ready.append(get)
            self._tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            self._changed.set()


class _StaleError(ConnectionError):
    """The server had closed the connection before it saw the request."""


class _Connection(asyncio.Protocol):
    """One connection; one request at a time. Joins `idle` whenever it may be used again."""

    def __init__(self, loop: asyncio.AbstractEventLoop, idle: list[_Connection]) -> None:
        self._loop = loop
        self._idle = idle
        self._transport: Any = None
        self._parser: Any = None
        self._get: Get | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._blocks: list[bytes] = []
        self._size_bytes = 0
        self._is_reused = False
        self.is_open = False

    async def fetch(self, get: Get) -> None:
        """Send the request and wait for the whole answer. Raises what ends it before."""
        self._get, self._parser = get, HttpResponseParser(self)
        self._blocks, self._size_bytes = [], 0
        get.answered = {}
        self._waiter = self._loop.create_future()
        lines = [f"GET {get.target} HTTP/1.1", *(f"{n}: {v}" for n, v in get.headers.items())]
        try:
            self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            await self._waiter
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Drop the connection."""
        self.is_open, self._waiter = False, None
        self._transport.abort()

    # --------------------------------------------------------- asyncio calls these

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:
            # Nobody asked: whatever speaks here is not to be trusted with a request.
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        is_stale = self._is_reused and self._get is not None and not self._get.answered
        self._fail(_StaleError() if is_stale else exc or ConnectionError("it was closed"))

    # ------------------------------------------------------- the parser calls these

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._get is not None and self._get.answered is not None:
            self._get.answered[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, data: bytes) -> None:
        self._blocks.append(data)
        self._size_bytes += len(data)
        if self._get is not None and self._size_bytes > self._get.most_bytes:
            self._fail(ValueError("the answer is longer than it may be"))

    def on_message_complete(self) -> None:
        get, waiter = self._get, self._waiter
        if get is None or waiter is None or waiter.done():
            return
        get.status, get.body = self._parser.get_status_code(), b"".join(self._blocks)
        # From here on it may be another's, even before this one's caller has gone on.
        self._get, self._waiter, self._blocks, self._is_reused = None, None, [], True
        if self._parser.should_keep_alive():
            self._idle.append(self)
        else:
            self._transport.close()
            self.is_open = False
        waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
