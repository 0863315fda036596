"""`tasveer-tui search`: what the library would show, on standard output."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING, cast

import click

from tasveer_tui.cli.completion import SearchQueryType
from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.errors import CatalogueError
from tasveer_tui.humanize import plural
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search import Finder, Query
    from tasveer_tui.records import Tag
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Workspace

MAX_TABLE_ROWS = 100
MAX_CELL_CHARACTERS = 200
COLUMN_GAP_CELLS = 2
FORMATS = (
    *("table", "json", "ndjson", "csv", "tsv", "keys", "aws", "rclone", "s5cmd"),
    *("geojson", "kml", "gpx"),
)


@click.command("search")
@click.argument("query", nargs=-1, type=SearchQueryType())
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--columns", metavar="A,B,…", help="Fields or tags (exif.ISO) to print.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    help=f"At most this many; 0 means all (the default, but for a table: {MAX_TABLE_ROWS}).",
)
@click.option("--human", is_flag=True, help="Labels instead of numbers in JSON.")
@click.option("--count", "only_count", is_flag=True, help="Print only how many there are.")
@click.option("--save", "name", metavar="NAME", help="Keep QUERY; @NAME then stands for it.")
@with_settings
def command(
    settings: Settings,
    query: tuple[str, ...],
    form: str,
    columns: str | None,
    limit: int | None,
    human: bool,
    only_count: bool,
    name: str | None,
) -> int:
    """Print the images that QUERY finds; without one, all of them.

    For instance: tasveer-tui search 'camera:canon iso>=1600 shutter<=1/250 order by taken desc'
    """
    text = " ".join(query)
    workspace = open_workspace(settings)
    try:
        parsed = parse_query(workspace, text, name)
        finder = workspace.finder()
        if only_count:
            click.echo(finder.count(parsed))
            return 0
        chosen = tuple(name.strip() for name in columns.split(",")) if columns else ()
        if form == "table":
            print_table(finder, parsed, chosen, MAX_TABLE_ROWS if limit is None else limit)
        else:
            _write_stream(workspace, parsed, form, chosen, limit or 0, human=human)
    finally:
        workspace.close()
    return 0


def parse_query(workspace: Workspace, text: str, name: str | None = None) -> Query:
    """The search, which is noted as recent where a person made it, and kept under a name."""
    from tasveer_tui.catalogue.saved_searches import has_references
    from tasveer_tui.catalogue.search import parse

    if not has_references(text):
        parse(text)  # a mistake is said before anything is opened
    parsed = workspace.catalogue.parse(text)
    if name:
        workspace.catalogue.save_search(name, text)
    if text and sys.stdout.isatty():
        with contextlib.suppress(CatalogueError):  # a note is not worth a failure
            workspace.catalogue.remember_search(text)
    return parsed


def print_table(finder: Finder, query: Query, columns: Sequence[str], limit: int) -> None:
    """A table as wide as the terminal; says on standard error what it leaves out."""
    from tasveer_tui.catalogue.fields import DEFAULT_COLUMNS, field_of

    ids = finder.ids(query)
    shown = ids[:limit] if limit else ids
    names = tuple(columns) or DEFAULT_COLUMNS
    fields = [field_of(name) for name in names]
    cells = [
        [
            clean(field.format(value), MAX_CELL_CHARACTERS)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in finder.rows(shown, names)
    ]
    dropped = _print_cells(fields, cells, keep_all=bool(columns))
    left = len(ids) - len(shown)
    said = [f"{len(ids):,} images"]
    said += [f"{left:,} more (--limit 0 prints all)"] if left else []
    said += [f"no room for {', '.join(dropped)} (--columns chooses)"] if dropped else []
    click.echo("; ".join(said), err=True)


def _print_cells(
    fields: Sequence[Field], cells: Sequence[Sequence[str]], *, keep_all: bool
) -> list[str]:
    """Print the table; returns the names of the last columns, where they did not fit."""
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = [clean(field.label) for field in fields]
    widths = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    console = Console(highlight=False)
    if keep_all or not console.is_terminal:
        # Nobody to fit it to, or they asked for these: nothing may be cut.
        console.width = max(console.width, sum(widths) + COLUMN_GAP_CELLS * (len(widths) + 1))
    count = 1
    while (
        count < len(fields)
        and sum(widths[: count + 1]) + COLUMN_GAP_CELLS * (count + 2) <= console.width
    ):
        count += 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, COLUMN_GAP_CELLS - 1, 0, 0))
    for field, heading in zip(fields[:count], headings, strict=False):
        table.add_column(
            Text(heading), justify="right" if field.align == "right" else "left", overflow="fold"
        )
    for row in cells:
        table.add_row(*map(Text, row[:count]))
    console.print(table)
    return [field.name for field in fields[count:]]


def _write_stream(
    workspace: Workspace,
    query: Query,
    form: str,
    columns: Sequence[str],
    limit: int,
    *,
    human: bool,
) -> None:
    from tasveer_tui.catalogue.export import write

    ids = workspace.finder().ids(query)
    if limit:
        ids = ids[:limit]
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    label = label_function(is_wanted=human)
    # What a writer needs of a TextIO is `write`.
    shown = cast("TextIO", CleanTerminal(stream)) if stream.isatty() else stream
    count = write(shown, form, workspace.catalogue, ids, columns=columns, label=label)
    stream.flush()
    report_left_out(len(ids) - count, form)


def label_function(*, is_wanted: bool) -> Callable[[Tag], str] | None:
    """What tells values for people."""
    if not is_wanted:
        return None
    from tasveer_tui.exif import label

    return label


def report_left_out(count: int, form: str) -> None:
    """Say on standard error how many images are not in an export, and why."""
    if not count:
        return
    is_map = form in {"geojson", "kml", "gpx"}
    reason = "without a position" if is_map else "whose keys cannot stand on a line"
    click.echo(f"{plural(count, 'image')} {reason} left out", err=True)


class CleanTerminal(io.TextIOBase):
    """A terminal that gets text only through `clean`; a file gets what there is."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write the text, line ends as they are."""
        lines = text.replace("\r\n", "\n").split("\n")
        return self._terminal.write("\n".join(map(clean, lines)))
