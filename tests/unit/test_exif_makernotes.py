from __future__ import annotations

import random
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tasveer_tui.exif import Budget, MakerNoteReader, describe_maker_note, makernotes, read
from tasveer_tui.exif.helper import HelperProcess, HelperTimeoutError
from tasveer_tui.records import Outcome, Record, is_maker_group
from tests.support.image_files import (
    ASCII,
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    SSHORT,
    UNDEFINED,
    Values,
    fetch_from,
    jpeg,
)
from tests.support.makernotes import block_with_note, canon, directory, jpeg_with_note, nikon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LENS_MODEL, SERIAL = 0xA434, 0xA431
CANON = {
    0x06: (ASCII, "Canon EOS 6D"),
    0x0C: (LONG, 123456789),
    0x95: (ASCII, "EF24-105mm f/4L IS USM"),
}
NIKON = {
    0x1D: (ASCII, "3012345"),
    0x84: (RATIONAL, [18, 70, 3.5, 4.5]),
    0xA7: (LONG, 6632),
}


@pytest.fixture(scope="module")
def notes() -> Iterator[MakerNoteReader]:
    notes = MakerNoteReader()
    yield notes
    notes.close()


def maker_tags(record: Record) -> dict[str, Any]:
    return {f"{t.group}:{t.name}": t.value for t in record.tags if is_maker_group(t.group)}


def test_lens_and_serial_are_taken_from_canon_s_note(notes: MakerNoteReader) -> None:
    record = read(fetch_from(jpeg_with_note("Canon", canon(CANON))), maker_notes=notes)
    assert maker_tags(record) == {
        "Canon:CanonImageType": "Canon EOS 6D",
        "Canon:SerialNumber": 123456789,
        "Canon:LensModel": "EF24-105mm f/4L IS USM",
    }
    assert record.facts.lens == "EF24-105mm f/4L IS USM"
    assert record.facts.serial == "123456789"
    assert (record.outcome, record.notes) == (Outcome.OK, ())


def test_a_lens_in_exif_is_believed_before_the_note(notes: MakerNoteReader) -> None:
    exif = {LENS_MODEL: (ASCII, "The EXIF lens"), SERIAL: (ASCII, "42")}
    data = jpeg_with_note("Canon", canon(CANON), exif=exif)
    record = read(fetch_from(data), maker_notes=notes)
    assert (record.facts.lens, record.facts.serial) == ("The EXIF lens", "42")
    assert maker_tags(record)["Canon:LensModel"] == "EF24-105mm f/4L IS USM"


@pytest.mark.parametrize("outer", ["<", ">"])
@pytest.mark.parametrize("inner", ["<", ">"])
def test_nikon_s_note_has_a_byte_order_and_offsets_of_its_own(
    notes: MakerNoteReader, outer: str, inner: str
) -> None:
    data = jpeg_with_note("NIKON CORPORATION", nikon(NIKON, inner), order=outer)
    record = read(fetch_from(data), maker_notes=notes)
    assert maker_tags(record) == {
        "Nikon:SerialNumber": "3012345",
        "Nikon:Lens": [18, 70, 3.5, 4.5],
        "Nikon:ShutterCount": 6632,
    }
    assert record.facts.lens == "18-70mm f/3.5-4.5"


def test_a_note_that_was_not_turned_round_with_its_block_is_read(notes: MakerNoteReader) -> None:
    data = jpeg_with_note("Canon", canon(CANON, "<"), order=">")
    assert read(fetch_from(data), maker_notes=notes).facts.lens == "EF24-105mm f/4L IS USM"


def olympus(at: int) -> bytes:
    del at
    equipment: dict[int, tuple[int, Values]] = {
        0x0101: (ASCII, "B9V508278"),
        0x0203: (ASCII, "OLYMPUS M.14-42mm"),
    }
    first = {0x2010: (LONG, 0)}
    place = 12 + len(directory(first, 12))
    head = b"OLYMPUS\0II\3\0" + directory({0x2010: (LONG, place)}, 12)
    return head + directory(equipment, place)


def sony(at: int) -> bytes:
    spec = bytes.fromhex("0000180055355600")
    return b"SONY DSC \0\0\0" + directory({0xB02A: (BYTE, spec)}, at + 12)


def fuji(_at: int) -> bytes:
    body = directory({0x10: (ASCII, "FPX20582698"), 0x1032: (SHORT, 7)}, 12)
    return b"FUJIFILM" + struct.pack("<I", 12) + body


def panasonic(at: int) -> bytes:
    entries: dict[int, tuple[int, Values]] = {
        0x25: (UNDEFINED, b"S010604030293\0\x07\x99"),
        0x51: (ASCII, "LUMIX G 20/F1.7"),
    }
    return b"Panasonic\0\0\0" + directory(entries, at + 12)


