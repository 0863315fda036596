"""The map: its view, its lines, and the area that a search gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasveer_tui.ui.insight.world_map import View, draw_lines, lines


def test_all_lines_have_valid_coordinates() -> None:
    assert len(lines()) > 500
    assert any(line.is_border for line in lines())
    assert any(not line.is_border for line in lines())
    for line in lines():
        assert -18_000 <= line.west <= line.east <= 18_000
        assert -9_000 <= line.south <= line.north <= 9_000


def test_the_whole_world_has_coasts_in_the_right_cells() -> None:
    view = View(120, 30)
    rows = draw_lines(view)
    assert len(rows) == 30
    assert {len(row) for row in rows} == {120}
    # Land's End, Cape Horn, Cape Town, the Horn of Africa: coasts.
    for lat, lon in ((50.1, -5.7), (-55.9, -67.3), (-33.9, 18.4), (11.8, 51.2)):
        column, row = view.cell(lat, lon) or (-1, -1)
        around = [rows[r][max(0, column - 1) : column + 2] for r in (row - 1, row, row + 1)]
        assert "".join(around).strip(), (lat, lon)
    # The middle of the Pacific, of the South Atlantic: none.
    for lat, lon in ((30.0, -145.0), (-25.0, -15.0)):
        column, row = view.cell(lat, lon) or (-1, -1)
        assert not rows[row][column].strip()


def test_no_line_crosses_the_map_at_the_date_line() -> None:
    rows = draw_lines(View(120, 30))
    assert max(len(max(row.split(" "), key=len)) for row in rows) < 40


def test_borders_are_shown_in_narrow_views_only() -> None:
    near, far = View(80, 20, 47, 8, 10), View(80, 20, 47, 8, 200)
    assert sum(len(row.replace(" ", "")) for row in draw_lines(near)) > 20
    assert draw_lines(far)


@given(
    st.integers(1, 200),
    st.integers(1, 80),
    st.lists(
        st.one_of(
            st.tuples(st.just("zoom"), st.floats(0.1, 10), st.just(0.0)),
            st.tuples(st.just("move"), st.floats(-50, 50), st.floats(-50, 50)),
        ),
        max_size=8,
    ),
)
def test_every_view_has_an_area_that_can_be_searched(
    columns: int, rows: int, steps: list[tuple[str, float, float]]
) -> None:
    view = View(columns, rows)
    for what, x, y in steps:
        view = view.zoomed(x) if what == "zoom" else view.moved(x, y)
        south, west, north, east = view.box
        assert -90 <= south < north <= 90
        assert -180 <= west < east <= 180


@pytest.mark.parametrize(("lat", "lon"), [(48.86, 2.29), (-33.9, 151.2), (71.0, -8.0)])
def test_zooming_in_keeps_the_centre(lat: float, lon: float) -> None:
    view = View(100, 30, lat, lon, 20).zoomed(4)
    south, west, north, east = view.box
    assert south < lat < north
    assert west < lon < east
    assert view.cell(lat, lon) == (50, 15)


def test_a_view_around_a_box_contains_it() -> None:
    box = (40.0, -5.0, 52.0, 15.0)
    south, west, north, east = View(100, 30).around(box).box
    assert south <= box[0]
    assert west <= box[1]
    assert north >= box[2]
    assert east >= box[3]
