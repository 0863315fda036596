"""Columns of the image table: selection, order, widths; fitting text to cells. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MIN_WIDTH: Final = 3
MAX_WIDTH: Final = 120
GAP: Final = 2
"""Cells between columns."""
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
    """One column of the table."""

    name: str
    """Name of a search field, or of a tag: `exif.ExposureProgram`."""
    label: str
    width: int = 20
    """In cells."""
    is_right: bool = False
    is_sortable: bool = True
    is_hidden: bool = False
    show: Callable[[object], str] = field(default=str, compare=False)
    """Formats a value of the catalogue; the text is not cleaned."""

    @property
    def span(self) -> int:
        """Width with the gap, in cells."""
        return self.width + GAP


def default_width(name: str, kind: str, label: str) -> int:
    """A column's width in cells until the user changes it."""
    return max(_WIDTH_OF_NAME.get(name) or _WIDTH_OF_KIND.get(kind, 20), cell_len(label))


def fit(text: str, width: int, *, is_right: bool = False) -> str:
    """Cut or pad text to exactly `width` cells; cut text ends with `…`."""
    length = len(text) if text.isascii() else cell_len(text)
    if length == width:
        return text
    if length > width:
        cut = set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else ""
        return set_cell_size(cut, max(0, width))
    space = " " * (width - length)
    return space + text if is_right else text + space


def fit_end(text: str, width: int) -> str:
    """Cut or pad a key to exactly `width` cells; cut text begins with `…`."""
    if cell_len(text) <= width:
        return fit(text, width)
    end = text[len(text) - max(0, width - 1) :]
    while cell_len(end) > width - 1 > 0:
        end = end[1:]
    return fit("…" + end, width)


class ColumnSet:
    """Columns in order, some hidden; the first visible ones are frozen."""

    def __init__(self, columns: Iterable[Column], frozen: int = 1) -> None:
        self.all: list[Column] = list(columns)
        self.frozen = frozen
        """Number of visible columns that do not scroll."""

    @property
    def shown(self) -> list[Column]:
        """The visible columns."""
        return [column for column in self.all if not column.is_hidden]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the visible columns."""
        return tuple(column.name for column in self.shown)

    def change(self, name: str, **changes: int | bool) -> None:
        """Change attributes of a column."""
        self.all = [
            replace(column, **changes) if column.name == name else column  # type: ignore[arg-type]
            for column in self.all
        ]

    def widen(self, name: str, cells: int) -> None:
        """Change a column's width by a number of cells, within limits."""
        width = next(column.width for column in self.all if column.name == name)
        self.change(name, width=max(MIN_WIDTH, min(MAX_WIDTH, width + cells)))

    def move(self, index: int, by: int) -> int:
        """Move a visible column by `by` positions (±1); returns its new index."""
        shown = self.shown
        other = index + by
        if not (0 <= index < len(shown) and 0 <= other < len(shown)):
            return index
        a, b = self.all.index(shown[index]), self.all.index(shown[other])
        self.all[a], self.all[b] = self.all[b], self.all[a]
        return other

    def hide(self, index: int) -> None:
        """Hide a visible column, unless it is the only one."""
        shown = self.shown
        if len(shown) > 1:
            self.change(shown[index].name, is_hidden=True)

    def freeze(self, index: int) -> None:
        """Freeze the visible columns up to this one; if they are frozen, only the first."""
        self.frozen = 1 if self.frozen == index + 1 else index + 1

    def show_all(self) -> None:
        """Show all hidden columns."""
        self.all = [replace(column, is_hidden=False) for column in self.all]

    def add(self, column: Column, index: int) -> None:
        """Insert a column before the visible one at `index`; an existing column moves."""
        shown = self.shown
        before = shown[index] if index < len(shown) else None
        rest = [known for known in self.all if known.name != column.name]
        at = rest.index(before) if before in rest else len(rest)
        rest.insert(at, replace(column, is_hidden=False))
        self.all = rest
