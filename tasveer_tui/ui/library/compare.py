"""Images side by side, tag by tag: by default only what differs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Static

from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText
from tasveer_tui.ui.library.compare_list import CompareList, CompareThumbs
from tasveer_tui.ui.shared.inspection import Comparison, as_json, as_text, compare, report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.exif import Pixels
    from tasveer_tui.records import Image
    from tasveer_tui.workspace import Workspace

MOST: Final = 24
"""Images that are compare at most."""
THUMBS_FROM: Final = 34
"""Lines of a terminal from which on thumbnails stand over the tags."""


class CompareScreen(Dialog[None]):
    """Reads the images of these ids and lays them side by side."""

    DEFAULT_CSS = """
    CompareScreen {
        align: center middle;
        & > #compare-box { width: 100%; height: 1fr; background: $surface; }
        & #compare-title { height: 1; padding: 0 1; text-style: bold; color: $text-primary; }
        & #compare-state { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
        & #compare-state.-bad { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.COMPARE)

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__()
        self._ids = tuple(ids[:MOST])
        self._left_out = len(ids) - len(self._ids)
        self._images: tuple[Image, ...] = ()
        self._comparison = Comparison((), ())
        self._is_all = False
        self._is_raw = False

    def compose(self) -> ComposeResult:
        """Title, state, thumbnails, tags."""
        rows = CompareList()
        with Vertical(id="compare-box"):
            yield Static(f"Comparison of {plural(len(self._ids), 'image')}", id="compare-title")
            yield Static("reading…", id="compare-state", markup=False)
            yield CompareThumbs(rows)
            yield rows
        yield FooterBar()

    def on_mount(self) -> None:
        """Read."""
        self._list.focus()
        self._place_thumbs()
        work = partial(_read, workspace(self), self._ids)
        background(self).run(self, "compare", work, self._came, on_error=self._failed)

    def on_resize(self) -> None:
        """There may be room for thumbnails now, or none."""
        self._place_thumbs()

    def _place_thumbs(self) -> None:
        is_wanted = bool(getattr(self.app, "settings", None) and self.app.settings.images)  # type: ignore[attr-defined]
        thumbs = self.query_one(CompareThumbs)
        had_room = thumbs.display
        thumbs.display = is_wanted and self.app.size.height >= THUMBS_FROM
        if thumbs.display and not had_room:
            self.call_after_refresh(self._want_thumb, 0)

    @property
    def _list(self) -> CompareList:
        return self.query_one(CompareList)

    # ------------------------------------------------------------------ content

    def _came(self, found: tuple[tuple[Image, ...], Comparison]) -> None:
        self._images, self._comparison = found
        self._show()
        self.call_after_refresh(self._want_thumb, 0)

    def _failed(self, error: TasveerError) -> None:
        state = self.query_one("#compare-state", Static)
        state.update(Text(clean(f"{error.message} {error.remedy}")))
        state.set_class(True, "-bad")  # noqa: FBT003 - Textual's own

    def _show(self) -> None:
        self._list.show(self._comparison, is_all=self._is_all, is_raw=self._is_raw)
        tags = [row for row in self._comparison.rows if row.is_tag]
        differing = sum(row.differs for row in tags)
        said = f"{differing:,} of {plural(len(tags), 'tag')} differ"
        if not differing:
            said = f"All {plural(len(tags), 'tag')} are equal"
        shown = "every line is shown" if self._is_all else "only what differs is shown"
        parts = [said, shown, "raw values" if self._is_raw else ""]
        if self._left_out:
            parts.append(f"{self._left_out:,} more images are selected")
        self.query_one("#compare-state", Static).update(Text("; ".join(filter(None, parts)) + "."))

    def _want_thumb(self, index: int) -> None:
        """Fetch the thumbnails one after the other, while they have room."""
        thumbs = self.query_one(CompareThumbs)
        if index >= len(self._images) or not thumbs.display:
            thumbs.display = thumbs.display and not (self._images and thumbs.is_empty)
            return
        image, (width, height) = self._images[index], thumbs.room
        space = workspace(self)
        background(self).run(
            self,
            "thumb",
            lambda: space.thumbnail(image.source, image.ref.key, image.record, width, height),
            partial(self._thumb_came, index),
            on_error=lambda _: self._want_thumb(index + 1),
        )

    def _thumb_came(self, index: int, pixels: Pixels) -> None:
        self.query_one(CompareThumbs).show(index, pixels)
        self._want_thumb(index + 1)

    # ------------------------------------------------------------------ actions

    def action_pan(self, sign: int) -> None:
        """Show the images beside."""
        self._list.pan(sign)

    def action_toggle_all(self) -> None:
        """Show every tag, or only what differs."""
        self._is_all = not self._is_all
        self._show()

    def action_toggle_raw(self) -> None:
        """Show raw values, or human ones."""
        self._is_raw = not self._is_raw
        self._show()

    def action_copy_text(self) -> None:
        """Copy what is shown as text."""
        text = as_text(self._comparison.titles, self._list.rows, is_raw=self._is_raw)
        self.post_message(CopyText(text, "the comparison"))

    def action_copy_json(self) -> None:
        """Copy what is shown as JSON."""
        text = as_json(self._comparison.titles, self._list.rows)
        self.post_message(CopyText(text, "the comparison as JSON"))

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)


def _read(space: Workspace, ids: Sequence[int]) -> tuple[tuple[Image, ...], Comparison]:
    """The images and what they say; blocks."""
    images = tuple(space.catalogue.image(image_id) for image_id in ids)
    return images, compare([report(image) for image in images])
