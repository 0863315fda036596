"""`tasveer-tui jobs`: the jobs screen in words."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import click
import msgspec

from tasveer_tui.cli.follow import follow, report_result
from tasveer_tui.cli.formatting import broker_line, job_lines, report_lines
from tasveer_tui.cli.options import open_workspace, with_settings
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
    """Open the workspace around a verb and close it after."""

    def wrapper(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> int:
        workspace = open_workspace(settings)
        try:
            function(workspace, *args, **kwargs)
        finally:
            workspace.close()
        return 0

    return functools.update_wrapper(wrapper, function)


_format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group("jobs", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the jobs (`jobs list`); show, pause, resume, cancel, retry, prefer one; tune workers."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_jobs)


@command.command("list")
@_format_option
@with_settings
@_with_workspace
def list_jobs(workspace: Workspace, form: str = "text") -> None:
    """Every job, newest first."""
    jobs = workspace.catalogue.jobs()
    if form == "json":
        click.echo(json.dumps([_job_dict(job) for job in jobs], indent=1))
        return
    if not jobs:
        click.echo("No jobs yet. `tasveer-tui ingest s3://bucket/prefix` makes one.", err=True)
    for job in jobs:
        for line in job_lines(job):
            click.echo(line)


@command.command("show")
@click.argument("job_id", type=int)
@_format_option
@with_settings
@_with_workspace
def show(workspace: Workspace, job_id: int, form: str) -> None:
    """One job, with what failed and why."""
    job = workspace.catalogue.job(job_id)
    if form == "json":
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
            click.echo(f"  … and {group.count - MAX_FAILURES_SHOWN:,} more (--format json has all)")


@command.command("pause")
@click.argument("job_id", type=int)
@with_settings
@_with_workspace
def pause(workspace: Workspace, job_id: int) -> None:
    """Hand out no more work; what is being read is recorded."""
    workspace.catalogue.pause(job_id)


@command.command("cancel")
@click.argument("job_id", type=int)
@with_settings
@_with_workspace
def cancel(workspace: Workspace, job_id: int) -> None:
    """Stop for good; what was read stays in the catalogue."""
    workspace.catalogue.cancel(job_id)


@command.command("resume")
@click.argument("job_id", type=int)
@click.option("--no-wait", is_flag=True, help="Do not follow; the engine goes on by itself.")
@with_settings
@_with_workspace
def resume(workspace: Workspace, job_id: int, *, no_wait: bool) -> None:
    """Go on with a paused or interrupted job, and follow it."""
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
@click.option("--key", "keys", multiple=True, help="Only this object; may be repeated.")
@click.option("--no-wait", is_flag=True, help="Do not follow; the engine goes on by itself.")
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
    """Read the failed objects of a job again, and follow it."""
    again = workspace.catalogue.retry(
        job_id, outcome=Outcome(outcome) if outcome else None, keys=keys
    )
    click.echo(f"{again:,} objects are read again.", err=True)
    if again:
        _follow_job(workspace, job_id, no_wait=no_wait)


# A priority may be negative: `-2` is no option.
@command.command("prefer", context_settings={"ignore_unknown_options": True})
@click.argument("job_id", type=int)
@click.argument("priority", type=click.IntRange(-9, 9))
@with_settings
@_with_workspace
def prefer(workspace: Workspace, job_id: int, priority: int) -> None:
    """Let the job go before all of a lower priority; jobs begin with 0."""
    workspace.catalogue.set_priority(job_id, priority)


@command.command("tune")
@click.argument("in_flight", type=click.IntRange(0, MAX_CONCURRENT_READS))
@with_settings
@_with_workspace
def tune(workspace: Workspace, in_flight: int) -> None:
    """Let each process of the workers read so many objects at once; 0: as they were started."""
    workspace.catalogue.tune(in_flight)


@command.command("watches")
@_format_option
@with_settings
@_with_workspace
def watches(workspace: Workspace, form: str) -> None:
    """The places that are listed again and again."""
    found = workspace.watches()
    if form == "json":
        click.echo(json.dumps(msgspec.to_builtins(found), indent=1))
        return
    for view in found:
        places = ", ".join(view.spec.source.uri(prefix) for prefix in view.spec.prefixes)
        click.echo(
            f"Watch {view.id} ({clean(places)}): every {approximate_duration_text(view.every_s)}, "
            f"{plural(view.rounds, 'round')}, {plural(view.found, 'object')} read"
        )


@command.command("unwatch")
@click.argument("watch_id", type=int)
@with_settings
@_with_workspace
def unwatch(workspace: Workspace, watch_id: int) -> None:
    """End a watch; what was read stays."""
    workspace.unwatch(watch_id)


@command.command("workers")
@_format_option
@with_settings
@_with_workspace
def workers(workspace: Workspace, form: str) -> None:
    """Who works now, with heartbeat and load, and what waits at the broker.

    While no engine is running, only who answers at the broker can be told.
    """
    report = workspace.engine.report()
    asked = None if report.is_running else _query_broker(workspace.options.broker_url)
    if form == "json":
        answering = asked.workers if asked else ()
        told = {**msgspec.to_builtins(report), "answering": answering}
        click.echo(json.dumps(told, indent=1))
        return
    for line in report_lines(report):
        click.echo(line)
    if asked is not None:
        click.echo(broker_line(asked))


def _query_broker(url: str) -> BrokerReport | None:
    """Who answers there; None where there is no broker."""
    from tasveer_tui.jobs import check_broker

    return check_broker(url) if url else None


def _follow_job(workspace: Workspace, job_id: int, *, no_wait: bool) -> None:
    workspace.engine.ensure_running()
    if no_wait:
        workspace.engine.detach()
        return
    report_result(follow(workspace, job_id))


def _job_dict(job: JobView) -> dict[str, object]:
    """A job as JSON has it: the fields of the view and what derives from them."""
    plain: dict[str, object] = msgspec.to_builtins(job)
    return plain | {"done": job.done, "left": job.left, "bytes_saved": job.bytes_saved}
