"""Choose a field or a tag out of all that there are, by typing a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
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

    from tasveer_tui.workspace import Workspace


class FieldList(RowList):
    """One line a field or a tag: its name and what it holds."""

    DEFAULT_CSS = """
    FieldList { overflow-x: hidden; height: 1fr; }
    """

    def __init__(self, known: Collection[str]) -> None:
        """`known` are the ones that are there already."""
        super().__init__()
        self._known = frozenset(known)
        self._names: Sequence[str] = ()

    @property
    def row_count(self) -> int:
        """How many are offered."""
        return len(self._names)

    @property
    def current(self) -> str:
        """The name under the cursor."""
        return self._names[self.cursor] if self._names else ""

    def show(self, names: Sequence[str]) -> None:
        """Offer these; the cursor stays with its name, if somebody moved it."""
        before = self.current if self.cursor else ""
        self._names = names
        self.set_reactive(RowList.cursor, names.index(before) if before in names else 0)
        self.rows_changed()
        self.reveal(self.cursor)

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The name, with a sign where it is there already, and what it means."""
        from tasveer_tui.catalogue.fields import FIELDS

        name = self._names[row]
        sign = self.symbols.selected if name in self._known else " "
        says = FIELDS[name].help if name in FIELDS else "a tag"
        room = 24 if name in FIELDS else max(24, width * 2 // 3)
        return Strip(
            [
                Segment(sign, style + self.foreground("good")),
                Segment(fit(clean(name, 200), room) + "  ", style),
                Segment(fit(says, max(0, width - room - 3)), style + self.foreground("dim")),
            ]
        )


class AddColumnScreen(Dialog[str]):
    """The result is the name of a field or tag, or nothing."""

    DEFAULT_CSS = """
    AddColumnScreen #add-name { background: $boost; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    def __init__(self, title: str, known: Collection[str] = ()) -> None:
        """`known` are the ones that are there already."""
        super().__init__()
        self._title = title
        self._known = known
        self._tags: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """Title, name, how many there are, fields and tags."""
        with Vertical(classes="listing"):
            yield Static(Text(self._title), classes="listing--title")
            yield Input(
                id="add-name", compact=True, placeholder="a part of a name: iso, exposure, xmp.lens"
            )
            yield Static(id="add-state", classes="listing--state", markup=False)
            yield FieldList(self._known)
        yield FooterBar()

    def on_mount(self) -> None:
        """Offer every field, and every tag as soon as they are read."""
        self.query_one(Input).focus()
        self._offer()
        space = workspace(self)
        background(self).run(self, "tags", lambda: _tags_of(space), self._tags_came)

    def _tags_came(self, tags: Sequence[str]) -> None:
        self._tags = tags
        self._offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what fits."""
        event.stop()
        self._offer()

    def _offer(self) -> None:
        from tasveer_tui.catalogue.fields import FIELDS, find_field

        typed = self.query_one(Input).value.strip()
        wanted = typed.casefold().split()
        fields = {
            field.name: f"{field.name} {field.label} {field.help}".casefold()
            for field in FIELDS.values()
            if field.is_column
        }
        fitting = [name for name, text in fields.items() if all(w in text for w in wanted)]
        # What begins as typed stands before what only has it somewhere.
        fitting.sort(key=lambda name: not name.startswith(typed.casefold()))
        fitting += [tag for tag in self._tags if all(w in tag.casefold() for w in wanted)]
        tag = find_field(typed)
        if tag is not None and tag.is_column and tag.name not in fitting:
            fitting.insert(0, tag.name)
        self.query_one(FieldList).show(fitting)
        said = f"{len(fitting):,} of {len(fields) + len(self._tags):,} fields and tags"
        self.query_one("#add-state", Static).update(said)

    def on_key(self, event: events.Key) -> None:
        """Move through the offers while typing."""
        if event.key in {"down", "up"} and self.query_one(Input).has_focus:
            event.stop()
            self.query_one(FieldList).move(1 if event.key == "down" else -1)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what the cursor is on."""
        event.stop()
        self.action_accept()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
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


def _tags_of(space: Workspace) -> Sequence[str]:
    """The tags that occur; blocks."""
    from tasveer_tui.catalogue.completion import tag_names

    return tag_names(space.finder()) if space.has_catalogue else ()
