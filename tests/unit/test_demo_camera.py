"""The sun, and the exposure that a scene needs."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone

import pytest

from tasveer_tui.demo.camera import (
    KITS,
    Phase,
    expose,
    phase_of_day,
    scene_ev100,
    sun_elevation_deg,
)


def _local(text: str, offset_h: int) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=offset_h)))


@pytest.mark.parametrize(
    ("when", "offset_h", "lat", "lon", "elevation"),
    [
        ("2019-06-21T13:38", 1, 38.71, -9.14, 74.7),  # Lisbon, midsummer noon
        ("2019-12-21T12:00", 0, 51.48, 0.0, 15.1),  # Greenwich, midwinter noon
        ("2022-03-21T06:00", 0, 0.0, 0.0, 0.0),  # the equator, equinox, sunrise
        ("2019-12-21T12:00", 1, 69.65, 18.96, -3.1),  # Tromsø: the sun does not rise
    ],
)
def test_the_elevation_of_the_sun_matches_almanacs(
    when: str, offset_h: int, lat: float, lon: float, elevation: float
) -> None:
    assert sun_elevation_deg(_local(when, offset_h), lat, lon) == pytest.approx(elevation, abs=1.5)


def test_a_time_without_zone_is_rejected() -> None:
    with pytest.raises(ValueError, match="zone"):
        sun_elevation_deg(datetime(2020, 1, 1, 12), 0, 0)  # noqa: DTZ001


def test_the_phase_of_day_follows_the_sun() -> None:
    assert [phase_of_day(deg) for deg in (50, 5, -5, -20)] == list(Phase)


def test_noon_follows_sunny_sixteen() -> None:
    exposure = expose(
        scene_ev100(60, is_indoors=False, is_dark_sky=False), KITS["5d3"], 35, is_close=False
    )
    assert exposure.f_number == 8
    assert exposure.iso == 100
    assert exposure.seconds == pytest.approx(1 / 500, rel=0.3)  # f/16 at 1/125


def test_at_dusk_aperture_opens_and_iso_rises() -> None:
    exposure = expose(
        scene_ev100(-5, is_indoors=False, is_dark_sky=False), KITS["r5"], 50, is_close=False
    )
    assert exposure.f_number == 4
    assert exposure.iso > 100
    assert exposure.seconds <= 1 / 40


def test_a_starry_sky_needs_a_tripod() -> None:
    exposure = expose(
        scene_ev100(-30, is_indoors=False, is_dark_sky=True), KITS["5d3-wide"], 16, is_close=False
    )
    assert exposure.seconds >= 10
    assert exposure.iso == KITS["5d3-wide"].highest_iso


@pytest.mark.parametrize("name", sorted(KITS))
def test_every_kit_exposes_within_its_limits(name: str) -> None:
    kit = KITS[name]
    for ev100 in range(16):
        exposure = expose(ev100, kit, kit.zoom_mm[1], is_close=False)
        assert kit.base_iso / 2 <= exposure.iso <= kit.highest_iso
        assert exposure.f_number >= kit.widest_f(kit.zoom_mm[1])
        taken_ev = math.log2(exposure.f_number**2 / exposure.seconds * 100 / exposure.iso)
        assert taken_ev == pytest.approx(ev100, abs=0.7) or exposure.shutter in {(1, 8000), (30, 1)}
