"""Prefetching many objects: results, errors and connections."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import (
    AccessDeniedError,
    NetworkError,
    ObjectChangedError,
    ObjectEmptyError,
    ObjectNotFoundError,
    ThrottledError,
    UnreachableError,
    UsageError,
)
from tasveer_tui.records import Access, Chunk, ObjectRef
from tasveer_tui.s3 import S3
from tests.support.range_server import RangeServer

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 100


@pytest.fixture
def s3(range_server: RangeServer) -> Iterator[S3]:
    access = Access(endpoint_url=range_server.url, is_anonymous=True)
    with closing(S3(access, timeout_s=1, pool_size=8)) as made:
        yield made


def prefetch(s3: S3, *keys: str, etag: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    refs = ((at, ObjectRef(key, 0, etag)) for at, key in enumerate(keys))
    s3.prefetch("photos", refs, LENGTH, lambda at, first: found.update({keys[at]: first}))
    return found


def test_many_objects_share_few_connections_and_reuse_them(
    range_server: RangeServer, s3: S3
) -> None:
    range_server.latency_s = 0.01
    keys = [f"{number}.jpg" for number in range(60)]
    for key in keys:
        range_server.put("photos", key, key.encode() * 50, etag=key)

    for _ in range(2):
        found = prefetch(s3, *keys)
        assert found == {
            key: Chunk(0, (key.encode() * 50)[:LENGTH], 50 * len(key), key) for key in keys
        }
    assert range_server.counts["connections"] <= 8
    assert range_server.max_in_flight <= 8
    assert range_server.counts["GetObject"] == 120


@pytest.mark.parametrize("key", ["a//b", "../a", "a/./b", "a+b %41", "ü/\n\x01", "a?b#c", "/"])
def test_odd_keys_arrive_unchanged(range_server: RangeServer, s3: S3, key: str) -> None:
    range_server.put("photos", key, b"data", etag="e")

    assert prefetch(s3, key) == {key: Chunk(0, b"data", 4, "e")}
    assert range_server.requests[-1].key == key


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"action": "error", "status": 503, "code": "SlowDown"}, ThrottledError),
        ({"action": "error", "status": 403, "code": "AccessDenied"}, AccessDeniedError),
        ({"action": "reset"}, NetworkError),
        ({"action": "truncate", "after_bytes": 5}, NetworkError),
        ({"action": "stall", "after_bytes": 5}, NetworkError),
        ({"action": "short"}, NetworkError),
        ({"action": "etag"}, ObjectChangedError),
    ],
)
def test_one_attempt_is_made_and_its_error_affects_only_that_object(
    range_server: RangeServer, s3: S3, fault: dict[str, object], kind: type[Exception]
) -> None:
    for key in ("good", "bad", "fine"):
        range_server.put("photos", key, b"x" * 500, etag="e")
    range_server.fail(str(fault.pop("action")), key="bad", **fault)

    found = prefetch(s3, "good", "bad", "fine", etag="e")

    assert isinstance(found["bad"], kind)
    assert found["good"] == found["fine"] == Chunk(0, b"x" * LENGTH, 500, "e")
    assert range_server.counts["GetObject"] == 3


def test_missing_and_empty_objects_are_reported(range_server: RangeServer, s3: S3) -> None:
    range_server.put("photos", "empty", b"")

    found = prefetch(s3, "empty", "gone")

    assert isinstance(found["empty"], ObjectEmptyError)
    assert isinstance(found["gone"], ObjectNotFoundError)


def test_prefetch_declines_a_server_that_ignores_ranges(range_server: RangeServer, s3: S3) -> None:
    range_server.put("photos", "large", b"x" * 1_000_000)
    range_server.put("photos", "small", b"x" * 500)
    range_server.fail("ignore_range")

    found = prefetch(s3, "large", "small")

    assert isinstance(found["small"], Chunk)
    assert not isinstance(found["large"], Chunk)
    assert len(s3.read_range("photos", "large", 0, LENGTH).data) == LENGTH


def test_prefetch_declines_a_bucket_in_another_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with RangeServer() as server:
        server.make_bucket("photos", region="eu-west-1")
        server.put("photos", "a", b"data", etag="e")
        with closing(S3(Access(endpoint_url=server.url, region="us-east-1"))) as s3:
            assert prefetch(s3, "a") == {"a": None}
            assert s3.read_range("photos", "a", 0, 4).data == b"data"
            assert prefetch(s3, "a") == {"a": Chunk(0, b"data", 4, "e")}


def test_prefetch_declines_a_proxy(
    range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    access = Access(endpoint_url="http://s3.test:80", is_anonymous=True)

    with closing(S3(access)) as s3:
        assert prefetch(s3, "a", "b") == {"a": None, "b": None}
    assert not range_server.counts


def test_an_unreachable_endpoint_is_reported() -> None:
    with closing(S3(Access(endpoint_url="http://127.0.0.1:9", is_anonymous=True))) as s3:
        assert isinstance(prefetch(s3, "a")["a"], UnreachableError)


def test_prefetch_declines_an_unreadable_ca_bundle(range_server: RangeServer) -> None:
    url = range_server.url.replace("http:", "https:")
    access = Access(endpoint_url=url, is_anonymous=True, ca_bundle="/nonexistent")

    with closing(S3(access, tries=1)) as s3:
        assert prefetch(s3, "a", "b") == {"a": None, "b": None}
        with pytest.raises(UsageError, match="--ca-bundle"):
            s3.read_range("photos", "a", 0, 1)


def test_idle_connections_closed_by_the_server_are_no_error(
    range_server: RangeServer, s3: S3
) -> None:
    range_server.put("photos", "a", b"data", etag="e")
    assert isinstance(prefetch(s3, "a")["a"], Chunk)
    for connection in list(range_server.connections):
        range_server.loop.call_soon_threadsafe(connection.transport.close)
    while range_server.connections:
        pass

    assert isinstance(prefetch(s3, "a")["a"], Chunk)
    assert range_server.counts["connections"] == 2
