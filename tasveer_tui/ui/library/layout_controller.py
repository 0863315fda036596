"""The layout of Library: columns per bucket and the filter panel's sections, kept in a file."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.kit import state_file
from tasveer_tui.ui.kit.columns import Column, default_width
from tasveer_tui.ui.kit.messages import ShowError
from tasveer_tui.ui.library.add_column import AddColumnScreen
from tasveer_tui.ui.shared.search_text import only_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from textual.screen import Screen
    from textual.timer import Timer

    from tasveer_tui.ui.library.facets import FacetPanel
    from tasveer_tui.ui.library.image_table import ImageTable

FILE_NAME: Final = "library.json"
SAVE_DELAY_S: Final = 0.8
"""The layout is saved once it has not changed for this long."""
PANEL_SHOWN: Final = "-facets"
"""Class of the screen while the filter panel is on it."""

log = logging.getLogger(__name__)


# ------------------------------------------------------------------------------- columns


def column_of(name: str, width: int = 0, *, is_hidden: bool = False) -> Column:
    """The column of a field or a tag; with its default width if `width` is 0.

    Raises:
        UsageError: no field or tag has this name.

    """
    from tasveer_tui.catalogue.fields import find_field, suggest_field

    found = find_field(name)
    if found is None or not found.is_column:
        raise UsageError(
            f"There is no column {clean(name, 60)}.",
            f"Did you mean {suggest_field(name) or 'exif.TAG'}?",
        )
    show: Callable[[object], str] = found.format  # type: ignore[assignment]
    return Column(
        found.name,
        found.label,
        width=width or default_width(found.name, found.kind, found.label),
        is_right=found.align == "right",
        is_sortable=found.is_sortable,
        is_hidden=is_hidden,
        show=show,
    )


def default_columns() -> list[Column]:
    """The columns of a new catalogue."""
    from tasveer_tui.catalogue.fields import DEFAULT_COLUMNS

    return [column_of(name) for name in DEFAULT_COLUMNS]


# --------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the file keeps."""

    columns: tuple[Column, ...]
    columns_by_bucket: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    """The columns of searches in a single bucket."""
    frozen: int = 1
    """Number of frozen columns."""
    sections: tuple[str, ...] = ()
    """Fields of the filter panel; empty for the default ones."""
    has_panel: bool = False


def load_state(folder: Path) -> LibraryState:
    """Read the file; the defaults if it is missing or invalid. Blocks."""
    try:
        data = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        columns = _read_columns(data["columns"])
        buckets = data.get("buckets", {}).items()
        columns_by_bucket = {str(name): _read_columns(each) for name, each in buckets}
        frozen = max(1, int(data.get("frozen", 1)))
        sections = tuple(column_of(str(name)).name for name in data.get("sections", ()))
        has_panel = bool(data.get("panel", False))
    except FileNotFoundError:
        return LibraryState(tuple(default_columns()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UsageError) as error:
        log.warning("The layout of the Library is invalid, so the default is used: %s", error)
        return LibraryState(tuple(default_columns()))
    columns = columns or tuple(default_columns())
    return LibraryState(columns, columns_by_bucket, frozen, sections, has_panel)


def save_state(folder: Path, state: LibraryState) -> None:
    """Write the file. Blocks."""
    buckets = state.columns_by_bucket.items()
    data = {
        "columns": _column_data(state.columns),
        "buckets": {name: _column_data(columns) for name, columns in buckets},
        "frozen": state.frozen,
        "sections": state.sections,
        "panel": state.has_panel,
    }
    state_file.write(folder, FILE_NAME, data)


def _read_columns(data: Iterable[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        column_of(
            str(each["name"]), int(each.get("width", 0)), is_hidden=bool(each.get("hidden", False))
        )
        for each in data
    )


def _column_data(columns: Iterable[Column]) -> list[dict[str, object]]:
    return [
        {"name": column.name, "width": column.width, "hidden": column.is_hidden}
        for column in columns
    ]


# ---------------------------------------------------------------------------- controller


class LayoutController:
    """Restores and saves the layout of one Library screen."""

    def __init__(self, screen: Screen[None], table: ImageTable, panel: FacetPanel) -> None:
        self._screen = screen
        self._table = table
        self._panel = panel
        self._save_timer: Timer | None = None
        self._bucket = ""
        """The bucket whose columns are shown; empty for searches over several buckets."""
        self._columns_by_bucket: dict[str, tuple[Column, ...]] = {}

    def load(self, done: Callable[[], object]) -> None:
        """Restore the layout in the background, then call `done`."""
        folder = workspace(self._screen).options.state_dir

        def restore(state: LibraryState) -> None:
            self._restore(state)
            done()

        background(self._screen).run(self._screen, "state", partial(load_state, folder), restore)

    def _restore(self, state: LibraryState) -> None:
        self._columns_by_bucket = {"": state.columns, **state.columns_by_bucket}
        self._table.set_columns(state.columns, state.frozen)
        self._panel.set_sections(state.sections)
        self._screen.set_class(state.has_panel, PANEL_SHOWN)

    def follow_search(self, text: str) -> None:
        """Show the columns of the bucket that a search is about, if it has its own."""
        bucket = only_bucket(text)
        if bucket == self._bucket:
            return
        current = self._table.columns
        self._columns_by_bucket[self._bucket] = tuple(current.all)
        self._bucket = bucket
        columns = self._columns_by_bucket.get(bucket)
        if columns is not None and columns != tuple(current.all):
            self._table.set_columns(columns, current.frozen)

    def ask_column(self) -> None:
        """Let the user select a column to add."""
        screen = AddColumnScreen("Add a column", used=self._table.columns.names)
        self._screen.app.push_screen(screen, self._add_column)

    def _add_column(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._table.add_column(column_of(name))
        except UsageError as error:
            self._screen.post_message(ShowError(error))

    def save_soon(self) -> None:
        """Save the layout once it has not changed for a moment."""
        if self._save_timer is not None:
            self._save_timer.stop()
        self._save_timer = self._screen.set_timer(SAVE_DELAY_S, self._save)

    def _save(self) -> None:
        columns = self._table.columns
        by_bucket = {**self._columns_by_bucket, self._bucket: tuple(columns.all)}
        state = LibraryState(
            by_bucket.pop(""),
            by_bucket,
            columns.frozen,
            self._panel.sections,
            self._screen.has_class(PANEL_SHOWN),
        )
        folder = workspace(self._screen).options.state_dir
        background(self._screen).run(self._screen, "save", partial(save_state, folder, state))
