"""`tasveer-tui ingest --watch`: rounds until somebody ends it."""

from __future__ import annotations

import signal
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.told import job_lines
from tasveer_tui.figures import plural, span_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.records import JobSpec, WatchView
    from tasveer_tui.workspace import Workspace

POLL_S = 0.25
ENSURE_S = 1.0


def watch(workspace: Workspace, specs: Sequence[JobSpec], every_s: float) -> None:
    """Watch these places, and tell of every round that found something. Blocks until a signal."""
    # A supervisor's SIGTERM ends it as Ctrl-C does: the watches go with the program.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ids = [workspace.watch(spec, every_s) for spec in specs]
    try:
        places = ", ".join(clean(spec.source.uri()) for spec in specs)
        click.echo(f"Watching {places} every {span_text(every_s)}; Ctrl-C ends it.", err=True)
        _tell(workspace, ids)
    except KeyboardInterrupt:
        click.echo("The watch has ended; what was read stays.", err=True)
    finally:
        for number in ids:
            workspace.unwatch(number)


def _tell(workspace: Workspace, ids: Sequence[int]) -> None:
    told: dict[int, int] = dict.fromkeys(ids, 0)
    problem, next_ensure = "", 0.0
    while True:
        if monotonic() >= next_ensure:
            workspace.engine.ensure()
            next_ensure = monotonic() + ENSURE_S
        if (now := workspace.engine.problem()) != problem:
            problem = now
            click.echo(clean(problem) or "It works again.", err=True)
        for view in workspace.watches():
            if view.id in told and view.rounds > told[view.id]:
                _round(workspace, view, is_first=not told[view.id])
                told[view.id] = view.rounds
        sleep(POLL_S)


def _round(workspace: Workspace, view: WatchView, *, is_first: bool) -> None:
    job = workspace.catalogue.job(view.job_id)
    if job.total or job.gone or job.error:
        for line in job_lines(job):
            click.echo(line, err=True)
    elif is_first:
        click.echo(f"Nothing new in {plural(job.listed, 'object')}.", err=True)
