"""What the quicker compositor draws is what Textual's own would have drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.widgets import Label, Static

from tasveer_tui.ui.kit.front_compositor import FrontCompositor

if TYPE_CHECKING:
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


def _drawn(kind: type[Compositor], screen: Screen[None], crop: Region) -> list[list[object]]:
    """Every cell of the crop with its style, drawn anew by this kind of compositor."""
    compositor = screen._compositor
    before = compositor.__class__
    compositor.__class__ = kind
    try:
        made = compositor._render_chops(crop, lambda _: True)
    finally:
        compositor.__class__ = before
    lines: list[list[object]] = []
    for y in crop.line_range:
        cells: dict[int, object] = {}
        for x, strip in made[y].items():
            at = x
            for segment in strip or ():
                for letter in segment.text:
                    cells[at] = letter, segment.style
                    at += 1
        lines.append([cells[x] for x in range(*crop.column_span)])
    return lines


async def test_every_part_of_a_screen_looks_as_before_and_hidden_widgets_are_not_drawn() -> None:
    app = _StackedApp()
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        screen = app.screen
        crops = [Region(x, y, w, h) for x in (0, 3, 40) for y in (0, 3) for w, h in SIZES]
        crops += [region for region, _ in screen._compositor.visible_widgets.values()]
        for crop in (each.intersection(app.size.region) for each in crops):
            expected = _drawn(Compositor, screen, crop)
            assert _drawn(FrontCompositor, screen, crop) == expected, crop
        one = Region(3, 3, 20, 1)  # inside of one label
        assert len(list(screen._compositor._get_renders(one))) == 1
        assert len(list(Compositor._get_renders(screen._compositor, one))) > 1
