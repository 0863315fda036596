"""Byte ranges of objects: exactly the requested bytes, or an error."""

from __future__ import annotations

import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    NetworkError,
    NoCredentialsError,
    ObjectArchivedError,
    ObjectChangedError,
    ObjectEmptyError,
    ObjectNotFoundError,
    StorageError,
    TasveerError,
    ThrottledError,
    WrongRegionError,
)
from tasveer_tui.records import Access
from tasveer_tui.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.range_server import RangeServer

DATA = bytes(range(256)) * 400  # 102,400 bytes
KEY = "2024/a.jpg"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")


@pytest.fixture
def s3(range_server: RangeServer) -> Iterator[S3]:
    range_server.put("photos", KEY, DATA, etag="abc-2")
    made = S3(Access(endpoint_url=range_server.url), timeout_s=5, tries=3, backoff_s=0.001)
    yield made
    made.close()


# ------------------------------------------------------------------------ success


def test_a_chunk_has_the_requested_bytes_and_the_objects_size(s3: S3) -> None:
    chunk = s3.read_range("photos", KEY, 1000, 300, etag="abc-2")
    assert chunk.data == DATA[1000:1300]
    assert (chunk.start, chunk.size_bytes, chunk.etag) == (1000, len(DATA), "abc-2")


def test_a_range_is_shorter_only_at_the_end_and_empty_beyond_it(s3: S3) -> None:
    assert s3.read_range("photos", KEY, len(DATA) - 10, 65536).data == DATA[-10:]
    assert s3.read_range("photos", KEY, 0, 10**9).data == DATA
    beyond = s3.read_range("photos", KEY, len(DATA), 10)
    assert (beyond.data, beyond.size_bytes) == (b"", len(DATA))


def test_a_read_is_one_request_and_reuses_its_connection(s3: S3, range_server: RangeServer) -> None:
    for start in range(0, 50_000, 1000):
        s3.read_range("photos", KEY, start, 1000)
    assert range_server.counts["GetObject"] == 50
    assert range_server.counts["connections"] == 1
    assert range_server.body_bytes == 50_000


def test_threads_can_share_one_client(s3: S3, range_server: RangeServer) -> None:
    range_server.latency_s = 0.01
    starts = range(0, 80_000, 500)
    with ThreadPoolExecutor(16) as pool:
        chunks = list(pool.map(lambda start: s3.read_range("photos", KEY, start, 500).data, starts))
    assert chunks == [DATA[start : start + 500] for start in starts]
    assert 2 <= range_server.counts["connections"] <= 16


@pytest.mark.parametrize(
    "key",
    [
        "a//b",
        "/leading",
        "//",
        "..",
        "../../etc/passwd",
        "a/../b/./c",
        "plus+and space",
        "100%",
        "%41%2F",
        "new\nline\r\n",
        "[red]m[/red]",
        "日本/🏔.jpg",
        "a?b=c&d#e",
        "\u202egnp",
    ],
)
def test_odd_keys_arrive_unchanged(s3: S3, range_server: RangeServer, key: str) -> None:
    range_server.put("photos", key, key.encode() * 3)
    assert s3.read_range("photos", key, 0, 99).data == key.encode() * 3
    assert s3.head_object("photos", key).ref.size_bytes == len(key.encode()) * 3
    assert [request.key for request in range_server.requests] == [key, key]


def test_every_request_carries_requester_pays(range_server: RangeServer) -> None:
    range_server.put("photos", KEY, DATA)
    s3 = S3(Access(endpoint_url=range_server.url, requester_pays=True))
    s3.read_range("photos", KEY, 0, 10)
    s3.list_page("photos")
    s3.head_object("photos", KEY)
    s3.close()
    values = {request.headers.get("x-amz-request-payer") for request in range_server.requests}
    assert values == {"requester"}


