"""Snapshots of Library and Insight in their main states, in a small and in a large window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tasveer_tui.exif import Pixels
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.workspace import Workspace
from tests.support import catalogue_factory
from tests.support.app_harness import open_app, screen_text, type_text, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tasveer_tui.records import Record
    from tests.support.screen_snapshots import Snapshots

COUNT = 300
LIBRARY = (
    (("slash",), "example", "examples"),
    ((*"cam", "tab", *"nik"), "38 of 300", "values"),
    (("escape", "escape", "backspace", "f"), "+ ", "panel"),
    (("f", "l", "l", "exclamation_mark", "F"), "in 300 images", "column-values"),
    (("escape", "a"), "fields and tags", "add-column"),
    (("escape", "space", "space", "C"), "differ", "compare"),
    (("escape", "u", "e"), "Export 300 images", "export"),
    (("escape", "v"), "▀▀▀", "sheet"),
    (("v", "g", "enter"), "Summary", "inspector"),
    (("escape", "escape", "slash", *"isoo"), "No images match  isoo", "none"),
    (("greater_than_sign", "3"), "^", "mistake"),
)
INSIGHT = ((("right_square_bracket",) * 5, "What images reveal", "privacy"),)


def _thumbnail(_: Workspace, _source: object, _key: str, _of: Record, w: int, h: int) -> Pixels:
    """A gradient instead of the bucket's image."""
    rgb = b"".join(
        bytes((255 - 255 * x // w, 120, 255 * x // w)) for _ in range(h) for x in range(w)
    )
    return Pixels(w, h, rgb)


async def test_the_library_and_insight_in_their_main_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshots: Callable[[str], Snapshots]
) -> None:
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(Workspace, "thumbnail", _thumbnail)
    catalogue_factory.filled_catalogue(tmp_path / "catalogue.db", COUNT).close()
    async with open_app(
        tmp_path / "catalogue.db", "browse", size=(80, 24), settings=UiSettings()
    ) as (app, pilot):
        await app.action_show_screen("library")
        snap = snapshots("library")
        await wait_until(pilot, lambda: f"{COUNT} of {COUNT}" in screen_text(app), "the images")
        await snap(pilot, "table")
        for keys, wanted, state in LIBRARY:
            await pilot.resize_terminal(80, 24)
            await pilot.press(*keys)
            await wait_until(pilot, lambda text=wanted: text in screen_text(app), state)  # type: ignore[misc]
            await snap(pilot, state)
        await pilot.press("escape", "escape", "backspace")
        await type_text(pilot, "4")
        snap = snapshots("insight")
        for keys, wanted, state in INSIGHT:
            await pilot.resize_terminal(80, 24)
            await pilot.press(*keys)
            await wait_until(pilot, lambda text=wanted: text in screen_text(app), state)  # type: ignore[misc]
            await snap(pilot, state)
