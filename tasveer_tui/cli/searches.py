"""`tasveer-tui searches`: list, show and delete saved searches."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, with_common_options, with_settings
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings


@click.group("searches", invoke_without_command=True)
@click.pass_context
@with_common_options
def command(context: click.Context) -> None:
    """List saved searches (`searches list`), recent ones, or delete one.

    `search --save NAME QUERY` saves a search; @NAME runs it.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_searches)


@command.command("list")
@with_settings
def list_searches(settings: Settings) -> int:
    """Print each saved search: its name, a tab, the query."""
    with closing(open_workspace(settings)) as workspace:
        for search in workspace.catalogue.saved_searches():
            click.echo(f"{clean(search.name)}\t{clean(search.query)}")
    return 0


@command.command("recent")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@with_settings
def recent(settings: Settings, limit: int) -> int:
    """Print recent searches, the newest first."""
    with closing(open_workspace(settings)) as workspace:
        for query in workspace.catalogue.recent_searches(limit):
            click.echo(clean(query))
    return 0


@command.command("delete")
@click.argument("name")
@with_settings
def delete(settings: Settings, name: str) -> int:
    """Delete the saved search NAME."""
    with closing(open_workspace(settings)) as workspace:
        workspace.catalogue.delete_search(name.removeprefix("@"))
    return 0
