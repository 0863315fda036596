"""A process that reads batches for the local transport.

Commands arrive on standard input, one JSON line each; replies leave on standard output. The
process ends when its input does, even in the middle of a batch: then the engine is gone.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import threading
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Final

import msgspec

from tasveer_tui.decoding import decode
from tasveer_tui.jobs.broker import MaskedFormatter
from tasveer_tui.jobs.protocol import ReadTask, pack_reply, unpack
from tasveer_tui.jobs.worker.read_task import run_read
from tasveer_tui.jobs.worker.resources import TaskContext, WorkerResources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.jobs.protocol import Reply

BATCH_END: Final = "end"
"""The name of the message that ends a batch."""

_HEADER: Final = re.compile(rb"([a-z._]+) (\d{1,9})\n")

_log = logging.getLogger(__name__)


class ReaderCommand(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command: read a batch, set the concurrency, or set which jobs are paused."""

    task: str = ""
    """A packed ReadTask."""
    worker: str = ""
    in_flight: int = 0
    paused_job_ids: tuple[int, ...] = ()


def write_message(stream: IO[bytes], name: str, text: str = "") -> None:
    """Write one message: its name, its length in bytes, its text."""
    data = text.encode()
    stream.write(b"%s %d\n%s" % (name.encode(), len(data), data))
    stream.flush()


def read_messages(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Name and text of each message, until the stream ends, is cut off or is malformed."""
    while match := _HEADER.fullmatch(stream.readline()):
        data = stream.read(int(match[2]))
        if len(data) < int(match[2]):
            return
        yield match[1].decode(), data.decode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read batches until the input ends."""
    parser = argparse.ArgumentParser(prog="tasveer-tui reader")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--no-maker-notes", action="store_true")
    options = parser.parse_args(arguments)
    resources = WorkerResources(options.in_flight, maker_notes=not options.no_maker_notes)
    tasks = SimpleQueue[ReaderCommand]()
    threading.Thread(
        target=_read_commands, args=(resources, tasks), name="commands", daemon=True
    ).start()
    output = sys.stdout.buffer

    def send(reply: Reply) -> None:
        write_message(output, reply.NAME, pack_reply(reply))

    while True:
        command = tasks.get()
        try:
            task = unpack(command.task).value(ReadTask)
            run_read(task, TaskContext(command.worker, send), resources)
        except Exception:  # noqa: BLE001 - the process's outermost edge: the ledger has the batch
            _log.exception("A batch failed")
        write_message(output, BATCH_END)


def _read_commands(resources: WorkerResources, tasks: SimpleQueue[ReaderCommand]) -> None:
    for line in sys.stdin.buffer:
        command = decode(line, ReaderCommand)
        if command.task:
            tasks.put(command)
        elif command.in_flight:
            resources.concurrency.set(command.in_flight)
        else:
            resources.paused_jobs.set("", command.paused_job_ids)
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
