"""The library's help tells the search language, made from the language's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.app_harness import open_app, screen_text, wait_until

if TYPE_CHECKING:
    from pathlib import Path


async def test_only_the_library_help_describes_the_search_language(
    tmp_path: Path,
) -> None:
    async with open_app(tmp_path / "catalogue.sqlite", "library", size=(100, 120)) as (app, pilot):
        await pilot.press("question_mark")
        await wait_until(pilot, lambda: "Search syntax" in screen_text(app))
        assert "shutter<=1/250" in screen_text(app)
        await pilot.press("escape", "1", "question_mark")
        await wait_until(pilot, lambda: "Select the line" in screen_text(app))
        assert "Search syntax" not in screen_text(app)
