"""What a careful person writes in an afternoon: boto3 in threads, 64 KiB an image, Pillow.

python -m bench.ingest.threads URL BUCKET IMAGES THREADS DB
"""

from __future__ import annotations

import io
import sqlite3
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import boto3
from botocore.config import Config
from PIL import Image, ImageFile

FIRST_BYTES = 65_536


def main(url: str, bucket: str, images: int, threads: int, db: str) -> None:
    started = time.monotonic()
    client = boto3.client("s3", endpoint_url=url, config=Config(max_pool_connections=threads))
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = islice((each["Key"] for page in pages for each in page["Contents"]), images)

    def read(key: str) -> tuple[str, str]:
        asked = f"bytes=0-{FIRST_BYTES - 1}"
        body = client.get_object(Bucket=bucket, Key=key, Range=asked)["Body"].read()
        return key, str(dict(Image.open(io.BytesIO(body)).getexif()))

    connection = sqlite3.connect(db)
    connection.execute("CREATE TABLE images (key TEXT, exif TEXT)")
    with ThreadPoolExecutor(threads) as pool, connection:
        connection.executemany("INSERT INTO images VALUES (?, ?)", pool.map(read, keys))
    connection.close()
    print(time.monotonic() - started)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
