"""The program as a person meets it: a child process with an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Program:
    """Runs `tasveer-tui` commands against one S3 endpoint and one catalogue."""

    folder: Path
    endpoint_url: str
    extra: dict[str, str] = field(default_factory=dict)
    is_fast: bool = False
    """Waits for a catalogue that refuses are shorter."""

    @property
    def db(self) -> Path:
        return self.folder / "catalogue.sqlite"

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test-secret",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "TASVEER_DB": str(self.db),
            **self.extra,
        }

    def command(self, *arguments: str) -> list[str]:
        module = ["tests.support.fast_timing", "program"] if self.is_fast else ["tasveer_tui"]
        return [sys.executable, "-m", *module, *arguments]

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command to its end and check its exit code."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=90,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr + done.stdout
        return done
