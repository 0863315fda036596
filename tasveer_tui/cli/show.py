"""`tasveer-tui show`: every tag of one object, read now by range requests."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from tasveer_tui.cli.options import open_workspace, parse_uri, with_settings
from tasveer_tui.errors import UsageError
from tasveer_tui.figures import size_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from tasveer_tui.records import Record, Tag
    from tasveer_tui.settings import Settings
    from tasveer_tui.workspace import Inspection

VALUE_WIDTH = 300


@click.command("show")
@click.argument("uri")
@click.option("--raw", is_flag=True, help="Values as they stand in the file, with tag numbers.")
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
        _json(inspection)
    else:
        _text(inspection, raw=raw)
    return 0


def _json(inspection: Inspection) -> None:
    import json

    from tasveer_tui.catalogue.export import exiftool_object

    plain = exiftool_object(inspection.source, inspection.facts.ref, inspection.record)
    click.echo(json.dumps([plain], indent=2, ensure_ascii=False))


def _text(inspection: Inspection, *, raw: bool) -> None:
    facts, record = inspection.facts, inspection.record
    click.echo(clean(inspection.source.uri(facts.ref.key)))
    click.echo(
        f"  {size_text(facts.ref.size_bytes)} · {clean(facts.content_type)} · "
        f"ETag {clean(facts.ref.etag)} · {clean(facts.ref.storage_class)}"
    )
    click.echo(
        f"  {record.outcome.sentence()} {record.format or 'unknown format'}, "
        f"{record.requests} requests, {size_text(record.bytes_read)}"
    )
    for note in record.notes:
        click.echo(f"  note: {clean(note)}")
    _tags(record, raw=raw)


def _tags(record: Record, *, raw: bool) -> None:
    for group, tags in groupby(record.tags, key=lambda tag: tag.group):
        click.echo(f"\n{clean(group)}")
        for tag in tags:
            click.echo(_raw_line(tag) if raw else _human_line(tag))


def _human_line(tag: Tag) -> str:
    from tasveer_tui.exif import label

    return f"  {clean(tag.name):<28} {clean(label(tag), VALUE_WIDTH)}"


def _raw_line(tag: Tag) -> str:
    number = f"0x{tag.number:04x}" if tag.number else "      "
    kind = f"{tag.type}[{tag.count}]" if tag.type else ""
    return f"  {number} {clean(tag.name):<28} {kind:<16} {clean(tag.raw or tag.value)}"
