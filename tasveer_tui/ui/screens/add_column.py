"""Choose a column to add: any field, or any tag by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.keys import Place, bindings
from tasveer_tui.ui.widgets.chrome import KeyBar
from tasveer_tui.ui.widgets.columns import fit
from tasveer_tui.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.catalogue.fields import Field


class FieldList(RowList):
    """One line a field: its name and what it holds."""

    DEFAULT_CSS = """
    FieldList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._fields: Sequence[Field] = ()

    @property
    def row_count(self) -> int:
        """How many fields are offered."""
        return len(self._fields)

    @property
    def current(self) -> str:
        """The name of the field under the cursor."""
        return self._fields[self.cursor].name if self._fields else ""

    def show(self, fields: Sequence[Field]) -> None:
        """Offer these."""
        self._fields = fields
        self.cursor = 0
        self.rows_changed()

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one field."""
        field = self._fields[row]
        return Strip(
            [
                Segment(" " + fit(field.name, 24) + "  ", style),
                Segment(fit(field.help, max(0, width - 27)), style + self.part("dim")),
            ]
        )


class AddColumnScreen(ModalScreen[str]):
    """The result is the name of a field or tag, or nothing."""

    DEFAULT_CSS = """
    AddColumnScreen {
        align: center middle;
        & > #add-box { width: 76; max-width: 96%; height: 70%; }
        & > #add-box { background: $surface; border: round $border; }
        & #add-title { height: 1; padding: 0 1; text-style: bold; color: $text-primary; }
        & #add-name { background: $boost; padding: 0 1; }
    }
    .-ascii AddColumnScreen > #add-box { border: ascii $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.DIALOG)

    def compose(self) -> ComposeResult:
        """Title, name, fields."""
        with Vertical(id="add-box"):
            yield Static(Text("Add a column"), id="add-title")
            yield Input(
                id="add-name", compact=True, placeholder="a field, or a tag: exif.ExposureProgram"
            )
            yield FieldList()
        yield KeyBar()

    def on_mount(self) -> None:
        """Offer every field."""
        self.query_one(Input).focus()
        self._offer("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer the fields that fit."""
        event.stop()
        self._offer(event.value.strip())

    def _offer(self, typed: str) -> None:
        from tasveer_tui.catalogue.fields import FIELDS, find

        fitting = [
            field
            for field in FIELDS.values()
            if field.is_column and typed.casefold() in f"{field.name} {field.label}".casefold()
        ]
        tag = find(typed)
        if tag is not None and tag not in fitting and tag.is_column:
            fitting.insert(0, tag)
        self.query_one(FieldList).show(fitting)

    def on_key(self, event: events.Key) -> None:
        """Move through the offers while typing."""
        if event.key in {"down", "up"} and self.query_one(Input).has_focus:
            event.stop()
            self.query_one(FieldList).move(1 if event.key == "down" else -1)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what the cursor is on."""
        event.stop()
        self.action_accept()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Take it."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Take what the cursor is on."""
        if name := self.query_one(FieldList).current:
            self.dismiss(clean(name, 200))

    def action_back(self) -> None:
        """Add nothing."""
        self.dismiss("")
