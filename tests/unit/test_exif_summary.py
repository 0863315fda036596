"""The lines that stand first: when, how, how large, where."""

from __future__ import annotations

from tasveer_tui.exif import summary
from tasveer_tui.records import Facts


def test_everything_that_is_known_is_reported_as_photographers_write_it() -> None:
    facts = Facts(
        taken_at="2019-05-04T10:11:12.345",
        taken_offset="+02:00",
        exposure_s=0.004,
        f_number=2.8,
        iso=400,
        exposure_bias_ev=-1 / 3,
        focal_mm=50.0,
        focal35_mm=75.0,
        width=6000,
        height=4000,
        lat_deg=48.8584,
        lon_deg=-2.2945,
        alt_m=33.4,
    )
    assert list(summary(facts)) == [
        ("Taken", "2019-05-04 10:11:12 +02:00"),
        ("Exposure", "1/250 s f/2.8 ISO 400 -1/3 EV"),
        ("Focal length", "50 mm (75 mm equiv.)"),
        ("Pixels", "6000 × 4000, 24.0 MP"),
        ("Position", "48.85840, -2.29450, 33 m"),
    ]


def test_what_is_absent_is_not_reported_and_a_correction_of_nothing_is_none() -> None:
    assert list(summary(Facts())) == []
    assert list(summary(Facts(iso=0, exposure_bias_ev=0.0, lat_deg=1.0, width=10))) == [
        ("Exposure", "ISO 0")
    ]
    assert list(summary(Facts(width=64, height=48))) == [("Pixels", "64 × 48")]
    assert list(summary(Facts(taken_at="2019"))) == [("Taken", "2019")]
    assert list(summary(Facts(focal_mm=28.0, focal35_mm=28.0))) == [("Focal length", "28 mm")]
