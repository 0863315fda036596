"""The trips and shots of the demo."""

from __future__ import annotations

import itertools
import math

from tasveer_tui.demo.images import MOTIFS
from tasveer_tui.demo.itinerary import MOTIF_CAPTIONS, Shot, shots

SHOTS = tuple(shots())


def _distance_m(first: Shot, second: Shot) -> float:
    mean_lat = math.radians((first.lat_deg + second.lat_deg) / 2)
    north = (second.lat_deg - first.lat_deg) * 111_320
    east = (second.lon_deg - first.lon_deg) * 111_320 * math.cos(mean_lat)
    return math.hypot(north, east)


def test_every_photograph_has_its_own_key() -> None:
    assert len({shot.key for shot in SHOTS}) == len(SHOTS) > 250


def test_the_shots_are_always_the_same() -> None:
    assert tuple(shots()) == SHOTS


def test_every_motif_has_a_painter_and_a_caption() -> None:
    assert {shot.motif for shot in SHOTS} == set(MOTIFS) == set(MOTIF_CAPTIONS)


def test_file_numbers_increase_with_time() -> None:
    for _, group in itertools.groupby(SHOTS, lambda shot: (shot.trip.folder, shot.stop.kit)):
        frames = list(group)
        assert [f.taken for f in frames] == sorted(f.taken for f in frames)
        numbers = [f.number for f in frames]
        assert numbers == sorted(set(numbers))


def test_positions_are_on_a_walk() -> None:
    for first, second in itertools.pairwise(SHOTS):
        if first.stop is second.stop and first.lat_deg:
            metres, seconds = (
                _distance_m(first, second),
                (second.taken - first.taken).total_seconds(),
            )
            assert metres < 120
            assert metres / seconds < 2.5


def test_only_shots_with_a_position_have_a_track() -> None:
    assert any(shot.lat_deg for shot in SHOTS)
    assert all(shot.trip.has_track is False for shot in SHOTS if not shot.lat_deg)


def test_titles_end_in_a_letter_or_digit() -> None:
    assert all(shot.title[-1].isalpha() or shot.title[-1].isdigit() for shot in SHOTS)
