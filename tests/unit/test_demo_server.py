"""The demo's server: its bucket, its cache, and its end."""

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
from tasveer_tui.demo.painter import PaintedObject, cache_path, load_cached
from tasveer_tui.errors import StorageError
from tasveer_tui.exif import read
from tasveer_tui.records import Chunk
from tests.support.demo_server import demo_cache, demo_server

if TYPE_CHECKING:
    from collections.abc import Callable
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


def test_objects_with_odd_keys_can_be_read_by_range(
    demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _client(demo_server, monkeypatch)
    for recipe in demo_objects()[-9:]:
        reply = client.get_object(Bucket=demo_server.bucket, Key=recipe.key, Range="bytes=0-1")
        assert reply["Body"].read() == b"\xff\xd8"
        assert reply["ContentType"] == "image/jpeg"


def test_if_match_is_honoured(demo_server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _client(demo_server, monkeypatch)
    with pytest.raises(client.exceptions.ClientError, match="PreconditionFailed"):
        client.get_object(
            Bucket=demo_server.bucket,
            Key=demo_objects()[0].key,
            Range="bytes=0-1",
            IfMatch='"other"',
        )


def test_every_object_has_its_expected_outcome(
    demo_server: DemoServer, demo_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads the objects that the server painted, from its cache."""
    assert demo_server.endpoint_url
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    objects = {each.key: each for each in demo_objects()}
    painted: list[PaintedObject] = []
    assert load_cached(cache_path(), painted.append, len(objects))
    outcomes = {each.key: read(_fetch(each.data)).outcome for each in painted if each.data}
    assert len(outcomes) > 290
    expected = {key: objects[key].expected for key in outcomes}
    assert outcomes == expected


def test_a_second_start_needs_no_painting(
    demo_server: DemoServer, demo_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo_server.endpoint_url
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    progress: list[tuple[int, int]] = []
    child_cpu_s = os.times().children_user
    with DemoServer(lambda done, total: progress.append((done, total))) as second:
        assert second.endpoint_url != demo_server.endpoint_url
        assert _answers(second.endpoint_url)
    assert progress
    assert all(total == len(demo_objects()) for _, total in progress)
    assert os.times().children_user - child_cpu_s < 5
    assert not _answers(second.endpoint_url)


def test_the_server_ends_with_a_killed_parent(
    demo_server: DemoServer, demo_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo_server.endpoint_url
    monkeypatch.setenv("XDG_CACHE_HOME", str(demo_cache))
    script = (
        "import sys; from tasveer_tui.demo import DemoServer\n"
        "with DemoServer() as server:\n"
        "    print(server.endpoint_url, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert _answers(url)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _answers(url):
        assert time.monotonic() < deadline, "the server outlived its parent"


def test_a_server_that_cannot_start_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StorageError, match="did not start"), DemoServer():
        pytest.fail("it started")


def _fetch(data: bytes) -> Callable[[int, int], Chunk]:
    return lambda start, length: Chunk(start, data[start : start + length], len(data), "etag")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
