"""Pooled HTTP connections to S3: one request, its answer, its errors translated.

Nothing here knows S3. Bodies are read to their end or the connection is dropped.
"""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import urllib3
from botocore.utils import get_environ_proxies
from urllib3.util import Timeout, create_urllib3_context, make_headers

from tasveer_tui.errors import StorageError, UsageError
from tasveer_tui.s3.sdk_errors import from_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ_BLOCK_BYTES = 1 << 17
"""Read at once; between two blocks the clock is looked at."""
CONNECT_TIMEOUT_S = 10.0
MAX_RESPONSE_TIMEOUTS = 5
"""In longest silences: an answer that takes more, however steadily, is given up."""


class Origin(NamedTuple):
    """Where a connection leads. `host` has no brackets."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """The origin of a URL."""
        parts = urlsplit(url)
        default = 443 if parts.scheme == "https" else 80
        return cls(parts.scheme, parts.hostname or "", parts.port or default)

    @property
    def host_header(self) -> str:
        """The host, with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Without a trailing slash."""
        return f"{self.scheme}://{self.host_header}"


class HttpResponse:
    """An answer whose body has not been read."""

    def __init__(self, response: urllib3.BaseHTTPResponse, deadline: float) -> None:
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._deadline = deadline

    def read(self, limit_bytes: int) -> bytes:
        """The body's next bytes, up to a limit; fewer only at its end."""
        data = self._response.read(min(limit_bytes, READ_BLOCK_BYTES))
        if len(data) == limit_bytes or not data:
            return data
        blocks, left = [data], limit_bytes - len(data)
        while left and (data := self._response.read(min(left, READ_BLOCK_BYTES))):
            blocks.append(data)
            left -= len(data)
            if time.monotonic() > self._deadline:
                raise TimeoutError
        return b"".join(blocks)


class HttpPool:
    """Connections by origin; thread-safe, not fork-safe."""

    def __init__(self, *, timeout_s: float, pool_size: int, ca_file: Callable[[], str]) -> None:
        """`timeout_s` is the longest silence; `ca_file` is asked at the first https."""
        self._timeout_s = timeout_s
        self._timeout = Timeout(connect=min(timeout_s, CONNECT_TIMEOUT_S), read=timeout_s)
        self._pool_size = pool_size
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        self._pools: dict[Origin, tuple[urllib3.HTTPConnectionPool, str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def get(self, origin: Origin, target: str, headers: dict[str, str]) -> Iterator[HttpResponse]:
        """Send a GET; `target` and `headers` go out as they are.

        Raises NetworkError and TlsError, for the answer's body too while the block lasts.
        """
        pool, base = self._pools.get(origin) or self._add_pool(origin)
        try:
            response = pool.urlopen(
                "GET",
                base + target,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                yield HttpResponse(
                    response, time.monotonic() + MAX_RESPONSE_TIMEOUTS * self._timeout_s
                )
            finally:
                # After the body's end the connection is back in the pool and this does
                # nothing; before it, the connection ends: an unread body is worth less.
                response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise from_http(error, origin.url) from error
        except ValueError:
            # http.client tells the header, and that may hold a session token.
            raise StorageError(
                f"The request to {origin.url} cannot be sent: a header holds a control character.",
                "Check the credentials for line breaks.",
            ) from None

    def close(self) -> None:
        """Close every idle connection."""
        with self._lock:
            for pool, _ in self._pools.values():
                pool.close()
            self._pools.clear()

    def _add_pool(self, origin: Origin) -> tuple[urllib3.HTTPConnectionPool, str]:
        with self._lock:
            if origin not in self._pools:
                self._pools[origin] = self._make_pool(origin)
            return self._pools[origin]

    def _make_pool(self, origin: Origin) -> tuple[urllib3.HTTPConnectionPool, str]:
        """The pool, and what stands before a target: the URL where a proxy needs it."""
        proxy_url = proxy_for(origin)
        if proxy_url:
            manager = urllib3.ProxyManager(
                proxy_url,
                proxy_headers=_proxy_headers(proxy_url),
                timeout=self._timeout,
                maxsize=self._pool_size,
                ssl_context=self.tls(),
                proxy_ssl_context=self.tls(),
            )
            pool = manager.connection_from_host(origin.host, origin.port, origin.scheme)
            return pool, "" if origin.scheme == "https" else origin.url
        if origin.scheme == "http":
            return urllib3.HTTPConnectionPool(
                origin.host, origin.port, timeout=self._timeout, maxsize=self._pool_size
            ), ""
        return urllib3.HTTPSConnectionPool(
            origin.host,
            origin.port,
            timeout=self._timeout,
            maxsize=self._pool_size,
            ssl_context=self.tls(),
        ), ""

    def tls(self) -> ssl.SSLContext:
        """The one context, which verifies; made when first asked for."""
        if self._context is None:
            self._context = create_tls_context(self._ca_file())
        return self._context


def create_tls_context(ca_file: str) -> ssl.SSLContext:
    """A context that verifies against a file (or a folder) of authorities."""
    context = create_urllib3_context()
    try:
        if Path(ca_file).is_dir():
            context.load_verify_locations(capath=ca_file)
        else:
            context.load_verify_locations(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"The CA bundle {ca_file} cannot be read: {error}.",
            "Check --ca-bundle and AWS_CA_BUNDLE.",
        ) from error
    return context


def proxy_for(origin: Origin) -> str:
    """The proxy that the environment names for this origin, or ""."""
    proxy = get_environ_proxies(origin.url).get(origin.scheme, "")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _proxy_headers(proxy_url: str) -> dict[str, str]:
    parts = urlsplit(proxy_url)
    if not parts.username:
        return {}
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return dict(make_headers(proxy_basic_auth=user))
