"""Counts as bars: sections with a title and one line per value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

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

EIGHTHS: Final = " ▏▎▍▌▋▊▉"
FULL_BLOCK: Final = "█"
LABEL_SHARE: Final = 0.38
"""The share of the width that labels get, within the limits below."""
MIN_LABEL_WIDTH, MAX_LABEL_WIDTH = 14, 44
COUNT_WIDTH: Final = 11
WIDE_WIDTH: Final = 90
"""From this width on, a bar beside a detail gets a third of the room instead of a sixth."""


@dataclass(frozen=True, slots=True)
class Line:
    """A title with its note, a bar, or a blank line."""

    title: str = ""
    note: str = ""
    bar: Bar | None = None


class BarList(RowList):
    """The sections of one page. The cursor skips the lines that are not bars."""

    DEFAULT_CSS = """
    BarList { overflow-x: hidden; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.LIST)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: list[Line] = []

    @property
    def row_count(self) -> int:
        """Number of lines."""
        return len(self._lines)

    @property
    def current(self) -> Bar | None:
        """The bar under the cursor."""
        return self._lines[self.cursor].bar if self.row_count else None

    def show(self, sections: Sequence[Section], *, is_counting: bool = False) -> None:
        """Show sections; the cursor stays on its line, or goes to the first bar."""
        self._lines = []
        for section in sections:
            if self._lines:
                self._lines.append(Line())
            bound = "" if section.is_final else "lower bounds"
            note = " · ".join(filter(None, (section.note, bound)))
            self._lines.append(Line(section.title, note))
            self._lines += [Line(bar=bar) for bar in section.bars]
            if not section.bars:
                self._lines.append(Line(note="no images"))
        if is_counting:
            self._lines += [Line(), Line(note="counting…")]
        self.rows_changed()
        if self.current is None:
            self._go_to_bar(1)

    def bars(self) -> list[Bar]:
        """All bars, for the export."""
        return [line.bar for line in self._lines if line.bar is not None]

    # ----------------------------------------------------------------- movement

    def move(self, rows: int) -> None:
        """Move by a number of lines, then to the next bar."""
        super().move(rows)
        self._go_to_bar(1 if rows > 0 else -1)

    def _go_to_bar(self, step: int) -> None:
        """Go to the nearest bar in the direction of `step`, else in the other direction."""
        for direction in (step, -step):
            row = self.cursor
            while 0 <= row < self.row_count:
                if self._lines[row].bar is not None:
                    self.cursor = row
                    return
                row += direction

    def action_first_row(self) -> None:
        """Go to the first bar and show its title."""
        super().action_first_row()
        self.scroll_to(y=0, animate=False)
        self._go_to_bar(1)

    def action_last_row(self) -> None:
        """Go to the last bar."""
        super().action_last_row()
        self._go_to_bar(-1)

    # ------------------------------------------------------------------ drawing

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """A title, a bar, or a blank line."""
        line = self._lines[row]
        if line.bar is not None:
            return self._draw_bar(line.bar, width, style)
        title = f" {clean(line.title)}  " if line.title else " "
        return Strip(
            [
                Segment(title, style + self.foreground("group")),
                Segment(clean(line.note), style + self.foreground("dim")),
            ]
        )

    def _draw_bar(self, bar: Bar, width: int, style: Style) -> Strip:
        label_width = min(MAX_LABEL_WIDTH, max(MIN_LABEL_WIDTH, int(width * LABEL_SHARE)))
        detail = f"  {clean(bar.detail)}" if bar.detail else ""
        room = max(0, width - label_width - COUNT_WIDTH - 4)
        indent = 4 if bar.is_detail else 2
        label = " " * indent + fit(clean(bar.label) or "–", label_width - indent)
        bar_width = (
            max(4, room // (3 if width > WIDE_WIDTH else 6)) if bar.is_detail or detail else room
        )
        count_style = style if bar.count else style + self.foreground("faint")
        return Strip(
            [
                Segment(label, style + self.foreground("dim") if bar.is_detail else style),
                Segment(f"{bar.count:>{COUNT_WIDTH},} ", count_style),
                Segment(
                    fit(self._bar_text(bar.share, bar_width), bar_width),
                    style + self.foreground("group"),
                ),
                Segment(fit(detail, max(0, room - bar_width)), style + self.foreground("dim")),
            ]
        )

    def _bar_text(self, share: float, cells: int) -> str:
        """A bar of this share of `cells`; any share above 0 is visible."""
        if self.symbols.is_ascii:
            return "#" * max(round(share * cells), share > 0)
        eighths = max(round(share * cells * 8), 1) if share > 0 else 0
        return FULL_BLOCK * (eighths // 8) + EIGHTHS[eighths % 8].strip()
