"""`tasveer-tui search`: print the images that a search finds."""

from __future__ import annotations

import contextlib
import io
import sys
from contextlib import closing
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
@click.option(
    "--format", "output_format", type=click.Choice(FORMATS), default="table", show_default=True
)
@click.option("--columns", metavar="A,B,…", help="Fields or tags (exif.ISO) to print.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    help=f"Print at most N images; 0: all. Default: 0, for a table {MAX_TABLE_ROWS}.",
    metavar="N",
)
@click.option("--human", "has_labels", is_flag=True, help="Labels instead of numbers in JSON.")
@click.option("--count", "count_only", is_flag=True, help="Print only the number of images.")
@click.option(
    "--explain",
    "is_explain",
    is_flag=True,
    help="Print how the search runs: SQL and query plan.",
)
@click.option("--save", "name", metavar="NAME", help="Save QUERY under NAME; @NAME runs it.")
@with_settings
def command(
    settings: Settings,
    query: tuple[str, ...],
    output_format: str,
    columns: str | None,
    limit: int | None,
    has_labels: bool,
    count_only: bool,
    is_explain: bool,
    name: str | None,
) -> int:
    """Print the images that match QUERY; without one, all images.

    Example: tasveer-tui search 'camera:canon iso>=1600 shutter<=1/250 order by taken desc'
    """
    text = " ".join(query)
    with closing(open_workspace(settings)) as workspace:
        parsed = parse_query(workspace, text, name)
        finder = workspace.finder()
        if is_explain:
            for line in finder.explain(parsed).lines():
                click.echo(line)
            return 0
        if count_only:
            click.echo(finder.count(parsed))
            return 0
        names = split_columns(columns)
        if output_format == "table":
            print_table(finder, parsed, names, MAX_TABLE_ROWS if limit is None else limit)
        else:
            label = label_function() if has_labels else None
            _write_stream(workspace, parsed, output_format, names, limit or 0, label)
    return 0


def split_columns(columns: str | None) -> tuple[str, ...]:
    """The names in the value of `--columns`."""
    return tuple(name.strip() for name in columns.split(",")) if columns else ()


def parse_query(workspace: Workspace, text: str, name: str | None = None) -> Query:
    """Parse the search; save it under `name`, and as recent if the output is a terminal."""
    from tasveer_tui.catalogue.saved_searches import has_references
    from tasveer_tui.catalogue.search import parse

    if not has_references(text):
        parse(text)  # report a mistake before anything is opened
    parsed = workspace.catalogue.parse(text)
    if name:
        workspace.catalogue.save_search(name, text)
    if text and sys.stdout.isatty():
        with contextlib.suppress(CatalogueError):  # the result matters more than the history
            workspace.catalogue.remember_search(text)
    return parsed


def print_table(finder: Finder, query: Query, columns: Sequence[str], limit: int) -> None:
    """Print a table as wide as the terminal; report on standard error what it leaves out."""
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
    notes = [f"{len(ids):,} images"]
    notes += [f"{left:,} more (--limit 0 prints all)"] if left else []
    notes += [f"no room for {', '.join(dropped)} (select with --columns)"] if dropped else []
    click.echo("; ".join(notes), err=True)


def _print_cells(
    fields: Sequence[Field], cells: Sequence[Sequence[str]], *, keep_all: bool
) -> list[str]:
    """Print the table; returns the names of the columns that did not fit."""
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headings = [clean(field.label) for field in fields]
    widths = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    console = Console(highlight=False)
    if keep_all or not console.is_terminal:
        # A file has no width, and columns asked for by name are never dropped.
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
    output_format: str,
    columns: Sequence[str],
    limit: int,
    label: Callable[[Tag], str] | None,
) -> None:
    from tasveer_tui.catalogue.export import write

    ids = workspace.finder().ids(query)
    if limit:
        ids = ids[:limit]
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    # A writer only needs the method `write` of a TextIO.
    output = cast("TextIO", CleanTerminal(stream)) if stream.isatty() else stream
    count = write(output, output_format, workspace.catalogue, ids, columns=columns, label=label)
    stream.flush()
    report_left_out(len(ids) - count, output_format)


def label_function() -> Callable[[Tag], str]:
    """The function that writes a tag's value for people (`--human`)."""
    from tasveer_tui.exif import label

    return label


def report_left_out(count: int, output_format: str) -> None:
    """Report on standard error how many images an export leaves out, and why."""
    if not count:
        return
    is_map = output_format in {"geojson", "kml", "gpx"}
    reason = "without a position" if is_map else "with a line break in the key"
    click.echo(f"Left out: {plural(count, 'image')} {reason}.", err=True)


class CleanTerminal(io.TextIOBase):
    """A text stream that passes everything through `clean` before the terminal gets it."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write the text; line ends stay."""
        lines = text.replace("\r\n", "\n").split("\n")
        return self._terminal.write("\n".join(map(clean, lines)))
