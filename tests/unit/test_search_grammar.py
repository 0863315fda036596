"""What every construct of the search language is understood as."""

from __future__ import annotations

from datetime import datetime

import pytest

from tasveer_tui.catalogue.fields import FIELDS, TagName
from tasveer_tui.catalogue.search import parse
from tasveer_tui.catalogue.search.ast import (
    And,
    BBox,
    Codes,
    Compare,
    Everything,
    Has,
    Last,
    Near,
    Not,
    NumberInterval,
    OneOf,
    Op,
    Or,
    OrderBy,
    Period,
    Range,
    Regex,
    Text,
    Unit,
    UntypedValue,
    Wildcard,
    Yesterday,
)

A, B, C = Text("a"), Text("b"), Text("c")


def _where(text: str) -> object:
    return parse(text).where


def _number(text: str) -> float:
    """The middle of the stretch that counts as the number in `field=number`."""
    where = _where(text)
    assert isinstance(where, Compare)
    assert isinstance(where.value, NumberInterval)
    return round((where.value.low + where.value.high) / 2, 9)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Everything()),
        ("  \n\t ", Everything()),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a or b or c", Or((A, B, C))),
        ("a b or c", Or((And((A, B)), C))),
        ("a (b or c)", And((A, Or((B, C))))),
        ("not a", Not(A)),
        ("NOT a b", And((Not(A), B))),
        ("-a", Not(A)),
        ("-(a b)", Not(And((A, B)))),
        ("not(a or b)", Not(Or((A, B)))),
        ("a and(b or c)", And((A, Or((B, C))))),
        ("not not a", A),
        ("not -a", A),
        ('"a b"', Text("a b")),
        ('"and"', Text("and")),
        (r'"say \"hi\" \\ \n"', Text(r'say "hi" \ \n')),
        ("android nor notable", And((Text("android"), Text("nor"), Text("notable")))),
        ("a-b", Text("a-b")),
        ("12:30", Text("12:30")),
        ("Straße", Text("Straße")),
        ("IMG_*.jpg", Wildcard(None, "IMG_*.jpg")),
        ('"IMG_*.jpg"', Text("IMG_*.jpg")),
        ("/^img_[0-9]+/", Regex(None, "^img_[0-9]+")),
        ("/a b/", Regex(None, "a b")),
        (r"/raw\/x/", Regex(None, "raw/x")),
    ],
)
def test_words_and_boolean_operators(text: str, meaning: object) -> None:
    assert _where(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("camera:canon", Compare("camera", Op.CONTAINS, "canon")),
        ("CAMERA:canon", Compare("camera", Op.CONTAINS, "canon")),
        ("camera: canon", Compare("camera", Op.CONTAINS, "canon")),
        ('camera:"Canon EOS"', Compare("camera", Op.CONTAINS, "Canon EOS")),
        ("camera=canon", Compare("camera", Op.EQ, "canon")),
        ("camera!=canon", And((Has("camera"), Not(Compare("camera", Op.EQ, "canon"))))),
        ("name<m", Compare("name", Op.LT, "m")),
        ("lens:*50mm*", Wildcard("lens", "*50mm*")),
        ('lens:"*50mm*"', Compare("lens", Op.CONTAINS, "*50mm*")),
        ("path:raw/**", Wildcard("path", "raw/**")),
        ("lens:/50mm (macro|art)/", Regex("lens", "50mm (macro|art)")),
        ("lens!=/50/", And((Has("lens"), Not(Regex("lens", "50"))))),
        ("name:a..b", Compare("name", Op.CONTAINS, "a..b")),
        (
            'lens:(sigma, "f/1.8", *art*)',
            OneOf(
                "lens",
                (
                    Compare("lens", Op.CONTAINS, "sigma"),
                    Compare("lens", Op.CONTAINS, "f/1.8"),
                    Wildcard("lens", "*art*"),
                ),
            ),
        ),
        (
            "camera:(canon eos, nikon)",
            OneOf(
                "camera",
                (
                    Compare("camera", Op.CONTAINS, "canon eos"),
                    Compare("camera", Op.CONTAINS, "nikon"),
                ),
            ),
        ),
        ("ext:.JPG", Compare("ext", Op.EQ, "jpg")),
        ("type:jpg", Compare("type", Op.EQ, "jpeg")),
        ("status:OK", Compare("status", Op.EQ, "ok")),
        ("orientation:Portrait", Compare("orientation", Op.EQ, "portrait")),
        ("gps:yes", Compare("gps", Op.EQ, value=True)),
        ("dup:no", Compare("dup", Op.EQ, value=False)),
        ("wb:manual", Compare("wb", Op.EQ, Codes("manual", (1,)))),
        ("program:3", Compare("program", Op.EQ, Codes("3", (3,)))),
        ("has:gps", Has("gps")),
        ("-has:lens", Not(Has("lens"))),
        ("has:exif.ISO", Has(TagName("exif", "ISO"))),
        ("near:48.8584,2.2945,5km", Near(48.8584, 2.2945, 5000.0)),
        ("near:-33.9,151.2,100m", Near(-33.9, 151.2, 100.0)),
        ("bbox:48,2,49,3", BBox(48.0, 2.0, 49.0, 3.0)),
        ("bbox:-20,170,-10,-170", BBox(-20.0, 170.0, -10.0, -170.0)),
    ],
)
def test_fields_of_text_words_and_places(text: str, meaning: object) -> None:
    assert _where(text) == meaning


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("iso=1600", 1600),
        ("iso = 1600", 1600),
        ("shutter:1/250", 0.004),
        ("shutter:0.004", 0.004),
        ("shutter:2s", 2),
        ("shutter:4ms", 0.004),
        ("focal:50mm", 50),
        ("focal:5cm", 50),
        ("f:2.8", 2.8),
        ("f:f/2.8", 2.8),
        ("f:F2.8", 2.8),
        ("ev:-1/3", -0.333333333),
        ("ev:+1ev", 1),
        ("size:5MB", 5_000_000),
        ("size:5kB", 5_000),
        ("size:5MiB", 5_242_880),
        ("size:1.5gib", 1_610_612_736),
        ("size:17", 17),
        ("alt:100m", 100),
        ("alt:1.5km", 1500),
        ("lat:-48.8584°", -48.8584),
        ("mp:24mp", 24),
        ("width:6000px", 6000),
        ("ratio:3:2", 1.5),
        ("ratio:3/2", 1.5),
        ("ratio:1.5", 1.5),
        ("month:may", 5),
        ("month:December", 12),
        ("weekday:sun", 7),
        ("rating:.5", 0.5),
        ("iso:1e3", 1000),
    ],
)
def test_numbers_take_units(text: str, number: float) -> None:
    assert _number(text) == number


