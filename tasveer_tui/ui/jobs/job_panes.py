"""The lists under the jobs: all at once where there is room, else one, the others a key away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container

from tasveer_tui.ui.context import app_context
from tasveer_tui.ui.jobs.job_feed import FeedList
from tasveer_tui.ui.jobs.job_groups import FailureList, WorkerList
from tasveer_tui.ui.jobs.job_log import LogPane
from tasveer_tui.ui.jobs.job_pane import JobPane

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


SHOWN = "-shown"


class JobPanes(Container):
    """Failures, workers, what was read last, the log."""

    DEFAULT_CSS = """
    JobPanes {
        height: 1fr; min-height: 4;
        & > JobPane { display: none; height: 1fr; }
        & > JobPane.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_chosen = False
        """A person went to one of them."""

    def compose(self) -> ComposeResult:
        """In the order in which tab goes through them."""
        yield FailureList(id="jobs-failures")
        yield WorkerList(id="jobs-workers").add_class("-right")
        yield FeedList(id="jobs-feed")
        yield LogPane(id="jobs-log").add_class("-right")

    def on_mount(self) -> None:
        """Begin with what asks for somebody."""
        self.bring(self.query_one(FailureList))

    @property
    def all(self) -> list[JobPane]:
        """Every pane, in their order."""
        return list(self.query(JobPane))

    @property
    def has_room(self) -> bool:
        """All of them are shown at the same time."""
        return self.screen.has_class("-wide") and self.screen.has_class("-tall")

    def settle(self, *, has_failures: bool) -> None:
        """Until a person goes to one, show what failed, or else what is read."""
        pane = self.query_one(FailureList if has_failures else FeedList)
        if not (self.is_chosen or pane.has_class(SHOWN)):
            self.bring(pane)

    def bring(self, pane: JobPane) -> None:
        """See that this one is shown; where one stands alone, its header names the others."""
        panes = self.all
        at = panes.index(pane)
        for one in panes:
            one.set_class(one is pane, SHOWN)
            one.stand_beside("")
        mark = f" {app_context(self).symbols.separator} "
        others = mark.join(one.name_in_header for one in (*panes[at + 1 :], *panes[:at]))
        if not self.has_room:
            pane.stand_beside(f"tab: {others}")

    def on_resize(self, event: events.Resize) -> None:
        """Name the others, or do not any more."""
        del event
        shown = next((one for one in self.all if one.has_class(SHOWN)), None)
        if shown is not None:
            self.bring(shown)
