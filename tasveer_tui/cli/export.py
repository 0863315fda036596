"""`tasveer-tui export`: what a search finds, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.completion import SearchQueryType
from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.cli.search import label_function, parse_query, report_left_out
from tasveer_tui.humanize import plural
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings

FORMATS = (
    *("json", "ndjson", "csv", "tsv", "keys", "aws", "rclone", "s5cmd"),
    *("geojson", "kml", "gpx", "sqlite", "parquet"),
)


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("query", nargs=-1, type=SearchQueryType())
@click.option("--format", "form", type=click.Choice(FORMATS), help="Else by the file's ending.")
@click.option("--columns", metavar="A,B,…", help="Fields or tags (exif.ISO) to write.")
@click.option("--limit", type=click.IntRange(0), default=0, help="At most this many; 0 means all.")
@click.option("--human", is_flag=True, help="Labels instead of numbers.")
@click.option("--force", is_flag=True, help="Replace the file where it is there.")
@with_settings
def command(
    settings: Settings,
    file: Path,
    query: tuple[str, ...],
    form: str | None,
    columns: str | None,
    limit: int,
    human: bool,
    force: bool,
) -> int:
    """Write the images that QUERY finds into FILE; without one, all of them.

    The file's ending says what is written: .json .ndjson .csv .tsv .geojson .kml .gpx .parquet,
    .db (a SQLite copy), .txt (s3:// addresses), or --format. It is written under another name
    and put in its place when it is whole.

    For instance: tasveer-tui export paris.geojson 'near:48.8584,2.2945,5km taken>=2023'
    """
    from tasveer_tui.catalogue.export.files import ExportSpec, format_of, write_file

    form = form or format_of(file)
    workspace = open_workspace(settings)
    try:
        ids = workspace.finder().ids(parse_query(workspace, " ".join(query)))
        chosen = tuple(name.strip() for name in columns.split(",")) if columns else ()
        wanted = ExportSpec(form, chosen, label_function(is_wanted=human))
        found = ids[:limit] if limit else ids
        count = write_file(file, wanted, workspace.catalogue, found, may_replace=force)
    finally:
        workspace.close()
    report_left_out(len(found) - count, form)
    click.echo(f"{plural(count, 'image')} in {clean(str(file))}", err=True)
    return 0
