import pytest

from tasveer_tui.exif import label
from tasveer_tui.records import Tag, TagValue


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ExposureTime", 0.004, "1/250 s"),
        ("ExposureTime", 0.4, "0.4 s"),
        ("ExposureTime", 0.3, "1/3.3 s"),
        ("ExposureTime", 30, "30 s"),
        ("ExposureTime", 0, "0 s"),
        ("ExposureTime", "undef", "undef"),
        ("FNumber", 2.8, "f/2.8"),
        ("FNumber", 8, "f/8"),
        ("MaxApertureValue", 2.82842712, "f/2.8"),
        ("FocalLength", 4.25, "4.25 mm"),
        ("FocalLengthIn35mmFormat", 75, "75 mm"),
        ("ExposureCompensation", 0, "0 EV"),
        ("ExposureCompensation", -1 / 3, "-1/3 EV"),
        ("ExposureCompensation", 1.67, "+1 2/3 EV"),
        ("ExposureCompensation", -2, "-2 EV"),
        ("ExposureCompensation", 0.1, "+0.1 EV"),
        ("ExposureProgram", 1, "Manual"),
        ("ExposureProgram", 77, "Unknown (77)"),
        ("MeteringMode", 5, "Pattern"),
        ("Flash", 0, "Did not fire"),
        ("Flash", 0x10, "Did not fire, switched off"),
        ("Flash", 0x5F, "Fired, auto, return detected, red-eye reduction"),
        ("Flash", 0x20, "No flash"),
        ("Orientation", 1, "Upright"),
        ("WhiteBalance", 1, "Manual"),
        ("ColorSpace", 65535, "Uncalibrated"),
        ("LightSource", 21, "D65"),
        ("ResolutionUnit", 2, "per inch"),
        ("SceneCaptureType", 2, "Portrait"),
        ("ComponentsConfiguration", [1, 2, 3, 0], "Y Cb Cr –"),
        ("ExifVersion", "0232", "2.32"),
        ("FlashpixVersion", "0100", "1.0"),
        ("LensInfo", [24, 70, 2.8, 2.8], "24–70 mm f/2.8"),
        ("LensInfo", [50, 50, "undef", "undef"], "50 mm f/?"),
        ("DateTimeOriginal", "2019:05:04 10:11:12", "2019-05-04 10:11:12"),
        ("GPSLatitude", 48.858333333, "48° 51′ 30.0″"),
        ("GPSLatitude", 59.99999999, "60° 00′ 00.0″"),
        ("GPSLatitudeRef", "N", "North"),
        ("GPSAltitude", 35.5, "35.5 m"),
        ("GPSAltitudeRef", 1, "Below sea level"),
        ("GPSSpeedRef", "K", "km/h"),
        ("GPSTimeStamp", "07:30:14", "07:30:14 UTC"),
        ("BitsPerSample", [8, 8, 8], "8 8 8"),
        ("XResolution", 72, "72"),
        ("Exif_0x9999", 0.123456789, "0.123457"),
    ],
)
def test_a_tag_is_formatted_for_photographers(name: str, value: TagValue, text: str) -> None:
    assert label(Tag("GPS" if name.startswith("GPS") else "ExifIFD", name, value=value)) == text


def test_other_groups_keep_their_words() -> None:
    assert label(Tag("XMP-dc", "Subject", value=["sea", "dawn"])) == "sea, dawn"
    assert label(Tag("XMP-crs", "WhiteBalance", value="As Shot")) == "As Shot"
    assert label(Tag("IPTC", "Flash", value=1)) == "1"
    assert label(Tag("XMP-exif", "MeteringMode", value=5)) == "Pattern"


def test_a_place_has_its_side_where_that_is_reported() -> None:
    tags = [Tag("GPS", "GPSLatitudeRef", value="S"), Tag("GPS", "GPSLatitude", value=48.5)]
    assert label(tags[1], tags) == "48° 30′ 00.0″ S"
    assert label(tags[1]) == "48° 30′ 00.0″"
    assert label(Tag("XMP-exif", "GPSLongitude", value=-2.5)) == "2° 30′ 00.0″ W"
    assert label(Tag("XMP-exif", "GPSLatitude", value=2.5)) == "2° 30′ 00.0″ N"


@pytest.mark.parametrize(
    ("name", "value", "beside", "meaning", "text"),
    [
        ("GPSAltitude", 35.5, "GPSAltitudeRef", 1, "35.5 m below sea level"),
        ("GPSSpeed", 12.5, "GPSSpeedRef", "K", "12.5 km/h"),
        ("GPSDestDistance", 3, "GPSDestDistanceRef", "N", "3 nautical miles"),
        ("GPSImgDirection", 180.25, "GPSImgDirectionRef", "T", "180.2° true"),
        ("GPSTrack", 10, "GPSTrackRef", "M", "10° magnetic"),
        ("XResolution", 72, "ResolutionUnit", 2, "72 per inch"),
        ("XResolution", 72, "ResolutionUnit", 1, "72"),
        ("FocalPlaneXResolution", 100, "FocalPlaneResolutionUnit", 3, "100 per cm"),
        ("GPSSpeed", 12.5, "GPSSpeedRef", "?", "12.5"),
    ],
)
def test_numbers_have_the_unit_that_another_tag_tells(
    name: str, value: float, beside: str, meaning: str | int, text: str
) -> None:
    group = "GPS" if name.startswith("GPS") else "ExifIFD"
    tag = Tag(group, name, value=value)
    assert label(tag, [Tag(group, beside, value=meaning), tag]) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (Tag("ICC-header", "ProfileClass", value="mntr"), "Display"),
        (Tag("ICC-header", "RenderingIntent", value=7), "7"),
        (Tag("PNG", "ColorType", value=6), "RGB with alpha"),
        (Tag("File", "ExifByteOrder", value="II"), "Little-endian (Intel, II)"),
        (Tag("XMP-xmp", "Rating", value=-1), "Rejected"),
        (Tag("XMP-xmp", "Rating", value=4), "4"),
        (Tag("IPTC", "ObjectCycle", value="p"), "Evening"),
        (Tag("IFD0", "CalibrationIlluminant1", value=21), "D65"),
        (Tag("IFD0", "CFAPlaneColor", value=[0, 1, 2]), "Red, Green, Blue"),
        (Tag("IFD0", "DNGVersion", value=[1, 4, 0, 0]), "1.4.0.0"),
        (Tag("GPS", "GPSVersionID", value=[2, 3, 0, 0]), "2.3.0.0"),
        (Tag("GPS", "GPSMeasureMode", value=3), "Three-dimensional"),
        (Tag("ExifIFD", "CFAPattern", value=[2, 2, 0, 1, 1, 2]), "RG / GB"),
        (Tag("ExifIFD", "CFAPattern", value=[0, 2, 0, 1]), "0 2 0 1"),
        (Tag("ExifIFD", "FocalPlaneResolutionUnit", value=5), "per µm"),
        (Tag("IFD0", "Compression", value=34712), "JPEG 2000"),
    ],
)
def test_codes_are_formatted_as_text(tag: Tag, text: str) -> None:
    assert label(tag) == text
