"""`tasveer-tui ingest`: dispatch a job and follow it."""

from __future__ import annotations

import signal
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import click

from tasveer_tui.cli.follow import PROGRESS_FORMATS, follow, report_result
from tasveer_tui.cli.formatting import job_lines
from tasveer_tui.cli.options import open_workspace, parse_uri, with_settings
from tasveer_tui.cli.params import duration_param, moment_param, size_param
from tasveer_tui.errors import UsageError
from tasveer_tui.humanize import approximate_duration_text, plural, size_text
from tasveer_tui.records import JobSpec
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.records import WatchView
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Workspace

WATCH_POLL_S = 0.25
WATCH_ENSURE_S = 1.0


def watch(workspace: Workspace, specs: Sequence[JobSpec], every_s: float) -> None:
    """Watch these places, and tell of every round that found something. Blocks until a signal."""
    # A supervisor's SIGTERM ends it as Ctrl-C does: the watches go with the program.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ids = [workspace.watch(spec, every_s) for spec in specs]
    try:
        places = ", ".join(clean(spec.source.uri()) for spec in specs)
        click.echo(
            f"Watching {places} every {approximate_duration_text(every_s)}; Ctrl-C ends it.",
            err=True,
        )
        _report_rounds(workspace, ids)
    except KeyboardInterrupt:
        click.echo("The watch has ended; what was read stays.", err=True)
    finally:
        for number in ids:
            workspace.unwatch(number)


def _report_rounds(workspace: Workspace, ids: Sequence[int]) -> None:
    told: dict[int, int] = dict.fromkeys(ids, 0)
    problem, next_ensure = "", 0.0
    while True:
        if monotonic() >= next_ensure:
            workspace.engine.ensure_running()
            next_ensure = monotonic() + WATCH_ENSURE_S
        if (now := workspace.engine.problem()) != problem:
            problem = now
            click.echo(clean(problem) or "It works again.", err=True)
        for view in workspace.watches():
            if view.id in told and view.rounds > told[view.id]:
                _report_round(workspace, view, is_first=not told[view.id])
                told[view.id] = view.rounds
        sleep(WATCH_POLL_S)


def _report_round(workspace: Workspace, view: WatchView, *, is_first: bool) -> None:
    job = workspace.catalogue.job(view.job_id)
    if job.total or job.gone or job.error:
        for line in job_lines(job):
            click.echo(line, err=True)
    elif is_first:
        click.echo(f"Nothing new in {plural(job.listed, 'object')}.", err=True)


# `tasveer-tui ingest`: dispatch a job and follow it.


@click.command("ingest")
@click.argument("places", nargs=-1, metavar="[s3://BUCKET/PREFIX]...")
@click.option("--include", multiple=True, metavar="GLOB", help="Only keys like this.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Not keys like this.")
@click.option(
    "--min-size",
    "min_bytes",
    type=size_param,
    metavar="SIZE",
    default=0,
    help="Not smaller: 500kB, 5MB.",
)
@click.option(
    "--max-size", "max_bytes", type=size_param, metavar="SIZE", default=0, help="Not larger."
)
@click.option(
    "--since",
    "modified_since",
    type=moment_param,
    metavar="DATE",
    default=0.0,
    help="Modified at or after: 2023-05-14, 30d.",
)
@click.option(
    "--before",
    "modified_before",
    type=moment_param,
    metavar="DATE",
    default=0.0,
    help="Modified before.",
)
@click.option(
    "--any-type",
    is_flag=True,
    help="Every extension: what the objects hold decides what is an image.",
)
@click.option(
    "--priority", type=click.IntRange(-9, 9), default=0, help="A job with a higher one goes first."
)
@click.option("--dry-run", is_flag=True, help="Count and estimate; read nothing.")
@click.option("--force", is_flag=True, help="Read unchanged objects again.")
@click.option("--no-wait", is_flag=True, help="Do not follow; the engine goes on by itself.")
@click.option("--watch", "is_watch", is_flag=True, help="List again and again, read what is new.")
@click.option(
    "--every",
    "every_s",
    type=duration_param,
    metavar="TIME",
    default="1m",
    help="With --watch: how often.",
)
@click.option(
    "--progress",
    type=click.Choice(PROGRESS_FORMATS),
    default="auto",
    help="How progress is told on standard error; a bar on a terminal, else a line now and then.",
)
@with_settings
def command(
    settings: Settings,
    /,
    places: tuple[str, ...],
    dry_run: bool,
    no_wait: bool,
    is_watch: bool,
    every_s: float,
    progress: str,
    **chosen: Any,  # noqa: ANN401 - the fields of JobSpec
) -> int:
    """Read the metadata of every image under the places, by range requests.

    Without a place, the default bucket of the settings is read. Of all objects those are taken
    that have the extension of an image, or none. Exit code 0: all read; 3: some objects failed.
    """
    if is_watch and (dry_run or no_wait or chosen["force"]):
        raise UsageError(
            "--watch goes with none of --dry-run, --no-wait and --force.",
            "It stays until it is ended; to have it in the background, let a supervisor run it.",
        )
    if not places:
        settings, places = _default_location(settings)
    workspace = open_workspace(settings)
    try:
        specs = _build_specs(workspace, places, chosen)
        if dry_run:
            for spec in specs:
                _print_estimate(workspace, spec)
        elif is_watch:
            watch(workspace, specs, every_s)
        else:
            _dispatch(workspace, specs, progress, no_wait=no_wait)
    finally:
        workspace.close()
    return 0


def _default_location(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    import msgspec

    s3 = settings.s3
    if s3.default_bucket_unsigned and not s3.profile:
        s3 = msgspec.structs.replace(s3, no_sign_request=True)
    return msgspec.structs.replace(settings, s3=s3), (f"s3://{s3.default_bucket}",)


def _build_specs(
    workspace: Workspace, places: Sequence[str], chosen: dict[str, Any]
) -> list[JobSpec]:
    """One job for each bucket; `chosen` are the filters and the rest of the spec."""
    prefixes: dict[str, list[str]] = {}
    for place in places:
        bucket, prefix = parse_uri(place)
        prefixes.setdefault(bucket, []).append(prefix)
    return [
        JobSpec(
            source=workspace.source(bucket),
            access=workspace.options.access,
            prefixes=tuple(dict.fromkeys(found)),
            **chosen,
        )
        for bucket, found in prefixes.items()
    ]


def _dispatch(workspace: Workspace, specs: list[JobSpec], progress: str, *, no_wait: bool) -> None:
    ids = [workspace.dispatch(spec) for spec in specs]
    if no_wait:
        workspace.engine.detach()
        for job_id in ids:
            click.echo(job_id)
        return
    jobs = [follow(workspace, job_id, progress) for job_id in ids]
    for job in jobs:
        report_result(job)


def _print_estimate(workspace: Workspace, spec: JobSpec) -> None:
    *_, last = workspace.estimate(spec)
    click.echo(
        f"{spec.source.uri()}: {last.objects:,} objects, {size_text(last.size_bytes)}\n"
        f"  to read {last.to_read:,} · unchanged {last.unchanged:,} · "
        f"left out by the filters {last.filtered:,}\n"
        f"  {last.list_requests:,} list and about {last.read_requests:,} read requests, "
        f"about {size_text(last.read_bytes)} instead of {size_text(last.to_read_bytes)}\n"
        f"  about {last.seconds:,.0f} s and ${last.dollars:.4f} in requests"
    )
