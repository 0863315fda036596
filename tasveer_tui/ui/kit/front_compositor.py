"""A compositor that draws what is seen of the changed part, and nothing behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.strip import Strip


class FrontCompositor(Compositor):
    """Gives the same picture for less: Textual draws every widget whose container changed.

    For a page of the table those are eleven widgets, the screen itself among them, each line of
    which is cut into pieces that nobody sees.
    """

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterator[tuple[Region, Region, list[Strip]]]:
        if not crop:
            yield from super()._get_renders(crop)
            return
        # In front come first, and what was drawn first is seen.
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if not seen.overlaps(crop):
                continue
            band = seen.intersection(Region(seen.x, crop.y, seen.width, crop.height))
            yield band, band, widget.render_lines(band.translate(-region.offset))
            if seen.contains_region(crop):
                return