def test_whole_numbers_are_exact_and_what_cameras_round_is_not() -> None:
    assert _where("iso:100") == Compare("iso", Op.EQ, NumberInterval(100, 100))
    where = _where("shutter:1/60")
    assert isinstance(where, Compare)
    assert isinstance(where.value, NumberInterval)
    assert where.value.low < 0.0166 < 1 / 60 < 0.0167 < where.value.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("iso:100..400", NumberInterval(100, 100), NumberInterval(400, 400)),
        ("iso:100..", NumberInterval(100, 100), None),
        ("iso:..400", None, NumberInterval(400, 400)),
        ("rating:-2..-1", NumberInterval(-2, -2), NumberInterval(-1, -1)),
        ("size:1kB..1MB", NumberInterval(1000, 1000), NumberInterval(1e6, 1e6)),
    ],
)
def test_ranges(text: str, low: NumberInterval | None, high: NumberInterval | None) -> None:
    assert _where(text) == Range(text.split(":", maxsplit=1)[0], low, high)


def _period(*start_and_end: tuple[int, ...]) -> Period:
    return Period(*(datetime(*parts) for parts in start_and_end))  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("date", "period"),
    [
        ("2023", _period((2023, 1, 1), (2024, 1, 1))),
        ("2023-05", _period((2023, 5, 1), (2023, 6, 1))),
        ("2023-12", _period((2023, 12, 1), (2024, 1, 1))),
        ("2024-02-29", _period((2024, 2, 29), (2024, 3, 1))),
        ("2023-5-4", _period((2023, 5, 4), (2023, 5, 5))),
        ("2023/05/14", _period((2023, 5, 14), (2023, 5, 15))),
        ("2023-05-14T10:00", _period((2023, 5, 14, 10), (2023, 5, 14, 10, 1))),
        ("2023-05-14T10:00:59", _period((2023, 5, 14, 10, 0, 59), (2023, 5, 14, 10, 1))),
        ('"2023:05:14 10:00"', _period((2023, 5, 14, 10), (2023, 5, 14, 10, 1))),
        (
            "2023-05-14T10:00:59.25",
            _period((2023, 5, 14, 10, 0, 59, 250_000), (2023, 5, 14, 10, 0, 59, 260_000)),
        ),
        ("9999", _period((9999, 1, 1), (9999, 12, 31, 23, 59, 59, 999_999))),
    ],
)
def test_a_date_is_its_whole_period(date: str, period: Period) -> None:
    assert _where(f"taken:{date}") == Compare("taken", Op.EQ, period)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("taken:today", Last(0, Unit.DAY)),
        ("taken:yesterday", Yesterday()),
        ("taken:last 30d", Last(30, Unit.DAY)),
        ("modified:last 2 weeks", Last(2, Unit.WEEK)),
        ("ingested:LAST 24h", Last(24, Unit.HOUR)),
        ("taken:last6months", Last(6, Unit.MONTH)),
        ('taken:"last 1y"', Last(1, Unit.YEAR)),
    ],
)
def test_dates_may_be_relative_to_today(text: str, value: object) -> None:
    assert _where(text) == Compare(text.split(":", maxsplit=1)[0], Op.EQ, value)


