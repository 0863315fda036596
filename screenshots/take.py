"""Takes the pictures of this folder from the real program on the demo's bucket.

Run by `bin/screenshots`. Each picture is written as SVG, as Textual draws it, and as PNG.
"""
# ruff: noqa: INP001 - a script beside what it makes

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import resvg_py

from tasveer_tui.demo import DemoServer, ensure_installed
from tasveer_tui.records import Access
from tasveer_tui.ui.app import TasveerApp
from tasveer_tui.ui.browse.screen import BrowseScreen
from tasveer_tui.ui.context import UiSettings
from tasveer_tui.workspace import Workspace, WorkspaceOptions

if TYPE_CHECKING:
    from textual.pilot import Pilot

HERE = Path(__file__).parent
SIZE = (132, 42)
TIMEOUT_S = 60.0
STABLE_S = 2.0
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "~/.local/share/fonts",
)
FONTS = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSans.ttf")
"""They have every sign that the program draws: blocks, boxes, arrows; the last one Braille."""

SEARCH = "camera:canon iso>=800 order by taken"


class ScreenshotSession:
    """Presses the keys, waits until the screen says what it should, and takes pictures."""

    def __init__(self, pilot: Pilot[None], fonts: list[str]) -> None:
        self._pilot = pilot
        self._fonts = fonts

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names."""
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Type into the focused input."""
        for char in text:
            await self._pilot.press(_KEY_NAMES.get(char, char))
        await self._pilot.pause()

    async def wait(self, *texts: str) -> None:
        """Wait until all of these stand on the screen at once."""
        deadline = time.monotonic() + TIMEOUT_S
        while not all(text in self.shown() for text in texts):
            if time.monotonic() > deadline:
                sys.exit(f"{texts} did not appear:\n{self.shown()}")
            await self._pilot.pause(0.05)

    async def wait_until_stable(self) -> None:
        """Wait until what comes in the background has come."""
        shown, since = "", time.monotonic()
        while time.monotonic() - since < STABLE_S:
            if self.shown() != shown:
                shown, since = self.shown(), time.monotonic()
            await self._pilot.pause(0.1)

    async def go_to(self, prefix: str, *keys: str) -> None:
        """Move down the tree to a prefix, once it is listed, and press keys there."""
        deadline = time.monotonic() + TIMEOUT_S
        while self._prefix() != prefix:
            if time.monotonic() > deadline:
                sys.exit(f"{prefix} did not appear:\n{self.shown()}")
            await self.press("j")
        await self.press(*keys)

    def _prefix(self) -> str:
        screen = self._pilot.app.screen
        node = screen.tree_pane.node if isinstance(screen, BrowseScreen) else None
        return node.prefix if node else ""

    async def dismiss_notifications(self) -> None:
        """Take away the notes that lie over the screen."""
        self._pilot.app.clear_notifications()
        await self._pilot.pause()

    def shown(self) -> str:
        """The screen as text."""
        strips = self._pilot.app.screen._compositor.render_strips()  # noqa: SLF001
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def take(self, name: str) -> None:
        """Write the picture of this name."""
        await self._pilot.pause(0.6)
        svg = self._pilot.app.export_screenshot(title="tasveer-tui")
        # The families that Textual names are on the network; what is drawn must not depend on it.
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
        (HERE / f"{name}.svg").write_text(svg, "utf-8")
        drawn = svg.replace("Fira Code", "DejaVu Sans Mono")
        png = resvg_py.svg_to_bytes(
            svg_string=drawn, font_files=self._fonts, skip_system_fonts=True
        )
        (HERE / f"{name}.png").write_bytes(bytes(png))
        sys.stderr.write(f"{name}\n")


_KEY_NAMES = {
    " ": "space", ":": "colon", "=": "equals_sign", ">": "greater_than_sign",
    "-": "minus", "/": "slash", ".": "full_stop",
}  # fmt: skip


async def ingest(camera: ScreenshotSession) -> None:
    """Browse, select, ingest, watch."""
    await camera.wait("2019/")
    await camera.press("g", "j", "space")
    await camera.go_to("2018/", "space")
    await camera.go_to("2022/", "l")
    await camera.go_to("2022/04-japan/", "l")
    await camera.go_to("2022/04-japan/fuji/")
    await camera.wait("IMG_0334.JPG")
    await camera.press("tab")
    await camera.wait("Metadata read", "Canon EOS R5", "2 prefixes selected")
    await camera.take("browse")
    await camera.press("h", "enter")
    await camera.wait("final")
    await camera.press("ctrl+d")
    await camera.wait("Job 1", "100 %")
    await camera.press("1", "g", "space", "enter")
    await camera.wait("final", "unchanged")
    await camera.take("dispatch")
    await camera.press("ctrl+d")
    await camera.wait("2  done")
    await camera.press("g")
    await camera.wait("Failures: 3")
    await camera.dismiss_notifications()
    await camera.take("jobs")


async def search(camera: ScreenshotSession) -> None:
    """Find pictures by their EXIF and look at one."""
    await camera.press("3", "slash")
    await camera.type(SEARCH)
    await camera.wait(" of ", "Canon")
    await camera.press("enter", "g")
    await camera.take("library")
    await camera.press(*"jjjjjjjjj", "enter")
    await camera.wait("Pagoda, Yasaka", "Facts and their tags")
    await camera.take("inspector")
    await camera.press("escape", "v", "plus")
    await camera.wait_until_stable()
    await camera.take("contact-sheet")


async def show_insight(camera: ScreenshotSession) -> None:
    """Count what there is, and see where it was taken."""
    await camera.press("v", "backspace", "4")
    await camera.wait("Hours", "images here")
    await camera.wait_until_stable()
    await camera.take("insight")
    await camera.press(*["right_square_bracket"] * 5)
    await camera.wait("What images reveal", "position")
    await camera.take("privacy")


def find_fonts() -> list[str]:
    """The monospace fonts' files; ends with a sentence where they are missing."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    found = [str(path) for folder in folders for name in FONTS for path in folder.rglob(name)]
    if not found:
        sys.exit(
            "DejaVu Sans Mono was not found. On Debian and Ubuntu: apt install fonts-dejavu-core"
        )
    return found


async def main() -> None:
    """Start the demo's server and the program, and hold the session."""
    fonts = find_fonts()
    ensure_installed()
    with tempfile.TemporaryDirectory() as folder, DemoServer() as server:
        # What is drawn must not depend on the terminal of whoever runs this.
        os.environ.update(server.environment(), TERM="xterm-256color", COLORTERM="truecolor")
        options = WorkspaceOptions(
            db=Path(folder) / "catalogue.sqlite",
            state_dir=Path(folder),
            access=Access(endpoint_url=server.endpoint_url),
        )
        workspace = Workspace(options)
        app = TasveerApp(workspace, f"s3://{server.bucket}", UiSettings())
        try:
            async with app.run_test(size=SIZE) as pilot:
                camera = ScreenshotSession(pilot, fonts)
                await ingest(camera)
                await search(camera)
                await show_insight(camera)
        finally:
            workspace.close()


if __name__ == "__main__":
    asyncio.run(main())
