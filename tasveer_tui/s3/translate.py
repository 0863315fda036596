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
from tasveer_tui.s3.faults import Place, Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.errors import TasveerError


@contextmanager
def translated(place: Place) -> Iterator[None]:
    """Let nothing but the project's errors out of this block; `place` is what it was for."""
    try:
        yield
    except sdk.ClientError as error:
        raise answered(error.response).to_error(place) from error
    except sdk.BotoCoreError as error:
        raise from_sdk(error, place) from error
    except (http.HTTPError, OSError) as error:
        raise from_http(error, str(place)) from error


def answered(response: dict[str, Any]) -> Refusal:
    """The refusal in a ClientError. A HEAD has no body: its code is the status."""
    told, meta = response.get("Error", {}), response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    bare = refusal(status, meta.get("HTTPHeaders", {}), b"")
    code = str(told.get("Code", ""))
    region = bare.region or str(told.get("Region", ""))
    return Refusal(status, "" if code.isdigit() else code, str(told.get("Message", "")), region)


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
    is_away = any(isinstance(each, _AWAY) for each in (error, cause))
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


_AWAY = (
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


def from_sdk(error: sdk.BotoCoreError, place: Place) -> TasveerError:
    """The error behind one of botocore's."""
    for kinds, make in _MAKERS:
        if isinstance(error, kinds):
            return make(error, place)
    return StorageError(f"The request for {place} failed: {_text(error)}.")


def _text(error: Exception) -> str:
    return " ".join(str(error).split())[:300].rstrip(".")


def missing_credentials(place: Place) -> NoCredentialsError:
    """There is nothing to sign with."""
    whose = f" in profile {place.profile}" if place.profile else ""
    return NoCredentialsError(
        f"No credentials were found{whose}.",
        "Choose a profile with --profile, run `aws configure`, or read a public bucket with "
        "--no-sign-request.",
    )


def _unusable(error: Exception, place: Place) -> TasveerError:
    return NoCredentialsError(
        f"{place.credentials.capitalize()} cannot be used: {_text(error)}.",
        "Check them with `aws sts get-caller-identity`, or choose others with --profile.",
    )


def _expired(error: Exception, place: Place) -> TasveerError:
    is_login = isinstance(error, sdk.LoginError)
    command = place.login.replace("aws sso login", "aws login") if is_login else place.login
    return ExpiredCredentialsError(
        f"There is no valid session for {place.credentials}.", f"Run `{command}`."
    )


def _unknown_profile(error: Exception, _: Place) -> TasveerError:
    return UsageError(
        f"{_text(error)}.", "See `aws configure list-profiles`, and choose one with --profile."
    )


def _bad_setting(error: Exception, _: Place) -> TasveerError:
    return UsageError(
        f"{_text(error)}.", "Correct the option, or the file ~/.aws/config where it stands."
    )


def _bad_name(_: Exception, place: Place) -> TasveerError:
    return BucketNotFoundError(
        f"{place.bucket} cannot be the name of a bucket.",
        "Names have 3 to 63 lower-case letters, digits, dots and hyphens.",
    )


def _network(error: Exception, _: Place) -> TasveerError:
    return from_http(error, _host(error))


def _host(error: Exception) -> str:
    parts = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "the endpoint"


_MAKERS: tuple[
    tuple[tuple[type[Exception], ...], Callable[[Exception, Place], TasveerError]], ...
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
        _unusable,
    ),
    ((sdk.ProfileNotFound,), _unknown_profile),
    ((sdk.ParamValidationError, sdk.UnsupportedS3ArnError), _bad_name),
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
        _bad_setting,
    ),
    ((sdk.ConnectionError, sdk.HTTPClientError), _network),
)
