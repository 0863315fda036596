"""Dialogs: the base of all of them, a prompt, a confirmation and a menu.

A dialog that waits for results in the background keeps all that it shows in one value, and renders
it in one place. A late result then cannot replace an earlier error:

    @dataclass(frozen=True, slots=True)
    class DownloadState:
        estimate: Estimate | None = None
        error: TasveerError | None = None

        def lines(self) -> list[str]: …            # decides what wins

    class DownloadScreen(Dialog[None]):
        state: reactive[DownloadState] = reactive(DownloadState(), init=False)

        def watch_state(self) -> None: …           # the only place that changes widgets

        def _on_estimate(self, estimate: Estimate) -> None:
            self.state = replace(self.state, estimate=estimate)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip
from textual.widgets import Button, Input, Static

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.line_filters import ContrastFilter
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.filter import LineFilter

MENU_LABEL_CELLS: Final = 22


class Dialog(ModalScreen[ScreenResultType]):
    """A dialog over a dimmed screen.

    A dialog that is a list puts its parts into a `.listing`: `.listing--title`, `.listing--state`,
    and the rows.
    """

    DEFAULT_CSS = """
    Dialog {
        & > .listing { background: $surface; border: round $border; width: 76; max-width: 96%; }
        & > .listing { height: 70%; }
        & .listing--title { height: 1; padding: 0 1; text-style: bold; color: $text-primary; }
        & .listing--state { height: auto; padding: 0 1; color: $text-muted; }
    }
    .-ascii Dialog > .listing { border: ascii $border; }
    """

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Keep the screen below dim: its contrast was corrected when it was drawn."""
        return [one for one in super().get_line_filters() if not isinstance(one, ContrastFilter)]


class PromptScreen(Dialog[str]):
    """Asks for one text. The result is empty if the dialog was closed."""

    DEFAULT_CSS = """
    PromptScreen {
        & .dialog { padding: 0 1; }
        & .dialog--title { margin: 0 1; }
        & Input { background: $panel; margin: 1; }
        & #prompt-hint { color: $text-muted; margin: 0 1; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    def __init__(
        self, title: str, *, value: str = "", placeholder: str = "", hint: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._placeholder = placeholder
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        with Vertical(classes="dialog"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield Input(self._value, placeholder=self._placeholder, compact=True)
            if self._hint:
                yield Static(Text(clean(self._hint)), id="prompt-hint")
        yield FooterBar()

    def on_mount(self) -> None:
        """Focus the input."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter confirms."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Close with the text."""
        self.dismiss(self.query_one(Input).value.strip())

    def action_back(self) -> None:
        """Close without a text."""
        self.dismiss("")


class ConfirmScreen(Dialog[bool]):
    """A question with two answers; the result is True for yes, and False after escape.

    question = ConfirmScreen("Cancel job 7?", "Results so far are kept.", yes="Cancel job")
    self.app.push_screen(question, self._on_answer)
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.DIALOG)

    def __init__(self, title: str, text: str, *, yes: str, no: str = "No") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Title, text, two buttons."""
        with Vertical(classes="dialog -small"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield Static(Text(clean(self._text)), classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                yield Button(Text(self._yes), id="yes", variant="primary", compact=True)
                yield Button(Text(self._no), id="no", compact=True)
        yield FooterBar()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Close with the answer."""
        self.dismiss(event.button.id == "yes")

    def action_accept(self) -> None:
        """Answer yes."""
        self.dismiss(result=True)

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss(result=False)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a menu. The texts are not cleaned."""

    label: str
    detail: str = ""


class MenuList(RowList):
    """The lines of a menu."""

    DEFAULT_CSS = """
    MenuList { overflow-x: hidden; height: auto; max-height: 20; }
    """

    def __init__(self, items: Sequence[MenuItem]) -> None:
        super().__init__()
        self.items = list(items)

    @property
    def row_count(self) -> int:
        """Number of items."""
        return len(self.items)

    def get_content_height(self, *_: object) -> int:
        """One line per item."""
        return max(1, len(self.items))

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """The label, and as much of the detail as fits."""
        item = self.items[row]
        label = min(MENU_LABEL_CELLS, max(8, width // 3)) if item.detail else width - 2
        return Strip(
            [
                Segment(" " + fit(clean(item.label, 1024), label) + " ", style),
                Segment(
                    fit(clean(item.detail, 1024), max(0, width - label - 2)),
                    style + self.foreground("dim"),
                ),
            ]
        )


class MenuScreen(Dialog[int]):
    """A short list. The result is the index of the selected line, or -1."""

    DEFAULT_CSS = """
    MenuScreen {
        & .dialog { height: auto; padding: 0 1; }
        & .dialog--title { margin: 0 1 1 1; }
        & #menu-hint { color: $text-muted; margin: 1 1 0 1; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.MENU)

    def __init__(self, title: str, items: Sequence[MenuItem], *, hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._items = items
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Title, lines, hint."""
        with Vertical(classes="dialog"):
            yield Static(Text(clean(self._title)), classes="dialog--title")
            yield MenuList(self._items)
            if self._hint:
                yield Static(Text(clean(self._hint)), id="menu-hint")
        yield FooterBar()

    def on_mount(self) -> None:
        """Focus the lines."""
        self.query_one(MenuList).focus()

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """A double click selects the line."""
        event.stop()
        self.action_select()

    def action_select(self) -> None:
        """Select the line under the cursor."""
        rows = self.query_one(MenuList)
        self.dismiss(rows.cursor if rows.row_count else -1)

    def action_back(self) -> None:
        """Close without a selection."""
        self.dismiss(-1)
