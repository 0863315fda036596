"""The objects that were read last, the newest first: what the job is at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.humanize import duration_text
from tasveer_tui.records import Status
from tasveer_tui.text import clean
from tasveer_tui.ui.jobs.bar import KINDS
from tasveer_tui.ui.jobs.job_pane import JobPane
from tasveer_tui.ui.kit.columns import fit, fit_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tasveer_tui.records import LastRead

_KIND_OF: Final = {
    Status.OK: KINDS[0],
    Status.NOEXIF: KINDS[2],
    Status.NOTIMAGE: KINDS[3],
    Status.FAILED: KINDS[4],
    Status.GONE: KINDS[4],
}
_AGO, _SIGN, _WORD = 7, 4, 14
"""Cells of the columns."""
_LEAST_CAMERA: Final = 90
"""A narrower list leaves the camera out."""
_CAMERA: Final = 24


class FeedList(JobPane):
    """One line an object: when, its class by sign and word, the key, the camera or the fault."""

    name_in_header: ClassVar[str] = "last read"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._read: Sequence[LastRead] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """How many are remembered."""
        return len(self._read)

    @property
    def current(self) -> LastRead | None:
        """The object under the cursor."""
        return self._read[self.cursor] if self._read else None

    def show(self, read: Sequence[LastRead], now: float) -> None:
        """Show these; while the pane has the focus, the cursor stays with its object."""
        if read == self._read and int(now) == int(self._now):
            return
        current = self.current
        is_new = read != self._read
        self._read, self._now = read, now
        if is_new and self.has_focus and current in read:
            self.set_reactive(JobPane.cursor, read.index(current))
        self.rows_changed()

    def title(self) -> str:
        """Say how long ago the last one was read."""
        if not self._read:
            return "Last read"
        ago_s = max(0.0, self._now - self._read[0].at)
        return "Last read: now" if ago_s < 2 else f"Last read: {duration_text(ago_s)} ago"  # noqa: PLR2004

    def empty_text(self) -> str:
        """Nothing was read since the engine began."""
        return "Nothing was read yet; what is read shows here at once."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one object."""
        one = self._read[row]
        kind = _KIND_OF[one.outcome.status()]
        sign = kind.ascii_sign if self.symbols.is_ascii else kind.sign
        is_failed = kind is KINDS[4]
        word = one.outcome.value if is_failed else kind.word
        key = clean(one.key, 1000)
        about = clean(one.message if is_failed else one.camera, 200)
        room = max(0, width - _AGO - _SIGN - _WORD)
        beside = self._beside_cells(room, about, is_failed=is_failed)
        look = style + self.part(kind.look)
        return Strip(
            [
                Segment(
                    fit(self._ago(one), _AGO - 1, is_right=True) + " ", style + self.part("dim")
                ),
                Segment(f" {sign}  ", look),
                Segment(fit(word, _WORD - 1) + " ", look),
                Segment(fit_end(key, room - beside), style),
                Segment(fit(f"  {about}", beside), style + self.part("dim")),
            ]
        )

    def _ago(self, one: LastRead) -> str:
        ago_s = self._now - one.at
        return "now" if ago_s < 1 else duration_text(ago_s)

    @staticmethod
    def _beside_cells(room: int, about: str, *, is_failed: bool) -> int:
        if not about:
            return 0
        if is_failed:
            return room // 2
        return _CAMERA if room >= _LEAST_CAMERA - _AGO - _SIGN - _WORD else 0
