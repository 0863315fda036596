"""Against moto, for rare parts of the S3 API: versions, storage classes, `..` in keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.errors import (
    BucketNotFoundError,
    ObjectArchivedError,
    ObjectEmptyError,
    ObjectNotFoundError,
)
from tasveer_tui.records import Access
from tasveer_tui.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator

moto_server = pytest.importorskip("moto.server")

KEYS = ["../up", "a//b", "a/../c", "/lead", "a b+%41", "日本", "x/"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    made = S3(Access(endpoint_url=url, region="us-east-1"), timeout_s=10, tries=2, backoff_s=0.01)
    yield made
    made.close()


@pytest.fixture
def client(s3: S3) -> Any:
    return s3._transport.session.client()


def test_odd_keys_are_listed_and_read(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="odd")
    for key in KEYS:
        client.put_object(Bucket="odd", Key=key, Body=key.encode())
    found = [ref for page in s3.list_pages("odd") for ref in page.objects]
    assert [ref.key for ref in found] == sorted(KEYS)
    for ref in found:
        assert s3.read_range("odd", ref.key, 0, 99, etag=ref.etag).data == ref.key.encode()
    assert s3.list_page("odd", "a/").prefixes == ("a/../", "a//")


def test_object_properties_are_returned(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="facts")
    client.put_bucket_versioning(Bucket="facts", VersioningConfiguration={"Status": "Enabled"})
    put = client.put_object(
        Bucket="facts",
        Key="a.jpg",
        Body=b"12345",
        ContentType="image/jpeg",
        CacheControl="max-age=60",
        StorageClass="STANDARD_IA",
        Metadata={"photographer": "A. Person"},
    )
    facts = s3.head_object("facts", "a.jpg")
    assert facts.ref.size_bytes == 5
    assert facts.ref.storage_class == "STANDARD_IA"
    assert facts.ref.modified_at > 1_700_000_000
    assert (facts.content_type, facts.version_id) == ("image/jpeg", put["VersionId"])
    assert ("cache-control", "max-age=60") in facts.headers
    assert ("x-amz-meta-photographer", "A. Person") in facts.headers
    assert not {"x-amz-request-id", "server", "date"} & dict(facts.headers).keys()


def test_a_deleted_object_is_not_found(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="versions")
    client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    client.put_object(Bucket="versions", Key="a.jpg", Body=b"1")
    client.delete_object(Bucket="versions", Key="a.jpg")
    with pytest.raises(ObjectNotFoundError):
        s3.read_range("versions", "a.jpg", 0, 1)
    with pytest.raises(ObjectNotFoundError):
        s3.head_object("versions", "a.jpg")
    assert s3.list_page("versions").objects == ()


def test_versions_and_delete_markers_are_listed(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="kept")
    client.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"22"):
        client.put_object(Bucket="kept", Key="a b.jpg", Body=body)
    client.put_object(Bucket="kept", Key="a b.jpg.old", Body=b"another key that begins the same")
    client.delete_object(Bucket="kept", Key="a b.jpg")
    found = s3.list_versions("kept", "a b.jpg")
    assert [(one.is_deletion, one.is_latest, one.ref.size_bytes) for one in found] == [
        (True, True, 0), (False, False, 2), (False, False, 1),
    ]  # fmt: skip
    oldest = found[-1]
    assert s3.read_range("kept", "a b.jpg", 0, 9, version_id=oldest.version_id).data == b"1"
    facts = s3.head_object("kept", "a b.jpg", oldest.version_id)
    assert (facts.ref.size_bytes, facts.version_id) == (1, oldest.version_id)
    assert facts.ref.etag == oldest.ref.etag


def test_an_object_in_glacier_is_listed_but_cannot_be_read(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="cold")
    client.put_object(Bucket="cold", Key="a.jpg", Body=b"1", StorageClass="GLACIER")
    assert s3.list_page("cold").objects[0].storage_class == "GLACIER"
    with pytest.raises(ObjectArchivedError):
        s3.read_range("cold", "a.jpg", 0, 1)


def test_edge_cases_of_ranges(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="ranges")
    client.put_object(Bucket="ranges", Key="empty", Body=b"")
    client.put_object(Bucket="ranges", Key="one", Body=b"1")
    with pytest.raises(ObjectEmptyError):
        s3.read_range("ranges", "empty", 0, 65536)
    assert s3.read_range("ranges", "one", 0, 65536).data == b"1"
    assert s3.read_range("ranges", "one", 1, 65536).data == b""


def test_the_etag_of_a_multipart_object_matches(s3: S3, client: Any) -> None:
    client.create_bucket(Bucket="parts")
    upload = client.create_multipart_upload(Bucket="parts", Key="big")["UploadId"]
    named = {"Bucket": "parts", "Key": "big", "UploadId": upload}
    part = client.upload_part(**named, PartNumber=1, Body=b"x" * 10)
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    client.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    ref = s3.list_page("parts").objects[0]
    assert ref.etag.endswith("-1")
    assert s3.read_range("parts", "big", 0, 5, etag=ref.etag).data == b"xxxxx"


def test_an_unknown_bucket_is_reported(s3: S3) -> None:
    with pytest.raises(BucketNotFoundError):
        s3.list_page("nowhere")
    with pytest.raises(BucketNotFoundError):
        s3.read_range("nowhere", "a", 0, 1)
