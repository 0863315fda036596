"""Against a real S3 server that verifies every signature."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from tasveer_tui.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ObjectChangedError,
    ObjectEmptyError,
    ObjectNotFoundError,
)
from tasveer_tui.records import Access
from tasveer_tui.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.seaweedfs import SeaweedServer

DATA = bytes(range(256)) * 800
KEYS = [
    "a-b",
    "a/x",
    "a/z",
    "a0",
    "b c+d%41/e",
    "c.d/e",
    "lead",
    "new\nline",
    "[red]m[/red]",
    "~tilde!'()*",
    "日本/🏔.jpg",
    "q?a=b&c#d;e",
]


@pytest.fixture(scope="module")
def server(seaweed: SeaweedServer) -> SeaweedServer:
    seaweed.fill("s3-odd", {key: key.encode() * 20 for key in KEYS})
    seaweed.fill("s3-data", {"a.jpg": DATA, "empty": b""})
    return seaweed


@pytest.fixture
def s3(server: SeaweedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    made = S3(Access(), timeout_s=10)
    yield made
    made.close()


def test_the_server_accepts_the_signature_of_odd_keys(s3: S3) -> None:
    for key in KEYS:
        assert s3.read_range("s3-odd", key, 2, 9).data == (key.encode() * 20)[2:11]
        assert s3.head_object("s3-odd", key).ref.size_bytes == 20 * len(key.encode())


def test_ranges_and_etags_are_honoured(s3: S3) -> None:
    etag = s3.list_page("s3-data").objects[0].etag
    assert s3.read_range("s3-data", "a.jpg", 1000, 70_000, etag=etag).data == DATA[1000:71_000]
    assert s3.read_range("s3-data", "a.jpg", len(DATA) - 3, 100, etag=etag).data == DATA[-3:]
    beyond = s3.read_range("s3-data", "a.jpg", len(DATA) + 3, 100, etag=etag)
    assert (beyond.data, beyond.size_bytes) == (b"", len(DATA))
    with pytest.raises(ObjectChangedError):
        s3.read_range("s3-data", "a.jpg", 0, 10, etag="0" * 32)
    with pytest.raises(ObjectEmptyError):
        s3.read_range("s3-data", "empty", 0, 10)


def test_missing_buckets_and_keys_are_reported(s3: S3) -> None:
    with pytest.raises(ObjectNotFoundError):
        s3.read_range("s3-data", "nothing", 0, 10)
    with pytest.raises(ObjectNotFoundError):
        s3.head_object("s3-data", "nothing")
    with pytest.raises(BucketNotFoundError):
        s3.list_page("s3-nowhere")


@pytest.mark.parametrize("delimiter", ["/", ""])
@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_are_complete_in_the_order_of_the_server(s3: S3, delimiter: str, limit: int) -> None:
    names, cursor = list[str](), ""
    while True:
        page = s3.list_page("s3-odd", start_after=cursor, delimiter=delimiter, limit=limit)
        names += [*page.prefixes, *(ref.key for ref in page.objects)]
        if page.is_last:
            break
        cursor = page.cursor
    expected = KEYS
    if delimiter:
        expected = [key.partition("/")[0] + "/" * ("/" in key) for key in KEYS]
    assert sorted(names) == sorted(set(expected))
    walked = [ref.key for page in s3.list_pages("s3-odd") for ref in page.objects]
    assert sorted(walked) == sorted(KEYS)


def test_buckets_and_caller_identity_are_returned(s3: S3, server: SeaweedServer) -> None:
    assert {"s3-data", "s3-odd"} <= {bucket.name for bucket in s3.list_buckets()}
    assert s3.endpoint == server.url
    assert s3.identity() == f"profile default, found by env, access key …{server.access_key[-4:]}"


def test_anyone_can_open_a_presigned_url(s3: S3) -> None:
    for key in KEYS:
        with urlopen(s3.presign("s3-odd", key, 60)) as answer:
            assert answer.read() == key.encode() * 20


@pytest.mark.parametrize("wrong", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_credentials_are_denied(
    server: SeaweedServer, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(wrong, "AKIAWRONG0000000")
    s3 = S3(Access(), timeout_s=10, tries=1)
    for call in (
        lambda: s3.read_range("s3-data", "a.jpg", 0, 10),
        lambda: s3.list_page("s3-data"),
        lambda: s3.head_object("s3-data", "a.jpg"),
    ):
        with pytest.raises(AccessDeniedError):
            call()
    s3.close()


def test_anonymous_access_to_a_private_bucket_is_denied(server: SeaweedServer) -> None:
    s3 = S3(Access(endpoint_url=server.url, is_anonymous=True), timeout_s=10, tries=1)
    with pytest.raises(AccessDeniedError, match="--no-sign-request"):
        s3.list_page("s3-data")
    s3.close()
