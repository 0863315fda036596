"""The way of the program that this one replaces: a Celery task an image, each downloaded whole.

The task asks for the object to know its size, downloads it, reads its EXIF with Pillow and writes
a row of text into SQLite.
"""

from __future__ import annotations

import io
import os
import sqlite3
from functools import cache
from typing import Any

import boto3
from celery import Celery
from PIL import Image

app = Celery("original", broker=os.environ.get("BENCH_BROKER", "memory://"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@cache
def bucket() -> Any:  # noqa: ANN401 - boto3 ships no types
    """The bucket, opened in the process that uses it."""
    resource = boto3.resource("s3", endpoint_url=os.environ["BENCH_URL"])
    return resource.Bucket(os.environ["BENCH_BUCKET"])


@cache
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["BENCH_DB"], timeout=60, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS images (key TEXT, size INTEGER, exif TEXT)")
    return connection


@app.task
def process(key: str) -> None:
    size = bucket().Object(key).get()["ContentLength"]
    data = io.BytesIO()
    bucket().download_fileobj(key, data)
    exif = Image.open(data)._getexif()  # type: ignore[attr-defined]  # noqa: SLF001 - as it did
    database().execute("INSERT INTO images VALUES (?, ?, ?)", (key, size, str(exif)))
