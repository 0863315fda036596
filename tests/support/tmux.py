"""A real terminal: the program in tmux, its keys and what stands on the screen."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
import uuid
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMEOUT_S = 30.0
ESCAPE_DELAY_S = 0.3


class Terminal:
    """One tmux server with one window of a fixed size; ended with the `with` block."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, columns: int, lines: int
    ) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed")
        self._socket = f"tasveer-{uuid.uuid4().hex[:8]}"
        self._command = ["env", "-i", *(f"{k}={v}" for k, v in environment.items())]
        self._command += ["TERM=tmux-256color", *command]
        self._size = (str(columns), str(lines))

    def __enter__(self) -> Self:
        columns, lines = self._size
        shell = shlex.join(self._command) + "; echo; echo EXIT=$?; sleep 300"
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", lines, shell)
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server")

    def keys(self, *keys: str) -> None:
        """Press keys by tmux's names: `Enter`, `Escape`, `C-a`, `Space`, `j`."""
        for key in keys:
            self._tmux("send-keys", key)
            if key == "Escape":
                # A key right behind ESC would be taken for alt+key, by every terminal program.
                time.sleep(ESCAPE_DELAY_S)

    def keys_at_once(self, *keys: str) -> None:
        """Press keys as a slow line brings them: in one packet."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self._tmux("send-keys", "-l", text)

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def wait(self, *texts: str, wait_s: float = TIMEOUT_S) -> str:
        """Wait until all the texts are on the screen at once; returns the screen."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            screen = self.screen()
            if all(text in screen for text in texts):
                return screen
            time.sleep(0.05)
        pytest.fail(f"{texts} did not appear:\n{self.screen()}")

    def wait_gone(self, text: str, wait_s: float = TIMEOUT_S) -> str:
        """Wait until a text is no more on the screen; returns the screen."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            screen = self.screen()
            if text not in screen:
                return screen
            time.sleep(0.05)
        pytest.fail(f"{text!r} stayed:\n{self.screen()}")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return done.stdout
