from tasveer_tui.exif import iptc
from tasveer_tui.exif.budget import Budget, Meter
from tasveer_tui.exif.ranges import MemorySource
from tasveer_tui.records import TagValue


def dataset(number: int, data: bytes, record: int = 2) -> bytes:
    return bytes((0x1C, record, number)) + len(data).to_bytes(2, "big") + data


def values(data: bytes) -> dict[str, TagValue]:
    tags, is_sound = iptc.read(MemorySource(data), Meter(Budget()))
    assert is_sound
    *tags, digest = tags
    assert digest.name == "CurrentIPTCDigest"
    assert {tag.group for tag in tags} <= {"IPTC"}
    return {tag.name: tag.value for tag in tags}


def test_datasets_have_exiftools_names() -> None:
    data = b"".join(
        (
            dataset(5, b"Name"),
            dataset(80, b"Jane"),
            dataset(90, b"Paris"),
            dataset(101, b"France"),
            dataset(105, b"Head"),
            dataset(110, b"Agency"),
            dataset(116, "© Jane".encode()),
            dataset(120, b"What is seen"),
        )
    )
    assert values(data) == {
        "ObjectName": "Name",
        "By-line": "Jane",
        "City": "Paris",
        "Country-PrimaryLocationName": "France",
        "Headline": "Head",
        "Credit": "Agency",
        "CopyrightNotice": "© Jane",
        "Caption-Abstract": "What is seen",
    }


def test_repeated_keywords_are_one_list() -> None:
    assert values(dataset(25, b"sea") + dataset(25, b"sand")) == {"Keywords": ["sea", "sand"]}


def test_dates_and_times_are_written_as_exiftool_does() -> None:
    data = dataset(55, b"20190504") + dataset(60, b"101112+0200") + dataset(63, b"101112")
    assert values(data) == {
        "DateCreated": "2019:05:04",
        "TimeCreated": "10:11:12+02:00",
        "DigitalCreationTime": "10:11:12",
    }


def test_numbers_are_numbers_and_unknown_data_is_reported() -> None:
    data = dataset(0, b"\0\4") + dataset(0, b"\0\4", record=1) + dataset(3, b"\1\2", record=7)
    assert values(data) == {
        "ApplicationRecordVersion": 4,
        "EnvelopeRecordVersion": 4,
        "IPTC_PreObjectData_3": "(Binary data 2 bytes)",
    }


def test_text_is_utf8_or_what_is_declared_or_windows_latin() -> None:
    assert values(dataset(90, "Zürich".encode()))["City"] == "Zürich"
    assert values(dataset(90, "Zürich”".encode("cp1252")))["City"] == "Zürich”"
    greek = dataset(90, b"\x1b-F", record=1) + dataset(90, "Αθήνα".encode("iso8859-7"))
    assert values(greek)["City"] == "Αθήνα"
    declared = dataset(90, b"\x1b%G", record=1) + dataset(90, "Zürich".encode())
    assert values(declared)["City"] == "Zürich"
    assert values(dataset(90, b"\x81\x8d"))["City"] == "\x81\x8d"


def test_unknown_text_is_text_and_named_by_its_record() -> None:
    assert values(dataset(209, "Göteborg".encode())) == {"IPTC_ApplicationRecord_209": "Göteborg"}
    assert values(dataset(202, b"preview")) == {"ObjectPreviewData": "(Binary data 7 bytes)"}
    assert values(dataset(10, b"\0\2", record=3)) == {"NewsPhotoVersion": 2}
    assert values(dataset(90, b"\0\1\0\0", record=7)) == {"ObjectSizeAnnounced": 65536}


def test_odd_dates_and_fractions_of_seconds_are_kept() -> None:
    data = dataset(55, b"2019-05-04") + dataset(60, b"101112.5+0200") + dataset(30, b"soon")
    assert values(data) == {
        "DateCreated": "2019:05:04",
        "TimeCreated": "10:11:12.5+02:00",
        "ReleaseDate": "soon",
    }


def test_the_digest_is_of_the_whole_block() -> None:
    tags, _ = iptc.read(MemorySource(dataset(90, b"Paris")), Meter(Budget()))
    assert tags[-1].value == "0f17dd85b01ea01da6859cabd9792c0a"
    assert [
        tag.group for tag in iptc.read(MemorySource(dataset(90, b"P")), Meter(Budget()), "IPTC2")[0]
    ] == ["IPTC2"]


def test_a_long_length_field_is_understood() -> None:
    text = b"x" * 300
    data = bytes((0x1C, 2, 120, 0x80, 4)) + len(text).to_bytes(4, "big") + text
    assert values(data)["Caption-Abstract"] == "x" * 300


def test_a_block_that_ends_early_keeps_what_it_has() -> None:
    tags, is_sound = iptc.read(
        MemorySource(dataset(90, b"Paris") + dataset(5, b"Name")[:-2]), Meter(Budget())
    )
    assert not is_sound
    assert {tag.name: tag.value for tag in tags if tag.group == "IPTC"} == {
        "City": "Paris",
        "ObjectName": "Na",
    }
