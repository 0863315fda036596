"""The route to a bucket, taken from a request that botocore prepared."""

from __future__ import annotations

from botocore.awsrequest import AWSPreparedRequest

from tasveer_tui.s3.http_messages import Origin
from tasveer_tui.s3.transport import Route

SIGNED = "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/{}/aws4_request, SignedHeaders=host"


def _route(url: str, **headers: str | bytes) -> Route:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Route.of(AWSPreparedRequest("GET", url, named, None, stream_output=True), "given")


def test_requests_to_an_ordinary_bucket_are_signed_here() -> None:
    route = _route("http://HOST:80/base/photos/x", Authorization=SIGNED.format("s3").encode())
    assert (route.origin.url, route.host, route.path) == ("http://host", "host", "/base/photos")
    assert (route.region, route.is_plain) == ("eu-west-1", True)
    assert route.signer is not None


def test_anonymous_requests_are_not_signed() -> None:
    route = _route("https://photos.s3.amazonaws.com/x")
    assert (route.path, route.region, route.signer, route.is_plain) == ("", "given", None, True)


def test_other_signatures_are_left_to_botocore() -> None:
    url = "https://b.s3express-euw1-az1.eu-west-1.amazonaws.com/x"
    for headers in (
        {"Authorization": SIGNED.format("s3express"), "x_amz_s3session_token": "t"},
        {"Authorization": SIGNED.format("s3"), "x_amz_s3session_token": "t"},
        {"Authorization": "AWS4-ECDSA-P256-SHA256 Credential=AK/20260101/s3/aws4_request"},
        {"Authorization": "AWS AK:signature"},
    ):
        assert not _route(url, **headers).is_plain


def test_an_origin_has_one_spelling() -> None:
    assert Origin.of("https://H.example:443/a?b") == Origin("https", "h.example", 443)
    assert Origin.of("http://[::1]:9000/").url == "http://[::1]:9000"
    assert Origin.of("http://[::1]/").host_header == "[::1]"
    assert Origin.of("https://h:80").host_header == "h:80"
