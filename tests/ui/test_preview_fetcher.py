"""The inspector of Browse: the full image on request, the system's viewer, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.ui.browse.object_list import ObjectList
from tasveer_tui.ui.kit.dialogs import ConfirmScreen, MenuScreen
from tasveer_tui.ui.kit.halfblocks import Picture
from tests.support.app_harness import open_browse, screen_text, wait_until
from tests.support.image_files import jpeg
from tests.unit.test_viewer import desktop

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from textual.pilot import Pilot

    from tasveer_tui.ui.app import TasveerApp
    from tests.support.range_server import RangeServer


async def inspected(app: TasveerApp, pilot: Pilot[None], sentence: str) -> None:
    """Go from the tree into the inspector of the first object."""
    await wait_until(pilot, lambda: app.screen.query_one(ObjectList).row_count)
    await pilot.press("tab", "enter")
    await wait_until(pilot, lambda: sentence in screen_text(app), sentence)


async def test_the_full_image_loads_only_on_request(
    range_server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = desktop(tmp_path, monkeypatch, f'head -c 2 "$1" | od -An -tx1 > {tmp_path}/reported')
    range_server.put("photos", "a.jpg", jpeg(make="Canon", trailer_bytes=3 << 20))
    async with open_browse(range_server, tmp_path, "s3://photos") as (app, pilot):
        await inspected(app, pilot, "P downloads and shows the image (3.1 MB)")
        picture = app.screen.query_one(Picture)
        few = range_server.body_bytes
        await pilot.press("P")
        await wait_until(pilot, lambda: "This downloads 3.1 MB." in screen_text(app))
        await pilot.press("escape")
        await pilot.pause()
        assert range_server.body_bytes == few < 1 << 20, "a question fetches nothing"

        range_server.latency_s = 0.3
        await pilot.press("P", "enter")
        await wait_until(pilot, lambda: "Esc stops" in screen_text(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: "Stopped." in screen_text(app))
        assert picture.is_empty

        range_server.latency_s = 0.0
        await pilot.press("P", "enter")
        await wait_until(pilot, lambda: not picture.is_empty, "the picture")
        assert "The whole image, 3.1 MB." in screen_text(app)
        assert range_server.body_bytes > 3 << 20
        many = range_server.body_bytes
        await pilot.press("p", "p")
        await wait_until(pilot, lambda: not picture.is_empty, "again, out of memory")
        assert range_server.body_bytes == many

        await pilot.press("O", "enter")
        await wait_until(pilot, lambda: "Opened in the system" in screen_text(app))
        assert output.read_text().split() == ["ff", "d8"]


async def test_a_version_is_selected_and_read(range_server: RangeServer, tmp_path: Path) -> None:
    range_server.put("photos", "a.jpg", jpeg(make="Nikon")).modified_at -= 86_400
    range_server.keep("photos", "a.jpg")
    range_server.put("photos", "a.jpg", jpeg(make="Canon"))
    async with open_browse(range_server, tmp_path, "s3://photos") as (app, pilot):
        await inspected(app, pilot, "Canon")
        await pilot.press("V")
        await wait_until(pilot, lambda: isinstance(app.screen, MenuScreen))
        assert "latest · on display" in screen_text(app)
        await pilot.press("j", "enter")
        await wait_until(pilot, lambda: "Nikon" in screen_text(app))
        assert "Canon" not in screen_text(app)

        range_server.fail("error", op="ListObjectVersions", status=403, code="AccessDenied")
        await pilot.press("V")
        await wait_until(pilot, lambda: "s3:ListBucketVersions" in screen_text(app))
        assert "Nikon" in screen_text(app), "what was read stays"


async def test_an_object_that_is_no_image_is_neither_downloaded_nor_opened(
    range_server: RangeServer, tmp_path: Path
) -> None:
    range_server.put("photos", "page.html", b"<html>")
    async with open_browse(range_server, tmp_path, "s3://photos") as (app, pilot):
        await inspected(app, pilot, "Content type")
        await pilot.press("P")
        await wait_until(pilot, lambda: "This object is not an image." in screen_text(app))
        assert not isinstance(app.screen, ConfirmScreen)
        assert "P fetches" not in screen_text(app)
