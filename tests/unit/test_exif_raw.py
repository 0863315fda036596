"""Raw formats with containers of their own."""

import struct

import pytest

from tasveer_tui.exif import read
from tasveer_tui.records import Outcome, Record, TagValue
from tests.support.image_files import Ifd, fetch_from, tiff_block
from tests.support.raw_files import camera_block, camera_jpeg, ciff_heap, crw, mrw, raf, rw2, x3f

PANASONIC = {
    0x04: (3, 1, 6),
    0x05: (3, 1, 8),
    0x06: (3, 1, 2742),
    0x07: (3, 1, 3656),
    0x0A: (3, 1, 12),
    0x0D: (3, 1, 1),
}


def record_of(data: bytes) -> Record:
    return read(fetch_from(data))


def values(record: Record) -> dict[str, TagValue]:
    return {f"{tag.group}:{tag.name}": tag.value for tag in record.tags}


def test_rw2_has_names_of_its_own_in_its_first_directory() -> None:
    record = record_of(rw2(PANASONIC))
    found = values(record)
    assert found["IFD0:SensorTopBorder"] == 6
    assert found["IFD0:BitsPerSample"] == 12
    assert found["IFD0:PanasonicRaw_0x000d"] == 1
    assert (record.facts.width, record.facts.height) == (3648, 2736)


def test_rw2_keeps_its_exif_in_the_jpeg_inside() -> None:
    data = rw2(PANASONIC, camera_jpeg())
    record = record_of(data)
    assert (record.format, record.outcome) == ("rw2", Outcome.OK)
    assert (record.facts.make, record.facts.iso) == ("Canon", 400)
    assert (record.facts.width, record.facts.height) == (3648, 2736)
    assert data[record.thumb_offset :][:2] == b"\xff\xd8"
    assert "IFD0:JpgFromRaw" in values(record)


def test_rw2_tells_noise_reduction_as_numbers() -> None:
    data = rw2({0x1B: (7, 6, 200)}).ljust(200, b"\0") + struct.pack("<3H", 3, 100, 1)
    assert values(record_of(data))["IFD0:NoiseReductionParams"] == [3, 100, 1]


def test_raf_has_a_jpeg_and_a_table() -> None:
    entries = {
        0x0100: struct.pack(">2H", 1444, 4352),
        0x0110: struct.pack(">2H", 10, 48),
        0x0111: struct.pack(">2H", 1424, 4256),
        0x0130: bytes([1, 2, 1, 0]),
        0x2000: struct.pack(">8H", *[384, 601, 384, 515] * 2),
        0x7777: b"unknown",
    }
    data = raf(camera_jpeg(), entries)
    record = record_of(data)
    found = values(record)
    assert (record.format, record.outcome, record.facts.make) == ("raf", Outcome.OK, "Canon")
    assert (record.facts.width, record.facts.height) == (4256, 1424)
    assert found["File:RAFVersion"] == "0106"
    assert found["RAF:RawImageFullSize"] == [4352, 1444]
    assert found["RAF:RawImageCropTopLeft"] == [10, 48]
    assert found["RAF:FujiLayout"] == [1, 2, 1, 0]
    assert found["RAF:WB_GRGBLevelsAuto"] == [384, 601, 384, 515]
    assert data[record.thumb_offset :][:2] == b"\xff\xd8"


def test_a_raf_table_that_claims_more_than_there_is_ends() -> None:
    data = bytearray(raf(camera_jpeg(), {0x0100: b"\0\1\0\2"}))
    at = data.rindex(b"\0\0\0\1\1\0")
    data[at : at + 4] = b"\xff\xff\xff\xff"
    record = record_of(bytes(data))
    assert (record.outcome, record.facts.make) == (Outcome.OK, "Canon")


def test_mrw_has_a_tiff_structure_among_its_blocks() -> None:
    record = record_of(mrw(camera_block()))
    found = values(record)
    assert (record.format, record.outcome, record.facts.make) == ("mrw", Outcome.OK, "Canon")
    assert (record.facts.width, record.facts.height) == (3264, 2448)
    assert found["MinoltaRaw:FirmwareID"] == "27200001"
    assert found["MinoltaRaw:BitDepth"] == 12
    assert found["MinoltaRaw:WB_RGGBLevels"] == [438, 256, 256, 509]


