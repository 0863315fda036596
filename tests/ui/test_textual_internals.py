"""Internals of Textual that the program replaces or uses still work like Textual's own.

If a test fails after an update of Textual, adapt `ui.kit.textual_internals` or the app.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Label, Static

from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.kit.textual_internals import CachedStylesheet, FrontCompositor
from tests.support.app_harness import open_app

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.app import ComposeResult


SIZES = ((9, 1), (20, 9))


class _Stacked(Screen[None]):
    CSS = """
    #over { layer: over; dock: right; width: 12; height: 6; margin: 2 3; background: red; }
    _Stacked { layers: base over; }
    Vertical { width: 30; border: round green; padding: 1; }
    Horizontal { height: 12; background: blue 30%; overflow-x: scroll; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrontCompositor()

    def compose(self) -> ComposeResult:
        yield Static("over", id="over")
        with Horizontal():
            for side in "ab":
                with Vertical():
                    for line in range(4):
                        yield Label(f"{side}{line} " + "wide " * 9, id=f"{side}{line}")


class _StackedApp(App[None]):
    def on_mount(self) -> None:
        self.push_screen(_Stacked())


def _cells(kind: type[Compositor], screen: Screen[None], crop: Region) -> list[list[object]]:
    """Every cell of the crop with its style, drawn by this kind of compositor."""
    compositor = screen._compositor
    before = compositor.__class__
    compositor.__class__ = kind
    try:
        chops = compositor._render_chops(crop, lambda _: True)
    finally:
        compositor.__class__ = before
    lines: list[list[object]] = []
    for y in crop.line_range:
        cells: dict[int, object] = {}
        for x, strip in chops[y].items():
            at = x
            for segment in strip or ():
                for letter in segment.text:
                    cells[at] = letter, segment.style
                    at += 1
        lines.append([cells[x] for x in range(*crop.column_span)])
    return lines


async def test_the_front_compositor_draws_the_same_cells_and_renders_only_visible_widgets() -> None:
    app = _StackedApp()
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        screen = app.screen
        crops = [Region(x, y, w, h) for x in (0, 3, 40) for y in (0, 3) for w, h in SIZES]
        crops += [region for region, _ in screen._compositor.visible_widgets.values()]
        for crop in (each.intersection(app.size.region) for each in crops):
            expected = _cells(Compositor, screen, crop)
            assert _cells(FrontCompositor, screen, crop) == expected, crop
        inside_a_label = Region(3, 3, 20, 1)
        assert len(list(screen._compositor._get_renders(inside_a_label))) == 1
        assert len(list(Compositor._get_renders(screen._compositor, inside_a_label))) > 1


async def test_every_screen_draws_with_the_front_compositor(tmp_path: Path) -> None:
    assert list(inspect.signature(Compositor._get_renders).parameters) == ["self", "crop"]
    async with open_app(tmp_path / "catalogue.sqlite", "jobs") as (app, _):
        assert type(app.screen._compositor) is FrontCompositor


def test_the_stylesheet_is_parsed_again_only_after_a_variable_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parses: list[int] = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda _: parses.append(1))
    sheet = CachedStylesheet(variables={"primary": "red"})
    sheet.set_variables({"primary": "red"})
    sheet.reparse()
    assert not parses
    sheet.set_variables({"primary": "blue"})
    sheet.reparse()
    sheet.reparse()
    assert len(parses) == 1


async def test_a_new_theme_reaches_the_cached_stylesheet(tmp_path: Path) -> None:
    async with open_app(tmp_path / "catalogue.sqlite", "jobs") as (app, pilot):
        assert isinstance(app.stylesheet, CachedStylesheet)
        before = app.screen.styles.background
        app.action_toggle_theme()
        await pilot.pause()
        assert app.screen.styles.background != before


async def test_escape_sequences_are_written_to_the_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(tmp_path / "catalogue.sqlite", "jobs") as (app, _):
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        app.send("\x1b_Ga=d\x1b\\")
        assert written == ["\x1b_Ga=d\x1b\\"]


def test_textual_reports_unhandled_errors_through_the_method_that_the_app_replaces() -> None:
    assert "_fatal_error" in inspect.getsource(App._handle_exception)
    assert "_fatal_error" in vars(TasveerApp)
