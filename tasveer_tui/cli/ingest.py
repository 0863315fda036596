"""`tasveer-tui ingest`: dispatch a job and follow it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.follow import conclude, follow
from tasveer_tui.cli.options import open_workspace, parse_uri, with_settings
from tasveer_tui.figures import size_text
from tasveer_tui.records import JobSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Workspace


@click.command("ingest")
@click.argument("places", nargs=-1, metavar="[s3://BUCKET/PREFIX]...")
@click.option("--include", multiple=True, metavar="GLOB", help="Only keys like this.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Not keys like this.")
@click.option("--dry-run", is_flag=True, help="Count and estimate; read nothing.")
@click.option("--force", is_flag=True, help="Read unchanged objects again.")
@click.option("--no-wait", is_flag=True, help="Do not follow; the engine goes on by itself.")
@with_settings
def command(
    settings: Settings,
    places: tuple[str, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    dry_run: bool,
    force: bool,
    no_wait: bool,
) -> int:
    """Read the metadata of every image under the places, by range requests.

    Without a place, the default bucket of the settings is read. Exit code 0: all read; 3: some
    objects failed.
    """
    if not places:
        settings, places = _default_place(settings)
    workspace = open_workspace(settings)
    try:
        specs = _specs(workspace, places, include, exclude)
        specs = [dataclasses.replace(spec, force=force) for spec in specs]
        if dry_run:
            for spec in specs:
                _estimate(workspace, spec)
            return 0
        _dispatch(workspace, specs, no_wait=no_wait)
    finally:
        workspace.close()
    return 0


def _default_place(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    import msgspec

    s3 = settings.s3
    if s3.default_bucket_unsigned and not s3.profile:
        s3 = msgspec.structs.replace(s3, no_sign_request=True)
    return msgspec.structs.replace(settings, s3=s3), (f"s3://{s3.default_bucket}",)


def _specs(
    workspace: Workspace, places: Sequence[str], include: tuple[str, ...], exclude: tuple[str, ...]
) -> list[JobSpec]:
    """One job for each bucket."""
    prefixes: dict[str, list[str]] = {}
    for place in places:
        bucket, prefix = parse_uri(place)
        prefixes.setdefault(bucket, []).append(prefix)
    return [
        JobSpec(
            source=workspace.source(bucket),
            access=workspace.options.access,
            prefixes=tuple(dict.fromkeys(found)),
            include=include,
            exclude=exclude,
        )
        for bucket, found in prefixes.items()
    ]


def _dispatch(workspace: Workspace, specs: list[JobSpec], *, no_wait: bool) -> None:
    ids = [workspace.dispatch(spec) for spec in specs]
    if no_wait:
        workspace.engine.detach()
        for job_id in ids:
            click.echo(job_id)
        return
    jobs = [follow(workspace, job_id) for job_id in ids]
    for job in jobs:
        conclude(job)


def _estimate(workspace: Workspace, spec: JobSpec) -> None:
    *_, last = workspace.estimate(spec)
    click.echo(
        f"{spec.source.uri()}: {last.objects:,} objects, {size_text(last.size_bytes)}\n"
        f"  to read {last.to_read:,} · unchanged {last.unchanged:,} · "
        f"left out by the filters {last.filtered:,}\n"
        f"  {last.list_requests:,} list and about {last.read_requests:,} read requests, "
        f"about {size_text(last.read_bytes)} instead of {size_text(last.to_read_bytes)}\n"
        f"  about {last.seconds:,.0f} s and ${last.dollars:.4f} in requests"
    )
