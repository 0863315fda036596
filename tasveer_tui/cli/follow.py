"""Prints a job's progress on standard error until the job ends."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tasveer_tui.cli.formatting import job_lines, pace_text
from tasveer_tui.errors import CatalogueReadOnlyError, JobError, JobFailedError, PartialError
from tasveer_tui.records import JobState
from tasveer_tui.text import clean
from tasveer_tui.workspace import ProgressEstimator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobView
    from tasveer_tui.workspace import Progress as JobProgress
    from tasveer_tui.workspace import Workspace

POLL_INTERVAL_S = 0.1
ENSURE_INTERVAL_S = 1.0
LINE_INTERVAL_S = 5.0
EVENT_INTERVAL_S = 0.2
"""Time between two NDJSON lines."""

STUCK_TIMEOUT_S = 20.0
"""Stop following after the catalogue has refused writes for this long; the job can be resumed."""

PROGRESS_FORMATS = ("auto", "bar", "lines", "ndjson", "none")


def follow(workspace: Workspace, job_id: int, progress_format: str = "auto") -> JobView:
    """Show the job's progress until it ends or is paused. Blocks; returns its last state.

    Raises CatalogueReadOnlyError if the disk stays full or the file stays read-only.
    """
    console = Console(stderr=True, highlight=False)
    if progress_format == "auto":
        progress_format = "bar" if console.is_terminal else "lines"
    show = {"bar": _show_bar, "lines": _print_lines, "ndjson": _print_events, "none": _wait}[
        progress_format
    ]
    try:
        return show(workspace, job_id, console)
    except KeyboardInterrupt:
        click.echo(
            f"Job {job_id} is not finished. `tasveer-tui jobs resume {job_id}` continues it, "
            "and so does the next start of the program.",
            err=True,
        )
        raise


def report_result(job: JobView) -> None:
    """Print the counts; raises the error that sets the exit code."""
    for line in job_lines(job):
        click.echo(line, err=True)
    if job.state is JobState.FAILED:
        raise JobFailedError(
            f"Job {job.id} failed.",
            f"Fix the cause, then run `tasveer-tui jobs resume {job.id}`.",
        )
    if job.failed:
        raise PartialError(
            f"Job {job.id}: {job.failed:,} of {job.total:,} objects failed.",
            f"`tasveer-tui jobs show {job.id}` lists them with the reasons; "
            f"`tasveer-tui jobs retry {job.id}` retries them.",
        )
    if job.state is not JobState.DONE:
        raise JobError(
            f"Job {job.id} is {job.state}.", f"`tasveer-tui jobs resume {job.id}` continues it."
        )


def _show_bar(workspace: Workspace, job_id: int, console: Console) -> JobView:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[pace]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        bar = progress.add_task("listing…", total=0, pace="")
        for job, pace in _poll_states(workspace, job_id):
            problem = clean(workspace.engine.problem() or job.error, 100)
            progress.update(
                bar,
                description=problem or ("reading" if job.is_scanned else "listing and reading"),
                total=job.total,
                completed=job.done,
                pace=pace_text(job, pace),
            )
    return job


def _print_lines(workspace: Workspace, job_id: int, console: Console) -> JobView:
    """Print a line every few seconds, for logs."""
    next_line = time.monotonic() + LINE_INTERVAL_S
    for job, pace in _poll_states(workspace, job_id):
        if time.monotonic() >= next_line:
            next_line += LINE_INTERVAL_S
            problem = workspace.engine.problem() or job.error
            text = f"{job.done:,} of {job.total:,}{'' if job.is_scanned else ' so far'}"
            console.print(clean(f"{text}, {pace_text(job, pace)}. {problem}".strip()), markup=False)
    return job


def _print_events(workspace: Workspace, job_id: int, console: Console) -> JobView:
    """Print one JSON object per line, five times a second, for programs."""
    del console
    next_line = 0.0
    for job, pace in _poll_states(workspace, job_id):
        is_last = job.state.is_final or job.state is JobState.PAUSED
        if is_last or time.monotonic() >= next_line:
            next_line = time.monotonic() + EVENT_INTERVAL_S
            click.echo(json.dumps(_event_data(workspace, job, pace)), err=True)
    return job


_EVENT_FIELDS = (
    *("listed", "filtered", "added", "changed", "unchanged", "gone", "total", "done", "left"),
    *("ok", "noexif", "notimage", "failed", "tried_again"),
    *("bytes_read", "bytes_saved", "requests", "is_scanned", "error"),
)


def _event_data(workspace: Workspace, job: JobView, pace: JobProgress) -> dict[str, object]:
    report = workspace.engine.report()
    return {
        "job": job.id,
        "state": job.state,
        **{name: getattr(job, name) for name in _EVENT_FIELDS},
        "images_per_s": round(pace.images_per_s, 1),
        "bytes_per_s": round(pace.bytes_per_s),
        "eta_s": pace.eta_s,
        "eta_soonest_s": pace.eta_soonest_s,
        "eta_latest_s": pace.eta_latest_s,
        "problem": report.problem,
        "batches_waiting": report.batches_waiting,
        "workers": [worker.name for worker in report.workers],
    }


def _wait(workspace: Workspace, job_id: int, console: Console) -> JobView:
    del console
    *_, (job, _) = _poll_states(workspace, job_id)
    return job


def _poll_states(workspace: Workspace, job_id: int) -> Iterator[tuple[JobView, JobProgress]]:
    """Yield the job's state at an interval, the final state last; keeps an engine running."""
    next_ensure, stuck_at, pace = 0.0, 0.0, ProgressEstimator()
    while True:
        if time.monotonic() >= next_ensure:
            workspace.engine.ensure_running()
            next_ensure = time.monotonic() + ENSURE_INTERVAL_S
            stuck_at = _stuck_since(workspace, stuck_at)
        job = workspace.catalogue.job(job_id)
        yield job, pace.update(job, time.monotonic())
        if job.state.is_final or job.state is JobState.PAUSED:
            return
        if stuck_at and time.monotonic() - stuck_at > STUCK_TIMEOUT_S:
            raise CatalogueReadOnlyError(
                workspace.engine.problem() or "The catalogue cannot be written.",
                f"Nothing is lost: free the file, then run `tasveer-tui jobs resume {job_id}`.",
            )
        time.sleep(POLL_INTERVAL_S)


def _stuck_since(workspace: Workspace, before: float) -> float:
    """When the catalogue began to refuse writes; 0 if it accepts them."""
    is_stuck = workspace.engine.report().problem_source in {"catalogue", "ledger"}
    return (before or time.monotonic()) if is_stuck else 0.0
