"""Python child processes over pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEVNULL: Final = subprocess.DEVNULL


class ChildProcess:
    """A running Python process that ends when its input is closed.

    It has a session of its own: Ctrl-C in the terminal is for the program, which then ends its
    children. The methods are not thread-safe, except `write` beside a thread that reads `output`.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        has_input: bool = True,
        output: IO[bytes] | None = None,
        errors: IO[bytes] | int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start `python ARGUMENTS`. Raises OSError.

        The child writes into a pipe, or into the file `output`. Its `errors` go where this
        process's go by default.
        """
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *arguments],
            stdin=subprocess.PIPE if has_input else DEVNULL,
            stdout=subprocess.PIPE if output is None else output,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
        self._owner_pid = os.getpid()

    @property
    def pid(self) -> int:
        """The number of the child's process."""
        return self._process.pid

    @property
    def is_ours(self) -> bool:
        """Whether this process started the child; false in a process that was forked later."""
        return self._owner_pid == os.getpid()

    @property
    def exit_code(self) -> int | None:
        """How the child ended; None while it runs."""
        return self._process.poll()

    @property
    def input_fd(self) -> int:
        """The file descriptor of the child's input."""
        assert self._process.stdin is not None  # noqa: S101 - the caller asked for a pipe
        return self._process.stdin.fileno()

    @property
    def output(self) -> IO[bytes]:
        """What the child writes."""
        assert self._process.stdout is not None  # noqa: S101 - the caller asked for a pipe
        return self._process.stdout

    def write(self, data: bytes) -> bool:
        """Write all of `data` to the child's input.

        False if the child is gone, or if its input does not block and is full.
        """
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self.input_fd, rest) :]
        except (OSError, ValueError):  # closed by us
            return False
        return True

    def end(self, timeout_s: float) -> int:
        """Close the child's input and wait for its end; kill it after the timeout."""
        self._close(self._process.stdin)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._finish()

    def kill(self) -> int:
        """Kill the child; returns its exit code. Does nothing in a process forked later."""
        if not self.is_ours:
            return 0
        self._process.kill()
        return self._finish()

    def release(self) -> None:
        """Let the child outlive this process. Its input is closed."""
        self._close(self._process.stdin)
        if self._process.poll() is None:
            # Keeps Popen from warning about a child that still runs.
            self._process.returncode = 0

    def _finish(self) -> int:
        code = self._process.wait()
        self._close(self._process.stdin)
        self._close(self._process.stdout)
        return code

    @staticmethod
    def _close(stream: IO[bytes] | None) -> None:
        if stream is not None:
            try:
                stream.close()
            except OSError:
                # What was buffered cannot be delivered any more.
                return
