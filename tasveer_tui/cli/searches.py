"""`tasveer-tui searches`: the searches that have a name, and the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings


@click.group("searches", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List saved searches, or delete one. `search --save NAME QUERY` saves; @NAME stands for it."""
    if context.invoked_subcommand is None:
        context.invoke(list_searches)


@command.command("list")
@with_settings
def list_searches(settings: Settings) -> int:
    """Print every saved search: its name, a tab, the search."""
    workspace = open_workspace(settings)
    try:
        for each in workspace.catalogue.saved_searches():
            click.echo(f"{clean(each.name)}\t{clean(each.query)}")
    finally:
        workspace.close()
    return 0


@command.command("recent")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@with_settings
def recent(settings: Settings, limit: int) -> int:
    """Print the last searches, the newest first."""
    workspace = open_workspace(settings)
    try:
        for query in workspace.catalogue.recent_searches(limit):
            click.echo(clean(query))
    finally:
        workspace.close()
    return 0


@command.command("delete")
@click.argument("name")
@with_settings
def delete(settings: Settings, name: str) -> int:
    """Forget the saved search NAME."""
    workspace = open_workspace(settings)
    try:
        workspace.catalogue.delete_search(name.removeprefix("@"))
    finally:
        workspace.close()
    return 0
