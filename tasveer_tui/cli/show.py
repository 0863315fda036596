"""`tasveer-tui show`: print every tag of one object, read now by range requests."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, with_settings
from tasveer_tui.errors import UsageError
from tasveer_tui.location import parse_location

if TYPE_CHECKING:
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Inspection

DEFAULT_WIDTH_COLUMNS = 100


class _ShowCommand(click.Command):
    """A command whose help lists how its JSON differs from exiftool's."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        from tasveer_tui.catalogue.export.exiftool import EXCEPTIONS

        formatter.write_paragraph()
        formatter.write_text("The JSON equals the output of `exiftool -j -G1 -n`, except:")
        with formatter.indentation():
            formatter.write_dl([*EXCEPTIONS.items()])


@click.command("show", cls=_ShowCommand)
@click.argument("uri")
@click.option("--raw", is_flag=True, help="Add the number, type and count of each tag.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text")
@with_settings
def command(settings: Settings, uri: str, raw: bool, output_format: str) -> int:
    """Print every tag of s3://BUCKET/KEY, read now."""
    bucket, key = parse_location(uri)
    if not key:
        raise UsageError(f"{uri} has no key.", "Write s3://bucket/path/image.jpg.")
    with closing(open_workspace(settings)) as workspace:
        inspection = workspace.inspect(workspace.source(bucket), key)
    if output_format == "json":
        _print_json(inspection)
    else:
        from tasveer_tui.cli.show_text import inspection_lines

        for line in inspection_lines(inspection, width=_width(), has_numbers=raw):
            click.echo(line)
    return 0


def _width() -> int:
    """The width of the terminal in columns, or a readable default without one."""
    return shutil.get_terminal_size((DEFAULT_WIDTH_COLUMNS, 24)).columns


def _print_json(inspection: Inspection) -> None:
    import json

    from tasveer_tui.catalogue.export import exiftool_object

    plain = exiftool_object(inspection.source, inspection.facts.ref, inspection.record)
    click.echo(json.dumps([plain], indent=2, ensure_ascii=False))
