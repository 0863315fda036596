"""`tasveer-tui ingest`: start a job and follow it, or watch prefixes for new objects."""

from __future__ import annotations

import signal
from contextlib import closing
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import click

from tasveer_tui.cli.follow import PROGRESS_FORMATS, follow, report_result
from tasveer_tui.cli.formatting import job_lines
from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.cli.params import duration_param, moment_param, size_param
from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, plural, size_text
from tasveer_tui.location import parse_location
from tasveer_tui.records import JobSpec
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.records import WatchView
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Workspace

_POLL_INTERVAL_S = 0.25
_ENSURE_INTERVAL_S = 1.0
"""How often a watch checks that an engine is running."""


@click.command("ingest")
@click.argument("locations", nargs=-1, metavar="s3://BUCKET/PREFIX...")
@click.option("--include", multiple=True, metavar="GLOB", help="Only keys that match. Repeatable.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No keys that match. Repeatable.")
@click.option(
    "--min-size",
    "min_bytes",
    type=size_param,
    metavar="SIZE",
    default=0,
    help="Only objects of at least SIZE: 500kB, 5MB.",
)
@click.option(
    "--max-size",
    "max_bytes",
    type=size_param,
    metavar="SIZE",
    default=0,
    help="Only objects of at most SIZE.",
)
@click.option(
    "--since",
    "modified_since",
    type=moment_param,
    metavar="DATE",
    default=0.0,
    help="Only objects modified at or after DATE: 2023-05-14, 30d.",
)
@click.option(
    "--before",
    "modified_before",
    type=moment_param,
    metavar="DATE",
    default=0.0,
    help="Only objects modified before DATE.",
)
@click.option(
    "--any-type",
    is_flag=True,
    help="Read objects with any extension; their content decides what is an image.",
)
@click.option(
    "--priority",
    type=click.IntRange(-9, 9),
    default=0,
    help="Jobs with a higher priority run first.",
)
@click.option("--dry-run", is_flag=True, help="Count objects and estimate cost; read nothing.")
@click.option("--force", is_flag=True, help="Read unchanged objects again.")
@click.option(
    "--no-wait", is_flag=True, help="Return at once; the engine continues in the background."
)
@click.option(
    "--watch", "is_watch", is_flag=True, help="Keep checking for new and changed objects."
)
@click.option(
    "--every",
    "interval_s",
    type=duration_param,
    metavar="TIME",
    default="1m",
    help="Interval of --watch.",
)
@click.option(
    "--progress",
    "progress_format",
    type=click.Choice(PROGRESS_FORMATS),
    default="auto",
    help="Progress on standard error: by default a bar on a terminal, else lines.",
)
@with_settings
def command(
    settings: Settings,
    /,
    locations: tuple[str, ...],
    dry_run: bool,
    no_wait: bool,
    is_watch: bool,
    interval_s: float,
    progress_format: str,
    **filters: Any,  # noqa: ANN401 - fields of JobSpec
) -> int:
    """Read the metadata of all images under the given prefixes, by range requests.

    Skips objects whose extension is not that of an image; see --any-type. Exit code 0: all objects
    were read; 3: some failed.
    """
    if not locations:
        raise UsageError(
            "No location given.",
            "Name a bucket or a prefix: tasveer-tui ingest s3://bucket/prefix",
        )
    if is_watch and (dry_run or no_wait or filters["force"]):
        raise UsageError(
            "--watch cannot be combined with --dry-run, --no-wait or --force.",
            "It runs until you stop it; use a supervisor such as systemd to run it in the"
            " background.",
        )
    with closing(open_workspace(settings, creates_catalogue=not dry_run)) as workspace:
        specs = _build_specs(workspace, locations, filters)
        if dry_run:
            for spec in specs:
                _print_estimate(workspace, spec)
        elif is_watch:
            _watch(workspace, specs, interval_s)
        else:
            _dispatch(workspace, specs, progress_format, no_wait=no_wait)
    return 0


def _build_specs(
    workspace: Workspace, locations: Sequence[str], filters: dict[str, Any]
) -> list[JobSpec]:
    """One job per bucket; `filters` are further fields of JobSpec."""
    prefixes_by_bucket: dict[str, list[str]] = {}
    for location in locations:
        bucket, prefix = parse_location(location)
        prefixes_by_bucket.setdefault(bucket, []).append(prefix)
    return [
        JobSpec(
            source=workspace.source(bucket),
            access=workspace.options.access,
            prefixes=tuple(dict.fromkeys(prefixes)),
            **filters,
        )
        for bucket, prefixes in prefixes_by_bucket.items()
    ]


def _dispatch(
    workspace: Workspace, specs: list[JobSpec], progress_format: str, *, no_wait: bool
) -> None:
    ids = [workspace.dispatch(spec) for spec in specs]
    if no_wait:
        workspace.engine.detach()
        for job_id in ids:
            click.echo(job_id)
        return
    jobs = [follow(workspace, job_id, progress_format) for job_id in ids]
    for job in jobs:
        report_result(job)


def _print_estimate(workspace: Workspace, spec: JobSpec) -> None:
    *_, last = workspace.estimate(spec)
    click.echo(
        f"{spec.source.uri()}: {last.objects:,} objects, {size_text(last.size_bytes)}\n"
        f"  to read {last.to_read:,} · unchanged {last.unchanged:,} · "
        f"filtered out {last.filtered:,}\n"
        f"  {last.list_requests:,} list and about {last.read_requests:,} read requests, "
        f"about {size_text(last.read_bytes)} instead of {size_text(last.to_read_bytes)}\n"
        f"  about {last.seconds:,.0f} s and ${last.dollars:.4f} in requests"
    )


def _watch(workspace: Workspace, specs: Sequence[JobSpec], interval_s: float) -> None:
    """Watch the prefixes and report each round that found something. Blocks until a signal."""
    # SIGTERM from a supervisor stops the watches as Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ids = [workspace.watch(spec, interval_s) for spec in specs]
    try:
        locations = ", ".join(clean(spec.source.uri()) for spec in specs)
        interval = approximate_duration_text(interval_s)
        click.echo(f"Watching {locations} every {interval}. Press Ctrl+C to stop.", err=True)
        _report_rounds(workspace, ids)
    except KeyboardInterrupt:
        click.echo("Watch stopped. Results so far stay in the catalogue.", err=True)
    finally:
        for watch_id in ids:
            workspace.unwatch(watch_id)


def _report_rounds(workspace: Workspace, ids: Sequence[int]) -> None:
    reported: dict[int, int] = dict.fromkeys(ids, 0)
    problem, next_ensure = "", 0.0
    while True:
        if monotonic() >= next_ensure:
            workspace.engine.ensure_running()
            next_ensure = monotonic() + _ENSURE_INTERVAL_S
        if (current := workspace.engine.problem()) != problem:
            problem = current
            click.echo(clean(problem) or "The problem is solved.", err=True)
        for view in workspace.watches():
            if view.id in reported and view.rounds > reported[view.id]:
                _report_round(workspace, view, is_first=not reported[view.id])
                reported[view.id] = view.rounds
        sleep(_POLL_INTERVAL_S)


def _report_round(workspace: Workspace, view: WatchView, *, is_first: bool) -> None:
    job = workspace.catalogue.job(view.job_id)
    if job.total or job.gone or job.error:
        for line in job_lines(job):
            click.echo(line, err=True)
    elif is_first:
        click.echo(f"Nothing new in {plural(job.listed, 'object')}.", err=True)
