"""What botocore and urllib3 raise, in the project's own errors."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3.exceptions as http
from botocore import exceptions as sdk

from tasveer_tui.errors import (
    BucketNotFoundError,
    ExpiredCredentialsError,
    NetworkError,
    NoCredentialsError,
    StorageError,
    TlsError,
    UnreachableError,
    UsageError,
)
from tasveer_tui.s3.errors import ErrorResponse, S3Resource, parse_error_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.errors import TasveerError


@contextmanager
def translate_errors(place: S3Resource) -> Iterator[None]:
    """Let nothing but the project's errors out of this block; `place` is what it was for."""
    try:
        yield
    except sdk.ClientError as error:
        raise from_client_error(error.response).to_error(place) from error
    except sdk.BotoCoreError as error:
        raise from_botocore(error, place) from error
    except (http.HTTPError, OSError) as error:
        raise from_http(error, str(place)) from error


def from_client_error(response: dict[str, Any]) -> ErrorResponse:
    """The refusal in a ClientError. A HEAD has no body: its code is the status."""
    told, meta = response.get("Error", {}), response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    bare = parse_error_response(status, meta.get("HTTPHeaders", {}), b"")
    code = str(told.get("Code", ""))
    region = bare.region or str(told.get("Region", ""))
    return ErrorResponse(
        status, "" if code.isdigit() else code, str(told.get("Message", "")), region
    )


# ------------------------------------------------------------------------------ HTTP


def from_http(error: Exception, host: str) -> TasveerError:
    """The error behind one of urllib3's, or of the socket's."""
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TlsError(
            f"The certificate of {host} is not trusted: {cause.verify_message}.",
            "Name the authority's certificate with --ca-bundle, or set AWS_CA_BUNDLE.",
        )
    if "WRONG_VERSION_NUMBER" in str(cause):
        return TlsError(f"{host} does not speak TLS.", "Use http:// in --endpoint-url.")
    is_away = any(isinstance(each, _UNREACHABLE_ERRORS) for each in (error, cause))
    return (UnreachableError if is_away else NetworkError)(
        f"The connection to {host} failed: {_reason(error, cause)}.",
        "Check the network, --endpoint-url and the proxy settings.",
    )


def _cause(error: BaseException) -> BaseException:
    """The innermost error: libraries wrap it in `reason`, `args` or `__cause__`."""
    for _ in range(8):
        inner = [getattr(error, "reason", None), getattr(error, "kwargs", {}).get("error")]
        inner += [*error.args, error.__cause__]
        found = next((item for item in inner if isinstance(item, BaseException)), None)
        if found is None:
            break
        error = found
    return error


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (http.NameResolutionError, "its name cannot be resolved"),
    # urllib3 counts a refused connection among those that timed out.
    (ConnectionRefusedError, "nothing listens there"),
    (http.ConnectTimeoutError, "it does not answer"),
    (http.ReadTimeoutError, "it stopped answering"),
    (TimeoutError, "it stopped answering"),
    (http.IncompleteRead, "it ended in the middle of an answer"),
    (ConnectionResetError, "it was reset"),
    (ConnectionError, "it was closed"),
    (sdk.EndpointConnectionError, "it cannot be reached"),
    (sdk.ConnectTimeoutError, "it does not answer"),
    (sdk.ReadTimeoutError, "it stopped answering"),
    (sdk.ConnectionClosedError, "it was closed"),
    (sdk.ProxyConnectionError, "the proxy cannot be reached"),
)


_UNREACHABLE_ERRORS = (
    http.NewConnectionError,
    http.ConnectTimeoutError,
    ConnectionRefusedError,
    sdk.EndpointConnectionError,
    sdk.ConnectTimeoutError,
    sdk.ProxyConnectionError,
)
"""No connection was made: the endpoint, or the way to it, is away."""


def _reason(*errors: BaseException) -> str:
    for kind, words in _REASONS:
        if any(isinstance(error, kind) for error in errors):
            return words
    return str(errors[-1])[:200].rstrip(".") or type(errors[-1]).__name__


# ------------------------------------------------------------------------------- SDK


def from_botocore(error: sdk.BotoCoreError, place: S3Resource) -> TasveerError:
    """The error behind one of botocore's."""
    for kinds, make in _CONVERTERS:
        if isinstance(error, kinds):
            return make(error, place)
    return StorageError(f"The request for {place} failed: {_one_line(error)}.")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")


def missing_credentials(place: S3Resource) -> NoCredentialsError:
    """There is nothing to sign with."""
    whose = f" in profile {place.profile}" if place.profile else ""
    return NoCredentialsError(
        f"No credentials were found{whose}.",
        "Choose a profile with --profile, run `aws configure`, or read a public bucket with "
        "--no-sign-request.",
    )


def _unusable_credentials(error: Exception, place: S3Resource) -> TasveerError:
    return NoCredentialsError(
        f"{place.credentials_text.capitalize()} cannot be used: {_one_line(error)}.",
        "Check them with `aws sts get-caller-identity`, or choose others with --profile.",
    )


def _expired(error: Exception, place: S3Resource) -> TasveerError:
    is_login = isinstance(error, sdk.LoginError)
    command = (
        place.login_command.replace("aws sso login", "aws login")
        if is_login
        else place.login_command
    )
    return ExpiredCredentialsError(
        f"There is no valid session for {place.credentials_text}.", f"Run `{command}`."
    )


def _unknown_profile(error: Exception, _: S3Resource) -> TasveerError:
    return UsageError(
        f"{_one_line(error)}.", "See `aws configure list-profiles`, and choose one with --profile."
    )


def _invalid_setting(error: Exception, _: S3Resource) -> TasveerError:
    return UsageError(
        f"{_one_line(error)}.", "Correct the option, or the file ~/.aws/config where it stands."
    )


def _invalid_bucket_name(_: Exception, place: S3Resource) -> TasveerError:
    return BucketNotFoundError(
        f"{place.bucket} cannot be the name of a bucket.",
        "Names have 3 to 63 lower-case letters, digits, dots and hyphens.",
    )


def _network_error(error: Exception, _: S3Resource) -> TasveerError:
    return from_http(error, _host(error))


def _host(error: Exception) -> str:
    parts = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "the endpoint"


_CONVERTERS: tuple[
    tuple[tuple[type[Exception], ...], Callable[[Exception, S3Resource], TasveerError]], ...
] = (
    ((sdk.NoCredentialsError, sdk.NoAuthTokenError), lambda _, place: missing_credentials(place)),
    (
        (sdk.SSOError, sdk.TokenRetrievalError, sdk.LoginRefreshRequired, sdk.LoginTokenLoadError),
        _expired,
    ),
    (
        (
            sdk.PartialCredentialsError,
            sdk.CredentialRetrievalError,
            sdk.MetadataRetrievalError,
            sdk.RefreshWithMFAUnsupportedError,
            sdk.MissingDependencyException,
            sdk.LoginError,
            sdk.UnknownCredentialError,
        ),
        _unusable_credentials,
    ),
    ((sdk.ProfileNotFound,), _unknown_profile),
    ((sdk.ParamValidationError, sdk.UnsupportedS3ArnError), _invalid_bucket_name),
    (
        (
            sdk.ConfigParseError,
            sdk.ConfigNotFound,
            sdk.InvalidConfigError,
            sdk.InvalidRegionError,
            sdk.InvalidS3AddressingStyleError,
            sdk.InvalidRetryConfigurationError,
            sdk.UnsupportedS3ConfigurationError,
        ),
        _invalid_setting,
    ),
    ((sdk.ConnectionError, sdk.HTTPClientError), _network_error),
)