def test_x3f_has_settings_properties_and_a_jpeg() -> None:
    properties = {
        "CAMMANUF": "SIGMA",
        "CAMMODEL": "SIGMA DP2",
        "EXPTIME": "24140",
        "TIME": "978309395",
        "LENSMODEL": "145",
        "NOBODY": "knows",
    }
    record = record_of(x3f(properties, camera_jpeg()))
    found = values(record)
    assert (record.format, record.outcome, record.facts.make) == ("x3f", Outcome.OK, "Canon")
    assert (record.facts.width, record.facts.height) == (2640, 1760)
    assert found["SigmaRaw:FileVersion"] == "2.3"
    assert found["SigmaRaw:Rotation"] == 90
    assert found["SigmaRaw:SceneCaptureType"] == "Standard"
    assert found["SigmaRaw:Contrast"] == -1.5
    assert found["SigmaRaw:Model"] == "SIGMA DP2"
    assert found["SigmaRaw:IntegrationTime"] == 0.02414
    assert found["SigmaRaw:DateTimeOriginal"] == "2001:01:01 00:36:35"
    assert found["SigmaRaw:LensType"] == 325


def test_an_x3f_without_a_directory_is_truncated_but_reported() -> None:
    record = record_of(x3f({"CAMMODEL": "SIGMA DP2"})[:-20])
    assert record.outcome is Outcome.PARTIAL
    assert values(record)["SigmaRaw:ImageWidth"] == 2640


def canon() -> bytes:
    description = ciff_heap([(0x0805, b"EOS DIGITAL REBEL\0")])
    picture = struct.pack("<IIfiIII", 3072, 2048, 1.0, 90, 8, 24, 257)
    properties = ciff_heap(
        [
            (0x2804, description),
            (0x080A, b"Canon\0Canon EOS 10D\0"),
            (0x0805, b"my comment\0"),
            (0x1810, picture),
            (0x580E, struct.pack("<Ii", 1068485966, 3600)),
            (0x5814, struct.pack("<f", -0.375)),
            (0x180E, struct.pack("<IiI", 1068485966, 3600, 0)),
        ]
    )
    return crw([(0x300A, properties), (0x2008, camera_jpeg())])


def test_crw_keeps_heaps_in_heaps() -> None:
    data = canon()
    record = record_of(data)
    found = values(record)
    assert (record.format, record.outcome) == ("crw", Outcome.OK)
    assert (record.facts.width, record.facts.height) == (3072, 2048)
    assert found["CanonRaw:Make"] == "Canon"
    assert found["CanonRaw:Model"] == "Canon EOS 10D"
    assert found["CanonRaw:CanonFileDescription"] == "EOS DIGITAL REBEL"
    assert found["CanonRaw:UserComment"] == "my comment"
    assert found["CanonRaw:Rotation"] == 90
    assert found["CanonRaw:MeasuredEV"] == 4.625
    assert found["CanonRaw:DateTimeOriginal"] == "2003:11:10 17:39:26"
    assert found["CanonRaw:TimeZoneCode"] == 1
    assert data[record.thumb_offset :][:2] == b"\xff\xd8"


def test_heaps_that_hold_themselves_are_left() -> None:
    data = bytearray(crw([(0x3001, b"xx")]))
    at = data.rindex(b"\x01\x30")
    data[at + 2 : at + 10] = struct.pack("<II", len(data) - 26, 0)
    assert record_of(bytes(data)).outcome in Outcome


@pytest.mark.parametrize(
    "whole",
    [
        rw2(PANASONIC, camera_jpeg()),
        raf(camera_jpeg(), {0x0100: b"\0\1\0\2"}),
        mrw(camera_block()),
        x3f({"CAMMODEL": "SIGMA DP2"}, camera_jpeg()),
        canon(),
    ],
    ids=["rw2", "raf", "mrw", "x3f", "crw"],
)
def test_every_cut_of_a_raw_file_ends_in_an_outcome(whole: bytes) -> None:
    for length in range(1, len(whole), 17):
        assert record_of(whole[:length]).outcome in Outcome


@pytest.mark.parametrize(("mark", "order"), [(b"IIII", "<"), (b"MMMM", ">")])
def test_iiq_has_a_table_that_says_how_large_its_picture_is(mark: bytes, order: str) -> None:
    table = struct.pack(order + "II", 2, 0)
    table += struct.pack(order + "4I", 0x10C, 4, 4, 7320) + struct.pack(
        order + "4I", 0x10D, 4, 4, 5484
    )
    own = mark + b"CwaR" + struct.pack(order + "I", 12) + table
    block = bytearray(tiff_block(Ifd({0x10F: (2, "Phase One A/S")}), gap_bytes=len(own)))
    block[8 : 8 + len(own)] = own
    record = record_of(bytes(block))
    assert (record.format, record.outcome) == ("iiq", Outcome.OK)
    assert record.facts.make == "Phase One A/S"
    assert (record.facts.width, record.facts.height) == (7320, 5484)
    block[16:20] = b"\xff" * 4
    assert record_of(bytes(block)).facts.make == "Phase One A/S"