def test_anonymous_requests_carry_no_signature_and_need_no_credentials(
    range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    range_server.put("photos", KEY, DATA)
    s3 = S3(Access(endpoint_url=range_server.url, is_anonymous=True))
    assert s3.read_range("photos", KEY, 0, 10).data == DATA[:10]
    assert len(s3.list_page("photos", "2024/").objects) == 1
    assert s3.head_object("photos", KEY).ref.size_bytes == len(DATA)
    assert not any("authorization" in request.headers for request in range_server.requests)
    range_server.is_signature_needed = True
    with pytest.raises(AccessDeniedError, match="--no-sign-request"):
        s3.read_range("photos", KEY, 0, 10)
    s3.close()


def test_every_request_carries_the_session_token(
    s3: S3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "tok/en+=")
    s3.read_range("photos", KEY, 0, 10)
    assert range_server.requests[-1].headers["x-amz-security-token"] == "tok/en+="


# ---------------------------------------------------------------- error responses


def test_a_replaced_object_is_reported(s3: S3, range_server: RangeServer) -> None:
    with pytest.raises(ObjectChangedError):
        s3.read_range("photos", KEY, 0, 10, etag="older")
    assert range_server.counts["GetObject"] == 1
    range_server.fail("etag")
    with pytest.raises(ObjectChangedError):
        s3.read_range("photos", KEY, 0, 10, etag="abc-2")


def test_an_etag_that_cannot_be_a_header_is_compared_anyway(s3: S3) -> None:
    with pytest.raises(ObjectChangedError):
        s3.read_range("photos", KEY, 0, 10, etag="a\r\nX-Evil: 1")


def test_a_deleted_object_is_reported(s3: S3, range_server: RangeServer) -> None:
    range_server.fail("vanish")
    with pytest.raises(ObjectNotFoundError, match=KEY):
        s3.read_range("photos", KEY, 0, 10)
    with pytest.raises(ObjectNotFoundError):
        s3.head_object("photos", KEY)
    with pytest.raises(ObjectNotFoundError):
        s3.read_range("photos", "", 0, 10)
    with pytest.raises(ObjectNotFoundError):
        s3.read_range("photos", "\ud800", 0, 10)


def test_a_missing_bucket_is_reported(s3: S3) -> None:
    with pytest.raises(BucketNotFoundError):
        s3.read_range("nowhere", KEY, 0, 10)
    with pytest.raises(BucketNotFoundError):
        s3.list_page("nowhere")
    with pytest.raises(BucketNotFoundError, match="not a valid bucket name"):
        s3.list_page("../photos")


def test_an_empty_object_is_reported_for_every_form_of_response(
    s3: S3, range_server: RangeServer
) -> None:
    range_server.put("photos", "empty", b"")
    with pytest.raises(ObjectEmptyError):
        s3.read_range("photos", "empty", 0, 10)
    range_server.fail("ignore_range")
    with pytest.raises(ObjectEmptyError):
        s3.read_range("photos", "empty", 0, 10)


def test_an_archived_object_is_reported(s3: S3, range_server: RangeServer) -> None:
    range_server.put("photos", "cold", DATA, storage_class="GLACIER")
    with pytest.raises(ObjectArchivedError, match="Restore"):
        s3.read_range("photos", "cold", 0, 10)


def test_an_expired_session_has_a_remedy(s3: S3, range_server: RangeServer) -> None:
    range_server.fail("error", status=400, code="ExpiredToken")
    with pytest.raises(TasveerError, match="aws sso login"):
        s3.read_range("photos", KEY, 0, 10)
    assert range_server.counts["GetObject"] == 1


def test_missing_credentials_suggest_anonymous_access(
    range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    s3 = S3(Access(endpoint_url=range_server.url))
    for call in (s3.list_buckets, s3.identity, lambda: s3.read_range("photos", KEY, 0, 1)):
        with pytest.raises(NoCredentialsError, match="--no-sign-request"):
            call()
    s3.close()


# ------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("error", {"status": 503, "code": "SlowDown"}),
        ("error", {"status": 500}),
        ("error", {"status": 429, "code": "TooManyRequests"}),
        ("reset", {}),
        ("truncate", {"after_bytes": 100}),
        ("truncate", {"after_bytes": 0}),
        ("reset_body", {"after_bytes": 100}),
        ("short", {}),
        ("headers", {"headers": (("Content-Range", "bytes 0-9/102400"),)}),
        ("headers", {"headers": (("Content-Range", "lines 1-2"),)}),
    ],
)
def test_two_faults_are_retried_until_success(
    s3: S3, range_server: RangeServer, action: str, options: dict[str, object]
) -> None:
    range_server.fail(action, op="GetObject", times=2, **options)
    assert s3.read_range("photos", KEY, 500, 70_000).data == DATA[500:70_500]
    assert range_server.counts["GetObject"] == 3


@pytest.mark.parametrize(
    ("action", "options", "kind"),
    [
        ("error", {"status": 503, "code": "SlowDown"}, ThrottledError),
        ("error", {"status": 500}, NetworkError),
        ("reset", {}, NetworkError),
        ("truncate", {"after_bytes": 100}, NetworkError),
        ("short", {}, NetworkError),
    ],
)
def test_a_lasting_fault_ends_after_the_last_try(
    s3: S3,
    range_server: RangeServer,
    action: str,
    options: dict[str, object],
    kind: type[StorageError],
) -> None:
    range_server.fail(action, **options)
    with pytest.raises(kind) as caught:
        s3.read_range("photos", KEY, 0, 70_000)
    assert caught.value.retryable
    assert range_server.counts["GetObject"] == 3