@pytest.mark.parametrize(
    ("make", "note", "lens", "serial"),
    [
        ("OLYMPUS CORPORATION", olympus, "OLYMPUS M.14-42mm", "B9V508278"),
        ("SONY", sony, "18-55mm f/3.5-5.6", ""),
        ("FUJIFILM", fuji, "", "FPX20582698"),
        ("Panasonic", panasonic, "LUMIX G 20/F1.7", "S010604030293"),
    ],
)
def test_each_maker_s_way_of_writing_is_known(
    notes: MakerNoteReader, make: str, note: Callable[[int], bytes], lens: str, serial: str
) -> None:
    record = read(fetch_from(jpeg_with_note(make, note)), maker_notes=notes)
    assert (record.facts.lens, record.facts.serial) == (lens, serial)


@pytest.mark.parametrize("lens", ["----", "n/a", "None", " "])
def test_a_lens_that_is_none_is_no_lens(notes: MakerNoteReader, lens: str) -> None:
    data = jpeg_with_note("Canon", canon({0x95: (ASCII, lens), 0x0C: (LONG, 0)}))
    record = read(fetch_from(data), maker_notes=notes)
    assert (record.facts.lens, record.facts.serial) == ("", "")


def test_codes_are_put_into_words_and_kept_beside_them(notes: MakerNoteReader) -> None:
    settings = [0] * 40
    settings[22] = 139
    data = jpeg_with_note("Canon", canon({0x01: (SHORT, settings), 0xB4: (SHORT, 1)}))
    record = read(fetch_from(data), maker_notes=notes)
    assert maker_tags(record)["Canon:LensType"] == "Canon EF 400mm f/2.8L USM"
    assert record.facts.lens == "Canon EF 400mm f/2.8L USM"
    (space,) = [tag for tag in record.tags if tag.name == "ColorSpace"]
    assert (space.value, space.raw) == ("sRGB", "1")


def test_a_note_beyond_the_first_block_costs_one_more_request(notes: MakerNoteReader) -> None:
    filling = {0x9201: (UNDEFINED, bytes(200_000))}
    data = block_with_note("Canon", canon(CANON), exif=filling)
    log: list[tuple[int, int]] = []
    without = read(fetch_from(data, log=log))
    before = len(log)
    record = read(fetch_from(data, log=log), maker_notes=notes)
    assert without.maker_note_length == record.maker_note_length > 0
    assert record.facts.lens == "EF24-105mm f/4L IS USM"
    assert len(log) - before == before + 1


def test_a_note_that_the_budget_does_not_reach_is_reported_and_harms_nothing(
    notes: MakerNoteReader,
) -> None:
    filling = {0x9201: (UNDEFINED, bytes(200_000))}
    data = block_with_note("Canon", canon(CANON), exif=filling)
    record = read(fetch_from(data), Budget(requests=1), maker_notes=notes)
    assert record.outcome is Outcome.OK
    assert record.facts.make == "Canon"
    assert any("maker note was left unread" in note for note in record.notes)


@pytest.mark.parametrize(
    "note",
    [b"no directory at all", b"\xff" * 400, bytes(400), b"Nikon\0\2" + b"\xff" * 60],
)
def test_what_is_no_directory_is_left_alone(notes: MakerNoteReader, note: bytes) -> None:
    record = read(fetch_from(jpeg_with_note("Canon", lambda _: note)), maker_notes=notes)
    assert maker_tags(record) == {}
    assert (record.outcome, record.notes) == (Outcome.OK, ())
    assert record.maker_note_length == len(note)


def endless(_at: int) -> bytes:
    """A directory of 4,000 rows with 999 numbers each, which ExifRead takes one by one."""
    head = b"OLYMPUS\0II\3\0" + directory({0x2010: (LONG, 100)}, 12)
    row = struct.pack("<HHII", 0x7777, SHORT, 999, 100)
    return head.ljust(100, b"\0") + struct.pack("<H", 4_000) + row * 4_000


@pytest.mark.slow
def test_an_endless_note_is_stopped_and_the_next_one_is_read(notes: MakerNoteReader) -> None:
    record = read(fetch_from(jpeg_with_note("OLYMPUS", endless)), maker_notes=notes)
    assert record.outcome is Outcome.OK
    assert record.facts.make == "OLYMPUS"
    assert record.notes == ("The maker note could not be read.",)
    data = jpeg_with_note("Canon", canon(CANON))
    assert read(fetch_from(data), maker_notes=notes).facts.lens == "EF24-105mm f/4L IS USM"


def test_values_are_bounded_in_number_and_length(notes: MakerNoteReader) -> None:
    many: dict[int, tuple[int, Values]] = {n: (SSHORT, [n] * 90) for n in range(0xB0, 0x150)}
    many[0x95] = (ASCII, "L" * 9_000)
    record = read(fetch_from(jpeg_with_note("Canon", canon(many))), maker_notes=notes)
    assert all(len(str(tag.value)) <= 512 and len(tag.raw) <= 200 for tag in record.tags)
    assert len(record.tags) < 300


