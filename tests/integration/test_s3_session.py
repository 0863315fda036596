"""Credentials, regions and endpoints are found where the AWS command line finds them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import (
    ExpiredCredentialsError,
    NoCredentialsError,
    StorageError,
    TasveerError,
    UsageError,
)
from tasveer_tui.records import Access
from tasveer_tui.s3.session import normalize_endpoint

if TYPE_CHECKING:
    from tasveer_tui.s3 import S3
    from tests.integration.conftest import OpenS3
    from tests.support.range_server import RangeServer

CONFIG = """
[default]
region = eu-central-1

[profile lab]
region = eu-west-2
aws_access_key_id = AKIALAB00000LAB1
aws_secret_access_key = lab
services = local
[services local]
s3 =
  endpoint_url = {url}/

[profile virtual]
aws_access_key_id = AKIALAB00000LAB1
aws_secret_access_key = lab
endpoint_url = {url}
s3 =
  addressing_style = virtual

[profile process]
credential_process = {process}

[profile broken]
credential_process = false

[profile sso]
sso_session = work
sso_account_id = 123456789012
sso_role_name = Reader
[sso-session work]
sso_region = eu-west-1
sso_start_url = https://example.awsapps.com/start
sso_registration_scopes = sso:account:access

[profile role]
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = lab
mfa_serial = arn:aws:iam::123456789012:mfa/me
"""


@pytest.fixture
def config(home: Path, range_server: RangeServer) -> Path:
    """Profiles for the range server; it holds photos/a.jpg."""
    range_server.put("photos", "a.jpg", b"0123456789")
    keys = {"Version": 1, "AccessKeyId": "AKIAPROC0000PRO2", "SecretAccessKey": "x"}
    answer = home / "keys.json"
    answer.write_text(json.dumps(keys))
    text = CONFIG.format(url=range_server.url, process=f"cat {answer}")
    path = Path(os.environ["AWS_CONFIG_FILE"])
    path.write_text(text)
    assert path.is_relative_to(home)
    return path


def _signed_with(range_server: RangeServer) -> str:
    return range_server.requests[-1].headers["authorization"]


# ------------------------------------------------------------------------ profiles


@pytest.mark.usefixtures("config")
def test_a_profile_sets_credentials_region_and_endpoint(
    open_s3: OpenS3, range_server: RangeServer
) -> None:
    s3 = open_s3(Access(profile="lab"))
    assert s3.endpoint == range_server.url
    assert s3.read_range("photos", "a.jpg", 2, 3).data == b"234"
    assert "AKIALAB00000LAB1/" in _signed_with(range_server)
    assert "/eu-west-2/s3/" in _signed_with(range_server)
    assert s3.identity() == "profile lab, found by shared-credentials-file, access key …LAB1" or (
        s3.identity() == "profile lab, found by config-file, access key …LAB1"
    )


@pytest.mark.usefixtures("config")
def test_the_environment_selects_the_profile_and_an_option_overrides_it(
    open_s3: OpenS3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "lab")
    assert open_s3(Access()).read_range("photos", "a.jpg", 0, 1).data == b"0"
    monkeypatch.setenv("AWS_PROFILE", "nonsense")
    assert open_s3(Access(profile="lab")).read_range("photos", "a.jpg", 0, 1).data == b"0"
    process = open_s3(Access(profile="process", endpoint_url=range_server.url, region="r-1"))
    assert process.read_range("photos", "a.jpg", 0, 1).data == b"0"
    assert "AKIAPROC0000PRO2/" in _signed_with(range_server)
    assert "/r-1/s3/" in _signed_with(range_server)
    assert process.identity().endswith("…PRO2")


@pytest.mark.usefixtures("config")
def test_the_environment_sets_the_endpoint_and_an_option_overrides_it(
    open_s3: OpenS3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
    assert open_s3(Access()).endpoint == "http://127.0.0.1:9"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:10/path/")
    assert open_s3(Access()).endpoint == "http://127.0.0.1:10/path"
    assert open_s3(Access(endpoint_url=range_server.url)).endpoint == range_server.url
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert open_s3(Access()).endpoint == ""
    assert open_s3(Access(profile="lab")).source("b").endpoint == ""


@pytest.mark.usefixtures("config")
def test_the_profile_sets_virtual_host_style(
    open_s3: OpenS3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts: list[str] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        hosts.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://s3.test:{range_server.port}"
    s3 = open_s3(Access(profile="virtual", endpoint_url=url))
    assert s3.read_range("photos", "a.jpg", 0, 2).data == b"01"
    assert s3.list_page("photos").objects[0].key == "a.jpg"
    assert s3.head_object("photos", "a.jpg").ref.size_bytes == 10
    assert set(hosts) == {"photos.s3.test"}
    by_path = open_s3(Access(profile="virtual", endpoint_url=url, addressing_style="path"))
    by_path.read_range("photos", "a.jpg", 0, 2)
    assert range_server.requests[-1].target == "/photos/a.jpg"


def test_aws_itself_is_addressed_by_virtual_host_and_region(
    open_s3: OpenS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    s3 = open_s3(Access(region="eu-west-1"))
    assert s3.endpoint == ""
    assert s3.presign("photos", "a b", 60).startswith(
        "https://photos.s3.eu-west-1.amazonaws.com/a%20b?"
    )
    assert s3.presign("dotted.name", "a", 60).startswith(
        "https://s3.eu-west-1.amazonaws.com/dotted.name/a?"
    )
    route = s3._transport._route("photos")
    assert route.origin.url == "https://photos.s3.eu-west-1.amazonaws.com"
    assert (route.path, route.region, route.is_plain) == ("", "eu-west-1", True)


@pytest.mark.usefixtures("config")
def test_a_presigned_url_has_the_requester_pays_parameter(open_s3: OpenS3) -> None:
    payer = open_s3(Access(profile="lab", requester_pays=True))
    assert "x-amz-request-payer=requester&" in payer.presign("photos", "a.jpg", 60)
    owner = open_s3(Access(profile="lab"))
    assert "payer" not in owner.presign("photos", "a.jpg", 60)


@pytest.mark.parametrize("seconds", [0, 7 * 24 * 3600 + 1])
def test_a_presigned_url_works_for_seven_days_at_most(open_s3: OpenS3, seconds: int) -> None:
    with pytest.raises(UsageError, match="7 days"):
        open_s3(Access()).presign("photos", "a", seconds)


@pytest.mark.usefixtures("config")
def test_botocore_signs_what_the_signer_cannot(open_s3: OpenS3, range_server: RangeServer) -> None:
    key = "b/c +ü/../%41"
    stored = range_server.put("photos", key, b"0123456789")
    s3 = open_s3(Access(profile="lab", requester_pays=True))
    routes = s3._transport._routes
    routes["photos"] = replace(s3._transport._route("photos"), is_plain=False, signer=None)
    chunk = s3.read_range("photos", key, 2, 3, etag=stored.etag)
    assert (chunk.data, chunk.size_bytes) == (b"234", 10)
    assert "AKIALAB00000LAB1/" in _signed_with(range_server)
    assert s3.list_page("photos", start_after="a.jpg", limit=5).prefixes == ("b/",)
    assert s3.list_page("photos", "b/", delimiter="").objects[0].key == key
    assert range_server.requests[-1].headers["x-amz-request-payer"] == "requester"
    assert "botocore" in range_server.requests[-1].headers["user-agent"].lower()


@pytest.mark.parametrize(
    ("bucket", "host"),
    [
        (
            "arn:aws:s3:us-west-2:123456789012:accesspoint/mine",
            "mine-123456789012.s3-accesspoint.us-west-2.amazonaws.com",
        ),
        ("photos", "photos.s3.eu-west-1.amazonaws.com"),
    ],
)
def test_an_access_point_is_read_like_a_bucket(
    open_s3: OpenS3, monkeypatch: pytest.MonkeyPatch, bucket: str, host: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_S3_USE_ARN_REGION", "true")
    route = open_s3(Access(region="eu-west-1"))._transport._route(bucket)
    assert (route.origin.host, route.is_plain) == (host, True)


# ------------------------------------------------------------- unusable credentials


def _fails(s3: S3) -> TasveerError:
    with pytest.raises(TasveerError) as caught:
        s3.list_page("photos")
    return caught.value


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize(
    ("profile", "kind", "words"),
    [
        ("wrok", UsageError, "wrok"),
        ("sso", ExpiredCredentialsError, "aws sso login --profile sso"),
        ("broken", NoCredentialsError, "--profile"),
        ("", NoCredentialsError, "--no-sign-request"),
    ],
)
def test_unusable_credentials_have_a_remedy(
    open_s3: OpenS3, profile: str, kind: type[TasveerError], words: str
) -> None:
    s3 = open_s3(Access(profile=profile))
    error = _fails(s3)
    assert type(error) is kind
    assert words in str(error)
    with pytest.raises(kind):
        s3.read_range("photos", "a.jpg", 0, 1)


@pytest.mark.usefixtures("config")
def test_a_role_that_requires_mfa_never_prompts(
    open_s3: OpenS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("it asked"))
    error = _fails(open_s3(Access(profile="role", region="eu-west-1")))
    assert type(error) is NoCredentialsError
    assert "aws sts get-caller-identity --profile role" in error.remedy


@pytest.mark.usefixtures("config")
def test_a_role_session_of_the_aws_command_line_is_used(
    open_s3: OpenS3, range_server: RangeServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "botocore.credentials.BaseAssumeRoleCredentialFetcher._create_cache_key", lambda _: "known"
    )
    folder = home / ".aws/cli/cache"
    folder.mkdir(parents=True)
    keys = {
        "AccessKeyId": "ASIAROLE00000RO3",
        "SecretAccessKey": "x",
        "SessionToken": "t",
        "Expiration": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }
    (folder / "known.json").write_text(json.dumps({"Credentials": keys}))
    s3 = open_s3(Access(profile="role", region="r-1", endpoint_url=range_server.url))
    assert s3.read_range("photos", "a.jpg", 0, 2).data == b"01"
    assert "ASIAROLE00000RO3" in _signed_with(range_server)


def test_an_unreadable_configuration_is_reported(open_s3: OpenS3, config: Path) -> None:
    config.write_text("[default\nx")
    assert type(_fails(open_s3(Access()))) is UsageError


def test_a_token_with_a_line_break_is_rejected_and_never_shown(
    open_s3: OpenS3, range_server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "sesame\n")
    error = _fails(open_s3(Access(endpoint_url=range_server.url)))
    assert isinstance(error, StorageError)
    assert "line breaks" in error.remedy
    assert "sesame" not in str(error)
    assert error.__cause__ is None


def test_the_identity_shows_no_secret(open_s3: OpenS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
    s3 = open_s3(Access())
    assert s3.identity() == "profile default, found by env, access key …2345"
    assert "sesame" not in f"{s3!r} {vars(s3)}"
    assert open_s3(Access(is_anonymous=True)).identity().startswith("anonymous")


# ------------------------------------------------------------------------ endpoints


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("http://LOCALHOST:9000/", "http://localhost:9000"),
        ("https://s3.example.com:443", "https://s3.example.com"),
        ("http://me:sesame@host:80/a/b/", "http://host/a/b"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_endpoint_has_one_spelling(given: str, normal: str) -> None:
    assert normalize_endpoint(given) == normal


@pytest.mark.parametrize("given", ["localhost:9000", "ftp://h", "http://", "http://h:port", "x"])
def test_an_invalid_endpoint_is_rejected(open_s3: OpenS3, given: str) -> None:
    error = _fails(open_s3(Access(endpoint_url=given, is_anonymous=True)))
    assert type(error) is UsageError
    assert "--endpoint-url" in error.remedy


# ---------------------------------------------------------------------- laziness


def test_importing_the_room_imports_no_sdk() -> None:
    code = (
        "import sys; import tasveer_tui.s3; from tasveer_tui.records import Access; "
        "tasveer_tui.s3.S3(Access()); "
        "print([m for m in ('boto3', 'botocore', 'urllib3', 'ssl') if m in sys.modules])"
    )
    reported = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert reported.stdout == "[]\n"
