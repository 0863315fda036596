"""What tests of the Jobs screen read from its widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.ui.jobs.screen import JobsScreen
from tasveer_tui.ui.shared.jobs_text import where_text

if TYPE_CHECKING:
    from tasveer_tui.ui.app import TasveerApp


def jobs_screen(app: TasveerApp) -> JobsScreen:
    """The Jobs screen, also if a dialog is in front of it."""
    screen = app.screen_stack[0]
    assert isinstance(screen, JobsScreen)
    return screen


def detail_text(app: TasveerApp) -> str:
    """The text about the job under the cursor."""
    return str(jobs_screen(app).detail.render())


def listed_locations(app: TasveerApp) -> list[str]:
    """The locations of the listed jobs, without `s3://`."""
    return [where_text(job.spec) for job in jobs_screen(app).table.jobs]


def failures_title(app: TasveerApp) -> str:
    """The title of the list of failures."""
    return jobs_screen(app).failure_list.title()
