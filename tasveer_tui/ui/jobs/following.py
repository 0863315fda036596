"""The panes of Jobs, and how they follow the ledger."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from tasveer_tui.text import clean
from tasveer_tui.ui.context import background, workspace
from tasveer_tui.ui.jobs import log_model
from tasveer_tui.ui.jobs.filter import filtered
from tasveer_tui.ui.jobs.job_detail import JobDetail
from tasveer_tui.ui.jobs.job_feed import FeedList
from tasveer_tui.ui.jobs.job_filter import JobFilter
from tasveer_tui.ui.jobs.job_groups import FailureList, WorkerList
from tasveer_tui.ui.jobs.job_log import LogPane
from tasveer_tui.ui.jobs.job_pane import JobPane
from tasveer_tui.ui.jobs.job_panes import JobPanes
from tasveer_tui.ui.jobs.job_table import JobTable
from tasveer_tui.ui.jobs.job_watches import WatchList
from tasveer_tui.ui.jobs.ledger import Ledger, LedgerReader, Wanted
from tasveer_tui.ui.jobs.throughput import HISTORY_S, Pacer
from tasveer_tui.ui.kit.place import PlaceScreen
from tasveer_tui.workspace import Progress

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from tasveer_tui.records import JobView
    from tasveer_tui.ui.kit.row_list import RowList

IDLE_EVERY = 5
"""While nothing moves, or nobody looks, only every so-manieth look at the ledger is taken."""
SPARKS_NARROW = 20
WIDE = 110


class JobsFollowing(PlaceScreen):
    """Jobs on top, the one under the cursor in full, watches, then the four panes."""

    DEFAULT_CSS = """
    JobsFollowing {
        & #jobs-problem { display: none; height: auto; padding: 0 1; }
        & #jobs-problem { background: $error 20%; color: $text-error; }
        & #jobs-problem.-told { display: block; }
        & #jobs-table { height: auto; min-height: 4; max-height: 45%; margin-bottom: 1; }
        & #jobs-empty { display: none; height: 1fr; padding: 1 2; background: $surface; }
        & #jobs-watches { display: none; height: auto; max-height: 5; margin-top: 1; }
        & #jobs-watches.-some { display: block; }
        & JobPanes { margin-top: 1; }
        &.-short #jobs-table { max-height: 36%; margin-bottom: 0; }
        &.-short JobPanes, &.-short #jobs-watches { margin-top: 0; }
        &.-short #jobs-watches { max-height: 3; }
        &.-empty #jobs-table, &.-empty JobPanes, &.-empty JobDetail { display: none; }
        &.-empty #jobs-empty { display: block; }
        &.-wide.-tall JobPanes {
            layout: grid; grid-size: 2 2; grid-columns: 3fr 2fr; grid-rows: 2fr 3fr;
            grid-gutter: 1 0;
        }
        &.-wide.-tall JobPanes > JobPane { display: block; }
        &.-wide.-tall JobPanes > .-right { border-left: vkey $border; }
    }
    .-ascii JobsFollowing.-wide.-tall JobPanes > .-right { border-left: ascii $border; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.filter_text = ""
        self._pacer = Pacer()
        self._reader = LedgerReader()
        self._ticks = 0
        self._is_anew = self._is_again = False
        self._offered: tuple[object, ...] = ()
        self.wished: dict[int, str] = {}
        """By job: what was asked for, until the ledger shows it."""
        self.written: set[int] = set()
        """The jobs whose wish is in the ledger; the next look at it shows them."""

    def compose_body(self) -> ComposeResult:
        """Banner, filter, jobs, detail, watches, panes."""
        yield Static(id="jobs-problem", markup=False)
        yield JobFilter(id="jobs-filter")
        yield JobTable(self._pacer, id="jobs-table")
        yield Static(_empty_text(), id="jobs-empty", markup=False)
        yield JobDetail(id="jobs-detail")
        yield WatchList(id="jobs-watches")
        yield JobPanes()

    def on_mount(self) -> None:
        """Follow the ledger from now on."""
        self.table.focus()
        self.set_interval(1 / max(1.0, self.tasveer.settings.refresh_hz), self._tick)
        self.look()

    # -------------------------------------------------------------------- parts

    @property
    def table(self) -> JobTable:
        """The jobs."""
        return self.query_one(JobTable)

    @property
    def worker_list(self) -> WorkerList:
        """Who reads."""
        return self.query_one(WorkerList)

    @property
    def failures(self) -> FailureList:
        """What failed of the job under the cursor, by class."""
        return self.query_one(FailureList)

    @property
    def feed(self) -> FeedList:
        """What was read last."""
        return self.query_one(FeedList)

    @property
    def watch_list(self) -> WatchList:
        """What is listed again and again."""
        return self.query_one(WatchList)

    @property
    def log_pane(self) -> LogPane:
        """The end of the engine's log."""
        return self.query_one(LogPane)

    def go_to_pane(self, pane: Widget) -> None:
        """Show a list and give it the keys."""
        if pane.parent is self.query_one(JobPanes) and isinstance(pane, JobPane):
            self.query_one(JobPanes).bring(pane)
            self.query_one(JobPanes).is_chosen = True
        self.set_focus(pane)
        if pane is self.log_pane:
            self._read_log()

    def lists(self) -> list[Widget]:
        """Every list that has something to go to, in the order of tab."""
        if self.has_class("-empty"):
            return [self.watch_list] if self.ledger.watches else []
        watches = [self.watch_list] if self.ledger.watches else []
        return [self.table, *watches, *self.query_one(JobPanes).all]

    # ---------------------------------------------------------------- following

    def follow(self, job_id: int) -> None:
        """Bring the cursor to a job that was dispatched just now."""
        self.query_one(JobFilter).close()
        self.table.go_to(job_id)
        self.look(anew=True)

    def _tick(self) -> None:
        """Look at the ledger, seldom while nothing moves; never twice at the same time."""
        self._ticks += 1
        is_busy = bool(self.ledger.active)
        if not (self.is_current or is_busy) or background(self).is_busy(self, "ledger"):
            return
        if self._ticks % IDLE_EVERY == 0:
            self.look()
            self._read_log()
        elif self.is_current and is_busy:
            self.look()

    def look(self, *, anew: bool = False) -> None:
        """Read the ledger, once more after a look under way; `anew` where something was changed."""
        self._is_anew = self._is_anew or anew
        runner = background(self)
        self._is_again = runner.is_busy(self, "ledger")
        if self._is_again:
            return
        job = self.table.current
        wanted = Wanted(job.id if job else 0, bool(self.filter_text), self._is_anew)
        self._is_anew = False
        read = partial(self._reader.read, workspace(self), wanted)
        runner.run(self, "ledger", read, self._show)

    def _show(self, ledger: Ledger) -> None:
        self.ledger = ledger
        if not self._is_again:
            for job_id in self.written:
                self.wished.pop(job_id, None)
            self.written.clear()
        self._pacer.note(ledger.jobs, ledger.at)
        self.set_class(not ledger.jobs, "-empty")
        problem = self.query_one("#jobs-problem", Static)
        problem.set_class(bool(ledger.problem), "-told")
        problem.update(Text(clean(ledger.problem)))
        self.show_jobs()
        self.worker_list.show(ledger.workers, ledger.now, ledger.engine)
        self.feed.show(ledger.engine.last_read if ledger.engine else (), ledger.now)
        self.watch_list.show(ledger.watches, ledger.now)
        self.watch_list.set_class(bool(ledger.watches), "-some")
        is_lost = self.focused is None and bool(ledger.jobs)
        if is_lost or (not ledger.watches and self.watch_list.has_focus):
            # What is hidden, as the jobs are while there is none, loses the keys.
            self.call_after_refresh(self.set_focus, self.table)
        if self._is_again:
            self.look()

    def show_jobs(self) -> None:
        """Show the jobs that the filter lets through, and the one under the cursor."""
        every = self.ledger.jobs
        jobs = filtered(every, self.filter_text)
        title = ""
        if self.filter_text:
            more = "+" if self.ledger.has_older else ""
            title = f"{len(jobs):,} of {len(every):,}{more} jobs"
        elif self.ledger.has_older:
            title = "Where (/ for older)"
        empty = "No job is like that; esc shows every job again." if self.filter_text else ""
        is_ascii = self.tasveer.symbols.is_ascii
        self.table.show(jobs, is_ascii=is_ascii, title=title, empty=empty, wished=self.wished)
        self.show_current()

    def show_current(self) -> None:
        """Show the job under the cursor in full, and what failed of it."""
        job = self.table.current
        pace = self._pacer.pace(job) if job else Progress()
        is_ascii = self.tasveer.symbols.is_ascii
        cells = HISTORY_S if self.size.width >= WIDE else SPARKS_NARROW
        self.query_one(JobDetail).show(
            job,
            pace,
            self.ledger.now,
            sparks=self._pacer.spark_line(cells, is_ascii=is_ascii),
            is_ascii=is_ascii,
        )
        self.query_one(JobPanes).settle(has_failures=bool(job and job.failed))
        is_its = job is not None and job.id == self.ledger.groups_of
        self.failures.show(self.ledger.groups if is_its else ())
        self.offer(job)

    def offer(self, job: JobView | None) -> None:
        """Let the footer say what works now, if that is something else than before."""
        facts = (job.id, job.state, bool(job.failed)) if job else ()
        offered = (facts, self.failures.row_count, self.feed.row_count, self.focused)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Other commands work in another list."""
        self.offer(self.table.current)

    def on_row_list_highlighted(self, event: RowList.Highlighted) -> None:
        """Show the other job at once, and its failures as soon as they are read."""
        event.stop()
        if event.rows is self.table:
            self.show_current()
            self.look()

    def _read_log(self) -> None:
        """See whether the engine has written something, where anybody looks at it."""
        pane, runner = self.log_pane, background(self)
        if not (self.is_current and pane.display) or runner.is_busy(self, "log"):
            return
        path = workspace(self).options.state_dir / "engine.log"
        read = partial(log_model.read_tail, path, pane.tail)
        runner.run(self, "log", read, lambda tail: pane.show(tail, path))


def _empty_text() -> Text:
    text = Text()
    text.append("No job was dispatched yet.\n\n", "bold")
    text.append("In Browse (1), choose prefixes with space and dispatch them with enter.\n")
    text.append("W in Browse watches a prefix: what is new there is read by itself.\n\n")
    text.append("Or from a shell:  ", "dim")
    return text.append("tasveer-tui ingest s3://BUCKET/PREFIX")
