"""The export sheet: the format, the file, and which columns to write."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import Button, Input, Label, Static

from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import plural
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.command_line import PROGRAM, quoted
from tasveer_tui.ui.kit.dialogs import ConfirmScreen, Dialog
from tasveer_tui.ui.kit.frame import FooterBar
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.messages import CopyText, ShowNote
from tasveer_tui.ui.kit.row_list import RowList
from tasveer_tui.ui.kit.widgets import CheckBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tasveer_tui.errors import TasveerError
    from tasveer_tui.workspace import Workspace

FORMATS: Final = {
    "json": "one JSON array, with exiftool's tag names",
    "ndjson": "one JSON object per line",
    "csv": "a table for spreadsheets",
    "tsv": "a table, tab-separated",
    "geojson": "positions, for maps",
    "kml": "positions, for Google Earth",
    "gpx": "positions, for navigation",
    "sqlite": "an SQLite file, for Datasette and others",
    "parquet": "a typed table, for data frames",
    "keys": "one s3:// location per line",
    "aws": "a script that copies with aws",
    "rclone": "a list for rclone --files-from-raw",
    "s5cmd": "a list for s5cmd run",
}
"""Format → what it contains."""
FORMATS_WITH_COLUMNS: Final = frozenset(FORMATS) - {"keys", "aws", "rclone", "s5cmd"}
_EXTENSIONS: Final = {"keys": "txt", "sqlite": "db", "aws": "sh"}
"""The extensions that differ from the name of the format."""
PREVIEW_IMAGES: Final = 12
PREVIEW_LINES: Final = 12
PREVIEW_LINE_LENGTH: Final = 300
"""Characters shown of a line."""


# --------------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Export:
    """What to write, and where."""

    query: str
    format: str
    path: Path
    columns: tuple[str, ...] = ()
    """Empty for every tag."""

    def command(self) -> str:
        """The command line that does the same."""
        words = [PROGRAM, "export", "--format", self.format]
        if self.columns:
            words += ["--columns", ",".join(self.columns)]
        words += ["--", str(self.path), *([self.query] if self.query else [])]
        return " ".join(map(quoted, words))


def default_name(format_: str) -> str:
    """The suggested file name for a format."""
    return f"images.{_EXTENSIONS.get(format_, format_)}"


def export_path(text: str) -> Path:
    """The path of a typed file name; `~` is the home folder.

    Raises:
        UsageError: no file can be written there.

    """
    if not text.strip():
        raise UsageError("The file has no name.", "Type a file name.")
    path = Path(text.strip()).expanduser()
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Add a file name.")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {path.absolute().parent}.", "Create it first.")
    return path


def write_export(workspace: Workspace, export: Export, *, may_replace: bool) -> int:
    """Write the file completely or not at all. Returns the number of images. Blocks.

    Raises:
        UsageError: the file cannot be written, or it exists and may not be replaced.
        QueryError: the search cannot be understood.

    """
    from tasveer_tui.catalogue.export.files import ExportSpec, write_file

    ids = workspace.finder().ids(workspace.catalogue.parse(export.query))
    spec = ExportSpec(export.format, export.columns)
    return write_file(export.path, spec, workspace.catalogue, ids, may_replace=may_replace)


def preview_lines(workspace: Workspace, export: Export) -> tuple[str, ...]:
    """The first lines of the file; as CSV if the format is binary. Blocks.

    Raises:
        QueryError: the search cannot be understood.
        CatalogueError: the catalogue cannot be read.

    """
    from tasveer_tui.catalogue.export import FORMATS as TEXT_FORMATS
    from tasveer_tui.catalogue.export import write as write_text

    catalogue = workspace.catalogue
    ids = workspace.finder().first(catalogue.parse(export.query), PREVIEW_IMAGES)
    stream = io.StringIO()
    format_ = export.format if export.format in TEXT_FORMATS else "csv"
    write_text(stream, format_, catalogue, ids, columns=export.columns)
    return tuple(stream.getvalue().splitlines()[:PREVIEW_LINES])


# --------------------------------------------------------------------------------- sheet


class FormatList(RowList):
    """The formats; the one under the cursor is used."""

    DEFAULT_CSS = """
    FormatList { height: 7; margin-bottom: 1; overflow-x: hidden; }
    """

    @property
    def row_count(self) -> int:
        """Number of formats."""
        return len(FORMATS)

    @property
    def current(self) -> str:
        """The format under the cursor."""
        return tuple(FORMATS)[self.cursor]

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A format and what it contains."""
        format_, content = tuple(FORMATS.items())[row]
        pointer = ">" if row == self.cursor else " "
        return Strip(
            [
                Segment(f"{pointer} {format_:<8}", style),
                Segment(fit(content, width - 10), style + self.foreground("dim")),
            ]
        )


@dataclass(frozen=True, slots=True)
class ExportState:
    """What the sheet shows. An error stays until the next attempt."""

    preview: tuple[str, ...] = ()
    images_being_written: int | None = None
    error: TasveerError | None = None

    @property
    def is_writing(self) -> bool:
        """Whether the file is being written."""
        return self.images_being_written is not None

    @property
    def text(self) -> str:
        """The line under the preview."""
        if self.error is not None:
            return str(self.error)
        if self.images_being_written is not None:
            return f"Writing {plural(self.images_being_written, 'image')}…"
        return ""


