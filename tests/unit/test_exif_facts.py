import pytest

from tasveer_tui.exif import read
from tasveer_tui.exif.facts import extract_facts
from tasveer_tui.records import Facts, Tag, TagValue
from tests.support.image_files import Fact, fetch_from, jpeg


def facts(**values: TagValue) -> Facts:
    """Facts from tags named `group__name`, where `_` in a group stands for `-`."""
    tags = []
    for place, value in values.items():
        group, _, name = place.partition("__")
        tags.append(Tag(group.replace("_", "-"), name.replace("_", "-"), value=value))
    return extract_facts(tags, None, None)


def test_what_a_camera_writes_becomes_facts() -> None:
    said: dict[str, Fact] = {
        "make": "Canon",
        "model": "Canon EOS R5",
        "lens": "RF24-70mm F2.8 L IS USM",
        "serial": "012345",
        "software": "Firmware 1.2",
        "artist": "Jane Doe",
        "copyright": "© Jane Doe",
        "title": "The sea",
        "caption": "Seen at dawn",
        "keywords": ("sea", "dawn"),
        "rating": 4,
        "taken_at": "2019-05-04T10:11:12.345",
        "taken_offset": "+02:00",
        "exposure_s": 0.004,
        "f_number": 2.8,
        "iso": 400,
        "focal_mm": 50.0,
        "focal35_mm": 75,
        "exposure_bias_ev": -0.5,
        "flash": 16,
        "white_balance": 1,
        "metering": 5,
        "program": 3,
        "orientation": 6,
        "width": 64,
        "height": 48,
    }
    found = read(fetch_from(jpeg(lat_deg=48.8584, lon_deg=-2.2945, alt_m=-12.5, **said))).facts
    for name, value in said.items():
        assert getattr(found, name) == value, name
    assert found.lat_deg == pytest.approx(48.8584, abs=1e-6)
    assert found.lon_deg == pytest.approx(-2.2945, abs=1e-6)
    assert found.alt_m == -12.5


def test_no_tags_are_no_facts() -> None:
    assert extract_facts([], None, None) == Facts()


# ------------------------------------------------------------------------ what is believed


def test_people_s_words_come_from_xmp_then_iptc_then_exif_then_windows() -> None:
    said: dict[str, TagValue] = {
        "XMP_dc__Title": "x",
        "IPTC__ObjectName": "i",
        "IFD0__XPTitle": "w",
    }
    for expected in ("x", "i", "w"):
        assert facts(**said).title == expected
        said.pop(next(iter(said)))
    assert facts(IPTC__Caption_Abstract="i", IFD0__ImageDescription="e").caption == "i"
    assert facts(XMP_dc__Creator=["A", "B"], IFD0__Artist="C").artist == "A, B"
    assert facts(XMP_dc__Title="  ", IPTC__ObjectName="i").title == "i"


def test_keywords_are_of_one_source_and_each_once() -> None:
    assert facts(XMP_dc__Subject=["a", "b", "a", " "], IPTC__Keywords="c").keywords == ("a", "b")
    assert facts(IPTC__Keywords="only").keywords == ("only",)
    assert facts(IFD0__XPKeywords="a;b; c").keywords == ("a", "b", "c")
    assert facts(XMP_dc__Subject=[2019, "sea"]).keywords == ("2019", "sea")


def test_zero_is_no_measurement() -> None:
    found = facts(ExifIFD__FNumber=0, ExifIFD__FocalLength=0, ExifIFD__ISO=0)
    assert (found.f_number, found.focal_mm, found.iso) == (None, None, None)
    assert facts(ExifIFD__ExposureCompensation=0).exposure_bias_ev == 0.0


def test_fractions_that_are_no_numbers_are_no_measurement() -> None:
    assert facts(ExifIFD__ExposureTime="inf", ExifIFD__ShutterSpeedValue="undef").exposure_s is None


def test_apex_values_stand_in_for_what_is_missing() -> None:
    found = facts(ExifIFD__ShutterSpeedValue=0.004, ExifIFD__ApertureValue=2.8)
    assert (found.exposure_s, found.f_number) == (0.004, 2.8)


def test_sensitivities_beyond_sixteen_bits_are_found_elsewhere() -> None:
    assert facts(ExifIFD__ISO=65535, ExifIFD__RecommendedExposureIndex=102400).iso == 102400
    assert facts(ExifIFD__ISO=65535).iso == 65535
    assert facts(ExifIFD__ISO=[200, 0]).iso == 200


@pytest.mark.parametrize("value", [0, 9, "top", ""])
def test_an_orientation_that_is_none_is_absent(value: TagValue) -> None:
    assert facts(IFD0__Orientation=value).orientation is None