def test_a_range_of_dates_goes_from_the_first_to_the_end_of_the_last() -> None:
    assert _where("taken:2019-05..2019-08") == Range(
        "taken", _period((2019, 5, 1), (2019, 6, 1)), _period((2019, 8, 1), (2019, 9, 1))
    )


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            "exif.ExposureProgram=2",
            Compare(
                TagName("exif", "ExposureProgram"),
                Op.EQ,
                UntypedValue("2", NumberInterval(2, 2), None),
            ),
        ),
        (
            "xmp.Creator:ann",
            Compare(TagName("xmp", "Creator"), Op.CONTAINS, UntypedValue("ann", None, None)),
        ),
        (
            'maker.Serial:"012"',
            Compare(
                TagName("maker", "Serial"),
                Op.CONTAINS,
                UntypedValue("012", None, None, is_quoted=True),
            ),
        ),
        ("iptc.City:Par*", Wildcard(TagName("iptc", "City"), "Par*")),
        ("gps.GPSStatus:/a/", Regex(TagName("gps", "GPSStatus"), "a")),
        (
            "EXIF.iso:a..b",
            Compare(TagName("exif", "iso"), Op.CONTAINS, UntypedValue("a..b", None, None)),
        ),
        (
            "IFD1.Compression:x",
            Compare(TagName("IFD1", "Compression"), Op.CONTAINS, UntypedValue("x", None, None)),
        ),
        (
            "xmp-dc.Title:x",
            Compare(TagName("xmp-dc", "Title"), Op.CONTAINS, UntypedValue("x", None, None)),
        ),
        (
            "exif.ISO:100..",
            Range(
                TagName("exif", "ISO"), UntypedValue("100", NumberInterval(100, 100), None), None
            ),
        ),
    ],
)
def test_tags_of_every_family(text: str, meaning: object) -> None:
    assert _where(text) == meaning


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("order by taken", (OrderBy("taken"),)),
        ("a order by taken desc", (OrderBy("taken", is_descending=True),)),
        (
            "a ORDER  BY camera ASC, iso desc,name",
            (OrderBy("camera"), OrderBy("iso", is_descending=True), OrderBy("name")),
        ),
        ("order by exif.ISO", (OrderBy(TagName("exif", "ISO")),)),
        ("order", ()),
        ("a", ()),
    ],
)
def test_order_by(text: str, order: tuple[OrderBy, ...]) -> None:
    assert parse(text).order == order


def test_line_breaks_are_spaces() -> None:
    query = parse("camera:canon\n  iso>=1600\r\norder by\ttaken desc\n")
    assert isinstance(query.where, And)
    assert query.order == (OrderBy("taken", is_descending=True),)


_VALUES = {
    "near": "48,2,5km", "bbox": "48,2,49,3", "gps": "yes", "dup": "no", "flash": "yes",
    "wb": "auto", "program": "manual", "metering": "spot", "status": "gone",
    "orientation": "square", "taken": "2020", "modified": "today", "ingested": "yesterday",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_can_be_searched(name: str) -> None:
    where = _where(f"{name}:{_VALUES.get(name, '1')}")
    assert isinstance(where, Near | BBox) or where == Compare(name, where.op, where.value)  # type: ignore[attr-defined]
