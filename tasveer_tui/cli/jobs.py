"""`tasveer-tui jobs`: what the Jobs screen shows and does, on the command line."""

from __future__ import annotations

import functools
import json
from contextlib import closing
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import click
import msgspec

from tasveer_tui.cli.follow import follow, report_result
from tasveer_tui.cli.formatting import broker_line, job_lines, report_lines
from tasveer_tui.cli.options import open_workspace, with_common_options, with_settings
from tasveer_tui.humanize import approximate_duration_text, plural
from tasveer_tui.records import MAX_CONCURRENT_READS, Outcome
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.jobs import BrokerReport
    from tasveer_tui.records import JobView
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Workspace

P = ParamSpec("P")

MAX_FAILURES_SHOWN = 10


def _with_workspace(
    function: Callable[Concatenate[Workspace, P], None],
) -> Callable[Concatenate[Settings, P], int]:
    """Open the workspace for one command and close it afterwards."""

    def wrapper(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> int:
        with closing(open_workspace(settings)) as workspace:
            function(workspace, *args, **kwargs)
        return 0

    return functools.update_wrapper(wrapper, function)


_format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)


@click.group("jobs", invoke_without_command=True)
@click.pass_context
@with_common_options
def command(context: click.Context) -> None:
    """List jobs (`jobs list`); show, pause, resume, cancel, retry or reprioritize one."""
    if context.invoked_subcommand is None:
        context.invoke(list_jobs)


@command.command("list")
@_format_option
@with_settings
@_with_workspace
def list_jobs(workspace: Workspace, output_format: str = "text") -> None:
    """List all jobs, the newest first."""
    jobs = workspace.catalogue.jobs()
    if output_format == "json":
        click.echo(json.dumps([_job_dict(job) for job in jobs], indent=1))
        return
    if not jobs:
        click.echo("No jobs yet. `tasveer-tui ingest s3://bucket/prefix` starts one.", err=True)
    for job in jobs:
        for line in job_lines(job):
            click.echo(line)


@command.command("show")
@click.argument("job_id", type=int)
@_format_option
@with_settings
@_with_workspace
def show(workspace: Workspace, job_id: int, output_format: str) -> None:
    """Show one job and its failures, with the reasons."""
    job = workspace.catalogue.job(job_id)
    if output_format == "json":
        failures = workspace.catalogue.failures(job_id, limit=-1)
        click.echo(
            json.dumps(_job_dict(job) | {"failures": msgspec.to_builtins(failures)}, indent=1)
        )
        return
    for line in job_lines(job):
        click.echo(line)
    for group in workspace.catalogue.failure_groups(job_id):
        click.echo(f"\n{group.count:,} {group.outcome}: {group.outcome.description()}")
        for failure in workspace.catalogue.failures(job_id, group.outcome, MAX_FAILURES_SHOWN):
            click.echo(f"  {clean(failure.key)}  {clean(failure.message, 200)}")
        if group.count > MAX_FAILURES_SHOWN:
            click.echo(
                f"  … and {group.count - MAX_FAILURES_SHOWN:,} more (--format json lists all)"
            )


@command.command("pause")
@click.argument("job_id", type=int)
@with_settings
@_with_workspace
def pause(workspace: Workspace, job_id: int) -> None:
    """Pause a job. Objects that are being read now are still recorded."""
    workspace.catalogue.pause(job_id)


@command.command("cancel")
@click.argument("job_id", type=int)
@with_settings
@_with_workspace
def cancel(workspace: Workspace, job_id: int) -> None:
    """Cancel a job. Results so far stay in the catalogue."""
    workspace.catalogue.cancel(job_id)


@command.command("resume")
@click.argument("job_id", type=int)
@click.option(
    "--no-wait", is_flag=True, help="Return at once; the engine continues in the background."
)
@with_settings
@_with_workspace
def resume(workspace: Workspace, job_id: int, *, no_wait: bool) -> None:
    """Resume a paused or interrupted job and follow it."""
    if not workspace.catalogue.job(job_id).state.is_active:
        workspace.catalogue.resume(job_id)
    _follow_job(workspace, job_id, no_wait=no_wait)


