"""Reports on objects: entries of cleaned text, and comparisons of several reports. No widgets.

The first call of `report` imports `tasveer_tui.exif`, so call it in a background task.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from tasveer_tui.humanize import size_text, time_text
from tasveer_tui.records import Image, Outcome, is_maker_group
from tasveer_tui.text import clean
from tasveer_tui.ui.shared.search_text import quote, summary_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasveer_tui.records import ObjectRef, Record, Tag
    from tasveer_tui.workspace import Inspection


Subject: TypeAlias = "Inspection | Image"
"""An object that was just read, or an image of the catalogue."""

VALUE_LIMIT: Final = 4000
"""Maximum number of characters of a value, shown or copied."""

SOURCE_TITLE: Final = "from"
"""Title of a fact's `raw` text, which names its tag."""
_NOTES: Final = "Notes"
_SUMMARY: Final = "Summary"
_FACT_SOURCES: Final = "Facts and their tags"
_MAKER_NOTES: Final = "Maker notes"
_OBJECT: Final = "Object in S3"
_READING: Final = "Reading"
_BEFORE_TAGS, _TAGS, _AFTER_TAGS = 0, 10, 50
"""Ranks of groups: before the groups of tags, the tags, after them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a tag or a fact."""

    group: str
    """The heading above it."""
    name: str
    value: str
    """Human-readable."""
    raw: str = ""
    """As in the file, if that differs; of a fact, the tag that it comes from."""
    raw_title: str = "raw"
    number: str = ""
    """The tag's number, four hexadecimal digits; may be empty."""
    kind: str = ""
    """Field type and count of a tag: `RATIONAL ×3`."""
    tag: Tag | None = None
    term: str = ""
    """For lines that are not tags: a search for images with the same value."""

    @property
    def is_tag(self) -> bool:
        """Whether it is a tag of the file. Facts only name the tag that they come from."""
        return self.tag is not None and self.raw_title != SOURCE_TITLE

    def is_same_tag(self, other: Entry) -> bool:
        """Whether both are the same tag, possibly of two objects."""
        return (self.group, self.name) == (other.group, other.name)

    def contains(self, folded: str) -> bool:
        """Whether it contains a case-folded text."""
        text = f"{self.group}\n{self.name}\n{self.value}\n{self.raw}\n{self.number}"
        return folded in text.casefold()


_RankedEntry: TypeAlias = tuple[int, Entry]
"""The rank of an entry's group, and the entry."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the inspector shows of one subject."""

    title: str
    outcome: Outcome
    message: str
    """The outcome, in a sentence or two."""
    entries: tuple[Entry, ...]


def report(subject: Subject) -> Report:
    """Describe a subject. Fast, except for the first call, which imports modules."""
    record, ref = subject.record, _ref(subject)
    message = subject.message if isinstance(subject, Image) else ""
    sentence = record.outcome.description()
    ranked = (
        *_note_entries(record),
        *_summary_entries(record),
        *_fact_sources(record),
        *_tag_entries(record),
        *_object_entries(subject),
    )
    first = {entry.group: place for place, (_, entry) in reversed(tuple(enumerate(ranked)))}
    ranked = tuple(sorted(ranked, key=lambda pair: (pair[0], first[pair[1].group])))
    return Report(
        title=clean(ref.key.rpartition("/")[2] or ref.key, VALUE_LIMIT),
        outcome=record.outcome,
        message=clean(sentence if message in sentence else f"{sentence} {message}", VALUE_LIMIT),
        entries=tuple(entry for _, entry in ranked),
    )


def _ref(subject: Subject) -> ObjectRef:
    return subject.ref if isinstance(subject, Image) else subject.facts.ref


def _note_entries(record: Record) -> Iterator[_RankedEntry]:
    for number, note in enumerate(record.notes, 1):
        yield _BEFORE_TAGS, Entry(_NOTES, str(number), clean(note, VALUE_LIMIT))


