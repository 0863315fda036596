from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tasveer_tui.catalogue import fields
from tasveer_tui.cli.show_text import inspection_lines
from tasveer_tui.exif import fact_sources, group_rank, group_title, raw_value
from tasveer_tui.exif.facts import extract_facts
from tasveer_tui.exif.makernotes import add_maker_facts
from tasveer_tui.records import (
    MAKER_GROUPS,
    ObjectFacts,
    ObjectRef,
    Outcome,
    Record,
    Source,
    Tag,
)
from tasveer_tui.workspace import Inspection

HOSTILE = "a[/oops]\x1b]52;c;aGk=\x07\x1b[31m\u202e"
TAGS = (
    Tag("IFD1", "Compression", 259, "SHORT", 1, 6),
    Tag("IFD0", "Make", 271, "ASCII", 6, "Canon"),
    Tag("IFD0", "XPTitle", 40091, "BYTE", 20, "An older title"),
    Tag("ExifIFD", "ExposureTime", 33434, "RATIONAL", 1, 0.004, "10/2500"),
    Tag("ExifIFD", "DateTimeOriginal", 36867, "ASCII", 20, "2019:05:04 10:11:12"),
    Tag("ExifIFD", "ISO", 34855, "SHORT", 1, 400),
    Tag("XMP-dc", "Title", 0, "", 1, "Beach"),
    Tag("XMP-dc", "Subject", 0, "", 2, ["beach", "dog"]),
    Tag("IPTC", "ObjectName", 5, "", 1, "Beach"),
    Tag("GPS", "GPSLatitude", 2, "RATIONAL", 3, 48.858333, "48/1 51/1 30/1"),
    Tag("Canon", "LensModel", 149, "ASCII", 20, "EF24-105mm f/4L IS USM"),
    Tag("File", "Comment", 0, "", 1, "wave " * 60),
    Tag("PNG", "Software", 0, "", 1, "Tool"),
)


def record(*tags: Tag) -> Record:
    every = tags or TAGS
    maker = [tag for tag in every if tag.group == "Canon"]
    facts = add_maker_facts(extract_facts(every, 64, 48), maker)
    return Record(
        Outcome.OK,
        "jpeg",
        every,
        facts,
        bytes_read=65_536,
        requests=1,
        thumb_offset=900,
        thumb_length=5_000,
        maker_note_length=1_432,
    )


def display_lines(record: Record, width: int = 80, *, has_numbers: bool = False) -> list[str]:
    ref = ObjectRef("2019/ü.jpg", 3_200_000, "abc", 1_600_000_000, "STANDARD")
    about = ObjectFacts(ref, "image/jpeg", "", ())
    inspection = Inspection(Source("http://127.0.0.1:9000", "photos"), about, record)
    return list(inspection_lines(inspection, width=width, has_numbers=has_numbers))


# ----------------------------------------------------------------------------------- show


def test_groups_stand_in_the_order_in_which_people_look_for_them() -> None:
    text = display_lines(record())
    titles = ["File", "PNG", "Image (IFD0)", "EXIF", "GPS", "Maker notes (Canon)", "XMP dc"]
    titles += ["IPTC", "Thumbnail (IFD1)"]
    assert [line for line in text if line in titles] == titles


def test_what_a_person_reads_stands_beside_what_stood_in_the_file() -> None:
    text = display_lines(record())
    (line,) = [line for line in text if line.startswith("  ExposureTime")]
    assert line.split() == ["ExposureTime", "1/250", "s", "10/2500"]
    (line,) = [line for line in text if line.startswith("  ISO")]
    assert line.split() == ["ISO", "400"]
    (line,) = [line for line in text if line.startswith("  DateTimeOriginal")]
    assert line.split() == ["DateTimeOriginal", "2019-05-04", "10:11:12"]


def test_raw_adds_each_tag_s_number_type_and_count() -> None:
    text = display_lines(record(), has_numbers=True)
    (line,) = [line for line in text if "  DateTimeOriginal" in line]
    assert line.split()[:3] == ["0x9003", "ASCII×20", "DateTimeOriginal"]


@pytest.mark.parametrize("width", [20, 40, 80, 160])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(width: int) -> None:
    text = display_lines(record(), width, has_numbers=False)
    assert all(cell_len(line) <= max(width, 40) for line in text)
    assert sum(line.count("wave") for line in text) == 60


def test_wide_letters_count_as_the_two_columns_that_they_take() -> None:
    text = display_lines(record(Tag("IFD0", "Artist", 315, "ASCII", 9, "写真" * 60)))
    assert all(cell_len(line) <= 80 for line in text)
    assert sum(line.count("写") for line in text) >= 60


def test_facts_name_the_tag_that_was_believed_and_those_that_were_not() -> None:
    text = "\n".join(display_lines(record(), 120))
    assert "Title             Beach" in text
    assert "XMP-dc:Title, not IFD0:XPTitle" in text
    assert "beach, dog" in text
    assert "Canon:LensModel" in text


def test_thumbnail_maker_note_and_notes_are_reported() -> None:
    text = "\n".join(display_lines(replace(record(), notes=("Something is broken.",))))
    assert "Thumbnail         5,000 bytes at 900" in text
    assert "Maker note        1,432 bytes, 1 tag of Canon's" in text
    assert "Note              Something is broken." in text


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    odd = record(Tag(HOSTILE, HOSTILE, 1, HOSTILE, 2, [HOSTILE], HOSTILE))
    text = "".join(display_lines(replace(odd, notes=(HOSTILE,)), has_numbers=True))
    assert not set(text) & set("\x1b\x07\u202e\x9b")


# -------------------------------------------------------------------------------- beliefs


def test_a_lens_of_dashes_is_not_the_tag_that_is_believed() -> None:
    dashes = Tag("ExifIFD", "LensModel", 42036, "ASCII", 5, "----")
    (belief,) = [b for b in fact_sources(record(dashes, *TAGS)) if b.label == "Lens"]
    assert (belief.value, belief.tag) == ("EF24-105mm f/4L IS USM", "Canon:LensModel")


def test_without_facts_nothing_is_believed() -> None:
    assert list(fact_sources(record(Tag("File", "Comment", 0, "", 1, "x")))) == []


@pytest.mark.parametrize(
    ("tag", "raw"),
    [
        (Tag("ExifIFD", "Flash", 37385, "SHORT", 1, 16), "16"),
        (Tag("ExifIFD", "ComponentsConfiguration", 37121, "UNDEFINED", 4, "1 2 3 0"), ""),
        (Tag("File", "YCbCrSubSampling", 0, "", 1, [1, 1]), ""),
        (Tag("XMP-dc", "Subject", 0, "", 2, ["a", "b"]), ""),
        (Tag("IFD0", "ModifyDate", 306, "ASCII", 20, "2019:05:04 10:11:12"), ""),
    ],
)
def test_the_raw_value_stands_only_beside_what_it_differs_from(tag: Tag, raw: str) -> None:
    assert raw_value(tag) == raw


# --------------------------------------------------------------------------------- groups


def test_every_maker_s_group_is_searched_by_maker_and_shown_as_maker_notes() -> None:
    for pattern in MAKER_GROUPS:
        group = pattern.removesuffix(".*")
        assert fields.has_group("maker", group)
        assert group_title(group) == f"Maker notes ({group})"
        assert group_rank("GPS") < group_rank(group) < group_rank("XMP-dc")
