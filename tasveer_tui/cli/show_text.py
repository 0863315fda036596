"""One object's facts and tags as lines of text: the label next to the stored value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, chop_cells

from tasveer_tui.exif import (
    describe_maker_note,
    fact_sources,
    group_rank,
    group_title,
    label,
    raw_value,
    summary,
)
from tasveer_tui.humanize import size_text
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasveer_tui.records import Record, Tag
    from tasveer_tui.workspace import Inspection

_MAX_VALUE_CHARACTERS: Final = 2_000
_NAME_WIDTHS_COLUMNS: Final = range(16, 29)
"""Width of the name column."""
_MIN_WIDTH_COLUMNS: Final = 40
_RAW_SHARE: Final = 0.4
"""Share of the value column that the raw value gets."""


def inspection_lines(inspection: Inspection, *, width: int, has_numbers: bool) -> Iterator[str]:
    """All facts and tags of the object, sanitised, in lines of at most `width` columns."""
    width = max(_MIN_WIDTH_COLUMNS, width)
    record = inspection.record
    yield clean(inspection.source.uri(inspection.facts.ref.key))
    for name, text in _object_rows(inspection):
        yield from _row(name, text, "", width=width, names=_NAME_WIDTHS_COLUMNS.start)
    yield from _summary_lines(record, width)
    yield from _fact_lines(record, width)
    tags = sorted(record.tags, key=lambda tag: group_rank(tag.group))
    names = _name_width([tag.name for tag in tags])
    for group, members in groupby(tags, key=lambda tag: tag.group):
        yield ""
        yield clean(group_title(group), width)
        for tag in members:
            head = _number_text(tag) if has_numbers else ""
            human = clean(label(tag, record.tags), _MAX_VALUE_CHARACTERS)
            raw = clean(raw_value(tag), _MAX_VALUE_CHARACTERS)
            name = head + clean(tag.name, 64)
            yield from _row(name, human, raw, width=width, names=names + len(head))


def _object_rows(inspection: Inspection) -> Iterator[tuple[str, str]]:
    """The object in S3, the outcome of reading it, its thumbnail and notes."""
    facts, record = inspection.facts, inspection.record
    ref = facts.ref
    about = (size_text(ref.size_bytes), facts.content_type, ref.storage_class, f"ETag {ref.etag}")
    yield "Object", " · ".join(clean(part) for part in about if part)
    requests = f"{record.requests:,} request{'s' if record.requests != 1 else ''}"
    details = f"{record.format or 'unknown format'}, {requests}, {size_text(record.bytes_read)}"
    yield "Metadata", f"{record.outcome.description()} {details}"
    if record.thumb_length:
        yield "Thumbnail", f"{record.thumb_length:,} bytes at {record.thumb_offset:,}"
    if description := describe_maker_note(record):
        yield "Maker note", clean(description)
    for note in record.notes:
        yield "Note", clean(note, _MAX_VALUE_CHARACTERS)


def _summary_lines(record: Record, width: int) -> Iterator[str]:
    """The settings that photographers look up first."""
    rows = list(summary(record.facts))
    if rows:
        yield ""
        yield "Summary"
    for name, value in rows:
        yield from _row(
            name,
            clean(value, _MAX_VALUE_CHARACTERS),
            "",
            width=width,
            names=_NAME_WIDTHS_COLUMNS.start,
        )


def _fact_lines(record: Record, width: int) -> Iterator[str]:
    """The facts that several tags can state, each with the tag that was used."""
    sources = list(fact_sources(record))
    if not sources:
        return
    yield ""
    yield "Facts and their source tags"
    for source in sources:
        others = f", not {', '.join(source.others)}" if source.others else ""
        value = clean(source.value, _MAX_VALUE_CHARACTERS)
        tag = clean(source.tag + others)
        yield from _row(source.label, value, tag, width=width, names=_NAME_WIDTHS_COLUMNS.start)


def _row(name: str, value: str, beside: str, *, width: int, names: int) -> Iterator[str]:
    """A name, a value, and `beside` next to the value, or below it if it does not fit."""
    indent = " " * (names + 4)
    room = max(8, width - len(indent))
    first = f"  {name}{' ' * max(2, names + 2 - cell_len(name))}"
    is_long = cell_len(first) > len(indent)
    if is_long:
        yield first.rstrip()
    column = room - max(1, int(room * _RAW_SHARE))
    column = min(column, room - cell_len(beside))
    if beside and cell_len(value) + 2 <= column:
        parts = [f"{value}{' ' * (column - cell_len(value))}{beside}"]
    else:
        parts = [*_wrapped(value, room), *(f"  {part}" for part in _wrapped(beside, room - 2))]
    for index, part in enumerate(parts or [""]):
        yield ((indent if index or is_long else first) + part).rstrip()


def _wrapped(text: str, width: int) -> Sequence[str]:
    """Lines of at most `width` columns, broken between words where possible."""
    if not text or cell_len(text) <= width:
        return [text] if text else []
    parts: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            parts.append(line)
        *whole, line = chop_cells(word, width) or [""]
        parts += whole
    return [*parts, line] if line else parts


def _name_width(names: Sequence[str]) -> int:
    longest = max((cell_len(name) for name in names), default=0)
    return min(max(longest, _NAME_WIDTHS_COLUMNS.start), _NAME_WIDTHS_COLUMNS.stop - 1)


def _number_text(tag: Tag) -> str:
    """The tag's number, type and count in fixed-width columns."""
    number = f"0x{tag.number:04x}" if tag.number else ""
    kind = clean(f"{tag.type}×{tag.count}" if tag.count > 1 else tag.type, 14)
    return f"{number:<8}{kind:<15}"
