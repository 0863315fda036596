"""Credentials, region and endpoint, found where the AWS command line finds them.

botocore resolves profiles, SSO, roles, environment variables, endpoints and addressing style. It
also prepares requests that are sent elsewhere. Nothing here prompts on the terminal.
"""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path
from botocore.loaders import create_loader
from botocore.utils import JSONFileCache

from tasveer_tui import __version__
from tasveer_tui.errors import NoCredentialsError, UsageError
from tasveer_tui.s3.errors import S3Resource
from tasveer_tui.s3.http_pool import CONNECT_TIMEOUT_S
from tasveer_tui.s3.sdk_errors import missing_credentials, translate_errors

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.client import BaseClient

    from tasveer_tui.records import Access
    from tasveer_tui.s3.signer import Credentials


class _PreparedRequest(Exception):  # noqa: N818 - no error
    """Carries a signed request out of botocore before botocore sends it."""

    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__()
        self.request = request


def _capture_request(request: AWSPreparedRequest, **_: object) -> NoReturn:
    raise _PreparedRequest(request)


def _add_request_payer(request: AWSRequest, **_: object) -> None:
    request.params["x-amz-request-payer"] = "requester"


_loaders: dict[str | None, Any] = {}


def _model_loader(session: Any) -> Any:  # noqa: ANN401 - botocore ships no types
    """The loader of service models, shared because parsing them is most of a client's cost."""
    path = session.get_config_variable("data_path")
    return _loaders.setdefault(path, create_loader(path))


