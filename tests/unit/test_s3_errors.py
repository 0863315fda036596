"""Error responses and SDK exceptions become the project's errors, with a remedy."""

from __future__ import annotations

import ssl

import pytest
import urllib3.exceptions as http
from botocore import exceptions as sdk

from tasveer_tui.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ExpiredCredentialsError,
    NetworkError,
    NoCredentialsError,
    ObjectArchivedError,
    ObjectChangedError,
    ObjectNotFoundError,
    StorageError,
    TasveerError,
    ThrottledError,
    TlsError,
    UnreachableError,
    UsageError,
    WrongRegionError,
)
from tasveer_tui.s3.errors import ErrorResponse, S3Resource, parse_error_response
from tasveer_tui.s3.sdk_errors import from_http, translate_errors

PLACE = S3Resource("photos", "a/b.jpg", "work")


def _raised(error: Exception, resource: S3Resource = PLACE) -> TasveerError:
    with pytest.raises(TasveerError) as caught, translate_errors(resource):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AccessDenied", AccessDeniedError),
        (403, "", AccessDeniedError),
        (401, "", AccessDeniedError),
        (403, "InvalidAccessKeyId", AccessDeniedError),
        (403, "SignatureDoesNotMatch", AccessDeniedError),
        (403, "RequestTimeTooSkewed", StorageError),
        (400, "ExpiredToken", ExpiredCredentialsError),
        (404, "NoSuchBucket", BucketNotFoundError),
        (404, "NoSuchKey", ObjectNotFoundError),
        (404, "", ObjectNotFoundError),
        (412, "PreconditionFailed", ObjectChangedError),
        (403, "InvalidObjectState", ObjectArchivedError),
        (503, "SlowDown", ThrottledError),
        (503, "", ThrottledError),
        (429, "TooManyRequests", ThrottledError),
        (500, "InternalError", NetworkError),
        (502, "", NetworkError),
        (301, "PermanentRedirect", WrongRegionError),
        (307, "", WrongRegionError),
        (400, "AuthorizationHeaderMalformed", WrongRegionError),
        (418, "Teapot", StorageError),
    ],
)
def test_an_error_response_becomes_the_error_of_its_kind(
    status: int, code: str, kind: type[TasveerError]
) -> None:
    error = ErrorResponse(status, code).to_error(PLACE)
    assert type(error) is kind
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")


def test_a_missing_bucket_is_not_reported_as_a_missing_object() -> None:
    assert type(ErrorResponse(404).to_error(S3Resource("photos"))) is BucketNotFoundError


def test_the_remedy_depends_on_the_access() -> None:
    signed = ErrorResponse(403).to_error(PLACE)
    assert "profile work" in signed.remedy
    anonymous = ErrorResponse(403).to_error(S3Resource("photos", is_anonymous=True))
    assert "--no-sign-request" in anonymous.remedy
    assert "s3://BUCKET" in ErrorResponse(403).to_error(S3Resource()).remedy
    assert (
        "aws sso login --profile work" in ErrorResponse(400, "ExpiredToken").to_error(PLACE).remedy
    )
    assert "--region eu-west-1" in ErrorResponse(301, region="eu-west-1").to_error(PLACE).remedy


def test_an_error_response_is_parsed_from_its_xml() -> None:
    body = (
        b"<?xml version='1.0'?><Error><Code>AuthorizationHeaderMalformed</Code>"
        b"<Message>wrong &amp; bad</Message><Region>eu-west-3</Region></Error>"
    )
    assert parse_error_response(400, {}, body) == ErrorResponse(
        400, "AuthorizationHeaderMalformed", "wrong & bad", "eu-west-3"
    )
    assert parse_error_response(301, {"x-amz-bucket-region": "us-x-2"}, b"").region == "us-x-2"
    assert parse_error_response(416, {"content-range": "bytes */0"}, b"").size_bytes == 0
    assert (
        parse_error_response(416, {}, b"<ActualObjectSize>12</ActualObjectSize>").size_bytes == 12
    )


@pytest.mark.parametrize("body", [b"", b"<html>\xff\xfe", b"<Code></Code>", b"<Error><Code>x"])
def test_an_unreadable_error_response_is_still_an_error(body: bytes) -> None:
    assert "404" in str(parse_error_response(404, {}, body).reason)


@pytest.mark.parametrize("region", ["evil.example/x", "a" * 20 + "!", "../..", "-x", ""])
def test_an_invalid_region_name_is_ignored(region: str) -> None:
    assert parse_error_response(301, {"x-amz-bucket-region": region}, b"").region == ""


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (sdk.NoCredentialsError(), NoCredentialsError, "--no-sign-request"),
        (
            sdk.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            NoCredentialsError,
            "aws sts get-caller-identity",
        ),
        (
            sdk.CredentialRetrievalError(provider="custom-process", error_msg="exit 1"),
            NoCredentialsError,
            "exit 1",
        ),
        (sdk.SSOTokenLoadError(error_msg="x"), ExpiredCredentialsError, "aws sso login"),
        (sdk.UnauthorizedSSOTokenError(), ExpiredCredentialsError, "aws sso login"),
        (sdk.LoginRefreshRequired(), ExpiredCredentialsError, "aws login --profile work"),
        (sdk.ProfileNotFound(profile="wrok"), UsageError, "wrok"),
        (sdk.ConfigParseError(path="/x"), UsageError, "/x"),
        (sdk.InvalidRegionError(region_name="eu west"), UsageError, "eu west"),
        (sdk.ParamValidationError(report="bad name"), BucketNotFoundError, "photos"),
        (sdk.EndpointConnectionError(endpoint_url="http://h"), UnreachableError, "http://h"),
        (sdk.ReadTimeoutError(endpoint_url="http://h"), NetworkError, "stopped responding"),
        (sdk.DataNotFoundError(data_path="s3"), StorageError, "s3"),
    ],
)
def test_an_sdk_error_is_translated(error: Exception, kind: type[TasveerError], words: str) -> None:
    raised = _raised(error)
    assert type(raised) is kind
    assert words in str(raised)


def test_a_client_error_is_translated_by_code_or_status() -> None:
    def answered(code: str, status: int) -> TasveerError:
        response = {
            "Error": {"Code": code, "Message": "m"},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        }
        return _raised(sdk.ClientError(response, "HeadObject"))

    assert type(answered("404", 404)) is ObjectNotFoundError
    assert type(answered("403", 403)) is AccessDeniedError
    assert type(answered("NoSuchBucket", 404)) is BucketNotFoundError
    assert type(answered("InvalidToken", 400)) is StorageError


def test_an_untrusted_certificate_is_a_tls_error() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = from_http(http.SSLError(cause), "https://h")
    assert type(error) is TlsError
    assert "self-signed" in error.message
    assert "--ca-bundle" in error.remedy
    plain = from_http(http.SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] x")), "https://h")
    assert "http://" in plain.remedy


def test_project_errors_are_not_translated() -> None:
    error = ThrottledError("slow")
    with pytest.raises(ThrottledError) as caught, translate_errors(PLACE):
        raise error
    assert caught.value is error
