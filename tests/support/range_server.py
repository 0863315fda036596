"""A small S3 server for tests: fast, in memory, with faults, latency and counters on demand.

It runs in a thread of the test process and checks no signature; the tests with SeaweedFS do.

    with RangeServer() as server:
        server.put("photos", "a.jpg", data)
        server.fail("error", op="GetObject", times=2, status=503, code="SlowDown")
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
import socket
import struct
import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import parse_qs, unquote

import pytest

from tests.support.s3_store import Reply, Request, S3Store, StoredObject, error_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FaultRule", "RangeServer", "Request", "StoredObject", "range_server"]

VIRTUAL_HOST = ".s3.test"
"""A Host header `<bucket>.s3.test:port` names the bucket in virtual-host style."""


@dataclass(slots=True)
class FaultRule:
    """A fault: what happens, to which requests and how often."""

    action: str
    """error, reset, truncate, reset_body, stall, delay, short, etag, vanish, ignore_range,
    garbage or headers."""
    op: str = ""
    """ListBuckets, ListObjectsV2, HeadBucket, HeadObject or GetObject; empty means any."""
    key: str = ""
    """A regular expression found in the key (or the listed prefix)."""
    times: int = -1
    """How many requests; -1 means all."""
    skip: int = 0
    """How many matching requests are answered correctly first."""
    status: int = 500
    code: str = "InternalError"
    after_bytes: int = 0
    """Bytes of the body that are sent before truncate, reset_body and stall."""
    seconds: float = 30.0
    """Duration of stall and delay."""
    headers: tuple[tuple[str, str], ...] = ()
    """Added to the response, or replacing its own."""

    def applies_to(self, request: Request) -> bool:
        """Whether this request gets the fault; counts it if so."""
        if self.times == 0 or (self.op and self.op != request.op):
            return False
        if not re.search(self.key, request.key):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


class RangeServer(S3Store):
    """The server; use as a context manager. Objects and rules may change while it runs."""

    def __init__(self, *, latency_s: float = 0.0, port: int = 0) -> None:
        super().__init__()
        self.latency_s = latency_s
        """Delay before the first byte of every response."""
        self.rules: list[FaultRule] = []
        """The first rule that applies to a request is used."""
        self.counts: Counter[str] = Counter()
        """Requests by operation, and "connections"."""
        self.requests: deque[Request] = deque(maxlen=10_000)
        self.body_bytes = 0
        self.in_flight = 0
        self.max_in_flight = 0
        self.port = port
        """The port it listens on; 0, until started, for any free port."""
        self.connections: set[_Connection] = set()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="range-server", daemon=True)
        self._started = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, action: str, **options: object) -> FaultRule:
        """Add a rule; the options are the fields of `FaultRule`."""
        rule = dataclasses.replace(FaultRule(action), **options)
        self.rules.append(rule)
        return rule

    def reset_counts(self) -> None:
        self.counts.clear()
        self.requests.clear()
        self.body_bytes = self.max_in_flight = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        serving = self.loop.create_server(
            lambda: _Connection(self), "127.0.0.1", self.port, backlog=1024
        )
        listener = self.loop.run_until_complete(serving)
        self.port = listener.sockets[0].getsockname()[1]
        self._started.set()
        self.loop.run_forever()
        listener.close()
        for connection in list(self.connections):
            connection.transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


class _Connection(asyncio.Protocol):
    """A connection: one request after another; bodies of requests are ignored."""

    transport: asyncio.Transport

    def __init__(self, server: RangeServer) -> None:
        self.server = server
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.server.connections.add(self)
        self.server.counts["connections"] += 1

    def connection_lost(self, _error: Exception | None) -> None:
        self.server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        head, is_whole, self.buffer = (self.buffer + data).partition(b"\r\n\r\n")
        if not is_whole:
            self.buffer = head
            return
        server, request = self.server, parse_request(head)
        server.counts[request.op] += 1
        server.requests.append(request)
        server.in_flight += 1
        server.max_in_flight = max(server.max_in_flight, server.in_flight)
        rule = next((rule for rule in server.rules if rule.applies_to(request)), FaultRule(""))
        delay_s = server.latency_s + (rule.seconds if rule.action == "delay" else 0)
        if delay_s:
            server.loop.call_later(delay_s, self.answer, request, rule)
        else:
            self.answer(request, rule)

    def answer(self, request: Request, rule: FaultRule) -> None:
        self.server.in_flight -= 1
        if rule.action == "reset":
            self.reset()
            return
        reply = self.faulty_reply(request, rule)
        is_cut = rule.action in {"truncate", "reset_body", "stall"}
        body = reply.body[: rule.after_bytes] if is_cut else reply.body
        length = len(reply.body)
        if rule.action == "short":
            body, length = body[:-1], length - 1
        headers = {"Content-Length": str(length), **reply.headers, **dict(rule.headers)}
        lines = [f"HTTP/1.1 {reply.status} Status", *map(": ".join, headers.items()), "\r\n"]
        if request.method == "HEAD":
            body = b""
        self.server.body_bytes += len(body)
        self.transport.write(b"".join(("\r\n".join(lines).encode("latin-1"), body)))
        if is_cut:
            self.cut(rule)

    def faulty_reply(self, request: Request, rule: FaultRule) -> Reply:
        """The response to a request, changed by the rule."""
        if rule.action == "error":
            return error_reply(rule.status, rule.code)
        if rule.action == "vanish":
            return error_reply(404, "NoSuchKey")
        if rule.action == "garbage":
            return Reply(200, b"<ListBucketResult><Cont")
        if rule.action == "ignore_range":
            request.headers.pop("range", None)
        if rule.action == "etag":
            request.headers.pop("if-match", None)
        reply = self.server.reply(request)
        if rule.action == "etag":
            reply.headers["ETag"] = '"another"'
        return reply

    def cut(self, rule: FaultRule) -> None:
        """End the connection in the middle of a body, by the action of the rule."""
        if rule.action == "truncate":
            self.transport.close()
        elif rule.action == "stall":
            self.server.loop.call_later(rule.seconds, self.transport.close)
        else:
            # Send what was written first: RST drops what the kernel still buffers.
            self.server.loop.call_later(0.02, self.reset)

    def reset(self) -> None:
        """End the connection with RST."""
        linger = struct.pack("ii", 1, 0)
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


def parse_request(head: bytes) -> Request:
    """Parse the request line and the headers."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    path, _, query = target.partition("?")
    host = headers.get("host", "").partition(":")[0]
    if host.endswith(VIRTUAL_HOST):
        path = f"/{host.removesuffix(VIRTUAL_HOST)}{path}"
    bucket, _, key = path.removeprefix("/").partition("/")
    values = {k: v[-1] for k, v in parse_qs(query, keep_blank_values=True).items()}
    request = Request(method, target, headers, "", unquote(bucket), unquote(key), values)
    if request.key:
        request.op = "HeadObject" if method == "HEAD" else "GetObject"
    elif request.bucket:
        listed = "ListObjectVersions" if "versions" in values else "ListObjectsV2"
        request.op = "HeadBucket" if method == "HEAD" else listed
        request.key = values.get("prefix", "")
    else:
        request.op = "ListBuckets"
    return request


@pytest.fixture
def range_server() -> Iterator[RangeServer]:
    """A running, empty server that ends with the test."""
    with RangeServer() as server:
        yield server
