"""The columns of a table of images: which, in what order, how wide, and how a cell is laid out.

Knows no widget: text in, text of an exact width in cells out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MIN_WIDTH: Final = 3
MAX_WIDTH: Final = 120
GAP: Final = 2
"""Cells between two columns."""
LEAD: Final = 1
"""Cells before the first column."""

_WIDTH_OF_KIND = {"date": 16, "number": 8, "switch": 5}
_WIDTH_OF_NAME = {
    "name": 24,
    "path": 48,
    "camera": 22,
    "lens": 28,
    "focal": 7,
    "f": 6,
    "shutter": 9,
    "iso": 6,
    "size": 9,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it asks the catalogue for and how it looks."""

    name: str
    """The field's name in a search, or a tag's: `exif.ExposureProgram`."""
    label: str
    width: int = 20
    """In cells."""
    is_right: bool = False
    is_sortable: bool = True
    is_hidden: bool = False
    show: Callable[[object], str] = field(default=str, compare=False)
    """Value as the catalogue has it → text, not yet cleaned."""

    @property
    def span(self) -> int:
        """Cells with the gap."""
        return self.width + GAP


def usual_width(name: str, kind: str, label: str) -> int:
    """Say how wide a column is until somebody changes it."""
    return max(_WIDTH_OF_NAME.get(name) or _WIDTH_OF_KIND.get(kind, 20), cell_len(label))


def fit(text: str, width: int, *, is_right: bool = False) -> str:
    """Cut or fill text to exactly `width` cells; a cut ends in `…`."""
    length = len(text) if text.isascii() else cell_len(text)
    if length == width:
        return text
    if length > width:
        cut = set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else ""
        return set_cell_size(cut, max(0, width))
    space = " " * (width - length)
    return space + text if is_right else text + space


def fit_end(text: str, width: int) -> str:
    """Cut or fill text to exactly `width` cells; a cut begins with `…`, for keys."""
    if cell_len(text) <= width:
        return fit(text, width)
    end = text[len(text) - max(0, width - 1) :]
    while cell_len(end) > width - 1 > 0:
        end = end[1:]
    return fit("…" + end, width)


class ColumnSet:
    """Columns in order, some hidden; the first shown ones stand still."""

    def __init__(self, columns: Iterable[Column], frozen: int = 1) -> None:
        self.all: list[Column] = list(columns)
        self.frozen = frozen
        """How many of the shown columns stand while the others scroll."""

    @property
    def shown(self) -> list[Column]:
        """The columns that are not hidden."""
        return [column for column in self.all if not column.is_hidden]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the shown columns."""
        return tuple(column.name for column in self.shown)

    def change(self, name: str, **changes: int | bool) -> None:
        """Give a column another width, or hide or show it."""
        self.all = [
            replace(column, **changes) if column.name == name else column  # type: ignore[arg-type]
            for column in self.all
        ]

    def widen(self, name: str, cells: int) -> None:
        """Add cells to a column's width, within limits."""
        width = next(column.width for column in self.all if column.name == name)
        self.change(name, width=max(MIN_WIDTH, min(MAX_WIDTH, width + cells)))

    def move(self, index: int, by: int) -> int:
        """Swap a shown column with the shown one beside it; returns where it is now."""
        shown = self.shown
        other = index + by
        if not (0 <= index < len(shown) and 0 <= other < len(shown)):
            return index
        a, b = self.all.index(shown[index]), self.all.index(shown[other])
        self.all[a], self.all[b] = self.all[b], self.all[a]
        return other

    def hide(self, index: int) -> None:
        """Hide a shown column, but never the last one."""
        shown = self.shown
        if len(shown) > 1:
            self.change(shown[index].name, is_hidden=True)

    def freeze(self, index: int) -> None:
        """Let the shown columns up to this one stand; where they do already, only the first."""
        self.frozen = 1 if self.frozen == index + 1 else index + 1

    def show_all(self) -> None:
        """Show every column again."""
        self.all = [replace(column, is_hidden=False) for column in self.all]

    def add(self, column: Column, index: int) -> None:
        """Put a column before the shown one at `index`; one that is there already moves."""
        shown = self.shown
        before = shown[index] if index < len(shown) else None
        rest = [known for known in self.all if known.name != column.name]
        at = rest.index(before) if before in rest else len(rest)
        rest.insert(at, replace(column, is_hidden=False))
        self.all = rest
