"""How the library was left: its columns and its filter panel. A small JSON file; blocks."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.errors import UsageError
from tasveer_tui.ui.kit import state_file
from tasveer_tui.ui.library.search import column_of, default_columns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tasveer_tui.ui.kit.columns import Column

FILE_NAME: Final = "library.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What is remembered."""

    columns: tuple[Column, ...]
    columns_by_bucket: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    """Columns of searches that are about one bucket."""
    frozen: int = 1
    sections: tuple[str, ...] = ()
    """Fields of the filter panel; none stands for those of a new one."""
    has_panel: bool = False


def load(folder: Path) -> LibraryState:
    """Read how it was left; as it comes new where that cannot be read."""
    try:
        said = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        columns = _columns(said["columns"])
        of_bucket = {str(name): _columns(each) for name, each in said.get("buckets", {}).items()}
        frozen = max(1, int(said.get("frozen", 1)))
        sections = tuple(column_of(str(name)).name for name in said.get("sections", ()))
    except FileNotFoundError:
        return LibraryState(tuple(default_columns()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UsageError) as error:
        log.warning("The library's columns are as new: %s", error)
        return LibraryState(tuple(default_columns()))
    has_panel = bool(said.get("panel", False))
    return LibraryState(columns or tuple(default_columns()), of_bucket, frozen, sections, has_panel)


def _columns(said: Iterable[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(map(_column, said))


def _column(said: dict[str, Any]) -> Column:
    return column_of(
        str(said["name"]), int(said.get("width", 0)), is_hidden=bool(said.get("hidden", False))
    )


def _said(columns: Iterable[Column]) -> list[dict[str, object]]:
    return [
        {"name": column.name, "width": column.width, "hidden": column.is_hidden}
        for column in columns
    ]


def save(folder: Path, state: LibraryState) -> None:
    """Remember it."""
    said = {
        "columns": _said(state.columns),
        "buckets": {name: _said(columns) for name, columns in state.columns_by_bucket.items()},
        "frozen": state.frozen,
        "sections": state.sections,
        "panel": state.has_panel,
    }
    state_file.write(folder, FILE_NAME, said)
