"""Exceptions of botocore, urllib3 and sockets as the project's errors, each with a remedy.

Importing this imports botocore and urllib3.
"""

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
def translate_errors(resource: S3Resource) -> Iterator[None]:
    """Translate what the block raises; `resource` is what its request is for."""
    try:
        yield
    except sdk.ClientError as error:
        raise from_client_error(error.response).to_error(resource) from error
    except sdk.BotoCoreError as error:
        raise from_botocore(error, resource) from error
    except (http.HTTPError, OSError) as error:
        raise from_http(error, str(resource)) from error


def from_client_error(response: dict[str, Any]) -> ErrorResponse:
    """The response in a ClientError. To a HEAD it has no body, so its code is the status."""
    error, meta = response.get("Error", {}), response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    parsed = parse_error_response(status, meta.get("HTTPHeaders", {}), b"")
    code = str(error.get("Code", ""))
    region = parsed.region or str(error.get("Region", ""))
    return ErrorResponse(
        status, "" if code.isdigit() else code, str(error.get("Message", "")), region
    )


# ------------------------------------------------------------------------------ HTTP


def from_http(error: Exception, host: str) -> TasveerError:
    """Translate an exception of urllib3 or of a socket; `host` is what it connected to."""
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TlsError(
            f"The certificate of {host} is not trusted: {cause.verify_message}.",
            "Give the certificate authority's file with --ca-bundle, or set AWS_CA_BUNDLE.",
        )
    if "WRONG_VERSION_NUMBER" in str(cause):
        return TlsError(f"{host} does not speak TLS.", "Use http:// in --endpoint-url.")
    is_unreachable = any(isinstance(each, _UNREACHABLE_ERRORS) for each in (error, cause))
    return (UnreachableError if is_unreachable else NetworkError)(
        f"The connection to {host} failed: {_reason(error, cause)}.",
        "Check the network, --endpoint-url and the proxy settings.",
    )


def _cause(error: BaseException) -> BaseException:
    """The innermost exception: libraries wrap it in `reason`, `kwargs`, `args` or `__cause__`."""
    for _ in range(8):
        inner = [getattr(error, "reason", None), getattr(error, "kwargs", {}).get("error")]
        inner += [*error.args, error.__cause__]
        cause = next((item for item in inner if isinstance(item, BaseException)), None)
        if cause is None:
            break
        error = cause
    return error


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (http.NameResolutionError, "its name cannot be resolved"),
    # Before ConnectTimeoutError: urllib3 wraps a refused connection in its subclass.
    (ConnectionRefusedError, "nothing listens there"),
    (http.ConnectTimeoutError, "it does not respond"),
    (http.ReadTimeoutError, "it stopped responding"),
    (TimeoutError, "it stopped responding"),
    (http.IncompleteRead, "it ended in the middle of a response"),
    (ConnectionResetError, "it was reset"),
    (ConnectionError, "it was closed"),
    (sdk.EndpointConnectionError, "it cannot be reached"),
    (sdk.ConnectTimeoutError, "it does not respond"),
    (sdk.ReadTimeoutError, "it stopped responding"),
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
"""No connection was made, so no object is the cause."""


def _reason(*errors: BaseException) -> str:
    for kind, reason in _REASONS:
        if any(isinstance(error, kind) for error in errors):
            return reason
    return str(errors[-1])[:200].rstrip(".") or type(errors[-1]).__name__


# ------------------------------------------------------------------------------- SDK


def from_botocore(error: sdk.BotoCoreError, resource: S3Resource) -> TasveerError:
    """Translate an exception of botocore for a request to `resource`."""
    for kinds, make in _CONVERTERS:
        if isinstance(error, kinds):
            return make(error, resource)
    return StorageError(
        f"The request for {resource} failed: {_one_line(error)}.", "Check the AWS configuration."
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")


def missing_credentials(resource: S3Resource) -> NoCredentialsError:
    """The error for a request that cannot be signed."""
    where = f" in profile {resource.profile}" if resource.profile else ""
    return NoCredentialsError(
        f"No credentials were found{where}.",
        "Select a profile with --profile, run `aws configure`, or read a public bucket with "
        "--no-sign-request.",
    )


def _unusable_credentials(error: Exception, resource: S3Resource) -> TasveerError:
    text = resource.credentials_text
    return NoCredentialsError(
        f"{text[0].upper()}{text[1:]} cannot be used: {_one_line(error)}.",
        "Check them with `aws sts get-caller-identity`, or select others with --profile.",
    )


def _expired(error: Exception, resource: S3Resource) -> TasveerError:
    is_login = isinstance(error, sdk.LoginError)
    command = (
        resource.login_command.replace("aws sso login", "aws login")
        if is_login
        else resource.login_command
    )
    return ExpiredCredentialsError(
        f"There is no valid session for {resource.credentials_text}.", f"Run `{command}`."
    )


def _unknown_profile(error: Exception, _: S3Resource) -> TasveerError:
    return UsageError(
        f"{_one_line(error)}.", "Run `aws configure list-profiles`, and select one with --profile."
    )


def _invalid_setting(error: Exception, _: S3Resource) -> TasveerError:
    return UsageError(
        f"{_one_line(error)}.", "Correct the option, or the setting in ~/.aws/config."
    )


def _invalid_bucket_name(_: Exception, resource: S3Resource) -> TasveerError:
    return BucketNotFoundError(
        f"{resource.bucket} is not a valid bucket name.",
        "Use 3 to 63 lower-case letters, digits, dots and hyphens.",
    )


def _network_error(error: Exception, _: S3Resource) -> TasveerError:
    return from_http(error, _host(error))


def _host(error: Exception) -> str:
    parts = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "the endpoint"


_CONVERTERS: tuple[
    tuple[tuple[type[Exception], ...], Callable[[Exception, S3Resource], TasveerError]], ...
] = (
    (
        (sdk.NoCredentialsError, sdk.NoAuthTokenError),
        lambda _, resource: missing_credentials(resource),
    ),
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
