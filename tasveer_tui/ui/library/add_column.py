"""Add a column or a section: find a field or a tag by a part of its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialogs import Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.style import Style
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.workspace import Workspace

NAME_WIDTH: Final = 24
"""Cells of a field's name; a tag's name is longer and gets two thirds of the row."""
MAX_NAME_LENGTH: Final = 200


class FieldList(RowList):
    """One line per field or tag: its name and what it contains."""

    DEFAULT_CSS = """
    FieldList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self, used: Collection[str]) -> None:
        """`used` are the names of the present columns or sections."""
        super().__init__()
        self._used = frozenset(used)
        self._names: Sequence[str] = ()

    @property
    def row_count(self) -> int:
        """Number of names."""
        return len(self._names)

    @property
    def current(self) -> str:
        """The name under the cursor."""
        return self._names[self.cursor] if self._names else ""

    def show(self, names: Sequence[str]) -> None:
        """List names; a cursor that was moved stays on its name."""
        before = self.current if self.cursor else ""
        self._names = names
        self.set_reactive(RowList.cursor, names.index(before) if before in names else 0)
        self.rows_changed()
        self.reveal(self.cursor)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The name, with a symbol if it is used already, and its help."""
        from tasveer_tui.catalogue.fields import FIELDS

        name = self._names[row]
        symbol = self.symbols.selected if name in self._used else " "
        help_text = FIELDS[name].help if name in FIELDS else "a tag"
        room = NAME_WIDTH if name in FIELDS else max(NAME_WIDTH, width * 2 // 3)
        return Strip(
            [
                Segment(symbol, style + self.foreground("good")),
                Segment(fit(clean(name, MAX_NAME_LENGTH), room) + "  ", style),
                Segment(fit(help_text, max(0, width - room - 3)), style + self.foreground("dim")),
            ]
        )


@dataclass(frozen=True, slots=True)
class FieldsState:
    """What the dialog lists; an error wins over the count."""

    typed: str = ""
    tags: tuple[str, ...] = ()
    """The tags that occur in the catalogue."""
    error: TasveerError | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Name → searchable text of every field that can be a column."""
        from tasveer_tui.catalogue.fields import FIELDS

        return {
            field.name: f"{field.name} {field.label} {field.help}".casefold()
            for field in FIELDS.values()
            if field.is_column
        }

    @property
    def matches(self) -> tuple[str, ...]:
        """The fields, then the tags, that contain every typed word."""
        from tasveer_tui.catalogue.fields import find_field

        typed = self.typed.strip()
        words = typed.casefold().split()
        names = [name for name, text in self.fields.items() if all(w in text for w in words)]
        names.sort(key=lambda name: not name.startswith(typed.casefold()))
        names += [tag for tag in self.tags if all(word in tag.casefold() for word in words)]
        exact = find_field(typed)
        if exact is not None and exact.is_column and exact.name not in names:
            names.insert(0, exact.name)
        return tuple(names)

    @property
    def text(self) -> str:
        """The line below the input."""
        if self.error is not None:
            return str(self.error)
        return f"{len(self.matches):,} of {len(self.fields) + len(self.tags):,} fields and tags"


class AddColumnScreen(Dialog[str]):
    """The result is the name of a field or tag; empty for none."""

    DEFAULT_CSS = """
    AddColumnScreen #add-name { background: $boost; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    state: reactive[FieldsState] = reactive(FieldsState(), init=False)

    def __init__(self, title: str, used: Collection[str] = ()) -> None:
        """`used` are the names of the present columns or sections."""
        super().__init__()
        self._title = title
        self._used = used

    def compose(self) -> ComposeResult:
        """Title, input, count, fields and tags."""
        with Vertical(classes="listing"):
            yield Static(Text(self._title), classes="listing--title")
            yield Input(
                id="add-name", compact=True, placeholder="a part of a name: iso, exposure, xmp.lens"
            )
            yield Static(id="add-state", classes="listing--state", markup=False)
            yield FieldList(self._used)
        yield FooterBar()

    def on_mount(self) -> None:
        """List the fields; read the tags."""
        self.query_one(Input).focus()
        self.watch_state()
        space = workspace(self)
        background(self).run(
            self, "tags", lambda: _tag_names(space), self._on_tags, on_error=self._on_error
        )

    def watch_state(self) -> None:
        """Render the state."""
        self._list.show(self.state.matches)
        self.query_one("#add-state", Static).update(Text(clean(self.state.text)))

    @property
    def _list(self) -> FieldList:
        return self.query_one(FieldList)

    def _on_tags(self, tags: tuple[str, ...]) -> None:
        self.state = replace(self.state, tags=tags)

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, error=error)

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what matches."""
        event.stop()
        self.state = replace(self.state, typed=event.value)

    def on_key(self, event: events.Key) -> None:
        """Move through the list while typing."""
        if event.key in {"down", "up"} and self.query_one(Input).has_focus:
            event.stop()
            self._list.move(1 if event.key == "down" else -1)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the name under the cursor."""
        event.stop()
        self.action_accept()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Return the name under the cursor."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Return the name under the cursor."""
        if name := self._list.current:
            self.dismiss(clean(name, MAX_NAME_LENGTH))

    def action_back(self) -> None:
        """Add nothing."""
        self.dismiss("")


def _tag_names(space: Workspace) -> tuple[str, ...]:
    """The tags that occur in the catalogue. Blocks."""
    from tasveer_tui.catalogue.completion import tag_names

    return tuple(tag_names(space.finder())) if space.has_catalogue else ()
