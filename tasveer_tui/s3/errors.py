"""The service's error responses as the project's errors, each with a remedy.

Codes are those of "Error responses" in the S3 API reference. Needs no SDK; the exceptions of the
SDK are translated in `sdk_errors`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tasveer_tui.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ExpiredCredentialsError,
    NetworkError,
    ObjectArchivedError,
    ObjectChangedError,
    ObjectNotFoundError,
    StorageError,
    ThrottledError,
    WrongRegionError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
THROTTLED_CODES = frozenset(
    {
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "ServiceUnavailable",
    }
)
REGION_CODES = frozenset(
    {
        "PermanentRedirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    }
)
_REGION_NAME_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNSATISFIED_RANGE_PATTERN = re.compile(r"bytes \*/(\d{1,18})$")


class S3Resource(msgspec.Struct, frozen=True, gc=False):
    """The bucket or object of a request, and its profile: what an error message names."""

    bucket: str = ""
    key: str = ""
    profile: str = ""
    is_anonymous: bool = False
    version_id: str = ""
    """Empty for the latest version."""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.bucket else "the list of buckets"

    @property
    def login_command(self) -> str:
        """The command that renews an SSO session."""
        return f"aws sso login --profile {self.profile}" if self.profile else "aws sso login"

    @property
    def credentials_text(self) -> str:
        """The credentials in use, as an error message names them."""
        return f"the credentials of profile {self.profile}" if self.profile else "these credentials"


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """A response with an error status."""

    status: int
    code: str = ""
    """S3's error code; empty if the response has none, as to a HEAD request."""
    message: str = ""
    region: str = ""
    """The bucket's region, if the response names it."""
    size_bytes: int = -1
    """The object's size, or -1 if the response does not have it."""

    @property
    def is_wrong_region(self) -> bool:
        """Whether the bucket may be in another region than the request was signed for."""
        return self.status in (301, 307) or self.code in REGION_CODES

    def to_error(self, resource: S3Resource) -> StorageError:
        """The error to raise for a request to `resource`."""
        make = _BY_CODE.get(self.code) or _BY_STATUS.get(self.status)
        if make:
            return make(self, resource)
        if self.is_wrong_region:
            return _wrong_region(self, resource)
        return StorageError(f"S3 refused {resource}: {self.reason}.", "Check --endpoint-url.")

    @property
    def reason(self) -> str:
        """Code and message, at most 300 characters."""
        text = ": ".join(part for part in (self.code, self.message) if part)
        return (text or f"HTTP status {self.status}")[:300].rstrip(".")


def parse_error_response(status: int, headers: Mapping[str, str], body: bytes) -> ErrorResponse:
    """Parse a response with an error status; `body` is XML, or anything else, or empty."""
    text = body.decode("utf-8", "replace")
    region = headers.get("x-amz-bucket-region") or _xml_field("Region", text)
    unsatisfied = _UNSATISFIED_RANGE_PATTERN.match(headers.get("content-range", ""))
    size = unsatisfied[1] if unsatisfied else _xml_field("ActualObjectSize", text)
    return ErrorResponse(
        status,
        _xml_field("Code", text),
        _xml_field("Message", text),
        region if _REGION_NAME_PATTERN.fullmatch(region) else "",
        int(size) if size.isdecimal() else -1,
    )


def _xml_field(name: str, text: str) -> str:
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return html.unescape(found[1]) if found else ""


def _denied(response: ErrorResponse, resource: S3Resource) -> StorageError:
    remedy = (
        f"Check the permissions of {resource.credentials_text}, select others with --profile, "
        "or use --request-payer if the bucket is requester-pays."
    )
    if resource.is_anonymous:
        remedy = "Omit --no-sign-request, and select credentials with --profile."
    if not resource.bucket:
        remedy = "Name a bucket you may list: tasveer-tui s3://BUCKET."
    return AccessDeniedError(f"Access to {resource} is denied: {response.reason}.", remedy)


def _unknown_key(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return AccessDeniedError(
        f"This endpoint does not know the access key of {resource.credentials_text}.",
        "Select other credentials with --profile, or check --endpoint-url.",
    )


def _bad_signature(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return AccessDeniedError(
        f"The endpoint rejects the signature made with {resource.credentials_text}.",
        "Check the secret key, --endpoint-url and --addressing-style.",
    )


def _clock_skewed(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return StorageError(
        f"S3 refused {resource}: this machine's clock is wrong.",
        "Set the clock: it may differ by 15 minutes at most.",
    )


def _expired(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return ExpiredCredentialsError(
        f"The session of {resource.credentials_text} has expired.",
        f"Run `{resource.login_command}`, or renew them as you created them.",
    )


def _bucket_not_found(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return BucketNotFoundError(
        f"There is no bucket {resource.bucket} at this endpoint.",
        "Check the name, --endpoint-url and --profile.",
    )


def _object_not_found(response: ErrorResponse, resource: S3Resource) -> StorageError:
    if not resource.key:
        return _bucket_not_found(response, resource)
    return ObjectNotFoundError(f"There is no object {resource}.", "List the prefix again.")


def object_changed(resource: S3Resource) -> StorageError:
    """The error for an object whose ETag is not the listed one."""
    return ObjectChangedError(f"{resource} was replaced since it was listed.", "Ingest it again.")


def _archived(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return ObjectArchivedError(
        f"{resource} is in an archive storage class and cannot be read.",
        "Restore it first: `aws s3api restore-object`.",
    )


def _throttled(_: ErrorResponse, resource: S3Resource) -> StorageError:
    return ThrottledError(
        f"S3 throttled the request for {resource}.", "Retry later, or lower --concurrency."
    )


def _server_error(response: ErrorResponse, resource: S3Resource) -> StorageError:
    return NetworkError(f"S3 failed on {resource}: {response.reason}.", "Retry later.")


def _wrong_region(response: ErrorResponse, resource: S3Resource) -> StorageError:
    where = f"region {response.region}" if response.region else "another region"
    remedy = f"Use --region {response.region}." if response.region else "Name it with --region."
    return WrongRegionError(f"The bucket {resource.bucket} is in {where}.", remedy)


_BY_CODE = {
    "InvalidAccessKeyId": _unknown_key,
    "SignatureDoesNotMatch": _bad_signature,
    "RequestTimeTooSkewed": _clock_skewed,
    "NoSuchBucket": _bucket_not_found,
    "NoSuchKey": _object_not_found,
    "InvalidObjectState": _archived,
    "InternalError": _server_error,
    "RequestTimeout": _server_error,
    **dict.fromkeys(EXPIRED_CODES, _expired),
    **dict.fromkeys(THROTTLED_CODES, _throttled),
    **dict.fromkeys(REGION_CODES, _wrong_region),
}
_BY_STATUS = {
    401: _denied,
    403: _denied,
    404: _object_not_found,
    412: lambda _, resource: object_changed(resource),
    429: _throttled,
    500: _server_error,
    502: _server_error,
    503: _throttled,
    504: _server_error,
}
