"""Sends one GET request over pooled connections (urllib3), and translates its errors.

Knows HTTP, proxies and TLS, but not S3. A connection whose body is not read to its end is dropped.
See `http_messages` for the reason that there are two pools.
"""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import urllib3
from botocore.utils import get_environ_proxies
from urllib3.util import Timeout, create_urllib3_context, make_headers

from tasveer_tui.errors import StorageError, UsageError
from tasveer_tui.s3.sdk_errors import from_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.s3.http_messages import GetRequest, Origin

READ_BLOCK_BYTES = 1 << 17
"""The deadline is checked after each block of a body."""
CONNECT_TIMEOUT_S = 10.0
MAX_RESPONSE_TIMEOUTS = 5
"""A response may take this many timeouts in all, even if its bytes keep arriving."""


class StreamedResponse:
    """A response whose body is read from its connection."""

    def __init__(self, response: urllib3.BaseHTTPResponse, deadline_s: float) -> None:
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._deadline_s = deadline_s

    def read(self, limit_bytes: int) -> bytes:
        """The next bytes of the body, up to a limit; fewer only at its end."""
        data = self._response.read(min(limit_bytes, READ_BLOCK_BYTES))
        if len(data) == limit_bytes or not data:
            return data
        blocks, left = [data], limit_bytes - len(data)
        while left and (data := self._response.read(min(left, READ_BLOCK_BYTES))):
            blocks.append(data)
            left -= len(data)
            if time.monotonic() > self._deadline_s:
                raise TimeoutError
        return b"".join(blocks)


class HttpPool:
    """Connections by origin. Thread-safe, not fork-safe."""

    def __init__(self, *, timeout_s: float, pool_size: int, ca_file: Callable[[], str]) -> None:
        """A server may be silent for `timeout_s`; `ca_file` gives the CA bundle, for https only."""
        self._timeout_s = timeout_s
        self._timeout = Timeout(connect=min(timeout_s, CONNECT_TIMEOUT_S), read=timeout_s)
        self._pool_size = pool_size
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None
        self._pools: dict[Origin, tuple[urllib3.HTTPConnectionPool, str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def get(self, request: GetRequest) -> Iterator[StreamedResponse]:
        """Send a request as it is and give its response; one try, no redirect.

        Raises NetworkError and TlsError, in the `with` block too, where the body is read.
        """
        origin = request.origin
        pool, base = self._pools.get(origin) or self._add_pool(origin)
        try:
            response = pool.urlopen(
                "GET",
                base + request.target,
                headers=request.headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                yield StreamedResponse(
                    response, time.monotonic() + MAX_RESPONSE_TIMEOUTS * self._timeout_s
                )
            finally:
                # Does nothing if the body was read: its connection is back in the pool.
                # Otherwise drops the connection, which costs less than reading the rest.
                response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise from_http(error, origin.url) from error
        except ValueError:
            # The original error quotes the header, which may be a session token.
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
        """The pool, and the prefix of each target: http proxies need an absolute URL."""
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
        """The context that verifies certificates, made at the first call."""
        if self._context is None:
            self._context = create_tls_context(self._ca_file())
        return self._context


def create_tls_context(ca_file: str) -> ssl.SSLContext:
    """A context that verifies certificates against a CA bundle (a file or a folder)."""
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
    """The URL of the proxy for this origin, from the environment, or ""."""
    proxy = get_environ_proxies(origin.url).get(origin.scheme, "")
    return proxy if not proxy or "://" in proxy else f"http://{proxy}"


def _proxy_headers(proxy_url: str) -> dict[str, str]:
    parts = urlsplit(proxy_url)
    if not parts.username:
        return {}
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return dict(make_headers(proxy_basic_auth=user))
