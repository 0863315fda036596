"""`tasveer-tui export`: write the images that a search finds into a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.completion import SearchQueryType
from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.cli.search import label_function, parse_query, report_left_out, split_columns
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
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    help="Default: by the file name extension.",
)
@click.option("--columns", metavar="A,B,…", help="Fields or tags (exif.ISO) to write.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Write at most N images; 0: all.",
)
@click.option("--human", "has_labels", is_flag=True, help="Labels instead of numbers.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@with_settings
def command(
    settings: Settings,
    file: Path,
    query: tuple[str, ...],
    output_format: str | None,
    columns: str | None,
    limit: int,
    has_labels: bool,
    force: bool,
) -> int:
    """Write the images that match QUERY into FILE; without a query, all images.

    The extension selects the format: .json .ndjson .csv .tsv .geojson .kml .gpx .parquet,
    .db (a SQLite copy), .txt (s3:// URIs); --format overrides it. FILE appears only when it is
    complete.

    Example: tasveer-tui export paris.geojson 'near:48.8584,2.2945,5km taken>=2023'
    """
    from tasveer_tui.catalogue.export.files import ExportSpec, format_of, write_file

    output_format = output_format or format_of(file)
    with closing(open_workspace(settings)) as workspace:
        ids = workspace.finder().ids(parse_query(workspace, " ".join(query)))
        label = label_function() if has_labels else None
        spec = ExportSpec(output_format, split_columns(columns), label)
        exported = ids[:limit] if limit else ids
        count = write_file(file, spec, workspace.catalogue, exported, may_replace=force)
    report_left_out(len(exported) - count, output_format)
    click.echo(f"Wrote {plural(count, 'image')} to {clean(str(file))}.", err=True)
    return 0
