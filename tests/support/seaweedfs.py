"""A real S3 server for tests: SeaweedFS, on 127.0.0.1, with a folder and credentials of its own.

It verifies signatures. It cannot hold every key: `..` is refused and `//` collapses.
It ends, and its folder goes, when the process that started it ends, however that ends.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import botocore.session
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT_S = 60.0
PORTS = """master.port master.port.grpc volume.port volume.port.grpc filer.port filer.port.grpc
s3.port s3.port.grpc admin.port admin.port.grpc""".split()  # noqa: SIM905

# Ends when its standard input is closed, and so when its parent ends.
SUPERVISOR_SCRIPT = """
import glob, os, shutil, subprocess, sys
folder, sockets, *command = sys.argv[1:]
server = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=folder)
try:
    sys.stdin.buffer.read()
finally:
    server.kill()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    for port in sockets.split():
        for path in glob.glob(f"/tmp/seaweedfs-*-grpc-{port}.sock"):
            os.unlink(path)
"""


class SeaweedServer:
    """The server; use as a context manager."""

    def __init__(self) -> None:
        self.access_key = "AK" + secrets.token_hex(8).upper()
        self.secret_key = secrets.token_urlsafe(30)
        self.region = "us-east-1"
        self.url = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        folder = Path(tempfile.mkdtemp(prefix="tasveer-seaweed-"))
        ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self.url = f"http://127.0.0.1:{ports['s3.port']}"
        self._start(folder, ports)
        try:
            self._wait(folder)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def environment(self) -> dict[str, str]:
        """Environment variables that direct an S3 client to this server."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_REGION": self.region,
        }

    def client(self) -> Any:
        """A botocore client with all permissions; the caller closes it."""
        return botocore.session.Session().create_client(
            "s3",
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(retries={"mode": "standard", "total_max_attempts": 5}),
        )

    def fill(self, bucket: str, objects: dict[str, bytes]) -> None:
        """Make the bucket and put these objects into it."""
        client = self.client()
        try:
            with suppress(client.exceptions.BucketAlreadyOwnedByYou):
                client.create_bucket(Bucket=bucket)
            for key, data in objects.items():
                client.put_object(Bucket=bucket, Key=key, Body=data)
        finally:
            client.close()

    def _start(self, folder: Path, ports: dict[str, int]) -> None:
        keys = {"accessKey": self.access_key, "secretKey": self.secret_key}
        identity = {"name": "tests", "credentials": [keys], "actions": ["Admin"]}
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        weed = str(Path(sys.executable).with_name("weed"))
        options = {
            "dir": folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.config": config,
            "filer.localSocket": folder / "filer.sock",
            "s3.localSocket": folder / "s3.sock",
            "master.telemetry": "false",
            "admin.ui": "false",
            "webdav": "false",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            **ports,
        }
        command = [weed, "mini", *(f"-{name}={value}" for name, value in options.items())]
        # SeaweedFS fixes the folder of these sockets; their ports identify those of this server.
        sockets = " ".join(str(port) for name, port in ports.items() if name.endswith("grpc"))
        log = self._stack.enter_context((folder / "log").open("wb"))
        keeper = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR_SCRIPT, str(folder), sockets, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
        assert keeper.stdin is not None
        self._stack.callback(keeper.stdin.close)

    def _wait(self, folder: Path) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            with suppress(OSError, HTTPException), suppress(URLError):
                if self._is_ready():
                    return
            time.sleep(0.05)
        log = (folder / "log").read_text(errors="replace")[-3000:]
        pytest.fail(f"SeaweedFS did not start:\n{log}")

    def _is_ready(self) -> bool:
        """Whether an unsigned request is refused, and a written object can be read."""
        try:
            with urlopen(self.url, timeout=5):
                return False
        except HTTPError as error:
            error.close()
            if error.code != 403:
                return False
        client = self.client()
        try:
            self.fill("ready", {"probe": b"ready"})
            return bool(client.get_object(Bucket="ready", Key="probe")["Body"].read() == b"ready")
        except (client.exceptions.ClientError, OSError):
            return False
        finally:
            client.close()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@pytest.fixture(scope="session")
def seaweed() -> Iterator[SeaweedServer]:
    """A running server for the whole session: use a bucket name of your own in each test."""
    with SeaweedServer() as server:
        yield server