class Session:
    """The botocore session of one access, for one process. Thread-safe; resolves lazily."""

    def __init__(self, access: Access, *, timeout_s: float) -> None:
        self._access = access
        self._timeout_s = timeout_s
        self._lock = threading.RLock()
        self._session: Any = None
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._credentials: Any = None
        self._endpoint: str | None = None

    def resource(self, bucket: str = "", key: str = "") -> S3Resource:
        """The resource that an error message names."""
        return S3Resource(bucket, key, self._access.profile, self._access.is_anonymous)

    # ------------------------------------------------------------- credentials

    def credentials(self) -> Credentials | None:
        """The current credentials, refreshed when due; None for anonymous access.

        Refreshing may take seconds. Raises NoCredentialsError and ExpiredCredentialsError.
        """
        if self._access.is_anonymous:
            return None
        if self._credentials is None:
            with self._lock, translate_errors(self.resource()):
                self._credentials = self._botocore_session().get_credentials()
            if self._credentials is None:
                raise missing_credentials(self.resource())
        with translate_errors(self.resource()):
            frozen: Credentials = self._credentials.get_frozen_credentials()
        return frozen

    def identity(self) -> str:
        """Profile, source of the credentials and the last 4 characters of the access key."""
        if self._access.is_anonymous:
            return "anonymous, requests are not signed"
        credentials = self.credentials()
        if credentials is None:
            raise missing_credentials(self.resource())
        profile = self._botocore_session().profile or "default"
        access_key = credentials.access_key
        tail = access_key[-4:] if len(access_key) > 8 else ""  # noqa: PLR2004
        return f"profile {profile}, found by {self._credentials.method}, access key …{tail}"

    # ---------------------------------------------------------------- endpoint

    @property
    def endpoint(self) -> str:
        """The URL of a custom endpoint, without user and trailing slash; "" for AWS."""
        if self._endpoint is None:
            with self._lock:
                self._endpoint = self._find_endpoint()
        return self._endpoint

    def _find_endpoint(self) -> str:
        if self._access.endpoint_url:
            return normalize_endpoint(self._access.endpoint_url)
        configured = self.client().meta.endpoint_url
        default = self.client(purpose="default endpoint").meta.endpoint_url
        return "" if configured == default else normalize_endpoint(configured)

    @property
    def ca_file(self) -> str:
        """The path of the CA bundle: a file or a folder."""
        with self._lock, translate_errors(self.resource()):
            configured = self._botocore_session().get_config_variable("ca_bundle")
        return str(self._access.ca_bundle or configured or get_cert_path(verify=True))

    # ----------------------------------------------------------------- clients

    def client(self, region: str = "", purpose: str = "") -> BaseClient:
        """The client for a region ("" is the configured one), made at the first call.

        `purpose` is "" to call operations, "presign", "prepare" or "default endpoint".
        """
        client = self._clients.get((region, purpose))
        if client is None:
            with self._lock, translate_errors(self.resource()):
                client = self._clients.get((region, purpose))
                if client is None:
                    client = self._clients[region, purpose] = self._create(region, purpose)
        return client

    def prepare_request(
        self, operation: str, region: str, **arguments: object
    ) -> AWSPreparedRequest:
        """The signed request that botocore would send for an operation; it is not sent."""
        client = self.client(region, "prepare")
        try:
            with translate_errors(
                self.resource(str(arguments["Bucket"]), str(arguments.get("Key", "")))
            ):
                getattr(client, operation)(**arguments)
        except _PreparedRequest as prepared:
            return prepared.request
        raise AssertionError(operation)

    def close(self) -> None:
        """Close the connections of every client."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _create(self, region: str, purpose: str) -> BaseClient:
        access = self._access
        client = self._botocore_session().create_client(
            "s3",
            region_name=region or access.region or None,
            endpoint_url=normalize_endpoint(access.endpoint_url) if access.endpoint_url else None,
            verify=access.ca_bundle or None,
            config=self._config(purpose),
        )
        if purpose == "prepare":
            for operation in ("GetObject", "ListObjectsV2"):
                client.meta.events.register(f"before-send.s3.{operation}", _capture_request)
        if purpose == "presign" and access.requester_pays:
            # In the query, as someone who opens the link does not send the header.
            client.meta.events.register("before-sign.s3.GetObject", _add_request_payer)
        return client

    def _config(self, purpose: str) -> Config:
        access, options = self._access, dict[str, Any]()
        style = access.addressing_style
        if purpose == "presign":
            # Otherwise links name the global host, which redirects buckets of other regions.
            options["signature_version"] = "s3v4"
            if style == "auto" and not self.endpoint:
                style = "virtual"
        if access.is_anonymous:
            options["signature_version"] = UNSIGNED
        if style != "auto":
            options["s3"] = {"addressing_style": style}
        if purpose == "default endpoint":
            options["ignore_configured_endpoint_urls"] = True
        return Config(
            connect_timeout=min(CONNECT_TIMEOUT_S, self._timeout_s),
            read_timeout=self._timeout_s,
            retries={"mode": "standard", "total_max_attempts": 3},
            response_checksum_validation="when_required",
            user_agent_extra=f"tasveer-tui/{__version__}",
            **options,
        )

    def _botocore_session(self) -> Any:  # noqa: ANN401 - botocore ships no types
        if self._session is None:
            with self._lock:
                if self._session is None:
                    self._session = self._open()
        return self._session

    def _open(self) -> Any:  # noqa: ANN401 - botocore ships no types
        session = botocore.session.Session(profile=self._access.profile or None)
        if self._access.region:
            session.set_config_variable("region", self._access.region)
        with translate_errors(self.resource()):
            session.register_component("data_loader", _model_loader(session))
            providers = session.get_component("credential_provider")
        role = providers.get_provider("assume-role")
        # The AWS command line's cache: a session opened there with an MFA code works here too.
        role.cache = JSONFileCache(str(Path("~/.aws/cli/cache").expanduser()))
        role._prompter = self._refuse_mfa_prompt  # noqa: SLF001 - botocore has no public setter
        process = providers.get_provider("custom-process")
        process._popen = partial(subprocess.Popen, stdin=subprocess.DEVNULL)  # noqa: SLF001
        return session

    def _refuse_mfa_prompt(self, _prompt: str) -> NoReturn:
        """Replace botocore's MFA prompt, which would block the screen."""
        profile = f" --profile {self._access.profile}" if self._access.profile else ""
        raise NoCredentialsError(
            "The role requires a multi-factor authentication (MFA) code.",
            f"Run `aws sts get-caller-identity{profile}`, enter the code there, then retry.",
        )


def normalize_endpoint(url: str) -> str:
    """The URL in one spelling: lower-case host, no default port, user, query or trailing slash.

    Raises UsageError if it is not an http or https URL.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            default = {"http": 80, "https": 443}[parts.scheme]
            port = f":{parts.port}" if parts.port not in (None, default) else ""
            return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
    raise UsageError(
        f"{url} is not the URL of an endpoint.",
        "Use --endpoint-url http://HOST:PORT or https://HOST.",
    )


def profiles() -> tuple[str, ...]:
    """The profile names of the AWS configuration, in file order; none if it is unreadable."""
    try:
        return tuple(botocore.session.Session().available_profiles)
    except BotoCoreError:
        return ()
