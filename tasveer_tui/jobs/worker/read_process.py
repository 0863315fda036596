"""A process that reads batches for the embedded engine: `python -m tasveer_tui.jobs.reader`.

Orders come a line each on standard input, results leave on standard output. It ends
when its input does, even in the middle of a batch: then nobody waits for it any more.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import threading
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING

import msgspec

from tasveer_tui.decoding import decode
from tasveer_tui.jobs.broker import MaskedFormatter
from tasveer_tui.jobs.worker.read_task import read_batch
from tasveer_tui.jobs.worker.resources import WorkerResources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH_ENDED = "ended"
"""Where a task's name stands: the batch is over."""

_HEADER = re.compile(rb"([a-z._]+) (\d{1,9})\n")

_log = logging.getLogger(__name__)


class ReaderCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line to the reader: a batch, the jobs that are held now, or how many objects at once."""

    order: str = ""
    worker: str = ""
    reply: str = ""
    held: tuple[int, ...] = ()
    in_flight: int = 0


def write_message(stream: IO[bytes], task: str, text: str = "") -> None:
    """Tell what one of the engine's tasks would be sent: its name, a length, a text."""
    data = text.encode()
    stream.write(b"%s %d\n%s" % (task.encode(), len(data), data))
    stream.flush()


def read_messages(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Task and text of each, until the stream ends, is cut off or holds what nobody wrote here."""
    while match := _HEADER.fullmatch(stream.readline()):
        data = stream.read(int(match[2]))
        if len(data) < int(match[2]):
            return
        yield match[1].decode(), data.decode()


class _PipeSink:
    """Stands where a worker has its `Post`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def send(self, task: str, queue: str, text: str, about: str) -> None:
        """Write one line; the engine is at the other end, whatever the queue."""
        del queue, about
        write_message(self._stream, task, text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read batches until the input ends."""
    parser = argparse.ArgumentParser(prog="tasveer-tui reader")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--no-maker-notes", action="store_true")
    given = parser.parse_args(arguments)
    clients = WorkerResources(given.in_flight, maker_notes=not given.no_maker_notes)
    orders = SimpleQueue[ReaderCommand]()
    threading.Thread(
        target=_read_commands, args=(clients, orders), name="listen", daemon=True
    ).start()
    out = _PipeSink(sys.stdout.buffer)
    while True:
        word = orders.get()
        try:
            read_batch(word.order, clients, out, worker=word.worker)
        except Exception:  # noqa: BLE001 - the process's outermost edge: the ledger has the batch
            _log.exception("A batch broke")
        out.send(BATCH_ENDED, "", "", "")


def _read_commands(clients: WorkerResources, orders: SimpleQueue[ReaderCommand]) -> None:
    for line in sys.stdin.buffer:
        word = decode(line, ReaderCommand)
        if word.order:
            orders.put(word)
        elif word.in_flight:
            clients.shared_concurrency.turn(word.in_flight)
        else:
            clients.holds.hold(word.reply, word.held)
    os._exit(0)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("botocore", "urllib3", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


if __name__ == "__main__":
    _log_to_stderr()
    main()
