"""A bucket with any number of generated photographs, for tests of load and scale.

Every photograph has a date, a place and a serial number of its own, one of some hundred heads of
a camera's size, and between 200 KiB and 2 MiB of picture data. Nothing is kept but the heads.

    python -m tests.support.bulk_bucket --objects 1000000 --latency-ms 0 30 100

serves it with one port for each latency, and writes the ports as a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from random import Random
from time import gmtime, strftime
from typing import TYPE_CHECKING, cast

from tests.support.image_files import (
    LONG,
    SHORT,
    UNDEFINED,
    exif_ifds,
    plain_jpeg,
    segment,
    tiff_block,
    xmp_packet,
)
from tests.support.range_server import RangeServer
from tests.support.s3_store import Bucket, StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.image_files import Fact

BUCKET = "bulk"
HEAD_VARIANTS = 128
PHOTOS_PER_FOLDER = 1000
MIN_PHOTO_BYTES, MAX_PHOTO_BYTES = 200 << 10, 2 << 20
FIRST_TAKEN_S = 1_500_000_000
_DATE, _SERIAL, _SUBSECOND = "2001:01:01 00:00:00", "SERIAL-0000000000", "000"
_PADDING = b"\xaa" * MAX_PHOTO_BYTES
_JPEG_END = b"\xff\xd9"
_CAMERAS = (
    ("Canon", "Canon EOS 5D Mark IV", "EF24-105mm f/4L IS II USM"),
    ("NIKON CORPORATION", "NIKON D850", "24.0-70.0 mm f/2.8"),
    ("SONY", "ILCE-7M3", "FE 85mm F1.8"),
    ("FUJIFILM", "X-T4", "XF16-55mmF2.8 R LM WR"),
    ("Apple", "iPhone 14 Pro", "iPhone 14 Pro back triple camera 6.86mm f/1.78"),
)
_KEYWORDS = ("alps", "harbour", "wedding", "street", "night", "portrait", "bird", "rain", "market")


def photo_head(number: int) -> bytes:
    """Everything before the picture data: some 40 tags, a thumbnail, XMP, a maker's note."""
    random = Random(number)
    make, model, lens = random.choice(_CAMERAS)
    facts: dict[str, Fact] = {
        "make": make,
        "model": model,
        "lens": lens,
        "software": f"Firmware {random.randint(1, 9)}.0",
        "artist": random.choice(("Asha Rao", "Jörg Weiß", "")),
        "copyright": "All rights reserved",
        "serial": _SERIAL,
        "taken_at": f"{_DATE[:10].replace(':', '-')}T{_DATE[11:]}.{_SUBSECOND}",
        "taken_offset": "+02:00",
        "exposure_s": 1 / random.choice((30, 60, 125, 250, 1000)),
        "f_number": random.choice((1.8, 2.8, 4, 5.6, 8)),
        "focal_mm": random.choice((24, 35, 50, 85, 105)),
        "focal35_mm": random.choice((24, 35, 50, 85, 105)),
        "iso": random.choice((100, 200, 400, 1600, 6400)),
        "exposure_bias_ev": random.choice((-1, 0, 1)),
        "flash": 16,
        "white_balance": 0,
        "metering": 5,
        "program": 3,
        "orientation": random.choice((1, 6, 8)),
        "lat_deg": random.uniform(-60, 60),
        "lon_deg": random.uniform(-179, 179),
        "alt_m": random.uniform(0, 3000),
        "title": f"Picture {number}",
        "keywords": random.sample(_KEYWORDS, 3),
        "rating": random.randint(0, 5),
    }
    ifd0, ifd1 = exif_ifds(facts, random.randbytes(random.randint(4_000, 12_000)))
    exif = ifd0.children[0x8769]
    assert not isinstance(exif, list)
    exif.entries[0x927C] = (UNDEFINED, random.randbytes(random.randint(1_000, 8_000)))
    exif.entries[0xA002], exif.entries[0xA003] = (LONG, 6000), (LONG, 4000)
    exif.entries |= {tag: (SHORT, random.randint(0, 2)) for tag in (0xA001, 0xA401, 0xA402, 0xA406)}
    image = plain_jpeg()
    scan = image.index(b"\xff\xda") + 14
    parts = [
        segment(0xE1, b"Exif\0\0" + tiff_block(ifd0, ifd1)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet(facts) + b" " * 2_000),
    ]
    return image[:2] + b"".join(parts) + image[2:scan]


