"""The export sheet: a format, a file, and whether every tag or only the columns are written."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.checkbox import Tick
from tasveer_tui.ui.kit.chrome import KeyBar
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.confirm import ConfirmScreen
from tasveer_tui.ui.kit.dialog import Dialog
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.library import export_file
from tasveer_tui.ui.library.export_file import FORMATS, WITH_COLUMNS, Export, default_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError


PREVIEW_LIMIT: Final = 300
"""Characters of a line that are shown of what the file begins with."""


class FormatList(RowList):
    """The formats; the one under the cursor is chosen."""

    DEFAULT_CSS = """
    FormatList { height: 7; margin-bottom: 1; overflow-x: hidden; }
    """

    @property
    def row_count(self) -> int:
        """How many formats there are."""
        return len(FORMATS)

    @property
    def current(self) -> str:
        """The chosen format."""
        return tuple(FORMATS)[self.cursor]

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one format and what it is."""
        form, what = tuple(FORMATS.items())[row]
        sign = ">" if row == self.cursor else " "
        dim = style + self.part("dim")
        return Strip([Segment(f"{sign} {form:<8}", style), Segment(fit(what, width - 10), dim)])


class ExportScreen(Dialog[None]):
    """Asks and writes; nothing is overwritten unasked."""

    DEFAULT_CSS = """
    ExportScreen {
        & #export-columns { margin-top: 1; }
        & #export-preview { height: 12; background: $panel; color: $text-muted; padding: 0 1; }
        & #export-preview { text-wrap: nowrap; text-overflow: ellipsis; }
        &.-short #export-preview { height: 4; }
        & #export-state { height: auto; min-height: 1; color: $text-muted; }
        & #export-state.-bad { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.EXPORT, Scope.DIALOG)
    # Whoever types, types the name: letters in the list of formats went nowhere.
    AUTO_FOCUS = "#export-path"

    def __init__(self, query: str, images: int, columns: Sequence[str]) -> None:
        super().__init__()
        self._query = query
        self._images = images
        self._columns = tuple(columns)
        self._is_writing = False

    def compose(self) -> ComposeResult:
        """Format, file, columns, buttons."""
        with Vertical(classes="dialog"):
            title = f"Export {plural(self._images, 'image')}"
            yield Static(Text(title), classes="dialog--title")
            yield FormatList()
            with Horizontal(classes="dialog--field"):
                yield Label("file", markup=False)
                yield Input(default_name("json"), id="export-path", compact=True)
            yield Tick("only the columns that are shown", id="export-columns")
            yield Static(id="export-preview", markup=False)
            yield Static(id="export-state", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield KeyBar()

    # ------------------------------------------------------------------- fields

    @property
    def _form(self) -> str:
        return self.query_one(FormatList).current

    @property
    def _path(self) -> Input:
        return self.query_one("#export-path", Input)

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Let the file's ending follow the format, as long as nobody typed another name."""
        event.stop()
        if self._path.value in set(map(default_name, FORMATS)):
            self._path.value = default_name(self._form)
        self._preview()

    def on_checkbox_changed(self, event: Tick.Changed) -> None:
        """Show what the file begins with now."""
        event.stop()
        self._preview()

    def on_mount(self) -> None:
        """Show what the file begins with."""
        self._preview()

    def _preview(self) -> None:
        export = Export(self._query, self._form, Path(), self._chosen_columns)
        background(self).run(
            self,
            "preview",
            partial(export_file.preview, workspace(self), export),
            self._show_preview,
            failed=lambda error: self._show_preview((str(error),)),
        )

    def _show_preview(self, lines: Sequence[str]) -> None:
        text = Text("\n").join(Text(clean(line, PREVIEW_LIMIT)) for line in lines)
        self.query_one("#export-preview", Static).update(text, layout=False)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Go on to the file's name."""
        event.stop()
        self._path.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write."""
        event.stop()
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write, or close."""
        event.stop()
        if event.button.id == "write":
            self.action_accept()
        else:
            self.dismiss()

    @property
    def _chosen_columns(self) -> tuple[str, ...]:
        is_narrow = self.query_one(Tick).value and self._form in WITH_COLUMNS
        return self._columns if is_narrow else ()

    def _export(self) -> Export:
        path = export_file.path_of(self._path.value)
        return Export(self._query, self._form, path, self._chosen_columns)

    def _say(self, text: str, *, is_bad: bool = False) -> None:
        state = self.query_one("#export-state", Static)
        state.set_class(is_bad, "-bad")
        state.update(Text(clean(text)))

    # ----------------------------------------------------------------- commands

    def action_format(self, by: int) -> None:
        """Take the next format, or the one before."""
        self.query_one(FormatList).move(by)

    def action_accept(self) -> None:
        """Write, after asking if the file is there."""
        if self._is_writing:
            return
        try:
            export = self._export()
        except UsageError as error:
            self._failed(error)
            return
        if not export.path.exists():
            self._write(export, may_replace=False)
            return
        question = ConfirmScreen(
            "Replace the file?", f"{export.path} is there already.", yes="Replace it", no="Keep it"
        )
        self.app.push_screen(question, partial(self._answered, export))

    def _answered(self, export: Export, is_sure: bool | None) -> None:  # noqa: FBT001 - a result
        if is_sure:
            self._write(export, may_replace=True)

    def _write(self, export: Export, *, may_replace: bool) -> None:
        self._is_writing = True
        self._say(f"Writing {plural(self._images, 'image')}…")
        work = partial(export_file.write, workspace(self), export, may_replace=may_replace)
        done = partial(self._written, export)
        background(self).run(self, "export", work, done, failed=self._failed)

    def _written(self, export: Export, count: int) -> None:
        self.app.post_message(ShowNote(f"{plural(count, 'image')} written to {export.path}."))
        self.dismiss()

    def _failed(self, error: TasveerError) -> None:
        self._is_writing = False
        self._say(str(error), is_bad=True)

    def action_copy_command(self) -> None:
        """Copy the command line that writes the same."""
        try:
            self.post_message(CopyText(self._export().command(), "the command"))
        except UsageError as error:
            self._failed(error)

    def action_back(self) -> None:
        """Close and write nothing."""
        self.dismiss()
