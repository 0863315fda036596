"""A short list of which one line is taken: what to copy, which bookmark to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.containers import Vertical
from textual.strip import Strip
from textual.widgets import Static

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

LABEL_CELLS = 22


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what it is, and what it holds; both may come from outside."""

    label: str
    detail: str = ""


class ChoiceList(RowList):
    """The lines."""

    DEFAULT_CSS = """
    ChoiceList { overflow-x: hidden; height: auto; max-height: 20; }
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = list(choices)

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self.choices)

    def get_content_height(self, *_: object) -> int:
        """As many lines as there are choices."""
        return max(1, len(self.choices))

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The label, and the detail as far as it fits."""
        choice = self.choices[row]
        label = min(LABEL_CELLS, max(8, width // 3)) if choice.detail else width - 2
        return Strip(
            [
                Segment(" " + fit(clean(choice.label, 1024), label) + " ", style),
                Segment(
                    fit(clean(choice.detail, 1024), max(0, width - label - 2)),
                    style + self.part("dim"),
                ),
            ]
        )


class PickScreen(Dialog[int]):
    """The result is the number of the line that was taken, -1 for none."""

    DEFAULT_CSS = """
    PickScreen {
        & .dialog { height: auto; padding: 0 1; }
        & .dialog--title { margin: 0 1 1 1; }
        & #pick-hint { color: $text-muted; margin: 1 1 0 1; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.PICK)

    def __init__(self, title: str, choices: Sequence[Choice], *, hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Title, lines, hint."""
        with Vertical(classes="dialog"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield ChoiceList(self._choices)
            if self._hint:
                yield Static(Text(clean(self._hint)), id="pick-hint")
        yield KeyBar()

    def on_mount(self) -> None:
        """The keys go to the lines."""
        self.query_one(ChoiceList).focus()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click takes the line."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Take the line under the cursor."""
        rows = self.query_one(ChoiceList)
        self.dismiss(rows.cursor if rows.row_count else -1)

    def action_back(self) -> None:
        """Take none."""
        self.dismiss(-1)
