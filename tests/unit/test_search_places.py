"""Boxes within circles: whatever lies in them is near, so that no distance need be worked out."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tasveer_tui.catalogue.search import geo
from tasveer_tui.catalogue.search.ast import Near
from tasveer_tui.catalogue.storage.sql_functions import distance_m
from tests.support.property_examples import examples

_SHARES = st.floats(0, 1)


@settings(max_examples=examples(300), deadline=None)
@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    radius_m=st.one_of(st.floats(0, 100), st.floats(0, 3_000_000)),
    down=st.one_of(_SHARES, st.sampled_from((0.0, 1.0))),
    across=st.one_of(_SHARES, st.sampled_from((0.0, 1.0))),
)
def test_every_point_of_an_inner_box_is_near(
    lat: float, lon: float, radius_m: float, down: float, across: float
) -> None:
    for south, north, west, east in geo.inner_boxes(Near(lat, lon, radius_m)):
        point = (south + (north - south) * down, west + (east - west) * across)
        assert south < lat < north
        assert west < lon < east
        assert distance_m(*point, lat, lon) <= radius_m


def test_the_inner_boxes_leave_little_of_a_circle() -> None:
    boxes = geo.inner_boxes(Near(48.8584, 2.2945, 20_000))
    points = [
        (48.8584 + y / 500, 2.2945 + x / 500) for x in range(-140, 141) for y in range(-95, 96)
    ]
    near = [each for each in points if distance_m(*each, 48.8584, 2.2945) <= 20_000]
    inside = [
        (lat, lon) for lat, lon in near
        if any(s <= lat <= n and w <= lon <= e for s, n, w, e in boxes)
    ]  # fmt: skip
    assert len(inside) > 0.8 * len(near)