def _summary_entries(record: Record) -> Iterator[_RankedEntry]:
    from tasveer_tui.exif import summary

    facts = record.facts
    terms = summary_terms(facts)
    for name, value in summary(facts):
        yield _BEFORE_TAGS, Entry(_SUMMARY, name, clean(value, VALUE_LIMIT), term=terms[name])
    if facts.lat_deg is not None and facts.lon_deg is not None:
        from tasveer_tui.catalogue.towns import nearest_town

        town, country = nearest_town(facts.lat_deg, facts.lon_deg)
        where = ", ".join(filter(None, (town, country)))
        if where:
            term = f"place={quote(town)}" if town else ""
            yield (
                _BEFORE_TAGS,
                Entry(_SUMMARY, "Nearest town", clean(where, VALUE_LIMIT), term=term),
            )


def _fact_sources(record: Record) -> Iterator[_RankedEntry]:
    """Facts that several tags can state, each with the tag that it was taken from."""
    from tasveer_tui.exif import fact_sources

    for fact in fact_sources(record):
        others = f", not {', '.join(fact.others)}" if fact.others else ""
        yield (
            _BEFORE_TAGS,
            Entry(
                group=_FACT_SOURCES,
                name=fact.label,
                value=clean(fact.value, VALUE_LIMIT),
                raw=clean(fact.tag + others, VALUE_LIMIT),
                raw_title=SOURCE_TITLE,
                tag=fact.source,
            ),
        )


def _tag_entries(record: Record) -> Iterator[_RankedEntry]:
    from tasveer_tui.exif import describe_maker_note, group_rank, group_title, label, raw_value

    for tag in record.tags:
        yield (
            _TAGS + group_rank(tag.group),
            Entry(
                group=clean(group_title(tag.group), 40),
                name=clean(tag.name, 80),
                value=clean(label(tag, record.tags), VALUE_LIMIT),
                raw=clean(raw_value(tag), VALUE_LIMIT),
                number=f"{tag.number:04X}" if tag.number else "",
                kind=clean(f"{tag.type} ×{tag.count}" if tag.count > 1 else tag.type, 40),
                tag=tag,
            ),
        )
    description = describe_maker_note(record)
    if description and not any(is_maker_group(tag.group) for tag in record.tags):
        yield _TAGS + group_rank(_MAKER_NOTES), Entry(_MAKER_NOTES, "MakerNote", clean(description))


def _object_entries(subject: Subject) -> Iterator[_RankedEntry]:
    for entry in (*_s3_entries(subject), *_reading_entries(subject)):
        yield _AFTER_TAGS, entry


def _s3_entries(subject: Subject) -> Iterator[Entry]:
    ref = _ref(subject)
    facts = [
        ("Key", ref.key),
        ("Bucket", subject.source.bucket),
        ("Endpoint", subject.source.endpoint),
        ("Size", f"{size_text(ref.size_bytes)} ({ref.size_bytes:,} bytes)"),
        ("Last modified", time_text(ref.modified_at)),
        ("ETag", ref.etag),
        ("Storage class", ref.storage_class),
    ]
    if not isinstance(subject, Image):
        facts += [
            ("Content type", subject.facts.content_type),
            ("Version", subject.facts.version_id),
            *subject.facts.headers,
        ]
    yield from _plain_entries(_OBJECT, facts)


def _reading_entries(subject: Subject) -> Iterator[Entry]:
    from tasveer_tui.exif import describe_maker_note

    record = subject.record
    thumbnail = f"{record.thumb_length:,} bytes at {record.thumb_offset:,}"
    facts = [
        ("Format by content", record.format),
        ("Bytes read", _bytes_read_text(record)),
        ("Requests", str(record.requests or "")),
        ("Thumbnail", thumbnail if record.thumb_length else ""),
        ("Maker notes", describe_maker_note(record)),
        ("Ingested", time_text(subject.ingested_at) if isinstance(subject, Image) else ""),
    ]
    yield from _plain_entries(_READING, facts)


def _bytes_read_text(record: Record) -> str:
    if not record.bytes_read or not record.size_bytes:
        return f"{record.bytes_read:,}" if record.bytes_read else ""
    return f"{record.bytes_read:,} of {record.size_bytes:,}"