def test_mutated_notes_never_harm_the_record(notes: MakerNoteReader) -> None:
    chance = random.Random(7)
    makes: list[tuple[str, Callable[[int], bytes]]] = [
        ("Canon", canon({**CANON, 0x01: (SHORT, [7] * 40), 0x0D: (UNDEFINED, bytes(900))})),
        ("NIKON CORPORATION", nikon(NIKON)),
        ("OLYMPUS CORPORATION", olympus),
        ("SONY", sony),
        ("FUJIFILM", fuji),
        ("Panasonic", panasonic),
    ]
    for turn in range(120):
        make, note = makes[turn % len(makes)]

        def mutated(at: int, note: Callable[[int], bytes] = note) -> bytes:
            data = bytearray(note(at))
            for _ in range(chance.choice((1, 3, 20))):
                data[chance.randrange(len(data))] = chance.choice((0, 255, chance.randrange(256)))
            return bytes(data)

        record = read(fetch_from(jpeg_with_note(make, mutated)), maker_notes=notes)
        assert record.outcome is Outcome.OK
        assert record.facts.make == make


def test_many_threads_may_ask_at_once(notes: MakerNoteReader) -> None:
    def lens(number: int) -> str:
        name = f"Lens {number}"
        data = jpeg_with_note("Canon", canon({0x95: (ASCII, name)}))
        return read(fetch_from(data), maker_notes=notes).facts.lens

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lens, range(60))) == [f"Lens {number}" for number in range(60)]


def test_nothing_is_started_before_the_first_note() -> None:
    before = threading.active_count()
    notes = MakerNoteReader()
    assert read(fetch_from(jpeg(make="Canon")), maker_notes=notes).facts.make == "Canon"
    assert not any(helper._child for helper in notes._pool._all)
    notes.close()
    assert threading.active_count() == before


def test_a_child_that_is_killed_is_replaced() -> None:
    notes = MakerNoteReader()
    data = jpeg_with_note("Canon", canon(CANON))
    try:
        assert read(fetch_from(data), maker_notes=notes).facts.lens
        (first,) = [helper._child for helper in notes._pool._all if helper._child]
        first.kill()
        assert read(fetch_from(data), maker_notes=notes).facts.lens
    finally:
        notes.close()
    assert not any(helper._child for helper in notes._pool._all)


def test_a_child_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> bytes:
        raise HelperTimeoutError

    monkeypatch.setattr(HelperProcess, "request", hang)
    record = read(fetch_from(jpeg_with_note("Canon", canon(CANON))), maker_notes=MakerNoteReader())
    assert record.notes == ("Reading the maker note took too long and was stopped.",)
    assert record.outcome is Outcome.OK


def test_without_the_library_in_the_child_the_record_stays_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HelperProcess, "_library_dirs", lambda _: [])
    notes = MakerNoteReader()
    try:
        record = read(fetch_from(jpeg_with_note("Canon", canon(CANON))), maker_notes=notes)
    finally:
        notes.close()
    assert record.notes == ("The maker note could not be read.",)
    assert record.facts.make == "Canon"


def test_a_note_is_reported_with_how_it_may_be_read(
    notes: MakerNoteReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = fetch_from(jpeg_with_note("Canon", canon(CANON)))
    assert describe_maker_note(read(fetch_from(jpeg(make="Canon")))) == ""
    assert describe_maker_note(read(fetch, maker_notes=notes)).endswith(" bytes, 3 tags of Canon's")
    assert describe_maker_note(read(fetch)).endswith(" bytes, unread")
    monkeypatch.setattr(makernotes, "is_installed", lambda _: False)
    reported = describe_maker_note(read(fetch))
    assert reported.endswith("unread; to have them read: pip install 'tasveer-tui[makernotes]'")


def pentax(order: str) -> Callable[[int], bytes]:
    """`MM` stands there in either byte order; the count is hidden behind the date and the time."""
    day, time = b"\x07\xd8\x03\x02", b"\x0c\x01\x17"
    hidden = 1648 ^ int.from_bytes(day, "big") ^ int.from_bytes(time + b"\0", "big") ^ 0xFFFFFFFF
    entries: dict[int, tuple[int, Values]] = {
        0x06: (UNDEFINED, day),
        0x07: (UNDEFINED, time),
        0x5D: (UNDEFINED, hidden.to_bytes(4, "big")),
        0x229: (ASCII, "4973893"),
    }
    return lambda at: b"AOC\0MM" + directory(entries, at + 6, order)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pentax_s_shutter_count_is_uncovered(notes: MakerNoteReader, order: str) -> None:
    data = jpeg_with_note("PENTAX Corporation", pentax(order))
    record = read(fetch_from(data), maker_notes=notes)
    assert maker_tags(record) == {
        "Pentax:Date": "2008:03:02",
        "Pentax:Time": "12:01:23",
        "Pentax:ShutterCount": 1648,
        "Pentax:SerialNumber": "4973893",
    }


def test_canon_s_note_in_a_structure_of_its_own_is_read(notes: MakerNoteReader) -> None:
    def own(_at: int) -> bytes:
        return b"II*\0" + struct.pack("<I", 8) + directory(CANON, 8)

    record = read(fetch_from(jpeg_with_note("Canon", own)), maker_notes=notes)
    assert record.facts.lens == "EF24-105mm f/4L IS USM"
