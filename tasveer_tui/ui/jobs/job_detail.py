"""One job in full: its bar of classes, a legend with counts, its pace, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from tasveer_tui.text import clean
from tasveer_tui.ui.jobs.bar import KINDS, widths
from tasveer_tui.ui.jobs.job_table import STATE_LOOKS
from tasveer_tui.ui.shared.jobs_text import now_parts, place_text, sum_parts
from tasveer_tui.workspace import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.geometry import Size

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.jobs.bar import Kind

_SPACE: Final = "   "
_WIDE: Final = 100


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
        self._pace = Progress()
        self._now = 0.0
        self._sparks = ""
        self._is_ascii = False
        self._drawn: list[Text] = []

    def show(
        self,
        job: JobView | None,
        pace: Progress,
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
            *self._bar(job, width),
            *_flowing(list(self._legends(job, width)), width),
            *_flowing(list(self._figures(job)), width),
        ]
        if job.error:
            look = "bad" if job.state.is_final else "warn"
            lines.append(Text(clean(job.error), self._look(look)))
        for line in lines:
            line.truncate(width, overflow="ellipsis")
        return lines

    def _title(self, job: JobView) -> Text:
        text = Text()
        text.append(f"Job {job.id}  ", self._look("strong"))
        text.append(f"{job.state}  ", self._look(STATE_LOOKS[job.state]))
        if job.priority:
            text.append(f"priority {job.priority:+}  ", self._look("warn"))
        text.append(place_text(job.spec))
        endpoint = job.spec.source.endpoint
        return text.append(f"  {clean(endpoint)}" if endpoint else "", self._look("faint"))

    def _sign(self, kind: Kind) -> str:
        return kind.ascii_sign if self._is_ascii else kind.sign

    def _bar(self, job: JobView, width: int) -> Iterator[Text]:
        text = Text()
        for kind, share in zip(KINDS, widths([k.count(job) for k in KINDS], width), strict=True):
            text.append(self._sign(kind) * share, self._look(kind.look))
        if text:
            yield text

    def _legends(self, job: JobView, width: int) -> Iterator[Text]:
        """Every class; in a narrow window only those that there are."""
        for kind in KINDS:
            if width >= _WIDE or kind.count(job):
                yield self._legend(job, kind)

    def _legend(self, job: JobView, kind: Kind) -> Text:
        count = kind.count(job)
        more = "+" if kind.word == "left" and not job.is_scanned and count else ""
        text = Text(f"{self._sign(kind)} ", self._look(kind.look))
        text.append(f"{count:,}{more}", self._look("strong" if count else "faint"))
        return text.append(f" {kind.word}", self._look("dim" if count else "faint"))

    def _figures(self, job: JobView) -> Iterator[Text]:
        for part in now_parts(job, self._pace, self._sparks, self._now):
            yield Text(part, self._look("strong"))
        for part in sum_parts(job, self._now):
            yield Text(part, self._look("dim"))


def _flowing(pieces: list[Text], width: int) -> list[Text]:
    """Put pieces side by side, on as many lines as they need; no piece is broken."""
    lines: list[Text] = []
    for piece in filter(None, pieces):
        if lines and lines[-1].cell_len + len(_SPACE) + piece.cell_len <= width:
            lines[-1].append(_SPACE).append_text(piece)
        else:
            lines.append(piece.copy())
    return lines
