"""Starts and stops the demo's S3 server, and gives the environment to reach it."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tasveer_tui.child_process import ChildProcess
from tasveer_tui.demo.bucket import BUCKET
from tasveer_tui.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_START_TIMEOUT_S = 180.0
"""Painting takes less, even on a slow machine."""

_STOP_TIMEOUT_S = 5.0


class DemoServer:
    """An S3 server on 127.0.0.1 that serves the demo's bucket while the `with` block lasts.

    It runs in a child process, which ends when this process does, even by SIGKILL. Entering the
    block waits for the complete bucket: some seconds the first time, about one later. `progress`
    is called with the objects painted so far and their total. Raises StorageError.
    """

    bucket = BUCKET

    def __init__(self, progress: Callable[[int, int], None] | None = None) -> None:
        self.endpoint_url = ""
        self._progress = progress
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._process: ChildProcess | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tasveer-demo-s3-")
        (self._path / "aws-config").write_text("[default]\n")
        try:
            self.endpoint_url = f"http://127.0.0.1:{self._start()}"
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id of the server; 0 if it does not run."""
        return self._process.pid if self._process else 0

    def environment(self) -> dict[str, str]:
        """Variables that direct boto3 and the aws command to this server, and hide the user's."""
        no_proxy = ",".join(filter(None, (os.environ.get("NO_PROXY", ""), "127.0.0.1")))
        config = str(self._path / "aws-config")
        return {
            "AWS_ACCESS_KEY_ID": "demo",
            "AWS_SECRET_ACCESS_KEY": "demo",
            "AWS_SESSION_TOKEN": "",
            "AWS_PROFILE": "default",
            "AWS_CONFIG_FILE": config,
            "AWS_SHARED_CREDENTIALS_FILE": config,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }

    def close(self) -> None:
        """End the server, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.end(_STOP_TIMEOUT_S)
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    @property
    def _path(self) -> Path:
        assert self._folder is not None  # noqa: S101 - only inside the `with` block
        return Path(self._folder.name)

    def _start(self) -> int:
        """Start the process, and return its port when the bucket is complete."""
        with (self._path / "errors").open("wb") as errors:
            process = ChildProcess(["-m", "tasveer_tui.demo.server_process"], errors=errors)
        self._process = process
        timeout = threading.Timer(_START_TIMEOUT_S, os.kill, (process.pid, signal.SIGKILL))
        timeout.daemon = True
        timeout.start()
        try:
            return self._await_port(process)
        finally:
            timeout.cancel()

    def _await_port(self, process: ChildProcess) -> int:
        for line in process.output:
            report = json.loads(line)
            if "port" in report:
                return int(report["port"])
            if self._progress:
                self._progress(report["painted"], report["of"])
        raise StorageError(
            f"The demo's S3 server did not start: {self._last_error()}.",
            "Retry; if it fails again, run `pip install 'tasveer-tui[demo]'`.",
        )

    def _last_error(self) -> str:
        lines = (self._path / "errors").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1].rstrip(".") if lines else "it ended without a message"
