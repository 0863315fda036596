import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Tag, TagValue
from tests.support.image_files import (
    ASCII,
    BYTE,
    DOUBLE,
    FLOAT,
    LONG,
    LONG8,
    RATIONAL,
    SHORT,
    SRATIONAL,
    SSHORT,
    UNDEFINED,
    Ifd,
    Values,
    fetch_from,
    tiff_block,
)


def tag_of(
    number: int, kind: int, values: Values, *, group: str = "ExifIFD", order: str = "<"
) -> Tag:
    pointer = {"ExifIFD": 0x8769, "GPS": 0x8825}.get(group)
    ifd = Ifd({number: (kind, values)})
    block = tiff_block(Ifd({}, {pointer: ifd}) if pointer else ifd, order=order)
    (tag,) = [tag for tag in read(fetch_from(block)).tags if tag.group != "File"]
    return tag


def value_of(
    number: int, kind: int, values: Values, *, group: str = "ExifIFD", order: str = "<"
) -> TagValue:
    return tag_of(number, kind, values, group=group, order=order).value


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Canon\0", "Canon"),
        (b"ION230\0F", "ION230"),
        ("Müller\0".encode(), "Müller"),
        (b"M\xfcller\0", "Müller"),
        (b"", ""),
        (b"\0", ""),
    ],
)
def test_text_ends_at_nul_and_is_utf8_or_latin1(raw: bytes, text: str) -> None:
    assert value_of(0x13B, ASCII, raw, group="IFD0") == text


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("number", "kind", "values", "expected"),
    [
        (0x8827, SHORT, 400, 400),
        (0x9214, SHORT, [1, 2, 3, 4], [1, 2, 3, 4]),
        (0x8833, LONG, 102400, 102400),
        (0x9400, SSHORT, -5, -5),
        (0x829A, RATIONAL, 0.004, 0.004),
        (0x829D, RATIONAL, 8, 8),
        (0x9204, SRATIONAL, -0.5, -0.5),
        (0x9999, DOUBLE, 0.25, 0.25),
        (0x9999, FLOAT, [0.5, 2], [0.5, 2]),
    ],
)
def test_numbers_are_numbers(
    number: int, kind: int, values: Values, expected: TagValue, order: str
) -> None:
    assert value_of(number, kind, values, order=order) == expected


def test_fractions_without_a_denominator_say_so_and_are_kept() -> None:
    lens = tag_of(0xA432, RATIONAL, [(24, 1), (70, 1), (0, 0), (28, 0)])
    assert lens.value == [24, 70, "undef", "inf"]
    assert lens.raw == "24/1 70/1 0/0 28/0"
    assert tag_of(0x9206, RATIONAL, [(0, 0)]).value == "undef"
    assert tag_of(0x829A, RATIONAL, [(10, 2500)]).raw == "10/2500"


def test_floats_that_are_no_numbers_say_so() -> None:
    values = [float("nan"), float("inf")]
    assert value_of(0x9999, DOUBLE, values) == ["undef", "inf"]


def test_apex_values_become_seconds_and_f_numbers() -> None:
    assert value_of(0x9201, SRATIONAL, 8) == pytest.approx(1 / 256)
    assert value_of(0x9202, RATIONAL, 4) == pytest.approx(4.0)
    assert value_of(0x9205, RATIONAL, 3) == pytest.approx(2.828427)
    assert tag_of(0x9201, SRATIONAL, [(8, 1)]).raw == "8"
    assert value_of(0x9201, SRATIONAL, [(-2_000_000_000, 1)]) == 0
    assert value_of(0x9202, RATIONAL, [(1, 0)]) == "inf"


def test_places_are_unsigned_degrees() -> None:
    triple = [(48, 1), (51, 1), (30, 1)]
    tag = tag_of(2, RATIONAL, triple, group="GPS")
    assert tag.value == pytest.approx(48.858333)
    assert tag.raw == "48/1 51/1 30/1"
    assert value_of(4, RATIONAL, [(0, 0)] * 3, group="GPS") == ""


@pytest.mark.parametrize(
    ("triple", "clock"),
    [
        ([(7, 1), (30, 1), (14, 1)], "07:30:14"),
        ([(7, 1), (30, 1), (1450, 100)], "07:30:14.5"),
        ([(7, 1), (0, 0), (90, 1)], "07:01:30"),
    ],
)
def test_the_time_of_a_fix_is_a_clock(triple: list[tuple[int, int]], clock: str) -> None:
    assert value_of(7, RATIONAL, triple, group="GPS") == clock


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"ASCII\0\0\0hello\0\0", "hello"),
        (b"UNICODE\0" + "héllo".encode("utf-16-le"), "héllo"),
        (b"UNICODE\0" + "héllo".encode("utf-16-be"), "héllo"),
        (b"JIS\0\0\0\0\0" + "写真".encode("iso2022_jp"), "写真"),
        (bytes(8) + b"hello   ", "hello"),
        (bytes(64), ""),
        (b"no header here", "no header here"),
        (b"short", "short"),
    ],
)
def test_comments_name_their_encoding(data: bytes, text: str) -> None:
    assert value_of(0x9286, UNDEFINED, data) == text
    assert value_of(0x1B, UNDEFINED, data, group="GPS") == text


def test_windows_text_is_utf16() -> None:
    data = "Ünïcode\0".encode("utf-16-le")
    assert value_of(0x9C9B, BYTE, data, group="IFD0") == "Ünïcode"


