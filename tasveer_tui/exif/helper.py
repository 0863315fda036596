"""A helper process that does one kind of work on request, and is replaced if it hangs or dies."""

import json
import os
import selectors
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from queue import LifoQueue
from time import monotonic
from typing import Any, Final

from tasveer_tui.child_process import DEVNULL, ChildProcess

_SCRIPT: Final = Path(__file__).with_name("helper_script.py")
_LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 20


class HelperError(Exception):
    """There is no answer; the message is what the helper reported, mostly nothing."""


class HelperTimeoutError(HelperError):
    """The helper took too long and was stopped."""


class HelperDiedError(HelperError):
    """The helper died over the request, or could not be started."""


def is_installed(module: str) -> bool:
    """Whether a library can be imported; it is not imported."""
    return find_spec(module) is not None


class HelperProcess:
    """Sends requests to a helper, which starts with the first one. Thread-safe, one at a time.

    helper = HelperProcess("picture", ("PIL",), timeout_s=10)
    answer = helper.request({"width": 80}, data, 1_000_000)
    helper.close()
    """

    def __init__(self, task: str, libraries: tuple[str, ...], *, timeout_s: float) -> None:
        """Start nothing yet. `libraries` are modules that the helper will import."""
        self._task = task
        self._libraries = libraries
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def request(self, arguments: Mapping[str, Any], data: bytes, largest: int) -> bytes:
        """The helper's answer, of at most `largest` bytes. Blocks; raises HelperError."""
        body = json.dumps(arguments).encode() + b"\n" + data
        with self._lock:
            try:
                answer = self._exchange(len(body).to_bytes(_LENGTH_BYTES, "big") + body, largest)
            except HelperError:
                self._kill()
                raise
            except BrokenPipeError as error:
                self._kill()
                raise HelperDiedError from error
        if answer[:1] != b"\0":
            raise HelperError(answer[1:].decode(errors="replace"))
        return answer[1:]

    def close(self) -> None:
        """End the helper. A later request starts another one."""
        with self._lock:
            self._kill()

    def _exchange(self, request: bytes, largest: int) -> bytes:
        """Write and read at the same time: either pipe may be full."""
        child = self._live_child()
        requests, answers = child.input_fd, child.output.fileno()
        deadline = monotonic() + self._timeout_s
        # It mostly fits into the pipe: saving a `select` saves a turn of the interpreter's lock.
        unsent = memoryview(request)
        unsent = unsent[os.write(requests, unsent[:_CHUNK_BYTES]) :]
        answer = bytearray()
        wanted = _LENGTH_BYTES
        with selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            if unsent:
                selector.register(requests, selectors.EVENT_WRITE)
            while len(answer) < wanted:
                for key, _ in self._wait_ready(selector, deadline):
                    if key.fd == requests:
                        unsent = unsent[os.write(requests, unsent[:_CHUNK_BYTES]) :]
                        if not unsent:
                            selector.unregister(requests)
                        continue
                    answer += self._read_chunk(answers)
                    wanted = self._frame_bytes(answer, largest)
        if len(answer) > wanted:
            raise HelperDiedError
        return bytes(answer[_LENGTH_BYTES:])

    def _wait_ready(
        self, selector: selectors.BaseSelector, deadline: float
    ) -> list[tuple[selectors.SelectorKey, int]]:
        ready = selector.select(max(0.0, deadline - monotonic()))
        if not ready:
            raise HelperTimeoutError
        return ready

    def _frame_bytes(self, answer: bytearray, largest: int) -> int:
        """How many bytes the frame has that begins like this."""
        if len(answer) < _LENGTH_BYTES:
            return _LENGTH_BYTES
        length = int.from_bytes(answer[:_LENGTH_BYTES], "big")
        if length > largest + 1:
            raise HelperDiedError
        return _LENGTH_BYTES + length

    def _read_chunk(self, answers: int) -> bytes:
        chunk = os.read(answers, _CHUNK_BYTES)
        if not chunk:
            raise HelperDiedError
        return chunk

    def _live_child(self) -> ChildProcess:
        """The helper's process, started if it is not running."""
        if self._child is None or not self._child.is_ours or self._child.exit_code is not None:
            self._kill()
            self._child = self._start()
        return self._child

    def _start(self) -> ChildProcess:
        # Without `site`: we name what it would find, and it takes half of the start.
        arguments = ["-I", "-S", str(_SCRIPT), self._task, *self._library_dirs()]
        try:
            child = ChildProcess(arguments, errors=DEVNULL)
        except OSError as error:
            raise HelperDiedError from error
        os.set_blocking(child.input_fd, False)
        return child

    def _library_dirs(self) -> list[str]:
        """Where the libraries are: the helper ignores the environment and would not find them."""
        folders: dict[str, None] = {}
        for library in self._libraries:
            spec = find_spec(library)
            if spec is not None and spec.origin is not None:
                folders[str(Path(spec.origin).parent.parent)] = None
        return list(folders)

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


class HelperPool:
    """Helpers of one kind: one per concurrent request, up to a limit.

    One helper would be fast enough. But in a process of many busy threads each thread takes its
    answer late, and the helper would be idle meanwhile.
    """

    def __init__(
        self, task: str, libraries: tuple[str, ...], *, timeout_s: float, most: int
    ) -> None:
        """Start nothing yet."""
        self._all = [HelperProcess(task, libraries, timeout_s=timeout_s) for _ in range(most)]
        # Last in, first out: the others are not started before they are needed.
        self._idle: LifoQueue[HelperProcess] = LifoQueue()
        for helper in self._all:
            self._idle.put(helper)

    def request(self, arguments: Mapping[str, Any], data: bytes, largest: int) -> bytes:
        """See `HelperProcess.request`."""
        helper = self._idle.get()
        try:
            return helper.request(arguments, data, largest)
        finally:
            self._idle.put(helper)

    def close(self) -> None:
        """End every helper."""
        for helper in self._all:
            helper.close()
