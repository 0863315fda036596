"""A TCP proxy on the loopback, to break connections to a server that others still use."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Self

from tests.support.rabbitmq import free_port

CHUNK_BYTES = 65_536


class TcpProxy:
    """Forwards a port to another one. Use as a context manager; the methods are thread-safe."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_flowing = asyncio.Event()
        self._is_flowing.set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Accept connections, after `stop` too."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()

    def stop(self) -> None:
        """Refuse connections and reset those that are open, as a server that is down would."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()

    def suspend(self) -> None:
        """Keep every connection and pass nothing on, as a server that hangs would."""
        self._loop.call_soon_threadsafe(self._is_flowing.clear)

    def resume(self) -> None:
        """End `suspend`."""
        self._loop.call_soon_threadsafe(self._is_flowing.set)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)

    async def _stop(self) -> None:
        self._is_flowing.set()
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._writers.add(to_server[1])
            await asyncio.gather(
                self._forward(reader, to_server[1]), self._forward(to_server[0], writer)
            )
            self._writers.discard(to_server[1])
        self._writers.discard(writer)

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK_BYTES):
                await self._is_flowing.wait()
                target.write(data)
                await target.drain()
        target.close()