def test_bytes_that_are_numbers_are_numbers() -> None:
    assert value_of(0x9101, UNDEFINED, b"\1\2\3\0") == [1, 2, 3, 0]
    assert value_of(0xA300, UNDEFINED, b"\3") == 3
    assert value_of(0xA301, UNDEFINED, b"\1") == 1
    assert value_of(0, BYTE, b"\2\3\0\0", group="GPS") == [2, 3, 0, 0]
    assert value_of(5, BYTE, b"\1", group="GPS") == 1
    assert value_of(0xA302, UNDEFINED, b"\2\0\2\0\0\1\1\2") == [2, 2, 0, 1, 1, 2]
    assert value_of(0xA302, UNDEFINED, b"\0\2\0\2\0\1\1\2") == [2, 2, 0, 1, 1, 2]


def test_versions_are_text() -> None:
    assert value_of(0x9000, UNDEFINED, b"0232") == "0232"
    assert value_of(0xA000, UNDEFINED, b"0100") == "0100"


def test_other_bytes_are_reported_and_not_kept() -> None:
    assert value_of(0x9999, UNDEFINED, b"\1\2\3\xff\xfe") == "(Binary data 5 bytes)"
    assert value_of(0xEA1C, UNDEFINED, bytes(2060)) == "(Binary data 2060 bytes)"
    assert value_of(0x9999, ASCII, b"x" * 70_000) == "(Binary data 70000 bytes)"


def test_long_lists_of_places_are_reported_by_their_length() -> None:
    assert value_of(0x111, LONG, [8, 9], group="IFD0") == [8, 9]
    text = " ".join(str(number) for number in range(100))
    assert value_of(0x111, LONG, list(range(100)), group="IFD0") == (
        f"(Binary data {len(text)} bytes)"
    )


def test_print_matching_tells_its_version() -> None:
    data = b"PrintIM\0" + b"0300" + bytes(20)
    tag = tag_of(0xC4A5, UNDEFINED, data, group="IFD0")
    assert (tag.group, tag.name, tag.value) == ("PrintIM", "PrintIMVersion", "0300")


def test_a_value_of_the_wrong_type_is_still_reported() -> None:
    assert value_of(2, ASCII, "48.5", group="GPS") == "48.5"
    assert value_of(7, ASCII, "12:00", group="GPS") == "12:00"
    assert value_of(0x9201, ASCII, "fast") == "fast"
    assert value_of(0x9286, SHORT, 7) == 7
    assert value_of(0x9101, SHORT, [1, 2]) == [1, 2]


def test_numbers_that_fit_no_column_are_text() -> None:
    block = tiff_block(Ifd({0x9999: (LONG8, 2**64 - 1), 0x100: (LONG8, 2**64 - 1)}), is_big=True)
    record = read(fetch_from(block))
    tags = [tag for tag in record.tags if tag.group != "File"]
    assert [tag.value for tag in tags] == [str(2**64 - 1)] * 2
    assert record.facts.width is None


def test_dng_names_and_digests_are_text() -> None:
    assert value_of(0xC615, BYTE, "Apparat Ü\0".encode(), group="IFD0") == "Apparat Ü"
    assert value_of(0xC65D, BYTE, bytes(range(16)), group="IFD0") == bytes(range(16)).hex().upper()
    assert value_of(0xC71C, BYTE, bytes(range(16)), group="IFD0") == bytes(range(16)).hex()


def test_names_that_cameras_fill_up_are_trimmed_and_sentences_are_not() -> None:
    assert value_of(0x010F, ASCII, "KONICA MINOLTA \0", group="IFD0") == "KONICA MINOLTA"
    assert value_of(0x8298, ASCII, "    \0", group="IFD0") == ""
    assert value_of(0x010E, ASCII, " a sea \0", group="IFD0") == " a sea "


def test_a_version_of_small_numbers_is_what_stands_there() -> None:
    assert value_of(0x9000, UNDEFINED, b"0232") == "0232"
    assert value_of(0x9000, UNDEFINED, b"\0\2\2\0") == "\2\2"


def test_the_moment_of_a_preview_is_written_as_others_are() -> None:
    moment = "2020-10-27T18:21:44Z\0"
    assert value_of(0xC71B, ASCII, moment, group="IFD0") == "2020:10:27 18:21:44Z"
    assert value_of(0xC71B, ASCII, "soon\0", group="IFD0") == "soon"


def test_a_mosaic_of_no_size_is_reported_as_it_stands() -> None:
    assert value_of(0xA302, UNDEFINED, bytes(8)) == [0, 0, 0, 0, 0, 0]


def test_tags_that_were_met_before_are_the_same_but_lists_are_nobody_elses() -> None:
    cases: list[tuple[int, int, Values, str]] = [
        (0x010F, ASCII, "Canon", "<"),
        (0x9000, UNDEFINED, b"0232", "<"),
        (0xA432, RATIONAL, [(24, 1), (70, 1), (28, 10), (28, 10)], ">"),
        (0xA432, RATIONAL, [(24, 1), (70, 1), (28, 10), (28, 10)], "<"),
        (0x8827, SHORT, [400], ">"),
        (0x8827, SHORT, [400], "<"),
    ]
    first, again = ([tag_of(n, k, v, order=o) for n, k, v, o in cases] for _ in range(2))

    assert first == again
    values = [(one.value, other.value) for one, other in zip(first, again, strict=True)]
    assert all(one is not other for one, other in values if isinstance(one, list))
    assert [value for value, _ in values[-2:]] == [400, 400]
