"""Ways of reading the metadata of a bucket of JPEGs, side by side: one table, one run.

    bin/bench ingest [--images 10000] [--latency-ms 0 30 100] [--ways ours original …]

Every way reads the same objects of the same server (its own process on this machine, which adds
the latency before each answer). images/s counts from the listing to the last row written, on
processes that are ready; CPU is that of all processes of the way, start and end included, without
the server's and the broker's, which stand beside it.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.ingest import alternatives
from bench.ingest.measurement import Cost, Server
from bench.ingest.tasveer import run_tasveer
from tests.support.rabbitmq import RabbitMQNode, server_script

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = Callable[[str, Path], Cost]

TABLE_HEADER = (
    f"{'way':34} {'ms':>4} {'images':>7} {'images/s':>9} {'ratio':>7} {'CPU ms':>7} {'server':>7}"
    f" {'broker':>7} {'MB':>5} {'req/img':>8} {'KiB/img':>8}"
)


def methods(
    server: Server, node: RabbitMQNode | None, images: int
) -> dict[str, tuple[str, Method]]:
    """By the name on the command line: the name in the table, and what to run."""
    found: dict[str, tuple[str, Method]] = {}
    few = max(20, images // 100)
    if node is not None:
        for processes in (1, 2):
            found[f"original{processes}"] = (
                f"the original's way, {processes} process{'es' * (processes > 1)}",
                partial(_original, server, node, few * processes, processes),
            )
    found["s5cmd"] = (
        "s5cmd + exiftool",
        lambda url, folder: alternatives.s5cmd(server, url, folder, min(300, images)),
    )
    found["threads"] = (
        f"boto3 in {alternatives.THREADS} threads + Pillow",
        lambda url, folder: alternatives.threads(server, url, folder, min(images, 2_000)),
    )
    found["embedded"] = (
        "ours, embedded",
        lambda url, folder: run_tasveer(server, url, folder, None)[0],
    )
    if node is not None:
        found["rabbitmq"] = (
            "ours, 2 worker processes, RabbitMQ",
            lambda url, folder: run_tasveer(server, url, folder, node)[0],
        )
    return found


def _original(
    server: Server, node: RabbitMQNode, images: int, processes: int, url: str, folder: Path
) -> Cost:
    return alternatives.original(server, url, folder, node, images, processes)


def format_row(name: str, latency_ms: float, cost: Cost, least: float) -> str:
    """One row of the table; `least` is the rate that others are compared with."""
    if cost.note:
        return f"{name:34} {latency_ms:4.0f} {cost.note}"
    rate, per = cost.images / cost.seconds, 1000 / cost.images
    return (
        f"{name:34} {latency_ms:4.0f} {cost.images:7,} {rate:9,.1f} {rate / (least or rate):6.1f}×"
        f" {cost.cpu_s * per:7.2f} {cost.server_cpu_s * per:7.2f} {cost.broker_cpu_s * per:7.2f}"
        f" {cost.peak_mb:5.0f} {cost.requests / cost.images:8.2f}"
        f" {cost.body_bytes / cost.images / 1024:8.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench ingest", description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--latency-ms", type=float, nargs="+", default=[0.0, 30.0, 100.0])
    parser.add_argument("--ways", nargs="+", default=[])
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        server = stack.enter_context(Server(given.images, given.latency_ms))
        node = None
        if server_script():
            (folder / "rabbit").mkdir()
            node = stack.enter_context(RabbitMQNode(folder / "rabbit"))
            server.broker_pid = node.pid
        load, python = os.getloadavg()[0], platform.python_version()
        print(f"{os.cpu_count()} cores, load {load:.1f}, Python {python}; ratio: to the first row")
        print(TABLE_HEADER, flush=True)
        for latency_ms in given.latency_ms:
            least = 0.0
            here = folder / f"{latency_ms:g}"
            here.mkdir()
            for short, (name, way) in methods(server, node, given.images).items():
                if given.ways and short not in given.ways:
                    continue
                cost = way(server.url(latency_ms), here)
                print(format_row(name, latency_ms, cost, least), flush=True)
                least = least or (cost.images / cost.seconds if cost.images else 0.0)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
