"""Starts and stops the demo's S3 server, and says how to reach it."""

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
"""Longer than painting takes on the slowest machine."""

_STOP_TIMEOUT_S = 5.0


class DemoServer:
    """An S3 server on 127.0.0.1 that holds the demo's bucket while the `with` block lasts.

    It lives in a process of its own, which ends when this one does, even by `kill -9`.
    `progress` is called with objects painted and their total while the bucket is filled.
    Entering blocks until the bucket is complete: seconds the first time, about one later.
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
        """Of the server's process; 0 when there is none."""
        return self._process.pid if self._process else 0

    def environment(self) -> dict[str, str]:
        """What makes boto3 and the aws command reach this bucket, and nothing of the person's."""
        spared = ",".join(filter(None, (os.environ.get("NO_PROXY", ""), "127.0.0.1")))
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
            "NO_PROXY": spared,
            "no_proxy": spared,
        }

    def close(self) -> None:
        """End the server; harmless when it is already gone."""
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
        """Start the process and read its news until it names its port."""
        with (self._path / "errors").open("wb") as errors:
            process = ChildProcess(["-m", "tasveer_tui.demo.server_process"], errors=errors)
        self._process = process
        too_late = threading.Timer(_START_TIMEOUT_S, os.kill, (process.pid, signal.SIGKILL))
        too_late.daemon = True
        too_late.start()
        try:
            return self._await_port(process)
        finally:
            too_late.cancel()

    def _await_port(self, process: ChildProcess) -> int:
        for line in process.output:
            news = json.loads(line)
            if "port" in news:
                return int(news["port"])
            if self._progress:
                self._progress(news["painted"], news["of"])
        raise StorageError(
            f"The demo's S3 server did not start: {self._last_error()}.",
            "Try again; if it stays so, reinstall with `pip install 'tasveer-tui[demo]'`.",
        )

    def _last_error(self) -> str:
        lines = (self._path / "errors").read_text("utf-8", "replace").strip().splitlines()
        return lines[-1].rstrip(".") if lines else "it ended without a word"
