import struct
from types import SimpleNamespace

import pytest

from tasveer_tui.errors import (
    AccessDeniedError,
    NetworkError,
    ObjectChangedError,
    ObjectEmptyError,
    StorageError,
)
from tasveer_tui.exif import Budget, budget, read
from tasveer_tui.exif.budget import Meter, OverBudgetError
from tasveer_tui.records import Chunk, Outcome, Record
from tests.support.image_files import (
    ASCII,
    SHORT,
    Ifd,
    chunk,
    failing_fetch,
    fetch_from,
    jpeg,
    jpeg_with,
    plain_jpeg,
    png_with,
    segment,
    tiff_block,
)


def outcome_of(data: bytes) -> Record:
    return read(fetch_from(data))


def test_a_jpeg_with_exif_is_ok_and_knows_its_format_and_size() -> None:
    data = jpeg(make="Canon", iso=400)
    record = outcome_of(data)
    assert (record.outcome, record.format, record.size_bytes) == (Outcome.OK, "jpeg", len(data))
    assert record.etag == "e1"
    assert record.notes == ()


def test_a_jpeg_without_metadata_is_no_failure() -> None:
    record = outcome_of(plain_jpeg())
    assert record.outcome is Outcome.NO_METADATA
    assert (record.facts.width, record.facts.height) == (64, 48)


def test_what_is_no_image_is_unsupported() -> None:
    record = outcome_of(b"#!/bin/sh\necho hello\n")
    assert (record.outcome, record.format) == (Outcome.UNSUPPORTED, "")


def test_an_empty_object_is_empty() -> None:
    assert outcome_of(b"").outcome is Outcome.EMPTY
    record = read(failing_fetch(ObjectEmptyError("The object has zero bytes.")))
    assert record.outcome is Outcome.EMPTY


def test_a_jpeg_cut_inside_its_exif_keeps_the_tags_before_the_cut() -> None:
    data = jpeg(make="Canon", model="EOS", software="A long name of a program", iso=100)
    record = outcome_of(data[: data.index(b"A long name")])
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.make == "Canon"
    assert any("ends inside" in note for note in record.notes)


def test_a_jpeg_cut_before_its_exif_is_truncated() -> None:
    record = outcome_of(jpeg(make="Canon")[:22])
    assert record.outcome is Outcome.TRUNCATED


def test_an_exif_block_that_contradicts_itself_is_malformed() -> None:
    block = b"II*\0" + struct.pack("<I", 4_000_000_000)
    record = outcome_of(jpeg_with(segment(0xE1, b"Exif\0\0" + block)))
    assert record.outcome is Outcome.MALFORMED
    assert record.notes


def test_a_tiff_of_pixels_alone_has_no_metadata_but_its_tags() -> None:
    block = tiff_block(Ifd({0x100: (SHORT, 640), 0x101: (SHORT, 480), 0x103: (SHORT, 1)}))
    record = outcome_of(block)
    assert record.outcome is Outcome.NO_METADATA
    names = {tag.name for tag in record.tags if tag.group == "IFD0"}
    assert names == {"ImageWidth", "ImageHeight", "Compression"}
    assert (record.facts.width, record.facts.height) == (640, 480)


def test_too_few_requests_allowed_keeps_what_was_had() -> None:
    far = b"\0" * 300_000
    data = png_with(chunk(b"prVt", far), chunk(b"eXIf", tiff_block(Ifd({0x10F: (ASCII, "A")}))))
    assert outcome_of(data).outcome is Outcome.OK
    record = read(fetch_from(data), Budget(requests=1))
    assert record.outcome is Outcome.OVER_BUDGET
    assert (record.facts.width, record.requests) == (64, 1)


def test_tags_beside_an_exceeded_budget_are_a_partial_record() -> None:
    data = jpeg(make="Canon", iso=100)
    record = read(fetch_from(data), Budget(ifds=1))
    assert record.outcome is Outcome.PARTIAL
    assert record.facts.make == "Canon"


def test_no_cpu_time_allowed_is_over_budget() -> None:
    assert read(fetch_from(jpeg(make="A")), Budget(cpu_s=-1.0)).outcome is Outcome.OVER_BUDGET


def test_who_waits_is_not_over_budget_but_who_computes_for_half_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(wall_s=0.0, cpu_s=5.0)
    times = SimpleNamespace(monotonic=lambda: clock.wall_s, thread_time=lambda: clock.cpu_s)
    monkeypatch.setattr(budget, "time", times)
    meter = Meter(Budget(cpu_s=2.0), _started_s=0.0)
    for wall_s, cpu_s in ((0.9, 5.9), (60.0, 6.0), (120.0, 6.9)):
        clock.wall_s, clock.cpu_s = wall_s, cpu_s
        meter.check_cpu()
    clock.cpu_s = 7.1
    with pytest.raises(OverBudgetError, match="2 s of CPU time"):
        meter.check_cpu()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NetworkError("The connection broke."), Outcome.NETWORK),
        (AccessDeniedError("Not allowed.", "Ask."), Outcome.DENIED),
        (ObjectChangedError("It was replaced."), Outcome.CHANGED),
    ],
)
def test_an_error_of_the_storage_becomes_the_outcome(error: StorageError, outcome: Outcome) -> None:
    record = read(failing_fetch(error))
    assert (record.outcome, record.notes) == (outcome, (str(error),))


def test_an_object_that_changes_while_it_is_read_is_changed() -> None:
    data = png_with(chunk(b"prVt", b"\0" * 300_000), chunk(b"eXIf", b"II*\0\0\0\0\0"))
    etags = iter(("old", "new", "new"))

    def fetch(start: int, length: int) -> Chunk:
        return Chunk(start, data[start : start + length], len(data), next(etags))

    record = read(fetch)
    assert record.outcome is Outcome.CHANGED
    assert record.etag == "old"
