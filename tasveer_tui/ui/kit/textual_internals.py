"""Replacements for internals of Textual, for speed. A new version of Textual may break them.

They, and two uses of internals in `ui.app` (`_fatal_error`, and `_driver` in `send`), are why
`requirements/base.txt` pins Textual. `tests/ui/test_textual_internals.py` has a test for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.strip import Strip


class FrontCompositor(Compositor):
    """Draws only the widgets that are visible in the changed region.

    Textual draws every widget below it as well: for a page of the table 11 widgets, the screen
    among them, whose lines are cut up and discarded.
    """

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterator[tuple[Region, Region, list[Strip]]]:
        if not crop:
            yield from super()._get_renders(crop)
            return
        # The widgets are ordered from front to back.
        for widget, (region, clip) in self.visible_widgets.items():
            visible = region.intersection(clip)
            if not visible.overlaps(crop):
                continue
            band = visible.intersection(Region(visible.x, crop.y, visible.width, crop.height))
            yield band, band, widget.render_lines(band.translate(-region.offset))
            if visible.contains_region(crop):
                return


class CachedStylesheet(Stylesheet):
    """Parses again only if the value of a variable has changed.

    Textual parses whenever a theme or a screen may have changed one. At start-up it does so
    twice, which takes a tenth of the CPU time of the first frame.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._known_variables = dict(variables or {})
        self._is_outdated = False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the variables of a theme."""
        if variables != self._known_variables:
            self._known_variables = dict(variables)
            self._is_outdated = True
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse the style sheets again if a variable has changed."""
        if self._is_outdated:
            self._is_outdated = False
            super().reparse()
