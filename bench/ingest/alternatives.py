"""The ways of others, each over the same objects of the same server."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench.ingest.measurement import CREDENTIALS, ROOT, Cost, Server, measured, wait_until
from tests.support.bulk_bucket import BUCKET, GeneratedPhotos
from tests.support.rabbitmq import die_with_parent

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.rabbitmq import RabbitMQNode

THREADS = 32


def original(
    server: Server, url: str, folder: Path, node: RabbitMQNode, images: int, processes: int
) -> Cost:
    """The predecessor's way; the worker runs before the clock does."""
    db = folder / f"original{processes}.sqlite"
    environment = {**os.environ, **CREDENTIALS, "BENCH_BROKER": node.fresh_url()}
    environment |= {"BENCH_URL": url, "BENCH_BUCKET": BUCKET, "BENCH_DB": str(db)}
    command = [sys.executable, "-m", "celery", "-A", "bench.ingest.original"]
    with measured(server) as cost, (folder / "original.log").open("ab") as log:
        worker = subprocess.Popen(
            [*command, "worker", "--concurrency", str(processes), "--loglevel", "info"],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing but one system call
        )
        wait_until(lambda: b" ready." in (folder / "original.log").read_bytes())
        started = time.monotonic()
        sender = "import sys; from bench.ingest.original import process\n"
        sender += "for key in sys.stdin: process.delay(key.strip())"
        keys = "\n".join(GeneratedPhotos.key(number) for number in range(images))
        subprocess.run(
            [sys.executable, "-c", sender], input=keys, text=True, env=environment, cwd=ROOT,
            check=True,
        )  # fmt: skip
        wait_until(lambda: db.exists() and _rows(db) >= images)
        cost.images, cost.seconds = images, time.monotonic() - started
        worker.terminate()
        worker.wait(60)
    (folder / "original.log").unlink()
    return cost


def s5cmd(server: Server, url: str, folder: Path, images: int) -> Cost:
    """Download whole with s5cmd, then one exiftool over the folder."""
    if not (shutil.which("s5cmd") and shutil.which("exiftool")):
        missing = [name for name in ("s5cmd", "exiftool") if not shutil.which(name)]
        return Cost(note=f"{' and '.join(missing)} not installed")
    images -= images % 100
    target = folder / "downloaded"
    lines = [
        f"cp s3://{BUCKET}/{GeneratedPhotos.key(100 * number)[:-6]}* {target}/"
        for number in range(images // 100)
    ]
    environment = {**os.environ, **CREDENTIALS}
    with measured(server) as cost, (folder / "tags.json").open("wb") as tags:
        started = time.monotonic()
        subprocess.run(
            ["s5cmd", "--endpoint-url", url, "--log", "error", "--numworkers", "16", "run"],
            input="\n".join(lines),
            text=True,
            env=environment,
            check=True,
        )
        subprocess.run(["exiftool", "-fast2", "-json", "-q", target], stdout=tags, check=True)
        cost.seconds = time.monotonic() - started
        cost.images = len(list(target.iterdir()))
    shutil.rmtree(target)
    assert cost.images == images, cost
    return cost


def threads(server: Server, url: str, folder: Path, images: int) -> Cost:
    """boto3 in threads over the first 64 KiB, Pillow, SQLite."""
    db = folder / "threads.sqlite"
    command = [sys.executable, "-m", "bench.ingest.threads", url, BUCKET, str(images)]
    with measured(server) as cost:
        done = subprocess.run(
            [*command, str(THREADS), str(db)],
            env={**os.environ, **CREDENTIALS},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        cost.images, cost.seconds = _rows(db), float(done.stdout)
    db.unlink()
    return cost


def _rows(db: Path) -> int:
    connection = sqlite3.connect(db, timeout=60)
    try:
        return int(connection.execute("SELECT count(*) FROM images").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
