"""Every field tells its values in a few characters, and what searches shows is searched."""

from __future__ import annotations

import pytest

from tasveer_tui.catalogue import field_formats, fields
from tasveer_tui.catalogue.fields import DEFAULT_COLUMNS, FIELDS, Kind, TagName
from tasveer_tui.errors import UsageError

NAMES = (
    "camera make model lens serial software artist copyright iso f shutter focal focal35 ev flash"
    " wb metering program taken ingested modified year month hour weekday gps lat lon alt near bbox"
    " place country bucket path name ext type size width height mp ratio orientation title caption"
    " keyword rating status error etag dup"
)


def test_all_fields_are_there_and_in_order() -> None:
    assert list(FIELDS) == NAMES.split()


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_field_explains_itself_and_has_nothing_to_say_of_nothing(
    field: fields.Field,
) -> None:
    assert field.label
    assert 0 < len(field.help) <= 60
    assert field.format(None) == ""
    assert field.align == ("right" if field.kind is Kind.NUMBER else "left")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("shutter", 0.004, "1/250"),
        ("shutter", 1 / 3, "0.3s"),
        ("shutter", 2.0, "2s"),
        ("shutter", 0.0, "0"),
        ("shutter", 1e-300, "1e-300"),
        ("size", 4_200_000, "4.2 MB"),
        ("size", 999, "999 B"),
        ("size", 999_999, "1.0 MB"),
        ("size", 10**18, "1000.0 PB"),
        ("taken", 1556964672.0, "2019-05-04 10:11"),
        ("taken", -62_000_000_000.0, "0005-04-19 09:46"),
        ("taken", 1e17, "1e+17"),
        ("f", 2.8, "2.8"),
        ("f", 8.0, "8"),
        ("focal", 50.0, "50 mm"),
        ("focal", 4.25, "4.2 mm"),
        ("ev", -1 / 3, "-0.3"),
        ("ev", 1.0, "+1"),
        ("ev", 0.0, "0"),
        ("iso", 1600, "1600"),
        ("flash", 25, "yes"),
        ("flash", 16, "no"),
        ("wb", 1, "manual"),
        ("metering", 77, "77"),
        ("program", 3, "aperture"),
        ("month", 5, "May"),
        ("weekday", 7, "Sun"),
        ("lat", 48.8584, "48.8584"),
        ("alt", 35.4, "35 m"),
        ("mp", 24.0, "24"),
        ("ratio", 1.5, "3:2"),
        ("ratio", 0.5626, "9:16"),
        ("ratio", 1.37, "1.37"),
        ("gps", 1, "yes"),
        ("name", "a\x1b[0m", "a\x1b[0m"),
        ("lens", 3, "3"),
    ],
)
def test_values_for_people(name: str, value: field_formats.CellValue, text: str) -> None:
    assert FIELDS[name].format(value) == text


def test_an_exact_date_for_programs() -> None:
    assert field_formats.format_iso_date(1556964672.25) == "2019-05-04T10:11:12.250000"
    assert field_formats.format_iso_date("x") == "x"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("exif.ISO", TagName("exif", "ISO")),
        ("EXIF.iso", TagName("exif", "iso")),
        ("xmp-dc.Subject", TagName("xmp-dc", "Subject")),
        ("IFD1.Compression", TagName("IFD1", "Compression")),
        ("iso", None),
        ("foo.bar", None),
        ("exif.", None),
        ("exif.a b", None),
    ],
)
def test_tags_are_named_by_family_or_group(text: str, tag: TagName | None) -> None:
    assert fields.tag_name(text) == tag


@pytest.mark.parametrize(
    ("group", "family"),
    [
        ("IFD0", "exif"),
        ("ExifIFD", "exif"),
        ("SubIFD1", "exif"),
        ("GPS", "gps"),
        ("XMP-dc", "xmp"),
        ("XMP", "xmp"),
        ("IPTC", "iptc"),
        ("Canon", "maker"),
        ("NikonCustom", "maker"),
        ("MakerNotes", "maker"),
        ("File", "file"),
        ("PNG", "file"),
        ("ICC_Profile", "file"),
    ],
)
def test_every_group_is_in_exactly_one_family(group: str, family: str) -> None:
    assert [name for name in fields.FAMILIES if fields.has_group(name, group)] == [family]
    assert fields.has_group(group, group.lower()) or group.lower() in fields.FAMILIES


def test_columns_are_found_by_name() -> None:
    assert [fields.field_of(name).name for name in DEFAULT_COLUMNS] == list(DEFAULT_COLUMNS)
    tag = fields.field_of("exif.ExposureProgram")
    assert (tag.name, tag.label, tag.format(2)) == ("exif.ExposureProgram", "ExposureProgram", "2")
    with pytest.raises(UsageError, match="Did you mean shutter"):
        fields.field_of("exposure")


@pytest.mark.parametrize(
    ("wrong", "near"), [("cammera", "camera"), ("mm", "focal"), ("gpx.ISO", "gps.ISO"), ("qqq", "")]
)
def test_the_nearest_name_is_offered(wrong: str, near: str) -> None:
    assert fields.suggest_field(wrong) == near
