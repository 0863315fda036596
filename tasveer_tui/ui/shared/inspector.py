"""The inspector: the outcome, thumbnail, tags and S3 facts of one object.

    inspector = Inspector()
    inspector.show_nothing("Select an object.")
    inspector.show_reading(key)
    inspector.show(inspection_or_image, thumbnail=lambda w, h: workspace.thumbnail(…, w, h))
    inspector.show_error(key, error)
    inspector.close_topmost()     # True if it stopped a fetch or closed the filter

`thumbnail` takes the size in pixels. It blocks, and is called in a background task.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Input, Static

from tasveer_tui.records import Image, Outcome
from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context, background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.halfblocks import Picture, PixelGrid
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, SearchFor, ShowNote
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.kit.widgets import SteadyText
from tasveer_tui.ui.shared.inspection import (
    Entry,
    Report,
    Subject,
    as_json,
    as_text,
    compare,
    report,
)
from tasveer_tui.ui.shared.preview_fetcher import PreviewFetcher, preview_hint
from tasveer_tui.ui.shared.search_text import range_term, same_value_term

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tasveer_tui.errors import TasveerError

THUMBNAIL_DELAY_S: Final = 0.15
"""Delay before the thumbnail is loaded, so that moving through a list loads none."""
SIDE_BY_SIDE_CELLS: Final = 70
"""From this width on, the thumbnail is next to the tags instead of above them."""

_SUCCESSES: Final = frozenset({Outcome.OK, Outcome.NO_METADATA})


class Inspector(Vertical):
    """Shows one object. Its states: empty, reading, error, report."""

    DEFAULT_CSS = """
    Inspector {
        background: $surface;
        & > #inspector-title { height: 1; text-style: bold; color: $text; padding: 0 1; }
        & > #inspector-state { height: auto; max-height: 5; color: $text-muted; padding: 0 1; }
        & > #inspector-state.-good { color: $text-success; }
        & > #inspector-state.-warn { color: $text-warning; }
        & > #inspector-state.-bad { color: $text-error; }
        & > #inspector-filter-line { display: none; height: 1; background: $boost; }
        & #inspector-sign { width: 3; padding: 0 1; color: $text-primary; }
        & #inspector-filter { width: 1fr; padding: 0; background: transparent; }
        & > #inspector-body { height: 1fr; layout: vertical; }
        & #inspector-picture { height: 12; margin: 0 1; display: none; }
        &.-beside > #inspector-body { layout: horizontal; }
        &.-beside #inspector-picture { width: 2fr; max-width: 48; height: 1fr; }
        &.-beside TagList { width: 3fr; }
        & > #inspector-detail { display: none; height: auto; max-height: 5; padding: 0 1; }
        & > #inspector-detail { color: $text-muted; background: $panel; }
        &.-filtering > #inspector-filter-line { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.INSPECTOR)

    has_preview: reactive[bool] = reactive(True, init=False)  # noqa: FBT003 - a default

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._report: Report | None = None
        self._state_class = ""
        self._subject: Subject | None = None
        self._thumbnail: Callable[[int, int], PixelGrid] | None = None
        self._thumbnail_timer: Timer | None = None
        self._message_lines = 0
        """Lines of the last message in place of a thumbnail; 0 after a thumbnail."""
        self._preview = PreviewFetcher(self)

    def compose(self) -> ComposeResult:
        """Title, outcome, filter, thumbnail, tags, details of one tag."""
        yield Static(id="inspector-title", markup=False)
        yield SteadyText(id="inspector-state", markup=False)
        with Horizontal(id="inspector-filter-line"):
            yield Static("/", id="inspector-sign", markup=False)
            yield Input(id="inspector-filter", placeholder="name or value", compact=True)
        with Vertical(id="inspector-body"):
            yield Picture(id="inspector-picture")
            yield TagList(id="inspector-tags")
        yield SteadyText(id="inspector-detail", markup=False)

    def on_mount(self) -> None:
        """Apply the settings."""
        app = app_context(self)
        self.set_reactive(Inspector.has_preview, app.settings.images)

    # ------------------------------------------------------------------- states

    def show_nothing(self, hint: str = "Nothing is selected.") -> None:
        """Show a hint instead of an object."""
        self._clear("", hint, "")

    def show_reading(self, title: str) -> None:
        """Show that an object is being read."""
        self._clear(title, "reading…", "")

    def show_error(self, title: str, error: TasveerError) -> None:
        """Show why an object could not be read, and the remedy."""
        self._clear(title, "\n".join(filter(None, (error.message, error.remedy))), "-bad")

    def show(
        self, subject: Subject, *, thumbnail: Callable[[int, int], PixelGrid] | None = None
    ) -> None:
        """Show an object or an image of the catalogue."""
        self._preview.cancel()
        self._subject = subject
        self._thumbnail = thumbnail if subject.record.thumb_length else None
        background(self).run(self, "report", lambda: report(subject), self._show_report)

    def _clear(self, title: str, message: str, css_class: str) -> None:
        background(self).cancel(self, "report")
        self._preview.cancel()
        self._report, self._thumbnail, self._subject = None, None, None
        self._set_text(title.rpartition("/")[2] or title, message, css_class)
        self._tags.show(())
        self._show_thumbnail()

    def _set_text(self, title: str, message: str, css_class: str) -> None:
        heading = self.query_one("#inspector-title", Static)
        heading.update(Text(clean(title), no_wrap=True), layout=False)
        state = self.query_one("#inspector-state", SteadyText)
        state.set_text("\n".join(map(clean, message.split("\n"))))
        if state.classes != frozenset(css_class.split()):
            state.set_classes(css_class)

    def _show_report(self, shown: Report) -> None:
        self._report = shown
        css_class = "-good" if shown.outcome in _SUCCESSES else "-warn"
        if not shown.entries or shown.outcome.status() in {"failed", "gone"}:
            css_class = "-bad"
        self._state_class = css_class
        self.set_hint()
        self._filter()
        self._show_thumbnail()

    @property
    def subject(self) -> Subject | None:
        """The object on display; None while there is none."""
        return self._subject

    def set_hint(self, more: str = "") -> None:
        """Show a line below the outcome: `more`, else how to preview the image."""
        if self._report is None or self._subject is None:
            return
        text = more or preview_hint(self._subject)
        message = "\n".join(filter(None, (self._report.message, text)))
        self._set_text(self._report.title, message, self._state_class)

    def show_picture(self, load: Callable[[int, int], PixelGrid]) -> None:
        """Show an image instead of the thumbnail; `load` is like `thumbnail` of `show`."""
        self._thumbnail = load
        if self.has_preview:
            self._show_thumbnail()
        else:
            self.has_preview = True

    # ---------------------------------------------------------------- thumbnail

    def action_preview(self) -> None:
        """Show or hide thumbnails."""
        self.has_preview = not self.has_preview

    def watch_has_preview(self) -> None:
        """Load the thumbnail, or remove it."""
        self._show_thumbnail()

    def _show_thumbnail(self) -> None:
        picture = self.query_one(Picture)
        picture.show(None)
        background(self).cancel(self, "thumbnail")
        if self._thumbnail_timer is not None:
            self._thumbnail_timer.stop()
        picture.display = self.has_preview and self._thumbnail is not None
        if picture.display:
            self._lay_out_picture()
            self._thumbnail_timer = self.set_timer(THUMBNAIL_DELAY_S, self._load_thumbnail)

    def on_resize(self) -> None:
        """Lay out the thumbnail for the new size."""
        self._lay_out_picture()

    def _lay_out_picture(self) -> None:
        """Put the thumbnail next to the tags if both fit, else above them."""
        is_beside = self.size.width >= SIDE_BY_SIDE_CELLS
        self.set_class(is_beside, "-beside")
        picture = self.query_one(Picture)
        lines = self._message_lines or self._picture_lines
        picture.styles.height = "1fr" if is_beside else lines

    @property
    def _picture_lines(self) -> int:
        """Height in lines of a thumbnail above the tags."""
        return max(4, min(14, self.size.height // 3))

    def _load_thumbnail(self) -> None:
        picture = self.query_one(Picture)
        load, room = self._thumbnail, picture.pixel_room
        if not self.has_class("-beside"):
            room = Size(room.width, 2 * self._picture_lines)
        if load is not None and room.area:
            background(self).run(
                self,
                "thumbnail",
                lambda: load(room.width, room.height),
                self._on_thumbnail,
                on_error=self._on_thumbnail_error,
            )

    def _on_thumbnail(self, pixels: PixelGrid) -> None:
        picture = self.query_one(Picture)
        picture.show(pixels)
        if picture.is_empty:
            picture.set_text("No picture.")
        elif self._message_lines:
            self._message_lines = 0
            self._lay_out_picture()

    def _on_thumbnail_error(self, error: TasveerError) -> None:
        """Show the error in place of the thumbnail.

        The room of the message stays for the next object, which probably fails as well: a change
        of the height lays out the screen again.
        """
        lines = self.query_one(Picture).set_text(clean(f"No picture: {error}"))
        if lines != self._message_lines:
            self._message_lines = lines
            self._lay_out_picture()

    # --------------------------------------------------------------------- tags

    @property
    def _tags(self) -> TagList:
        return self.query_one(TagList)

    @property
    def _filter_input(self) -> Input:
        return self.query_one("#inspector-filter", Input)

    def focus_tags(self) -> None:
        """Focus the tags."""
        self._tags.focus()

    def action_filter(self) -> None:
        """Open the filter."""
        self.add_class("-filtering")
        self._filter_input.focus()

    def close_topmost(self) -> bool:
        """Stop a fetch, else close the filter. False if there was neither."""
        if self._preview.stop():
            return True
        if not self.has_class("-filtering"):
            return False
        had_focus = self._filter_input.has_focus
        self.remove_class("-filtering")
        self._filter_input.value = ""
        if had_focus:
            self._tags.focus()
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the tags."""
        event.stop()
        self._filter()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the filtered tags."""
        event.stop()
        self._tags.focus()

    def _filter(self) -> None:
        entries = self._report.entries if self._report is not None else ()
        wanted = self._filter_input.value.casefold().strip()
        self._tags.show(
            [entry for entry in entries if entry.contains(wanted)] if wanted else entries
        )
        self._show_detail()  # In the same frame; the list's message would come a frame later.

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the whole value of the tag under the cursor."""
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        detail = self.query_one("#inspector-detail", SteadyText)
        entry = self._tags.current
        detail.display = entry is not None
        if entry is not None:
            number = f"0x{entry.number}" if entry.number else ""
            about = "  ".join(filter(None, (entry.name, number, entry.kind)))
            raw = f"\n{entry.raw_title} {entry.raw}" if entry.raw else ""
            detail.set_text(f"{about}\n{entry.value}{raw}")

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Keep the message from the screen, which opens images."""
        event.stop()

    def action_copy_value(self) -> None:
        """Copy the value of the tag under the cursor."""
        if (entry := self._tags.current) is not None:
            self.post_message(CopyText(entry.value, f"the value of {entry.name}"))

    def action_same_value(self) -> None:
        """Search for images with the same value of this tag."""
        entry = self._tags.current
        if entry is None:
            return
        if term := entry.term or (same_value_term(entry.tag) if entry.tag else ""):
            self.post_message(SearchFor(term))
        else:
            self.post_message(ShowNote("This value cannot be searched for.", is_warning=True))

    def action_jump(self, sign: int) -> None:
        """Go to the next or previous group of tags."""
        self._tags.jump(sign)

    def action_near_value(self) -> None:
        """Prompt for a range, by default within 10 % of this value, and search for it."""
        from tasveer_tui.ui.kit.dialogs import PromptScreen

        entry = self._tags.current
        term = range_term(entry.tag) if entry is not None and entry.tag is not None else ""
        if not term:
            self.post_message(ShowNote("This tag is not a number.", is_warning=True))
            return
        hint = "low..high; you can omit either side."
        question = PromptScreen("Search this range", value=term, hint=hint)
        self.app.push_screen(question, self._search_range)

    def _search_range(self, term: str | None) -> None:
        if term:
            self.post_message(SearchFor(term))

    def action_copy_text(self) -> None:
        """Copy the listed tags as text."""
        if self._report is not None:
            shown = compare([replace(self._report, entries=self._tags.entries)])
            self.post_message(CopyText(as_text(shown.titles, shown.rows), "the tags"))

    def action_copy_json(self) -> None:
        """Copy the listed tags as JSON."""
        if self._report is not None:
            shown = compare([replace(self._report, entries=self._tags.entries)])
            self.post_message(CopyText(as_json(shown.titles, shown.rows), "the tags as JSON"))

    def action_full_image(self) -> None:
        """Download and show the full image, after confirmation."""
        self._preview.request_image()

    def action_open_viewer(self) -> None:
        """Download the image and open it in the system's viewer, after confirmation."""
        self._preview.request_viewer()

    def action_versions(self) -> None:
        """List the versions of the object in a menu."""
        self._preview.list_versions()

    def action_copy_link(self) -> None:
        """Copy a presigned link that works for an hour."""
        subject = self._subject
        if subject is None:
            return
        ref = subject.ref if isinstance(subject, Image) else subject.facts.ref
        space = workspace(self)
        background(self).run(
            self,
            "link",
            lambda: space.presign(subject.source, ref.key),
            lambda link: self.post_message(CopyText(link, "a link that works for an hour")),
        )


NAME_WIDTH: Final = 22
NUMBER_WIDTH: Final = 5
MIN_RAW: Final = 8
WIDE_CELLS: Final = 56
"""From this width on, raw values and tag numbers have columns."""


class TagList(RowList):
    """Lists entries below the titles of their groups; the cursor skips the titles."""

    DEFAULT_CSS = """
    TagList { height: 1fr; background: $surface; overflow-x: hidden; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: list[Entry | str] = []

    @property
    def row_count(self) -> int:
        """Number of entries and titles."""
        return len(self._rows)

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        row = self._rows[self.cursor] if self._rows else None
        return row if isinstance(row, Entry) else None

    def show(self, entries: Sequence[Entry]) -> None:
        """Replace the entries; the cursor stays on its tag if the new entries have it."""
        before = self.current
        rows: list[Entry | str] = []
        for group, members in groupby(entries, key=lambda entry: entry.group):
            rows += [group, *members]
        self._rows = rows
        self.set_reactive(RowList.cursor, self._row_of(before))
        self.rows_changed()
        self.reveal(self.cursor)
        self.post_message(self.Highlighted(self, self.cursor))

    def _row_of(self, entry: Entry | None) -> int:
        if entry is not None:
            for index, row in enumerate(self._rows):
                if isinstance(row, Entry) and row.is_same_tag(entry):
                    return index
        return min(1, max(0, len(self._rows) - 1))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The listed entries."""
        return tuple(row for row in self._rows if isinstance(row, Entry))

    def jump(self, sign: int) -> None:
        """Go to the first entry of the next group, or backwards of this or the previous group."""
        starts = [index + 1 for index, row in enumerate(self._rows) if isinstance(row, str)]
        ahead = [row for row in starts if (row - self.cursor) * sign > 0]
        if ahead:
            self.cursor = ahead[0] if sign > 0 else ahead[-1]

    def validate_cursor(self, row: int) -> int:
        """Skip titles in the direction of the movement."""
        row = super().validate_cursor(row)
        if not self._rows or isinstance(self._rows[row], Entry):
            return row
        return row + 1 if row >= self.cursor or row == 0 else row - 1

    def reveal(self, row: int) -> None:
        """Show a group's title together with its first tag."""
        super().reveal(row - 1 if row and isinstance(self._rows[row - 1], str) else row)
        super().reveal(row)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw a title or a tag."""
        entry = self._rows[row]
        if isinstance(entry, str):
            return Strip(
                [Segment(fit(f" {entry}", width), style + self.foreground("group"))], width
            )
        name_width = min(NAME_WIDTH, max(8, width * 2 // 5))
        segments = [
            Segment("   " + fit(entry.name, name_width) + " ", style + self.foreground("dim")),
        ]
        room = width - name_width - 4
        if width <= WIDE_CELLS:
            segments.append(Segment(fit(entry.value, room), style))
            return Strip(segments)
        room -= NUMBER_WIDTH + 1
        segments += self._value_and_raw(entry, room, style)
        faint = style + self.foreground("faint")
        segments.append(Segment(" " + fit(entry.number, NUMBER_WIDTH, is_right=True), faint))
        return Strip(segments, width)

    def _value_and_raw(self, entry: Entry, room: int, style: Style) -> list[Segment]:
        if not entry.raw:
            return [Segment(fit(entry.value, room), style)]
        # The value gets the room that it needs, the raw value the rest, but at least `MIN_RAW`.
        raw_room = min(cell_len(entry.raw), max(MIN_RAW, room - cell_len(entry.value) - 1))
        return [
            Segment(fit(entry.value, room - raw_room - 1) + " ", style),
            Segment(fit(entry.raw, raw_room), style + self.foreground("faint")),
        ]
