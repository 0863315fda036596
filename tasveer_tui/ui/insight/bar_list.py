"""Counts as bars: sections under their titles, one line a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.text import clean
from tasveer_tui.ui.kit.columns import fit
from tasveer_tui.ui.kit.keys import Scope, bindings
from tasveer_tui.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.binding import BindingType

    from tasveer_tui.ui.insight.model import Bar, Section

EIGHTHS = " ▏▎▍▌▋▊▉"
FULL = "█"
LABEL_SHARE = 0.38
LEAST_LABEL, MOST_LABEL = 14, 44
COUNT_CELLS = 11
WIDE = 90
"""From here on, bars beside a detail are long."""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on a line: the title of a section, one of its bars, or nothing."""

    title: str = ""
    note: str = ""
    bar: Bar | None = None


class BarList(RowList):
    """The sections of one page. The cursor rests on bars and passes over the rest."""

    DEFAULT_CSS = """
    BarList { overflow-x: hidden; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[Line] = []

    @property
    def row_count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    @property
    def current(self) -> Bar | None:
        """The bar under the cursor."""
        return self._lines[self.cursor].bar if self.row_count else None

    def show(self, sections: Sequence[Section], *, is_more_coming: bool = False) -> None:
        """Show these; the cursor stays on its line, or comes to the first bar."""
        self._lines = []
        for section in sections:
            if self._lines:
                self._lines.append(Line())
            sign = "" if section.is_final else "at least"
            note = " · ".join(filter(None, (section.note, sign)))
            self._lines.append(Line(section.title, note))
            self._lines += [Line(bar=bar) for bar in section.bars]
            if not section.bars:
                self._lines.append(Line(note="nothing"))
        if is_more_coming:
            self._lines += [Line(), Line(note="counting…")]
        self.rows_changed()
        if self.current is None:
            self._to_bar(1)

    def bars(self) -> list[Bar]:
        """Every bar, for export."""
        return [line.bar for line in self._lines if line.bar is not None]

    # ----------------------------------------------------------------- movement

    def move(self, rows: int) -> None:
        """Move by so many lines, on to the next bar."""
        super().move(rows)
        self._to_bar(1 if rows > 0 else -1)

    def _to_bar(self, step: int) -> None:
        for way in (step, -step):
            row = self.cursor
            while 0 <= row < self.row_count:
                if self._lines[row].bar is not None:
                    self.cursor = row
                    return
                row += way

    def action_first_row(self) -> None:
        """Go to the first bar, and show its title."""
        super().action_first_row()
        self.scroll_to(y=0, animate=False)
        self._to_bar(1)

    def action_last_row(self) -> None:
        """Go to the last bar."""
        super().action_last_row()
        self._to_bar(-1)

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A title, a bar, or nothing."""
        line = self._lines[row]
        if line.bar is not None:
            return self._draw_bar(line.bar, width, style)
        title = f" {clean(line.title)}  " if line.title else " "
        return Strip(
            [
                Segment(title, style + self.part("group")),
                Segment(clean(line.note), style + self.part("dim")),
            ]
        )

    def _draw_bar(self, bar: Bar, width: int, style: Style) -> Strip:
        label_cells = min(MOST_LABEL, max(LEAST_LABEL, int(width * LABEL_SHARE)))
        detail = f"  {clean(bar.detail)}" if bar.detail else ""
        room = max(0, width - label_cells - COUNT_CELLS - 4)
        indent = 4 if bar.is_below else 2
        label = " " * indent + fit(clean(bar.label) or "–", label_cells - indent)
        bar_cells = max(4, room // (3 if width > WIDE else 6)) if bar.is_below or detail else room
        drawn = self._bar_text(bar.share, bar_cells)
        count_style = style if bar.count else style + self.part("faint")
        return Strip(
            [
                Segment(label, style + self.part("dim") if bar.is_below else style),
                Segment(f"{bar.count:>{COUNT_CELLS},} ", count_style),
                Segment(fit(drawn, bar_cells), style + self.part("group")),
                Segment(fit(detail, max(0, room - bar_cells)), style + self.part("dim")),
            ]
        )

    def _bar_text(self, share: float, cells: int) -> str:
        """As long as the share says; what is not nothing is seen."""
        if self.symbols.is_ascii:
            return "#" * max(round(share * cells), share > 0)
        eighths = max(round(share * cells * 8), 1) if share > 0 else 0
        return FULL * (eighths // 8) + EIGHTHS[eighths % 8].strip()
