"""Broken and hostile input: no exception, no endless work, whatever the bytes."""

import random
import subprocess
import sys
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasveer_tui.errors import NetworkError
from tasveer_tui.exif import Budget, label, read
from tasveer_tui.records import Chunk, Outcome, Record
from tests.parts.images import (
    chunk,
    exif_ifds,
    fetch_from,
    jpeg,
    jpeg_with,
    plain_jpeg,
    png_with,
    riff_chunk,
    segment,
    tiff_block,
    webp_with,
    xmp,
)

FACTS = {
    "make": "Canon",
    "model": "EOS R5",
    "lens": "RF 50",
    "taken_at": "2019-05-04T10:11:12.5",
    "iso": 400,
    "exposure_s": 0.004,
    "lat_deg": 48.8,
    "lon_deg": 2.3,
    "title": "Sea",
    "keywords": ("a", "b"),
    "rating": 4,
}
BLOCK = tiff_block(*exif_ifds(FACTS, plain_jpeg(16, 12)))
PACKET = xmp(FACTS)
SEEDS = (
    jpeg(has_thumbnail=True, **FACTS),
    jpeg(order=">", **FACTS),
    BLOCK,
    tiff_block(*exif_ifds(FACTS, plain_jpeg(16, 12)), order=">", is_big=True),
    png_with(chunk(b"eXIf", BLOCK), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + PACKET)),
    png_with(after=[chunk(b"eXIf", BLOCK)], idat_bytes=400_000),
    webp_with(riff_chunk(b"EXIF", BLOCK), riff_chunk(b"XMP ", PACKET)),
)
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
MOST_S = 1.0


def mutated(source: random.Random, data: bytes) -> bytes:
    """`data` cut, or with some of its early bytes changed, or with a piece of it put elsewhere."""
    out = bytearray(data)
    early = min(len(out), source.choice((64, 512, 4096, len(out))))
    if source.random() < 0.25:
        return bytes(out[: source.randrange(early + 1)])
    for _ in range(source.choice((1, 2, 5, 20, 100))):
        at, width = source.randrange(early), source.choice((1, 2, 4))
        out[at : at + width] = source.choice(
            (bytes(width), b"\xff" * width, source.randbytes(width), out[at : at + width][::-1])
        )
    if source.random() < 0.1:
        at, start = source.randrange(len(out)), source.randrange(len(out))
        out[at:at] = out[start : start + source.randrange(2_000)]
    return bytes(out)


def checked(data: bytes) -> Record:
    """The record of `data`, every promise about it kept."""
    started_s = time.thread_time()
    record = read(fetch_from(data))
    assert time.thread_time() - started_s < MOST_S
    assert record.requests <= Budget().requests
    assert record.bytes_read <= Budget().read_bytes
    assert record.thumb_offset + record.thumb_length <= max(len(data), 1)
    assert isinstance(record.outcome, Outcome)
    for tag in record.tags:
        assert isinstance(label(tag), str)
    return record


@pytest.mark.parametrize("seed", range(10))
def test_mutated_images_end_in_an_outcome(seed: int) -> None:
    source = random.Random(seed)
    outcomes = {checked(mutated(source, source.choice(SEEDS))).outcome for _ in range(200)}
    assert {Outcome.OK, Outcome.PARTIAL, Outcome.TRUNCATED} <= outcomes


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from((b"", b"\xff\xd8\xff\xe1", b"II*\0", b"MM\0+\0\x08\0\0", b"\x89PNG\r\n\x1a\n")),
    st.binary(max_size=2_000),
)
def test_any_bytes_behind_any_magic_end_in_an_outcome(magic: bytes, rest: bytes) -> None:
    checked(magic + rest)


@pytest.mark.parametrize("data", SEEDS)
def test_every_early_cut_ends_in_an_outcome(data: bytes) -> None:
    for length in range(0, min(len(data), 1_500), 7):
        checked(data[:length])


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_connection_that_breaks_at_any_request_is_an_outcome(failing: int) -> None:
    data, count = SEEDS[5], 0

    def fetch(start: int, length: int) -> Chunk:
        nonlocal count
        count += 1
        if count == failing:
            raise NetworkError("The connection broke.")
        return Chunk(start, data[start : start + length], len(data), "e1")

    record = read(fetch)
    assert record.outcome in (Outcome.NETWORK, Outcome.OK)
    assert (record.outcome is Outcome.NETWORK) == (count >= failing)


def test_a_source_that_gives_less_than_asked_does_no_harm() -> None:
    data = SEEDS[0]
    record = read(
        lambda start, length: Chunk(start, data[start : start + length // 500], len(data))
    )
    assert record.outcome in (Outcome.TRUNCATED, Outcome.PARTIAL)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 3_000_000,
        b"\xff\xd8\xff" + b"\0" * 3_000_000,
        b"\xff\xd8\xff" + b"\0\xff" * 1_000_000,
        b"\xff\xd8" + b"\xff\xe5\0\2" * 700_000,
        b"II*\0\x08\0\0\0" + b"\xff" * 3_000_000,
        png_with(idat_bytes=400_000)[:-12] + b"\0\0\0\0IDATcrc!" * 6_000,
        jpeg_with(*[segment(0xED, b"Photoshop 3.0\0" + b"8BIM\0\1\0\0\0\0\0\0" * 5_000)] * 60),
        jpeg_with(*[segment(0xE1, XMP_HEADER + b"<a>" + b"<b/>" * 12_000 + b"</a>")] * 60),
        png_with(*[chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(9**7)))] * 8),
        webp_with(*[riff_chunk(b"XXXX", b"")] * 100_000),
    ],
    ids=["fill", "nul", "stray", "segments", "ifd", "tail", "resources", "xmp", "inflate", "riff"],
)
def test_much_of_nothing_is_quick(data: bytes) -> None:
    checked(data)


def test_reading_loads_no_decoder() -> None:
    code = "import sys, tasveer_tui.exif; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
