"""A job's progress on standard error, until it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tasveer_tui.cli.told import job_lines
from tasveer_tui.errors import JobError, JobFailedError, PartialError
from tasveer_tui.figures import size_text
from tasveer_tui.records import JobState
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobView
    from tasveer_tui.workspace import Workspace

POLL_S = 0.1
ENSURE_S = 1.0
PLAIN_LINE_S = 5.0


def follow(workspace: Workspace, job_id: int) -> JobView:
    """Show the job's progress until it is final or paused. Blocks; returns its last state."""
    console = Console(stderr=True, highlight=False)
    show = _bar if console.is_terminal else _lines
    try:
        return show(workspace, job_id, console)
    except KeyboardInterrupt:
        click.echo(
            f"Job {job_id} stays in the ledger: `tasveer-tui jobs resume {job_id}` goes on, "
            "as does any next start of the program.",
            err=True,
        )
        raise


def conclude(job: JobView) -> None:
    """Print the counts; raise what the exit code should say."""
    for line in job_lines(job):
        click.echo(line, err=True)
    if job.state is JobState.FAILED:
        raise JobFailedError(
            f"Job {job.id} failed.",
            f"`tasveer-tui jobs resume {job.id}` goes on once that is mended.",
        )
    if job.failed:
        raise PartialError(
            f"Job {job.id}: {job.failed:,} of {job.total:,} objects failed.",
            f"`tasveer-tui jobs show {job.id}` says which and why; "
            f"`tasveer-tui jobs retry {job.id}` tries them again.",
        )
    if job.state is not JobState.DONE:
        raise JobError(
            f"Job {job.id} is {job.state}.", f"`tasveer-tui jobs resume {job.id}` goes on."
        )


def _bar(workspace: Workspace, job_id: int, console: Console) -> JobView:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        bar = progress.add_task("listing…", total=0, rate="")
        started = time.monotonic()
        for job in _states(workspace, job_id):
            rate = job.done / max(time.monotonic() - started, 0.1)
            problem = clean(workspace.engine.problem() or job.error, 100)
            progress.update(
                bar,
                description=problem or ("reading" if job.is_scanned else "listing and reading"),
                total=job.total,
                completed=job.done,
                rate=f"{rate:,.0f}/s · {size_text(job.bytes_read)} read",
            )
    return job


def _lines(workspace: Workspace, job_id: int, console: Console) -> JobView:
    """A line every few seconds, for logs."""
    next_line = time.monotonic() + PLAIN_LINE_S
    for job in _states(workspace, job_id):
        if time.monotonic() >= next_line:
            next_line += PLAIN_LINE_S
            problem = workspace.engine.problem() or job.error
            text = f"{job.done:,} of {job.total:,}{'' if job.is_scanned else ' so far'}"
            console.print(clean(f"{text}. {problem}".strip()), markup=False)
    return job


def _states(workspace: Workspace, job_id: int) -> Iterator[JobView]:
    """The job again and again, the final state last; keeps an engine running."""
    next_ensure = 0.0
    while True:
        if time.monotonic() >= next_ensure:
            workspace.engine.ensure()
            next_ensure = time.monotonic() + ENSURE_S
        job = workspace.catalogue.job(job_id)
        yield job
        if job.state.is_final or job.state is JobState.PAUSED:
            return
        time.sleep(POLL_S)
