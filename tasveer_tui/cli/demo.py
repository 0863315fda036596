"""`tasveer-tui demo`: try the program on a local demo bucket."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tasveer_tui.cli.follow import follow
from tasveer_tui.cli.formatting import job_lines
from tasveer_tui.cli.open import open_screens
from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.cli.search import print_table
from tasveer_tui.errors import PartialError
from tasveer_tui.records import JobSpec, JobState
from tasveer_tui.settings import S3Settings, Settings

if TYPE_CHECKING:
    from tasveer_tui.demo import DemoServer
    from tasveer_tui.workspace import Workspace

DEMO_SEARCH = "camera:canon iso>=800 order by taken"


@click.command("demo")
@click.option("--no-ui", is_flag=True, help="Ingest the bucket, print a summary and one search.")
@with_settings
def command(settings: Settings, no_ui: bool) -> int:
    """Try the program on a small bucket that this machine serves; no account needed.

    The bucket and the catalogue are temporary: they are deleted when the program ends.
    """
    from tasveer_tui.demo import DemoServer, ensure_installed

    ensure_installed()
    with (
        tempfile.TemporaryDirectory(prefix="tasveer-demo-") as folder,
        DemoServer(_show_progress) as server,
    ):
        os.environ.update(server.environment())
        settings = _demo_settings(settings, server, Path(folder))
        if no_ui:
            _run_headless(settings, server)
            return 0
        return open_screens(settings, f"s3://{server.bucket}")


def _show_progress(done: int, total: int) -> None:
    """Show the progress of the first start; later starts use the cached photographs."""
    if sys.stderr.isatty():
        click.echo(f"\rCreating demo photographs: {done} of {total} ", err=True, nl=done == total)


def _demo_settings(settings: Settings, server: DemoServer, folder: Path) -> Settings:
    """The user's settings with the demo's endpoint and catalogue, and without a broker.

    Remote workers cannot reach a bucket on this machine, so the job would never end.
    """
    if settings.ingest.broker:
        click.echo("The demo does not use the configured broker.", err=True)
    return msgspec.structs.replace(
        settings,
        ingest=msgspec.structs.replace(settings.ingest, broker=""),
        s3=S3Settings(endpoint_url=server.endpoint_url),
        db=settings.db or str(folder / "catalogue.sqlite"),
    )


def _run_headless(settings: Settings, server: DemoServer) -> None:
    from tasveer_tui.catalogue.search import parse

    workspace = open_workspace(settings, creates_catalogue=True)
    try:
        job_id = workspace.dispatch(
            JobSpec(
                source=workspace.source(server.bucket),
                access=workspace.options.access,
                include=("**",),
            )
        )
        job = follow(workspace, job_id)
        for line in job_lines(job):
            click.echo(line)
        _print_outcomes(workspace)
        click.echo(f"\ntasveer-tui search '{DEMO_SEARCH}'")
        print_table(workspace.finder(), parse(DEMO_SEARCH), (), 10)
        sys.stdout.flush()
        if job.state is not JobState.DONE or job.left:
            raise PartialError(f"The demo's job ended as {job.state} with {job.left} objects left.")
    finally:
        workspace.close()


def _print_outcomes(workspace: Workspace) -> None:
    """Print the number of objects per outcome."""
    click.echo("\nObjects by outcome:")
    for outcome, count in workspace.outcomes():
        click.echo(f"  {count:>5,}  {outcome:<12} {outcome.description()}")