class GeneratedPhotos(Mapping[str, StoredObject]):
    """The objects by key: number `n` is `photos/00001/IMG_0001234.jpg`."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._heads = [photo_head(number) for number in range(HEAD_VARIANTS)]
        self._places = [
            tuple(head.index(text.encode()) for text in (_DATE, _SERIAL)) for head in self._heads
        ]
        self._sizes = [Random(-n - 1).randint(MIN_PHOTO_BYTES, MAX_PHOTO_BYTES) for n in range(997)]

    @staticmethod
    def key(number: int) -> str:
        return f"photos/{number // PHOTOS_PER_FOLDER:05}/IMG_{number:07}.jpg"

    def __getitem__(self, key: str) -> StoredObject:
        digits = key[-11:-4]
        if not digits.isdigit() or (number := int(digits)) >= self.count or self.key(number) != key:
            raise KeyError(key)
        data = cast("bytes", Body(self, number))
        return StoredObject(data, self.etag(number), FIRST_TAKEN_S + 60.0 * number)

    def __iter__(self) -> Iterator[str]:
        return map(self.key, range(self.count))

    def __len__(self) -> int:
        return self.count

    def size(self, number: int) -> int:
        return self._sizes[number % len(self._sizes)]

    @staticmethod
    def etag(number: int) -> str:
        return f"{number * 2_654_435_761 + 12_345:032x}"

    def head(self, number: int) -> bytes:
        """Everything before the picture data, with the number's own date and serial."""
        reported, (at, serial) = (
            self._heads[number % HEAD_VARIANTS],
            self._places[number % HEAD_VARIANTS],
        )
        date = strftime("%Y:%m:%d %H:%M:%S", gmtime(FIRST_TAKEN_S + 60 * number)).encode()
        end = serial + len(_SERIAL)
        reported = reported[:at] + date + reported[at + len(date) :]
        return reported[: end - 10] + f"{number:010}".encode() + reported[end:]


class Body:
    """The bytes of a photograph; only the requested ones are generated."""

    def __init__(self, photographs: GeneratedPhotos, number: int) -> None:
        self._photographs = photographs
        self._number = number

    def __len__(self) -> int:
        return self._photographs.size(self._number)

    def __getitem__(self, at: slice) -> bytes:
        start, end, _ = at.indices(len(self))
        inside = self._photographs.head(self._number)[start:end]
        filled = inside + _PADDING[: max(0, min(end, len(self) - 2) - start - len(inside))]
        return filled + _JPEG_END[: end - start - len(filled)]


class BulkBucket(Bucket):
    """The bucket; its listing is computed, not kept."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.objects: GeneratedPhotos = GeneratedPhotos(count)  # type: ignore[assignment]

    def listing(
        self, prefix: bytes, delimiter: bytes, after: bytes, limit: int
    ) -> tuple[list[tuple[bool, bytes]], bool]:
        numbers, name = range(self.objects.count), partial(_key_bytes, self.objects)
        at = max(bisect_left(numbers, prefix, key=name), bisect_right(numbers, after, key=name))
        found: list[tuple[bool, bytes]] = []
        while at < self.objects.count and (key := name(at)).startswith(prefix):
            if len(found) == limit:
                return found, True
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            found.append((cut >= 0, key[: cut + 1] if cut >= 0 else key))
            if cut >= 0:
                at = bisect_left(numbers, key[:cut] + b"0", key=name)
            else:
                at += 1
        return found, False


def _key_bytes(photographs: GeneratedPhotos, number: int) -> bytes:
    return photographs.key(number).encode()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--latency-ms", type=float, nargs="+", default=[0.0])
    given = parser.parse_args()
    bulk = BulkBucket(given.objects)
    with ExitStack() as stack:
        servers = [RangeServer(latency_s=each / 1000) for each in given.latency_ms]
        for server in servers:
            server.buckets[BUCKET] = bulk
            stack.enter_context(server)
        sys.stdout.write(json.dumps([server.port for server in servers]) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            reported = [dict(server.counts, body_bytes=server.body_bytes) for server in servers]
            sys.stdout.write(json.dumps(reported) + "\n")
            sys.stdout.flush()
            if line.strip() == "reset":
                for server in servers:
                    server.reset_counts()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
