"""Pages of keys: no key is lost or duplicated, for any page size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasveer_tui.errors import (
    AccessDeniedError,
    NetworkError,
    StorageError,
    ThrottledError,
)
from tasveer_tui.records import Access, BucketInfo, ObjectRef, Page
from tasveer_tui.s3 import S3
from tests.support.property_examples import examples
from tests.support.range_server import StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.range_server import RangeServer

KEYS = [
    "../up",
    "/lead",
    "a b+c%/x",
    "a!",
    "a-b",
    "a/",
    "a/1",
    "a/2",
    "a/b/c",
    "a/\U0010ffff\U0010ffff",
    "a0",
    "b",
    "new\nline/x",
    "z//y",
    "日本/🏔",
    "\U0010ffff/x",
]
PREFIXES = ["", "a", "a/", "a/b", "z/", "日本/", "nothing"]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")


@pytest.fixture
def s3(range_server: RangeServer) -> Iterator[S3]:
    range_server.put_many("photos", KEYS, StoredObject(b"x", "e"))
    made = S3(Access(endpoint_url=range_server.url), timeout_s=5, tries=3, backoff_s=0.001)
    yield made
    made.close()


def _pages(s3: S3, prefix: str, *, delimiter: str, limit: int, after: str = "") -> list[Page]:
    pages = [s3.list_page("photos", prefix, start_after=after, delimiter=delimiter, limit=limit)]
    while not pages[-1].is_last:
        assert len(pages) < 100
        cursor = pages[-1].cursor
        pages.append(
            s3.list_page("photos", prefix, start_after=cursor, delimiter=delimiter, limit=limit)
        )
    return pages


def _names(pages: list[Page]) -> list[str]:
    return [name for page in pages for name in (*page.prefixes, *(o.key for o in page.objects))]


def _expected(prefix: str, delimiter: str, keys: list[str]) -> list[str]:
    found = dict[str, None]()
    for key in sorted(keys, key=str.encode):
        if key.startswith(prefix):
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            found[prefix + head + cut if cut else key] = None
    return list(found)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("delimiter", ["/", ""])
@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_together_are_the_whole_listing(
    s3: S3, prefix: str, delimiter: str, limit: int
) -> None:
    pages = _pages(s3, prefix, delimiter=delimiter, limit=limit)
    assert sorted(_names(pages)) == sorted(_expected(prefix, delimiter, KEYS))
    assert all(len(page.prefixes) + len(page.objects) <= limit for page in pages)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    keys=st.lists(st.text("a/-0\U0010ffff", min_size=1, max_size=6), min_size=1, unique=True),
    prefix=st.text("a/", max_size=2),
    limit=st.integers(1, 4),
)
def test_no_key_is_lost_or_duplicated_for_any_key_set(
    s3: S3, range_server: RangeServer, keys: list[str], prefix: str, limit: int
) -> None:
    range_server.buckets["photos"].objects.clear()
    range_server.put_many("photos", keys, StoredObject(b"x", "e"))
    pages = _pages(s3, prefix, delimiter="/", limit=limit)
    assert sorted(_names(pages)) == sorted(_expected(prefix, "/", keys))


def test_a_listing_resumes_from_any_cursor(s3: S3) -> None:
    everything = _names(_pages(s3, "", delimiter="/", limit=1))
    for at, name in enumerate(everything):
        rest = _names(_pages(s3, "", delimiter="/", limit=1000, after=name))
        assert sorted(rest) == sorted(everything[at + 1 :])


def test_iterating_a_listing_yields_every_key_once_and_can_resume(
    s3: S3, range_server: RangeServer
) -> None:
    keys = [f"roll/{number:05d}.jpg" for number in range(2500)]
    range_server.put_many("photos", keys, StoredObject(b"x", "e"))
    pages = list(s3.list_pages("photos", "roll/"))
    assert [len(page.objects) for page in pages] == [1000, 1000, 500]
    assert [page.is_last for page in pages] == [False, False, True]
    assert [ref.key for page in pages for ref in page.objects] == keys
    resumed = list(s3.list_pages("photos", "roll/", start_after=pages[0].cursor))
    assert [ref.key for page in resumed for ref in page.objects] == keys[1000:]


def test_iterating_a_listing_fetches_pages_lazily(s3: S3, range_server: RangeServer) -> None:
    range_server.put_many("photos", map(str, range(5000)), StoredObject(b"x", "e"))
    walk = s3.list_pages("photos")
    assert range_server.counts["ListObjectsV2"] == 0
    next(walk)
    next(walk)
    assert range_server.counts["ListObjectsV2"] == 2


def test_an_object_has_the_properties_of_the_listing(s3: S3, range_server: RangeServer) -> None:
    stored = StoredObject(b"12345", "abc-2", 1_700_000_000.0, "GLACIER")
    range_server.put_many("cold", ["k"], stored)
    expected = ObjectRef("k", 5, "abc-2", 1_700_000_000.0, "GLACIER")
    assert s3.list_page("cold").objects == (expected,)
    assert s3.head_object("cold", "k").ref == expected


def test_an_empty_bucket_is_one_empty_last_page(s3: S3, range_server: RangeServer) -> None:
    range_server.make_bucket("empty")
    assert s3.list_page("empty") == Page()
    assert list(s3.list_pages("empty")) == [Page()]


def test_the_buckets_are_listed(s3: S3, range_server: RangeServer) -> None:
    range_server.make_bucket("another")
    assert s3.list_buckets() == (
        BucketInfo("another", 1_700_000_000.0),
        BucketInfo("photos", 1_700_000_000.0),
    )


def test_a_source_is_the_bucket_at_the_endpoint(s3: S3, range_server: RangeServer) -> None:
    assert s3.source("photos").endpoint == range_server.url
    assert s3.source("photos").uri("a") == "s3://photos/a"


@pytest.mark.parametrize("action", ["reset", "truncate", "garbage", "error"])
def test_a_page_that_fails_twice_is_retried(s3: S3, range_server: RangeServer, action: str) -> None:
    range_server.fail(action, op="ListObjectsV2", times=2, after_bytes=200, status=503, code="X")
    assert len(s3.list_page("photos", delimiter="").objects) == len(KEYS)
    assert range_server.counts["ListObjectsV2"] == 3


@pytest.mark.parametrize(
    ("action", "options", "kind"),
    [
        ("garbage", {}, NetworkError),
        ("error", {"status": 403, "code": "AccessDenied"}, AccessDeniedError),
        ("error", {"status": 503, "code": "SlowDown"}, ThrottledError),
    ],
)
def test_a_page_that_keeps_failing_is_an_error(
    s3: S3,
    range_server: RangeServer,
    action: str,
    options: dict[str, object],
    kind: type[StorageError],
) -> None:
    range_server.fail(action, **options)
    with pytest.raises(kind):
        s3.list_page("photos")


def test_an_endpoint_without_s3_is_reported(s3: S3, range_server: RangeServer) -> None:
    range_server.fail("garbage")
    with pytest.raises(NetworkError, match="--endpoint-url"):
        s3.list_page("photos")


def test_a_bucket_is_readable_without_permission_to_list_buckets(
    s3: S3, range_server: RangeServer
) -> None:
    range_server.fail("error", op="ListBuckets", status=403, code="AccessDenied")
    with pytest.raises(AccessDeniedError, match="s3://BUCKET"):
        s3.list_buckets()
    assert s3.list_page("photos").prefixes