class ExportScreen(Dialog[None]):
    """Asks what to export, and writes it. Asks again before it replaces a file."""

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
    # Letters typed at once go into the file name; the list of formats ignores letters.
    AUTO_FOCUS = "#export-path"

    state: reactive[ExportState] = reactive(ExportState(), init=False)

    def __init__(self, query: str, images: int, columns: Sequence[str]) -> None:
        """`images` is how many the search finds; `columns` are those of the table."""
        super().__init__()
        self._query = query
        self._images = images
        self._columns = tuple(columns)

    def compose(self) -> ComposeResult:
        """Format, file, columns, preview, buttons."""
        with Vertical(classes="dialog"):
            title = f"Export {plural(self._images, 'image')}"
            yield Static(Text(title), classes="dialog--title")
            yield FormatList()
            with Horizontal(classes="dialog--field"):
                yield Label("file", markup=False)
                yield Input(default_name("json"), id="export-path", compact=True)
            yield CheckBox("only the visible columns", id="export-columns")
            yield Static(id="export-preview", markup=False)
            yield Static(id="export-state", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
        yield FooterBar()

    def watch_state(self) -> None:
        """Render the state: the only place that changes the sheet's texts."""
        lines = (Text(clean(line, PREVIEW_LINE_LENGTH)) for line in self.state.preview)
        self.query_one("#export-preview", Static).update(Text("\n").join(lines), layout=False)
        line = self.query_one("#export-state", Static)
        line.set_class(self.state.error is not None, "-bad")
        line.update(Text(clean(self.state.text)))

    # ------------------------------------------------------------------- fields

    @property
    def _format(self) -> str:
        return self.query_one(FormatList).current

    @property
    def _path(self) -> Input:
        return self.query_one("#export-path", Input)

    @property
    def _export_columns(self) -> tuple[str, ...]:
        has_columns = self.query_one(CheckBox).value and self._format in FORMATS_WITH_COLUMNS
        return self._columns if has_columns else ()

    def _export(self) -> Export:
        path = export_path(self._path.value)
        return Export(self._query, self._format, path, self._export_columns)

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Change the extension to match the format, unless the user typed a name."""
        event.stop()
        if self._path.value in set(map(default_name, FORMATS)):
            self._path.value = default_name(self._format)
        self._load_preview()

    def on_checkbox_changed(self, event: CheckBox.Changed) -> None:
        """Preview the other columns."""
        event.stop()
        self._load_preview()

    def on_mount(self) -> None:
        """Preview the file."""
        self._load_preview()

    def _load_preview(self) -> None:
        export = Export(self._query, self._format, Path(), self._export_columns)
        background(self).run(
            self,
            "preview",
            partial(preview_lines, workspace(self), export),
            self._on_preview,
            on_error=lambda error: self._on_preview((str(error),)),
        )

    def _on_preview(self, lines: tuple[str, ...]) -> None:
        self.state = replace(self.state, preview=lines)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """Go to the file name."""
        event.stop()
        self._path.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file."""
        event.stop()
        self.action_accept()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write the file, or close the sheet."""
        event.stop()
        if event.button.id == "write":
            self.action_accept()
        else:
            self.dismiss()

    # ----------------------------------------------------------------- commands

    def action_format(self, by: int) -> None:
        """Select the next format (1) or the previous one (-1)."""
        self.query_one(FormatList).move(by)

    def action_accept(self) -> None:
        """Write the file; ask first if it exists."""
        if self.state.is_writing:
            return
        try:
            export = self._export()
        except UsageError as error:
            self._on_error(error)
            return
        if not export.path.exists():
            self._write(export, may_replace=False)
            return
        question = ConfirmScreen(
            "Replace the file?", f"{export.path} exists already.", yes="Replace it", no="Keep it"
        )
        self.app.push_screen(question, partial(self._on_replace_answer, export))

    def _on_replace_answer(self, export: Export, is_yes: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_yes:
            self._write(export, may_replace=True)

    def _write(self, export: Export, *, may_replace: bool) -> None:
        self.state = replace(self.state, images_being_written=self._images, error=None)
        work = partial(write_export, workspace(self), export, may_replace=may_replace)
        done = partial(self._on_written, export)
        background(self).run(self, "export", work, done, on_error=self._on_error)

    def _on_written(self, export: Export, count: int) -> None:
        self.app.post_message(ShowNote(f"{plural(count, 'image')} written to {export.path}."))
        self.dismiss()

    def _on_error(self, error: TasveerError) -> None:
        self.state = replace(self.state, images_being_written=None, error=error)

    def action_copy_command(self) -> None:
        """Copy the command line that exports the same."""
        try:
            self.post_message(CopyText(self._export().command(), "the command"))
        except UsageError as error:
            self._on_error(error)

    def action_back(self) -> None:
        """Close the sheet."""
        self.dismiss()
