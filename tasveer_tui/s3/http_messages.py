"""A GET request and its response: the interface of the two HTTP pools.

Both pools take a `GetRequest`, give an `HttpResponse` and translate their errors. There are two
because the work has two shapes (CPU per object measured at 64 requests in flight):

`AsyncPool` (asyncio, httptools)
    The first block of every object: 64 KiB each, one try. One thread, 180 µs an object.
`HttpPool` (urllib3)
    Everything else: listings, later ranges, retries, proxies, another region, bodies that are
    streamed. Each request blocks its thread: 560 to 990 µs an object, as 64 threads compete for
    the interpreter's lock.

boto3 takes 1,800 to 2,200 µs for the same request. `S3Transport` selects the pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port of a URL (RFC 6454). An IPv6 `host` has no brackets."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """The origin of a URL."""
        parts = urlsplit(url)
        default = _DEFAULT_PORTS.get(parts.scheme, 80)
        return cls(parts.scheme, parts.hostname or "", parts.port or default)

    @property
    def host_header(self) -> str:
        """The Host header: without the port if it is the scheme's default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS.get(self.scheme, 80)
        return host if is_default else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, without a trailing slash."""
        return f"{self.scheme}://{self.host_header}"


class GetRequest(NamedTuple):
    """A GET request that is ready to be sent: signed, percent-encoded, without a body."""

    origin: Origin
    target: str
    """Path and query, as sent."""
    headers: dict[str, str]


class HttpResponse(Protocol):
    """A response whose body has not been read."""

    @property
    def status(self) -> int:
        """The status code."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, found by their lower-case names."""

    def read(self, limit_bytes: int) -> bytes:
        """The next bytes of the body, up to a limit; fewer only at its end."""


class BufferedResponse:
    """A response whose body is in memory."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self._body = body

    def read(self, limit_bytes: int) -> bytes:
        """The next bytes of the body, up to a limit; fewer only at its end."""
        data, self._body = self._body[:limit_bytes], self._body[limit_bytes:]
        return data