@command.command("retry")
@click.argument("job_id", type=int)
@click.option(
    "--class",
    "outcome",
    type=click.Choice([str(outcome) for outcome in Outcome]),
    help="Only failures of this class.",
)
@click.option("--key", "keys", multiple=True, help="Only this object. Repeatable.")
@click.option(
    "--no-wait", is_flag=True, help="Return at once; the engine continues in the background."
)
@with_settings
@_with_workspace
def retry(
    workspace: Workspace,
    job_id: int,
    outcome: str | None,
    keys: tuple[str, ...],
    *,
    no_wait: bool,
) -> None:
    """Retry the failed objects of a job and follow it."""
    count = workspace.catalogue.retry(
        job_id, outcome=Outcome(outcome) if outcome else None, keys=keys
    )
    click.echo(f"Retrying {plural(count, 'object')}.", err=True)
    if count:
        _follow_job(workspace, job_id, no_wait=no_wait)


# A priority may be negative: `-2` is a value, not an option.
@command.command("prefer", context_settings={"ignore_unknown_options": True})
@click.argument("job_id", type=int)
@click.argument("priority", type=click.IntRange(-9, 9))
@with_settings
@_with_workspace
def prefer(workspace: Workspace, job_id: int, priority: int) -> None:
    """Set a job's priority: a job with a higher one goes first. The default is 0."""
    workspace.catalogue.set_priority(job_id, priority)


@command.command("tune")
@click.argument("in_flight", type=click.IntRange(0, MAX_CONCURRENT_READS))
@with_settings
@_with_workspace
def tune(workspace: Workspace, in_flight: int) -> None:
    """Set how many objects each worker process reads at once; 0 restores --in-flight."""
    workspace.catalogue.tune(in_flight)


@command.command("watches")
@_format_option
@with_settings
@_with_workspace
def watches(workspace: Workspace, output_format: str) -> None:
    """List the watches: prefixes that are checked for new objects at an interval."""
    views = workspace.catalogue.watches()
    if output_format == "json":
        click.echo(json.dumps(msgspec.to_builtins(views), indent=1))
        return
    for view in views:
        locations = ", ".join(view.spec.source.uri(prefix) for prefix in view.spec.prefixes)
        interval = approximate_duration_text(view.every_s)
        click.echo(
            f"Watch {view.id} ({clean(locations)}): every {interval}, "
            f"{plural(view.rounds, 'round')}, {plural(view.found, 'object')} read"
        )


@command.command("unwatch")
@click.argument("watch_id", type=int)
@with_settings
@_with_workspace
def unwatch(workspace: Workspace, watch_id: int) -> None:
    """Stop a watch. Results so far stay in the catalogue."""
    workspace.unwatch(watch_id)


@command.command("workers")
@_format_option
@with_settings
@_with_workspace
def workers(workspace: Workspace, output_format: str) -> None:
    """Show the engine, its queues and the workers with heartbeat and load.

    Without a running engine, only the workers that answer at the broker are listed.
    """
    report = workspace.engine.report()
    broker = None if report.is_running else _query_broker(workspace.options.broker_url)
    if output_format == "json":
        answering = broker.workers if broker else ()
        click.echo(json.dumps(msgspec.to_builtins(report) | {"answering": answering}, indent=1))
        return
    for line in report_lines(report):
        click.echo(line)
    if broker is not None:
        click.echo(broker_line(broker))


def _query_broker(url: str) -> BrokerReport | None:
    """The workers that answer at the broker; None without a broker."""
    from tasveer_tui.jobs import check_broker

    return check_broker(url) if url else None


def _follow_job(workspace: Workspace, job_id: int, *, no_wait: bool) -> None:
    workspace.engine.ensure_running()
    if no_wait:
        workspace.engine.detach()
        return
    report_result(follow(workspace, job_id))


def _job_dict(job: JobView) -> dict[str, object]:
    """The fields of a job and the values derived from them, for JSON."""
    fields: dict[str, object] = msgspec.to_builtins(job)
    return fields | {"done": job.done, "left": job.left, "bytes_saved": job.bytes_saved}
