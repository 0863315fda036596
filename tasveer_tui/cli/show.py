"""`tasveer-tui show`: every tag of one object, read now by range requests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, parse_uri, with_settings
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Inspection


DEFAULT_WIDTH_COLUMNS = 100


class _ShowCommand(click.Command):
    """Its help ends with what JSON leaves out."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        from tasveer_tui.catalogue.export.exiftool import EXCEPTIONS

        formatter.write_paragraph()
        formatter.write_text("JSON is what `exiftool -j -G1 -n` prints, but for:")
        with formatter.indentation():
            formatter.write_dl([*EXCEPTIONS.items()])


@click.command("show", cls=_ShowCommand)
@click.argument("uri")
@click.option("--raw", is_flag=True, help="Also each tag's number, type and count.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_settings
def command(settings: Settings, uri: str, raw: bool, form: str) -> int:
    """Print every tag of s3://BUCKET/KEY, read now."""
    bucket, key = parse_uri(uri)
    if not key:
        raise UsageError(f"{uri} names no object.", "It looks like s3://bucket/path/image.jpg.")
    workspace = open_workspace(settings)
    try:
        inspection = workspace.inspect(workspace.source(bucket), key)
    finally:
        workspace.close()
    if form == "json":
        _print_json(inspection)
    else:
        from tasveer_tui.cli.show_text import inspection_lines

        for line in inspection_lines(inspection, width=_width(), has_numbers=raw):
            click.echo(line)
    return 0


def _width() -> int:
    """Of the terminal; elsewhere lines are only as long as is good to read."""
    return shutil.get_terminal_size((DEFAULT_WIDTH_COLUMNS, 24)).columns


def _print_json(inspection: Inspection) -> None:
    import json

    from tasveer_tui.catalogue.export import exiftool_object

    plain = exiftool_object(inspection.source, inspection.facts.ref, inspection.record)
    click.echo(json.dumps([plain], indent=2, ensure_ascii=False))
