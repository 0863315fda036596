from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.demo import DemoServer
from tasveer_tui.demo.bucket import demo_objects
from tasveer_tui.errors import StorageError
from tests.support.demo_server import demo_cache, demo_server

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["demo_cache", "demo_server"]

pytestmark = pytest.mark.slow


def _client(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    import boto3

    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    return boto3.client("s3")


def test_the_bucket_holds_every_object(
    demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-the-person")
    client = _client(demo_server, monkeypatch)
    listed = client.list_objects_v2(Bucket=demo_server.bucket)["Contents"]
    assert {entry["Key"] for entry in listed} == {recipe.key for recipe in demo_objects()}
    ages = {entry["LastModified"].year for entry in listed}
    assert min(ages) <= 2016
    assert max(ages) <= 2024


def test_every_object_can_be_read_by_range_whatever_its_name(
    demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _client(demo_server, monkeypatch)
    for recipe in demo_objects()[-9:]:
        reply = client.get_object(Bucket=demo_server.bucket, Key=recipe.key, Range="bytes=0-1")
        assert reply["Body"].read() == b"\xff\xd8"
        assert reply["ContentType"] == "image/jpeg"


def test_a_changed_object_is_noticed(
    demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _client(demo_server, monkeypatch)
    with pytest.raises(client.exceptions.ClientError, match="PreconditionFailed"):
        client.get_object(
            Bucket=demo_server.bucket,
            Key=demo_objects()[0].key,
            Range="bytes=0-1",
            IfMatch='"other"',
        )


def test_a_second_start_needs_no_painting(
    demo_server: DemoServer, demo_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo_server.endpoint_url
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    news: list[tuple[int, int]] = []
    began = time.process_time(), os.times().children_user
    with DemoServer(lambda done, total: news.append((done, total))) as second:
        assert second.endpoint_url != demo_server.endpoint_url
        assert _answers(second.endpoint_url)
    assert news
    assert all(total == len(demo_objects()) for _, total in news)
    assert os.times().children_user - began[1] < 5
    assert not _answers(second.endpoint_url)


def test_the_server_ends_with_a_killed_parent(
    demo_server: DemoServer, demo_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo_server.endpoint_url
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    script = (
        "import time; from tasveer_tui.demo import DemoServer\n"
        "with DemoServer() as server:\n"
        "    print(server.endpoint_url, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert _answers(url)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _answers(url):
        assert time.monotonic() < deadline, "the server outlived its parent"


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StorageError, match="did not start"), DemoServer():
        pytest.fail("it started")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
