"""The server of a run, and what a way of reading costs: time, CPU, memory, requests."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.support.rabbitmq import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
    "AWS_SECRET_ACCESS_KEY": "an-example-of-a-secret-key-000000000000",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Server:
    """The bucket, served by a process of its own; one port a latency."""

    def __init__(self, objects: int, latencies_ms: list[float]) -> None:
        self.latencies_ms = latencies_ms
        command = [sys.executable, "-m", "tests.support.bulk_bucket", "--objects", str(objects)]
        self._child = subprocess.Popen(
            [*command, "--latency-ms", *map(str, latencies_ms)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
        )
        self._ports: list[int] = self._read_json()
        self.broker_pid = 0
        """CPU time of the broker next to it, for all its clients."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(20)

    def url(self, latency_ms: float) -> str:
        return f"http://127.0.0.1:{self._ports[self.latencies_ms.index(latency_ms)]}"

    @property
    def pid(self) -> int:
        return self._child.pid

    def counts(self) -> tuple[int, int]:
        """Requests and bytes of bodies since the last time this was asked."""
        assert self._child.stdin is not None
        self._child.stdin.write("reset\n")
        self._child.stdin.flush()
        reported = self._read_json()
        requests = sum(
            count for each in reported for name, count in each.items() if name[0].isupper()
        )
        return requests, sum(each["body_bytes"] for each in reported)

    def _read_json(self) -> Any:  # noqa: ANN401 - JSON
        assert self._child.stdout is not None
        return json.loads(self._child.stdout.readline())


@dataclass
class Cost:
    """What one implementation took for a number of images."""

    images: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    """Of every process of this way, from its start to its end, but not of server and broker."""
    server_cpu_s: float = 0.0
    broker_cpu_s: float = 0.0
    peak_mb: float = 0.0
    """Of the largest process."""
    requests: int = 0
    body_bytes: int = 0
    note: str = ""
    parts: dict[str, float] = field(default_factory=dict)


@contextmanager
def measured(server: Server) -> Iterator[Cost]:
    """Around all of a way, whose processes must have ended with the block."""
    cost = Cost()
    server.counts()
    others = (server.pid, server.broker_pid)
    before = [cpu_s(pid) for pid in others]
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    is_over = threading.Event()
    watch = threading.Thread(target=_sample_memory, args=(cost, others, is_over), daemon=True)
    watch.start()
    try:
        yield cost
    finally:
        is_over.set()
        watch.join()
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost.cpu_s = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
        cost.server_cpu_s, cost.broker_cpu_s = (
            cpu_s(pid) - then for pid, then in zip(others, before, strict=True)
        )
        cost.requests, cost.body_bytes = server.counts()


def cpu_s(pid: int) -> float:
    """User and system time of a process so far; 0 where there is none."""
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def descendants(pid: int) -> list[int]:
    """The process's children, and theirs."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def _sample_memory(cost: Cost, others: tuple[int, ...], is_over: threading.Event) -> None:
    left_out = {pid for other in others if other for pid in (other, *descendants(other))}
    while not is_over.is_set():
        for pid in set(descendants(os.getpid())) - left_out:
            cost.peak_mb = max(cost.peak_mb, peak_mb(pid))
        is_over.wait(0.2)


def peak_mb(pid: int) -> float:
    """The most memory that the process has had."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def wait_until(what: Callable[[], object], timeout_s: float = 600.0, every_s: float = 0.02) -> None:
    """Wait until `what()` is true."""
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(every_s)
