"""What went wrong, in the project's own errors: a sentence and a remedy each.

No error of botocore, urllib3 or S3 leaves this room untranslated.
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
    """What a request was for, and with which profile: the words of the sentence."""

    bucket: str = ""
    key: str = ""
    profile: str = ""
    is_anonymous: bool = False
    version_id: str = ""
    """Of the object; empty for the latest."""

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.bucket else "the list of buckets"

    @property
    def login_command(self) -> str:
        """The command that renews a session."""
        return f"aws sso login --profile {self.profile}" if self.profile else "aws sso login"

    @property
    def credentials_text(self) -> str:
        """How a sentence names the credentials in use."""
        return f"the credentials of profile {self.profile}" if self.profile else "these credentials"


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An answer that is not success."""

    status: int
    code: str = ""
    """S3's own word, or empty: a HEAD has no body, and not every server has one."""
    message: str = ""
    region: str = ""
    """Where the bucket lives, if the answer says so."""
    size_bytes: int = -1
    """Of the object, if the answer says so; -1 where it does not."""

    @property
    def is_wrong_region(self) -> bool:
        """The bucket may live in another region than the one the request was signed for."""
        return self.status in (301, 307) or self.code in REGION_CODES

    def to_error(self, place: S3Resource) -> StorageError:
        """The error that says this about `place`."""
        known = _BY_CODE.get(self.code) or _BY_STATUS.get(self.status)
        if known:
            return known(self, place)
        if self.is_wrong_region:
            return _wrong_region(self, place)
        return StorageError(f"S3 refused {place}: {self.reason}.", "Check --endpoint-url.")

    @property
    def reason(self) -> str:
        """Code and message, bounded."""
        told = ": ".join(part for part in (self.code, self.message) if part)
        return (told or f"HTTP status {self.status}")[:300].rstrip(".")


def parse_error_response(status: int, headers: Mapping[str, str], body: bytes) -> ErrorResponse:
    """Read an answer that is not success; `body` may be anything."""
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


def _denied(refused: ErrorResponse, place: S3Resource) -> StorageError:
    remedy = (
        f"Check what {place.credentials_text} may do, choose others with --profile, or add "
        "--request-payer where readers pay."
    )
    if place.is_anonymous:
        remedy = "Leave out --no-sign-request, and choose credentials with --profile."
    if not place.bucket:
        remedy = "Name a bucket: tasveer-tui s3://BUCKET. Listing one may be allowed all the same."
    return AccessDeniedError(f"Access to {place} is denied: {refused.reason}.", remedy)


def _unknown_key(_: ErrorResponse, place: S3Resource) -> StorageError:
    return AccessDeniedError(
        f"This endpoint does not know the access key of {place.credentials_text}.",
        "Choose other credentials with --profile, or check --endpoint-url.",
    )


def _bad_signature(_: ErrorResponse, place: S3Resource) -> StorageError:
    return AccessDeniedError(
        f"The endpoint rejects the signature made with {place.credentials_text}.",
        "Check the secret key, --endpoint-url and --addressing-style.",
    )


def _clock_skewed(_: ErrorResponse, place: S3Resource) -> StorageError:
    return StorageError(
        f"S3 refused {place}: this machine's clock is wrong.",
        "Set the clock; signatures are valid for 15 minutes only.",
    )


def _expired(_: ErrorResponse, place: S3Resource) -> StorageError:
    return ExpiredCredentialsError(
        f"The session of {place.credentials_text} has expired.",
        f"Run `{place.login_command}`, or renew them the way they were made.",
    )


def _no_bucket(_: ErrorResponse, place: S3Resource) -> StorageError:
    return BucketNotFoundError(
        f"There is no bucket {place.bucket} at this endpoint.",
        "Check the name, --endpoint-url and --profile.",
    )


def _no_object(refused: ErrorResponse, place: S3Resource) -> StorageError:
    if not place.key:
        return _no_bucket(refused, place)
    return ObjectNotFoundError(f"There is no object {place}.", "List the prefix again.")


def object_changed(place: S3Resource) -> StorageError:
    """The object's ETag is not the listed one."""
    return ObjectChangedError(f"{place} was replaced since it was listed.", "Ingest it again.")


def _archived(_: ErrorResponse, place: S3Resource) -> StorageError:
    return ObjectArchivedError(
        f"{place} is archived and cannot be read.",
        "Restore it first: `aws s3api restore-object`.",
    )


def _throttled(_: ErrorResponse, place: S3Resource) -> StorageError:
    return ThrottledError(
        f"S3 asks for fewer requests ({place}).", "Retry later, or lower --concurrency."
    )


def _server_error(refused: ErrorResponse, place: S3Resource) -> StorageError:
    return NetworkError(f"S3 failed on {place}: {refused.reason}.", "Retry later.")


def _wrong_region(refused: ErrorResponse, place: S3Resource) -> StorageError:
    where = f"region {refused.region}" if refused.region else "another region"
    remedy = f"Use --region {refused.region}." if refused.region else "Name it with --region."
    return WrongRegionError(f"The bucket {place.bucket} lives in {where}.", remedy)


_BY_CODE = {
    "InvalidAccessKeyId": _unknown_key,
    "SignatureDoesNotMatch": _bad_signature,
    "RequestTimeTooSkewed": _clock_skewed,
    "NoSuchBucket": _no_bucket,
    "NoSuchKey": _no_object,
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
    404: _no_object,
    412: lambda _, place: object_changed(place),
    429: _throttled,
    500: _server_error,
    502: _server_error,
    503: _throttled,
    504: _server_error,
}
