"""Broken and hostile input: no exception, no endless work, whatever the bytes."""

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
from tests.support.format_samples import SAMPLES
from tests.support.image_files import (
    chunk,
    fetch_from,
    jpeg_with,
    png_with,
    riff_chunk,
    segment,
    webp_with,
)
from tests.support.property_examples import examples

XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
MAX_CPU_S = 1.0


def checked(data: bytes) -> Record:
    """The record of `data`, every promise about it kept."""
    started_s = time.thread_time()
    record = read(fetch_from(data))
    assert time.thread_time() - started_s < MAX_CPU_S
    assert record.requests <= Budget().requests
    assert record.bytes_read <= Budget().read_bytes
    assert record.thumb_offset + record.thumb_length <= max(len(data), 1)
    assert isinstance(record.outcome, Outcome)
    for tag in record.tags:
        assert isinstance(label(tag), str)
    return record


@settings(max_examples=examples(200), deadline=None, derandomize=True)
@given(
    st.sampled_from((b"", b"\xff\xd8\xff\xe1", b"II*\0", b"MM\0+\0\x08\0\0", b"\x89PNG\r\n\x1a\n")),
    st.binary(max_size=2_000),
)
def test_any_bytes_behind_any_magic_end_in_an_outcome(magic: bytes, rest: bytes) -> None:
    checked(magic + rest)


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_connection_that_breaks_at_any_request_is_an_outcome(failing: int) -> None:
    data, count = SAMPLES["png-tail"](), 0

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
    data = SAMPLES["jpeg"]()
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
