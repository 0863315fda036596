"""Damaged files by the thousand: every one ends in an outcome, soon, and in little memory.

By hand, for longer and over other damage: `FUZZ_FILES=200000 FUZZ_SEED=7 bin/test -k fuzz`.
"""

import os
import random
import resource
import sys
import time
import zlib
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasveer_tui.exif import Budget, label, read
from tasveer_tui.records import Outcome, Record
from tests.support.format_samples import SAMPLES
from tests.support.image_files import (
    Ifd,
    chunk,
    fetch_from,
    jpeg_with,
    png_with,
    segment,
    tiff_block,
)
from tests.support.mutation import corrupt, join_head_and_tail
from tests.support.property_examples import examples

MAX_CPU_S = 1.0
MAX_GROWTH_KIB = 128 * 1024
FILES = int(os.environ.get("FUZZ_FILES", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
_MAX_SHOWN_BYTES = 1 << 20


def resident_kib() -> int:
    """The largest this process has been."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def checked(data: bytes) -> Record:
    """The record of `data`, every promise about records kept."""
    started_s = time.thread_time()
    record = read(fetch_from(data))
    assert time.thread_time() - started_s < MAX_CPU_S
    assert record.outcome in Outcome
    assert record.requests <= Budget().requests
    assert record.bytes_read <= Budget().read_bytes
    assert record.thumb_offset + record.thumb_length <= max(len(data), 1)
    assert 0 <= record.maker_note_length <= len(data)
    assert sum(len(str(tag.value)) for tag in record.tags) < Budget().value_bytes + _MAX_SHOWN_BYTES
    for tag in record.tags:
        assert tag.group
        assert tag.name
        assert isinstance(label(tag), str)
    return record


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_sound_before_it_is_damaged(name: str) -> None:
    record = checked(SAMPLES[name]())
    assert record.outcome is Outcome.OK, record.notes
    assert record.facts.make == "Canon"


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_end_in_an_outcome_soon_and_in_little_memory(name: str) -> None:
    data, others = SAMPLES[name](), [make() for make in SAMPLES.values()]
    source = random.Random(SEED + zlib.crc32(name.encode()))
    before_kib = resident_kib()
    outcomes: Counter[Outcome] = Counter()
    for _ in range(FILES // len(SAMPLES) + 1):
        if source.random() < 0.05:
            broken = join_head_and_tail(source, data, source.choice(others))
        else:
            broken = corrupt(source, data)
        outcomes[checked(broken).outcome] += 1
    assert resident_kib() - before_kib < MAX_GROWTH_KIB
    assert outcomes[Outcome.OK] + outcomes[Outcome.PARTIAL] > 0
    assert len(outcomes) > 1, "nothing was damaged"


@pytest.mark.parametrize("name", SAMPLES)
def test_every_cut_of_the_first_bytes_ends_in_an_outcome(name: str) -> None:
    data = SAMPLES[name]()
    for length in range(min(len(data), 300)):
        checked(data[:length])


_NUMBERS = st.integers(0, 0xFFFF)
_ENTRIES = st.dictionaries(
    st.one_of(st.sampled_from(sorted({0x10F, 0x112, 0x132, 0x829A, 0x9201, 0x9286})), _NUMBERS),
    st.one_of(
        st.tuples(st.sampled_from((1, 2, 6, 7, 129)), st.binary(max_size=40)),
        st.tuples(st.just(3), st.lists(_NUMBERS, max_size=6)),
        st.tuples(st.just(4), st.lists(st.integers(0, 2**32 - 1), max_size=6)),
        st.tuples(st.just(9), st.lists(st.integers(-(2**31), 2**31 - 1), max_size=6)),
        st.tuples(st.just(11), st.lists(st.floats(width=32), max_size=4)),
        st.tuples(st.just(12), st.lists(st.floats(), max_size=4)),
        st.tuples(
            st.sampled_from((5,)),
            st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=4),
        ),
    ),
    max_size=8,
)
_POINTERS = (0x8769, 0x8825, 0xA005, 0x14A)
_IFDS = st.recursive(
    _ENTRIES.map(Ifd),
    lambda ifds: st.builds(
        lambda entries, children: Ifd(
            {number: entry for number, entry in entries.items() if number not in children}, children
        ),
        _ENTRIES,
        st.dictionaries(st.sampled_from(_POINTERS), ifds, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ifd=_IFDS, order=st.sampled_from("<>"), is_big=st.booleans())
def test_directories_of_any_values_are_read_whole(*, ifd: Ifd, order: str, is_big: bool) -> None:
    record = checked(tiff_block(ifd, order=order, is_big=is_big))
    assert record.outcome in (Outcome.OK, Outcome.PARTIAL, Outcome.NO_METADATA, Outcome.MALFORMED)


@settings(max_examples=examples(200), deadline=None)
@given(_ENTRIES)
def test_plain_entries_all_become_tags(entries: dict[int, tuple[int, list[int]]]) -> None:
    plain = {n: e for n, e in entries.items() if n not in _LINKS and e[0] != _UNKNOWN_TYPE}
    record = checked(tiff_block(Ifd(plain)))
    assert {tag.number for tag in record.tags if tag.group != "File"} == set(plain)


_LINKS = {*_POINTERS, 0x02BC, 0x83BB, 0x8649, 0x8773, 0x927C}
_UNKNOWN_TYPE = 129

_NAMES = st.sampled_from(("dc:title", "xmp:Rating", "exif:GPSLatitude", "x:y", "rdf:li", "rdf:Bag"))
_XML = st.recursive(
    st.text(max_size=20).map(lambda text: text.replace("<", "&lt;").replace("&", "&amp;")),
    lambda parts: st.builds(
        lambda name, inner: f"<{name}>{''.join(inner)}</{name}>",
        _NAMES,
        st.lists(parts, max_size=4),
    ),
    max_leaves=20,
)
_PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/">
<rdf:Description rdf:about="">{body}</rdf:Description></rdf:RDF></x:xmpmeta>"""


@settings(max_examples=examples(300), deadline=None)
@given(_XML)
def test_packets_of_any_shape_end_in_an_outcome(body: str) -> None:
    packet = _PACKET.format(body=body).encode("utf-8", "surrogatepass")
    checked(jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)))


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 255), st.binary(max_size=60)), max_size=12)
)
def test_iptc_of_any_datasets_ends_in_an_outcome(sets: list[tuple[int, int, bytes]]) -> None:
    iptc = b"".join(
        bytes((0x1C, record, number)) + len(body).to_bytes(2, "big") + body
        for record, number, body in sets
    )
    resource_block = b"8BIM\4\4\0\0" + len(iptc).to_bytes(4, "big") + iptc
    record = checked(jpeg_with(segment(0xED, b"Photoshop 3.0\0" + resource_block)))
    assert len([tag for tag in record.tags if tag.group == "IPTC"]) <= len(sets)


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from((b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"caBX")), st.binary())
def test_png_chunks_of_any_bytes_end_in_an_outcome(name: bytes, body: bytes) -> None:
    checked(png_with(chunk(name, body), chunk(name, b"Raw profile type exif\0\0" + body)))
