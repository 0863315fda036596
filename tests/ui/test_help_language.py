"""The library's help tells the search language, made from the language's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.parts.screens import opened, shown, until

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_librarys_help_tells_the_search_language_and_browses_does_not(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "catalogue.sqlite", "library", size=(100, 120)) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: "What a search can say" in shown(app))
        assert "shutter<=1/250" in shown(app)
        await pilot.press("escape", "1", "question_mark")
        await until(pilot, lambda: "Choose the line" in shown(app))
        assert "What a search can say" not in shown(app)
