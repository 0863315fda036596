"""One job in full: its bar, the counts of each outcome, its speed, its error."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from tasveer_tui.text import clean
from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.jobs.outcome_bar import KINDS, LEFT, STATE_STYLES, bar_cells
from tasveer_tui.ui.shared.jobs_text import now_parts, place_text, sum_parts
from tasveer_tui.workspace import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.jobs.outcome_bar import OutcomeKind

_GAP: Final = "   "
_WIDE: Final = 100
"""A widget this wide shows the counts that are 0 as well."""
_STYLES: Final = ("strong", "dim", "faint", "group", "good", "warn", "bad")


class JobDetail(Widget):
    """Everything that the ledger has about one job."""

    DEFAULT_CSS = """
    JobDetail {
        height: auto;
        padding: 0 1;
        background: $background;
        & > .detail--strong { color: $text; text-style: bold; }
        & > .detail--dim { color: $text-muted; }
        & > .detail--faint { color: $text-disabled; }
        & > .detail--group { color: $text-primary; }
        & > .detail--good { color: $text-success; }
        & > .detail--warn { color: $text-warning; }
        & > .detail--bad { color: $text-error; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"detail--{name}" for name in _STYLES}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._job: JobView | None = None
        self._progress = Progress()
        self._now = 0.0
        self._sparkline = ""
        self._height = 0

    def show(
        self, job: JobView | None, progress: Progress, now: float, *, sparkline: str = ""
    ) -> None:
        """Show a job as of the Unix time `now`."""
        self._job, self._progress, self._now = job, progress, now
        self._sparkline = sparkline
        height = len(self._lines(self.content_size.width))
        self.refresh(layout=height != self._height)
        self._height = height

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at this width."""
        del container, viewport
        return len(self._lines(width))

    # ------------------------------------------------------------------ drawing

    def _style(self, name: str) -> Style:
        full = self.get_component_rich_style(f"detail--{name}")
        return Style(color=full.color, bold=full.bold)

    def render(self) -> Text:
        """Render all lines."""
        return Text("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Text]:
        job = self._job
        if job is None or not width:
            return []
        lines = [
            self._title(job),
            *self._bar(job, width),
            *_wrap(list(self._counts(job, width)), width),
            *_wrap(list(self._figures(job)), width),
        ]
        if job.error:
            style = self._style("bad" if job.state.is_final else "warn")
            lines.append(Text(clean(job.error), style))
        for line in lines:
            line.truncate(width, overflow="ellipsis")
        return lines

    def _title(self, job: JobView) -> Text:
        text = Text()
        text.append(f"Job {job.id}  ", self._style("strong"))
        text.append(f"{job.state}  ", self._style(STATE_STYLES[job.state]))
        if job.priority:
            text.append(f"priority {job.priority:+}  ", self._style("warn"))
        text.append(place_text(job.spec))
        endpoint = job.spec.source.endpoint
        return text.append(f"  {clean(endpoint)}" if endpoint else "", self._style("faint"))

    def _symbol(self, kind: OutcomeKind) -> str:
        return kind.ascii_symbol if app_context(self).symbols.is_ascii else kind.symbol

    def _bar(self, job: JobView, width: int) -> Iterator[Text]:
        text = Text()
        cells = bar_cells([kind.count(job) for kind in KINDS], width)
        for kind, count in zip(KINDS, cells, strict=True):
            text.append(self._symbol(kind) * count, self._style(kind.style))
        if text:
            yield text

    def _counts(self, job: JobView, width: int) -> Iterator[Text]:
        for kind in KINDS:
            if width >= _WIDE or kind.count(job):
                yield self._count(job, kind)

    def _count(self, job: JobView, kind: OutcomeKind) -> Text:
        count = kind.count(job)
        more = "+" if kind is LEFT and not job.is_scanned and count else ""
        text = Text(f"{self._symbol(kind)} ", self._style(kind.style))
        text.append(f"{count:,}{more}", self._style("strong" if count else "faint"))
        return text.append(f" {kind.label}", self._style("dim" if count else "faint"))

    def _figures(self, job: JobView) -> Iterator[Text]:
        for part in now_parts(job, self._progress, self._sparkline, self._now):
            yield Text(part, self._style("strong"))
        for part in sum_parts(job, self._now):
            yield Text(part, self._style("dim"))


def _wrap(parts: list[Text], width: int) -> list[Text]:
    """Join parts to lines of at most `width` cells, without breaking a part."""
    lines: list[Text] = []
    for part in filter(None, parts):
        if lines and lines[-1].cell_len + len(_GAP) + part.cell_len <= width:
            lines[-1].append(_GAP).append_text(part)
        else:
            lines.append(part.copy())
    return lines
