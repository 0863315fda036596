"""One job in full: its bar of classes, a legend with counts, its pace, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from tasveer_tui.figures import duration_text, plural, rate_text, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.jobs_bar import KINDS, widths
from tasveer_tui.ui.jobs_pace import Pace
from tasveer_tui.ui.widgets.job_table import STATE_LOOKS, place_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.jobs_bar import Kind

_SPACE: Final = "   "


class JobDetail(Widget):
    """Says everything that the ledger knows of one job."""

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
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"detail--{look}" for look in ("strong", "dim", "faint", "group", "good", "warn", "bad")
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._job: JobView | None = None
        self._pace = Pace()
        self._now = 0.0
        self._sparks = ""
        self._is_ascii = False
        self._drawn: list[Text] = []

    def show(
        self,
        job: JobView | None,
        pace: Pace,
        now: float,
        *,
        sparks: str = "",
        is_ascii: bool = False,
    ) -> None:
        """Show a job as it is at `now`, by the clock of the ledger."""
        self._job, self._pace, self._now = job, pace, now
        self._sparks, self._is_ascii = sparks, is_ascii
        lines = self._lines(self.content_size.width)
        self.refresh(layout=len(lines) != len(self._drawn))
        self._drawn = lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as its words need at this width."""
        del container, viewport
        return len(self._lines(width))

    # ------------------------------------------------------------------ drawing

    def _look(self, name: str) -> Style:
        full = self.get_component_rich_style(f"detail--{name}")
        return Style(color=full.color, bold=full.bold)

    def render(self) -> Text:
        """All its lines."""
        return Text("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Text]:
        job = self._job
        if job is None or not width:
            return []
        lines = [
            self._title(job),
            self._bar(job, width),
            *_flowing([self._legend(job, kind) for kind in KINDS], width),
            *_flowing([*self._words(job), self._spark_line(job)], width),
        ]
        if job.error:
            lines.append(Text(clean(job.error), self._look("bad")))
        for line in lines:
            line.truncate(width, overflow="ellipsis")
        return lines

    def _title(self, job: JobView) -> Text:
        text = Text()
        text.append(f"Job {job.id}  ", self._look("strong"))
        text.append(f"{job.state}  ", self._look(STATE_LOOKS[job.state]))
        text.append(place_text(job.spec))
        endpoint = job.spec.source.endpoint
        return text.append(f"  {clean(endpoint)}" if endpoint else "", self._look("faint"))

    def _sign(self, kind: Kind) -> str:
        return kind.ascii_sign if self._is_ascii else kind.sign

    def _bar(self, job: JobView, width: int) -> Text:
        text = Text()
        for kind, share in zip(KINDS, widths([k.count(job) for k in KINDS], width), strict=True):
            text.append(self._sign(kind) * share, self._look(kind.look))
        return text

    def _legend(self, job: JobView, kind: Kind) -> Text:
        count = kind.count(job)
        more = "+" if kind.word == "left" and not job.is_scanned and count else ""
        text = Text(f"{self._sign(kind)} ", self._look(kind.look))
        text.append(f"{count:,}{more}", self._look("strong" if count else "faint"))
        return text.append(f" {kind.word}", self._look("dim" if count else "faint"))

    def _words(self, job: JobView) -> Iterator[Text]:
        for part in (*self._now_parts(job), *self._sum_parts(job)):
            yield Text(part, self._look("dim"))

    def _spark_line(self, job: JobView) -> Text:
        return Text("" if job.state.is_final else self._sparks, self._look("group"))

    def _now_parts(self, job: JobView) -> Iterator[str]:
        if job.state.is_final:
            return
        if not job.is_scanned and job.listed:
            yield f"listing: {plural(job.listed, 'object')} so far"
        if self._pace.images_per_s:
            yield f"{rate_text(self._pace.images_per_s)} images/s"
            yield f"{size_text(self._pace.bytes_per_s)}/s"
        if self._pace.eta_s:
            yield f"{duration_text(self._pace.eta_s)} left"

    def _sum_parts(self, job: JobView) -> Iterator[str]:
        if job.started_at:
            yield f"{duration_text((job.finished_at or self._now) - job.started_at)} elapsed"
        if job.bytes_read:
            share = 100 * job.bytes_saved / job.bytes_listed if job.bytes_listed else 0
            saved = f"{size_text(job.bytes_saved)} saved ({share:.1f} %)"
            yield f"{size_text(job.bytes_read)} read, {saved}"
        if job.filtered:
            yield f"{job.filtered:,} left out by filters"
        if not job.listed and not job.state.is_final:
            yield "waiting for the first page of the listing"


def _flowing(pieces: list[Text], width: int) -> list[Text]:
    """Put pieces side by side, on as many lines as they need; no piece is broken."""
    lines: list[Text] = []
    for piece in filter(None, pieces):
        if lines and lines[-1].cell_len + len(_SPACE) + piece.cell_len <= width:
            lines[-1].append(_SPACE).append_text(piece)
        else:
            lines.append(piece.copy())
    return lines
