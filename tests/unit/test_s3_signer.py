"""Requests are equal to those of botocore, including the signature."""

from __future__ import annotations

from time import gmtime
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import get_current_datetime
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from tasveer_tui.records import Access
from tasveer_tui.s3.errors import S3Resource
from tasveer_tui.s3.signer import Signer, percent_encode
from tasveer_tui.s3.transport import S3Transport, _header_text
from tests.support.property_examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_KEYS = [
    "a//b",
    "/leading",
    "//two",
    "trailing/",
    "..",
    "../up",
    "a/../b",
    "a/./b",
    "plus+and space",
    "100%",
    "%41",
    "%2F",
    "new\nline",
    "tab\tnul\x00",
    "[red]markup[/red]",
    "ünï/日本/🏔.jpg",
    "a?b=c&d#e;f",
    "q'uo\"te",
    "~tilde_-.!*()",
    "back\\slash",
    "colon:at@",
    "\u202egnp.exe",
]
KEYS = (
    st.sampled_from(ODD_KEYS)
    | st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)
    | st.lists(st.sampled_from(["a", "..", ".", "", "+", " ", "%", "é"]), min_size=2).map("/".join)
).filter(bool)
NOW = 1_790_000_000


@pytest.fixture(
    scope="module",
    params=[
        Access(endpoint_url="http://127.0.0.1:9000"),
        Access(endpoint_url="http://[::1]:9000/gateway/", region="x-1"),
        Access(region="eu-west-1"),
        Access(region="eu-west-1", addressing_style="path", requester_pays=True),
    ],
    ids=["custom", "IPv6 with a path", "AWS", "AWS by path, requester pays"],
)
def transport(request: pytest.FixtureRequest) -> Iterator[S3Transport]:
    made = S3Transport(request.param, timeout_s=1, pool_size=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        patched.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patched.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        made.session.client(purpose="prepare")
        made.session.credentials()
    yield made
    made.close()


class _Clock:
    """Sets both signers to the same second."""

    def __enter__(self) -> None:
        fixed = get_current_datetime().fromtimestamp(NOW)
        self._patches = [
            patch("botocore.auth.get_current_datetime", lambda: fixed),
            patch("tasveer_tui.s3.signer.gmtime", lambda: gmtime(NOW)),
        ]
        for each in self._patches:
            each.start()

    def __exit__(self, *_: object) -> None:
        for each in self._patches:
            each.stop()


def _built_here(
    transport: S3Transport, resource: S3Resource, query: dict[str, str], headers: dict[str, str]
) -> tuple[str, str, str | None]:
    route = transport._route(resource.bucket)
    origin, target, sent = transport._build_request(route, resource, query, headers)
    return f"{origin.url}{target}", sent["authorization"], sent.get("x-amz-request-payer")


def _built_by_botocore(
    transport: S3Transport, operation: str, **arguments: object
) -> tuple[str, str, str | None]:
    if transport.requester_pays:
        arguments["RequestPayer"] = "requester"
    request = transport.session.prepare_request(operation, "", **arguments)
    sent = {name.lower(): _header_text(value) for name, value in request.headers.items()}
    return request.url, sent["authorization"], sent.get("x-amz-request-payer")


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_ranged_get_is_what_botocore_would_send(transport: S3Transport, key: str) -> None:
    with _Clock():
        built = _built_here(
            transport, S3Resource("photos", key), {}, {"range": "bytes=0-9", "if-match": '"abc-2"'}
        )
        expected = _built_by_botocore(
            transport,
            "get_object",
            Bucket="photos",
            Key=key,
            Range="bytes=0-9",
            IfMatch='"abc-2"',
        )
    assert built == expected


@pytest.mark.parametrize("bucket", ["photos", "dotted.bucket.name"])
@pytest.mark.parametrize("prefix", ["", "a b+c/", "ü/%/"])
def test_a_listing_is_what_botocore_would_send(
    transport: S3Transport, bucket: str, prefix: str
) -> None:
    query = {"list-type": "2", "encoding-type": "url", "max-keys": "7", "delimiter": "/"}
    query |= {"prefix": prefix, "start-after": "a=&~\U0010ffff"}
    with _Clock():
        _, authorization, _ = _built_here(transport, S3Resource(bucket), query, {})
        _, expected, _ = _built_by_botocore(
            transport,
            "list_objects_v2",
            Bucket=bucket,
            Prefix=prefix,
            Delimiter="/",
            StartAfter="a=&~\U0010ffff",
            MaxKeys=7,
            EncodingType="url",
        )
    assert authorization == expected


@settings(max_examples=examples(300), deadline=None)
@given(key=KEYS, token=st.none() | st.text("abc/+=", min_size=1), etag=st.text("abc-12"))
def test_any_key_is_signed_as_botocore_signs_it(key: str, token: str | None, etag: str) -> None:
    keys = ReadOnlyCredentials("AK", "SK", token)
    headers = {"range": "bytes=5-", "if-match": f'"{etag}"'}
    with _Clock():
        sent = {"host": "s3.example:9000", **headers}
        path = f"/photos/{percent_encode(key, '/')}"
        Signer("eu-north-1").sign(keys, path, "", sent)
        request = AWSRequest("GET", f"http://s3.example:9000{path}", headers=headers)
        S3SigV4Auth(keys, "s3", "eu-north-1").add_auth(request)
    assert urlsplit(request.url).path == path
    assert sent["authorization"] == request.headers["Authorization"]


def test_the_signing_key_changes_with_day_and_credentials() -> None:
    signer = Signer("r")
    first = signer._signing_key("secret", "20260101")
    assert signer._signing_key("secret", "20260101") is first
    assert signer._signing_key("secret", "20260102") != first
    assert signer._signing_key("other", "20260101") != first
    assert signer._signing_key("secret", "20260101") == first
