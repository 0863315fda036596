"""A child process that does one kind of work on demand, and is replaced when it hangs or dies."""

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from queue import LifoQueue
from time import monotonic
from typing import IO, Any, Final

_CHILD_SCRIPT: Final = Path(__file__).with_name("child.py")
_LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 20


class ChildError(Exception):
    """There is no answer; the message says what the child said, mostly nothing."""


class ChildTimeoutError(ChildError):
    """The child took too long and was stopped."""


class ChildDiedError(ChildError):
    """The child ended over the request, or could not be started."""


def is_installed(module: str) -> bool:
    """Whether a library is there; it is not imported."""
    return find_spec(module) is not None


class ChildProcess:
    """Asks the child, starting it when first needed. Thread-safe: one request at a time.

    helper = Helper("picture", ("PIL",), timeout_s=10)
    answer = helper.ask({"width": 80}, data)
    helper.close()
    """

    def __init__(self, task: str, libraries: tuple[str, ...], *, timeout_s: float) -> None:
        """Nothing is started yet. `libraries` are modules that the child will import."""
        self._task = task
        self._libraries = libraries
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._pid = 0
        """Of the process that started the child: after a fork it is not ours."""

    def request(self, arguments: Mapping[str, Any], data: bytes, largest: int) -> bytes:
        """The child's answer, of at most `largest` bytes. Blocks; raises HelperError."""
        body = json.dumps(arguments).encode() + b"\n" + data
        with self._lock:
            try:
                answer = self._exchange(len(body).to_bytes(_LENGTH_BYTES, "big") + body, largest)
            except ChildError:
                self._kill()
                raise
            except BrokenPipeError as error:
                self._kill()
                raise ChildDiedError from error
        if answer[:1] != b"\0":
            raise ChildError(answer[1:].decode(errors="replace"))
        return answer[1:]

    def close(self) -> None:
        """End the child. A later request would start another one."""
        with self._lock:
            self._kill()

    def _exchange(self, request: bytes, largest: int) -> bytes:
        """Write and read at the same time: either pipe may be full."""
        requests, answers = self._live_pipes()
        deadline = monotonic() + self._timeout_s
        # Mostly it fits into the pipe; each look saved is a turn of the interpreter's lock saved.
        unsent = memoryview(request)
        unsent = unsent[os.write(requests.fileno(), unsent[:_CHUNK_BYTES]) :]
        answer = bytearray()
        wanted = _LENGTH_BYTES
        with selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            if unsent:
                selector.register(requests, selectors.EVENT_WRITE)
            while len(answer) < wanted:
                for key, _ in self._wait_ready(selector, deadline):
                    if key.fileobj is requests:
                        unsent = unsent[os.write(requests.fileno(), unsent[:_CHUNK_BYTES]) :]
                        if not unsent:
                            selector.unregister(requests)
                        continue
                    answer += self._read_chunk(answers)
                    wanted = self._frame_bytes(answer, largest)
        if len(answer) > wanted:
            raise ChildDiedError
        return bytes(answer[_LENGTH_BYTES:])

    def _wait_ready(
        self, selector: selectors.BaseSelector, deadline: float
    ) -> list[tuple[selectors.SelectorKey, int]]:
        ready = selector.select(max(0.0, deadline - monotonic()))
        if not ready:
            raise ChildTimeoutError
        return ready

    def _frame_bytes(self, answer: bytearray, largest: int) -> int:
        """How many bytes the frame has that begins like this."""
        if len(answer) < _LENGTH_BYTES:
            return _LENGTH_BYTES
        length = int.from_bytes(answer[:_LENGTH_BYTES], "big")
        if length > largest + 1:
            raise ChildDiedError
        return _LENGTH_BYTES + length

    def _read_chunk(self, answers: IO[bytes]) -> bytes:
        piece = os.read(answers.fileno(), _CHUNK_BYTES)
        if not piece:
            raise ChildDiedError
        return piece

    def _live_pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """The child's stdin and stdout, of a child that lives."""
        if self._child is not None and self._pid != os.getpid():
            self._child = None
        if self._child is None or self._child.poll() is not None:
            self._kill()
            self._start()
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise ChildDiedError
        return child.stdin, child.stdout

    def _start(self) -> None:
        # Without `site`: what it would find is named by us, and it takes half of the start.
        command = [
            sys.executable,
            "-I",
            "-S",
            str(_CHILD_SCRIPT),
            self._task,
            *self._library_dirs(),
        ]
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own file
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise ChildDiedError from error
        self._pid = os.getpid()
        if self._child.stdin is not None:
            os.set_blocking(self._child.stdin.fileno(), False)

    def _library_dirs(self) -> list[str]:
        """Where the libraries are: a child that ignores the environment would not find them."""
        folders: dict[str, None] = {}
        for library in self._libraries:
            spec = find_spec(library)
            if spec is not None and spec.origin is not None:
                folders[str(Path(spec.origin).parent.parent)] = None
        return list(folders)

    def _kill(self) -> None:
        """Kill the child, whatever it is at, and take note of its end."""
        child, self._child = self._child, None
        if child is None or self._pid != os.getpid():
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()


class ChildProcessPool:
    """Some helpers of one kind: as many children as requests come at once, up to a limit.

    One child would do the work, but not the waiting: in a process of many busy threads, each
    one's turn to take its answer comes late, and nobody else could ask meanwhile.
    """

    def __init__(
        self, task: str, libraries: tuple[str, ...], *, timeout_s: float, most: int
    ) -> None:
        """Nothing is started yet."""
        self._all = [ChildProcess(task, libraries, timeout_s=timeout_s) for _ in range(most)]
        # The last one that was given back is the next that is taken, so idle ones stay unstarted.
        self._idle: LifoQueue[ChildProcess] = LifoQueue()
        for helper in self._all:
            self._idle.put(helper)

    def request(self, arguments: Mapping[str, Any], data: bytes, largest: int) -> bytes:
        """See Helper."""
        helper = self._idle.get()
        try:
            return helper.request(arguments, data, largest)
        finally:
            self._idle.put(helper)

    def close(self) -> None:
        """End every child."""
        for helper in self._all:
            helper.close()
