"""The export sheet: a format, a file, and whether every tag or only the columns are written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, RadioButton, RadioSet, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.text import clean
from tasveer_tui.ui import export_file
from tasveer_tui.ui.background import background, workspace
from tasveer_tui.ui.export_file import FORMATS, Export, default_name
from tasveer_tui.ui.figures import plural
from tasveer_tui.ui.keys import Place, bindings
from tasveer_tui.ui.messages import CopyText, ShowNote
from tasveer_tui.ui.screens.confirm import ConfirmScreen
from tasveer_tui.ui.widgets.chrome import KeyBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError


class ExportScreen(ModalScreen[None]):
    """Asks and writes; nothing is overwritten unasked."""

    DEFAULT_CSS = """
    ExportScreen {
        & RadioSet { width: 100%; border: none; padding: 0; background: $surface; }
        & RadioSet:focus { border: none; }
        & .field { margin-top: 1; color: $text-muted; }
        & #export-path { background: $boost; }
        & #export-columns { border: none; padding: 0; background: $surface; margin-top: 1; }
        & #export-state { height: auto; margin-top: 1; color: $text-muted; }
        & #export-state.-bad { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.DIALOG)

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
            with RadioSet(id="export-form", compact=True):
                for number, (form, what) in enumerate(FORMATS.items()):
                    yield RadioButton(Text(f"{form:<7} {what}"), value=not number)
            yield Static("File", classes="field")
            yield Input(default_name("json"), id="export-path", compact=True, select_on_focus=False)
            yield Checkbox(
                Text("only the columns that are shown"), id="export-columns", compact=True
            )
            yield Static(id="export-state", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the format."""
        self.query_one(RadioSet).focus()

    # ------------------------------------------------------------------- fields

    @property
    def _form(self) -> str:
        return tuple(FORMATS)[max(0, self.query_one(RadioSet).pressed_index)]

    @property
    def _path(self) -> Input:
        return self.query_one("#export-path", Input)

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """Let the file's ending follow the format, as long as nobody typed another name."""
        event.stop()
        if self._path.value in set(map(default_name, FORMATS)):
            self._path.value = default_name(self._form)

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

    def _export(self) -> Export:
        is_narrow = self.query_one(Checkbox).value and self._form != "keys"
        columns = self._columns if is_narrow else ()
        return Export(self._query, self._form, export_file.path_of(self._path.value), columns)

    def _say(self, text: str, *, is_bad: bool = False) -> None:
        state = self.query_one("#export-state", Static)
        state.set_class(is_bad, "-bad")
        state.update(Text(clean(text)))

    # ----------------------------------------------------------------- commands

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
