"""Failures of a job by class, and the workers with their heartbeat and what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip

from tasveer_tui.humanize import duration_text, plural, size_text
from tasveer_tui.text import clean
from tasveer_tui.ui.jobs.job_pane import JobPane
from tasveer_tui.ui.kit.columns import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.style import Style

    from tasveer_tui.jobs import EngineReport, WorkerHeartbeat
    from tasveer_tui.records import FailureGroup, WorkerView

ALIVE_S: Final = 15.0
"""A worker that was heard of this long ago is taken to be there."""
FORGOTTEN_S: Final = 86_400.0
"""A worker that was not heard of for this long is not listed."""


class FailureList(JobPane):
    """One line a class: how many, which, and an example."""

    name_in_header: ClassVar[str] = "failures"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._groups: Sequence[FailureGroup] = ()

    @property
    def row_count(self) -> int:
        """How many classes there are."""
        return len(self._groups)

    @property
    def current(self) -> FailureGroup | None:
        """The class under the cursor."""
        return self._groups[self.cursor] if self._groups else None

    def show(self, groups: Sequence[FailureGroup]) -> None:
        """Show these classes."""
        if groups != self._groups:
            self._groups = groups
            self.rows_changed()

    def title(self) -> str:
        """Say how much failed."""
        failed = sum(group.count for group in self._groups)
        return f"Failures: {plural(failed, 'object')}" if failed else "No failures"

    def empty_text(self) -> str:
        """Nothing failed."""
        return "No object of this job failed."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one class."""
        group = self._groups[row]
        example = clean(f"{group.example_key}  {group.example_message}".strip(), 400)
        return Strip(
            [
                Segment(fit(f"{group.count:,}", 8, is_right=True) + "  ", style),
                Segment(fit(group.outcome, 12) + " ", style + self.part("bad")),
                Segment(fit(example, max(0, width - 23)), style + self.part("dim")),
            ]
        )


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """A worker by what the ledger counted for it and by its last heartbeat."""

    name: str
    heard_at: float
    objects: int = 0
    bytes_read: int = 0
    beat: WorkerHeartbeat | None = None

    def at_work(self) -> str:
        """What it is at, as its heartbeat says."""
        if self.beat is None:
            return ""
        return f"{self.beat.active} in hand" if self.beat.active else "idle"

    def facts(self) -> Iterator[str]:
        """What it is at and what it has done, the most telling first."""
        if self.beat is not None:
            yield self.at_work()
        if self.objects:
            yield plural(self.objects, "object")
        if self.beat is not None and self.beat.processes:
            yield f"{self.beat.processes} × {self.beat.threads} at once"
        if self.bytes_read:
            yield size_text(self.bytes_read)
        if self.beat is not None and self.beat.load:
            yield f"load {self.beat.load:.1f}"


def worker_lines(
    workers: Sequence[WorkerView], beats: Sequence[WorkerHeartbeat], now: float
) -> tuple[WorkerLine, ...]:
    """Who was heard of lately: those with a heartbeat first."""
    heard = {beat.name: beat for beat in beats}
    lines = [
        WorkerLine(
            one.name,
            max(one.seen_at, heard[one.name].heartbeat_at if one.name in heard else 0.0),
            one.objects,
            one.bytes_read,
            heard.pop(one.name, None),
        )
        for one in workers
    ]
    lines += [WorkerLine(beat.name, beat.heartbeat_at, beat=beat) for beat in heard.values()]
    lines.sort(key=lambda line: (line.beat is None, line.name if line.beat else -line.heard_at))
    # Who only listed, and has no heartbeat, is another name of one that has.
    known = (line for line in lines if line.beat is not None or line.objects)
    return tuple(line for line in known if now - line.heard_at < FORGOTTEN_S)


class WorkerList(JobPane):
    """One line a worker: whether it is there, what it is at, what it did."""

    name_in_header: ClassVar[str] = "workers"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: tuple[WorkerLine, ...] = ()
        self._engine: EngineReport | None = None
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """How many workers there are."""
        return len(self._lines)

    def show(
        self, workers: Sequence[WorkerView], now: float, engine: EngineReport | None = None
    ) -> None:
        """Show the workers that were heard of lately, and what waits."""
        lines = worker_lines(workers, engine.workers if engine else (), now)
        shown = (self._lines, self._waiting(self._engine), int(self._now))
        if (lines, self._waiting(engine), int(now)) != shown:
            self._lines, self._now, self._engine = lines, now, engine
            self.rows_changed()

    @staticmethod
    def _waiting(engine: EngineReport | None) -> str:
        if engine is None:
            return ""
        parts = (
            (engine.scans_waiting, plural(engine.scans_waiting, "listing")),
            (engine.batches_waiting, plural(engine.batches_waiting, "batch", "batches")),
            (engine.replies_waiting, plural(engine.replies_waiting, "answer")),
        )
        return ", ".join(words for count, words in parts if count)

    def _is_there(self, line: WorkerLine) -> bool:
        return line.beat is not None or self._now - line.heard_at < ALIVE_S

    def title(self) -> str:
        """Say how many are there, and what waits for them."""
        there = sum(map(self._is_there, self._lines))
        text = f"Workers: {there} there" if there else "Workers: none there"
        waiting = self._waiting(self._engine)
        return f"{text}, {waiting} waiting" if waiting else text

    def empty_text(self) -> str:
        """Nobody was heard of."""
        return "No worker was heard of in the last day."

    def draw_row(self, row: int, width: int, style: Style) -> Strip:
        """Draw one worker."""
        line = self._lines[row]
        ago_s = max(0.0, self._now - line.heard_at)
        is_there = self._is_there(line)
        seen = "now" if ago_s < ALIVE_S else f"{duration_text(ago_s)} ago"
        name = " " + clean(line.name, 80)
        room = width - 11
        facts = list(line.facts()) if is_there else list(line.facts())[:2]
        while facts and len(name) + 1 + len("  ".join(facts)) > room:
            facts.pop()
        told = "  ".join(facts)
        look = style + self.part("good" if is_there else "faint")
        return Strip(
            [
                Segment(fit(name, room - len(told) - 1) + " ", style),
                Segment(told, style + self.part("dim")),
                Segment(fit(seen, 10, is_right=True) + " ", look),
            ]
        )