def _plain_entries(group: str, facts: Iterable[tuple[str, str]]) -> Iterator[Entry]:
    for name, value in facts:
        if value:
            yield Entry(group, clean(name, 80), clean(value, VALUE_LIMIT))


_TagPosition: TypeAlias = tuple[str, str, int]
"""Group, name, and index among the tags of that name in the group."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Row:
    """One tag of all objects."""

    group: str
    name: str
    entries: tuple[Entry | None, ...]
    """In the order of the objects; None for an object without the tag."""

    @property
    def differs(self) -> bool:
        """Whether the objects have different values."""
        return len({_value(entry) for entry in self.entries}) > 1

    @property
    def is_tag(self) -> bool:
        """Whether it is a tag of the file rather than a fact."""
        return any(entry is not None and entry.is_tag for entry in self.entries)

    def text(self, index: int, *, is_raw: bool = False) -> str:
        """The object's value; the raw value if `is_raw` and there is one."""
        entry = self.entries[index]
        if entry is None:
            return ""
        return (entry.raw or entry.value) if is_raw else entry.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tags of several objects, in the order of the inspector."""

    titles: tuple[str, ...]
    rows: tuple[Row, ...]

    def rows_to_show(self, *, is_all: bool) -> tuple[Row, ...]:
        """All rows, or those that differ."""
        return self.rows if is_all else tuple(row for row in self.rows if row.differs)


def _value(entry: Entry | None) -> tuple[str, str] | None:
    return None if entry is None else (entry.value, entry.raw)


def compare(reports: Sequence[Report]) -> Comparison:
    """Compare reports tag by tag."""
    found = [dict(_with_positions(report.entries)) for report in reports]
    orders = [list(each) for each in found]
    groups = _merge_orders([list(dict.fromkeys(p[0] for p in order)) for order in orders])
    positions = [
        position
        for group in groups
        for position in _merge_orders([[p for p in order if p[0] == group] for order in orders])
    ]
    rows = (Row(*p[:2], tuple(each.get(p) for each in found)) for p in positions)
    return Comparison(tuple(report.title for report in reports), tuple(rows))


def _with_positions(entries: Iterable[Entry]) -> Iterator[tuple[_TagPosition, Entry]]:
    counts = Counter[tuple[str, str]]()
    for entry in entries:
        name = (entry.group, entry.name)
        yield (*name, counts[name]), entry
        counts[name] += 1


def _merge_orders(orders: Iterable[Sequence[_T]]) -> list[_T]:
    """All items once, each after the item that precedes it in the first order that has it."""
    merged: list[_T] = []
    for order in orders:
        known, at = set(merged), 0
        for one in order:
            if one in known:
                at = merged.index(one) + 1
            else:
                merged.insert(at, one)
                at += 1
    return merged


def as_text(titles: Sequence[str], rows: Sequence[Row], *, is_raw: bool = False) -> str:
    """Tab-separated lines with a line per group title, for spreadsheets."""
    lines = ["\t".join(["", *titles])]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(group)
        texts = (row.text(index, is_raw=is_raw) for index in range(len(titles)))
        lines.append("\t".join([row.name, *texts]))
    return "\n".join(lines)


def as_json(titles: Sequence[str], rows: Sequence[Row]) -> str:
    """A list of images, each with its tags by group: the value, and the raw value if it differs."""
    images = []
    for index, title in enumerate(titles):
        groups: dict[str, dict[str, object]] = {}
        for row in rows:
            if (entry := row.entries[index]) is not None:
                add_entry(groups.setdefault(row.group, {}), entry)
        images.append({"name": title, "tags": groups})
    return json.dumps(images, indent=1, ensure_ascii=False)


def add_entry(group: dict[str, object], entry: Entry) -> None:
    """Add a tag to its group's JSON object; repeated names get a number."""
    name, number = entry.name, 1
    while name in group:
        number += 1
        name = f"{entry.name} {number}"
    value = entry.value
    group[name] = {"value": value, entry.raw_title: entry.raw} if entry.raw else value