def test_a_lens_that_does_not_know_its_name_is_absent() -> None:
    assert facts(ExifIFD__LensModel="----").lens == ""
    assert facts(XMP_aux__Lens="EF50mm f/1.8").lens == "EF50mm f/1.8"


def test_a_rating_is_within_its_range() -> None:
    assert facts(XMP_xmp__Rating=-1).rating == -1
    assert facts(XMP_xmp__Rating=99, IFD0__Rating=3).rating == 3


# ------------------------------------------------------------------------------ moments


def test_the_moment_is_the_original_then_the_digitized_then_the_modified_one() -> None:
    said: dict[str, TagValue] = {
        "ExifIFD__DateTimeOriginal": "2019:01:01 00:00:00",
        "ExifIFD__CreateDate": "2020:01:01 00:00:00",
        "IFD0__ModifyDate": "2021:01:01 00:00:00",
    }
    for year in ("2019", "2020", "2021"):
        assert facts(**said).taken_at == f"{year}-01-01T00:00:00"
        said.pop(next(iter(said)))


@pytest.mark.parametrize(
    "text",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2019:02:30 10:00:00",
        "2019:01:01 24:00:00",
        "yesterday",
        "",
        "2019:01:01 10:00:00 and more",
    ],
)
def test_what_cannot_be_a_moment_is_passed_over(text: str) -> None:
    assert facts(ExifIFD__DateTimeOriginal=text).taken_at == ""
    found = facts(ExifIFD__DateTimeOriginal=text, IFD0__ModifyDate="2021:01:01 00:00:00")
    assert found.taken_at == "2021-01-01T00:00:00"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019:05:04 10:11:12", "2019-05-04T10:11:12"),
        ("2019-05-04T10:11:12", "2019-05-04T10:11:12"),
        ("2019/05/04 10:11", "2019-05-04T10:11:00"),
        ("2019:05:04", "2019-05-04T00:00:00"),
        ("2019:05:04 10:11:12.25", "2019-05-04T10:11:12.25"),
    ],
)
def test_moments_are_understood_as_programs_write_them(text: str, moment: str) -> None:
    assert facts(ExifIFD__DateTimeOriginal=text).taken_at == moment


def test_fractions_and_offsets_belong_to_their_own_moment() -> None:
    found = facts(
        ExifIFD__CreateDate="2019:05:04 10:11:12",
        ExifIFD__SubSecTimeDigitized="054 ",
        ExifIFD__SubSecTimeOriginal="999",
        ExifIFD__OffsetTimeDigitized="-05:00",
        ExifIFD__OffsetTime="+09:00",
    )
    assert (found.taken_at, found.taken_offset) == ("2019-05-04T10:11:12.054", "-05:00")


def test_an_offset_that_is_none_is_absent() -> None:
    found = facts(
        ExifIFD__DateTimeOriginal="2019:05:04 10:11:12", ExifIFD__OffsetTimeOriginal="   :  "
    )
    assert found.taken_offset == ""


# ------------------------------------------------------------------------------- places


def place(lat: TagValue, lon: TagValue, lat_ref: str = "N", lon_ref: str = "E") -> Facts:
    return facts(
        GPS__GPSLatitude=lat,
        GPS__GPSLatitudeRef=lat_ref,
        GPS__GPSLongitude=lon,
        GPS__GPSLongitudeRef=lon_ref,
    )


@pytest.mark.parametrize(
    ("lat_ref", "lon_ref", "expected"),
    [("N", "E", (48.5, 2.5)), ("S", "W", (-48.5, -2.5)), ("s", "west", (-48.5, -2.5))],
)
def test_a_place_has_the_sign_of_its_side(
    lat_ref: str, lon_ref: str, expected: tuple[float, float]
) -> None:
    found = place(48.5, 2.5, lat_ref, lon_ref)
    assert (found.lat_deg, found.lon_deg) == expected


@pytest.mark.parametrize(
    ("lat", "lon", "side"),
    [(91, 2, "N"), (48, 181, "N"), ("", 2, "N"), (48, "", "N"), (48, 2, ""), (0, 0, "N")],
)
def test_a_place_that_is_none_is_absent(lat: TagValue, lon: TagValue, side: str) -> None:
    found = place(lat, lon, side)
    assert (found.lat_deg, found.lon_deg) == (None, None)


def test_a_place_may_be_in_xmp_alone() -> None:
    found = facts(XMP_exif__GPSLatitude=48.5, XMP_exif__GPSLongitude=-2.5)
    assert (found.lat_deg, found.lon_deg) == (48.5, -2.5)