@pytest.mark.parametrize("action", ["delay", "stall"])
def test_a_silent_server_times_out(s3: S3, range_server: RangeServer, action: str) -> None:
    hasty = S3(s3.access, timeout_s=0.3, tries=2, backoff_s=0.001)
    hasty.read_range("photos", KEY, 0, 100)
    range_server.fail(action, op="GetObject", times=1, seconds=20, after_bytes=50)
    assert hasty.read_range("photos", KEY, 0, 100).data == DATA[:100]
    range_server.fail(action, op="GetObject", seconds=20, after_bytes=50)
    with pytest.raises(NetworkError, match="stopped responding"):
        hasty.read_range("photos", KEY, 0, 100)
    hasty.close()


def test_an_unreachable_endpoint_is_a_network_error() -> None:
    s3 = S3(Access(endpoint_url="http://127.0.0.1:9"), timeout_s=0.2, tries=2, backoff_s=0.001)
    for call in (lambda: s3.list_page("b"), lambda: s3.read_range("b", "k", 0, 1), s3.list_buckets):
        with pytest.raises(NetworkError, match=re.escape("127.0.0.1:9")):
            call()
    s3.close()


def test_an_ignored_range_is_cut_from_the_whole_object(s3: S3, range_server: RangeServer) -> None:
    range_server.fail("ignore_range")
    assert s3.read_range("photos", KEY, 1000, 50).data == DATA[1000:1050]
    assert s3.read_range("photos", KEY, len(DATA) - 5, 50).data == DATA[-5:]
    assert s3.read_range("photos", KEY, len(DATA) + 5, 50).data == b""


def test_an_ignored_range_far_into_an_object_is_an_error(s3: S3, range_server: RangeServer) -> None:
    range_server.put("photos", "huge", bytes(9 << 20))
    range_server.fail("ignore_range")
    with pytest.raises(StorageError, match="ignores the Range header"):
        s3.read_range("photos", "huge", 9_000_000, 10)


def test_an_unread_body_closes_only_its_connection(s3: S3, range_server: RangeServer) -> None:
    range_server.fail("ignore_range", times=1)
    assert s3.read_range("photos", KEY, 0, 10).data == DATA[:10]
    assert s3.read_range("photos", KEY, 0, 10).data == DATA[:10]
    assert range_server.counts["connections"] == 2


# ------------------------------------------------------------------------- regions


def test_a_bucket_of_another_region_is_followed_once_and_remembered(
    s3: S3, range_server: RangeServer
) -> None:
    range_server.make_bucket("far", region="eu-west-3")
    range_server.put("far", KEY, DATA)
    assert s3.read_range("far", KEY, 0, 10).data == DATA[:10]
    assert range_server.counts["GetObject"] == 2
    s3.read_range("far", KEY, 0, 10)
    s3.list_page("far")
    s3.head_object("far", KEY)
    assert range_server.counts == {
        "GetObject": 3,
        "ListObjectsV2": 1,
        "HeadObject": 1,
        "connections": range_server.counts["connections"],
    }
    assert "eu-west-3" in s3.presign("far", KEY, 60)


def test_a_redirect_without_a_region_asks_for_it(s3: S3, range_server: RangeServer) -> None:
    range_server.make_bucket("far", region="eu-west-3")
    range_server.put("far", KEY, DATA)
    range_server.fail("error", op="GetObject", times=1, status=307, code="TemporaryRedirect")
    assert s3.read_range("far", KEY, 0, 10).data == DATA[:10]
    assert range_server.counts["HeadBucket"] >= 1


def test_a_redirect_loop_ends(s3: S3, range_server: RangeServer) -> None:
    range_server.fail(
        "error",
        op="GetObject",
        status=301,
        code="PermanentRedirect",
        headers=(("x-amz-bucket-region", "eu-west-1"),),
    )
    with pytest.raises(WrongRegionError, match="--region eu-west-1"):
        s3.read_range("photos", KEY, 0, 10)
    assert range_server.counts["GetObject"] == 2


# --------------------------------------------------------------------------- forks


def test_a_forked_process_opens_its_own_connections(s3: S3, range_server: RangeServer) -> None:
    s3.read_range("photos", KEY, 0, 10)
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 and later warn of a fork while threads run; the server has one.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:  # pragma: no cover - the child
        os.write(writing, s3.read_range("photos", KEY, 7, 10).data)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == DATA[7:17]
    assert os.waitpid(child, 0)[1] == 0
    assert s3.read_range("photos", KEY, 20, 10).data == DATA[20:30]
    assert range_server.counts["connections"] == 2
