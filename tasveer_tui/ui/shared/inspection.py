"""What the inspector says of an object, as entries of plain text, safe to show.

Knows no widget. Imports the metadata room when it is first called, so call it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.humanize import size_text, time_text
from tasveer_tui.records import Image, Outcome, is_maker_group
from tasveer_tui.text import clean
from tasveer_tui.ui.shared.search_text import like_glance, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import ObjectRef, Record, Tag
    from tasveer_tui.workspace import Inspection

Subject: TypeAlias = "Inspection | Image"
"""An object read just now, or an image of the catalogue."""

VALUE_LIMIT: Final = 4000
"""Characters of a value that are shown and copied."""

FROM: Final = "from"
"""Title of what a fact says behind its value."""
_NOTES: Final = "Notes"
_GLANCE: Final = "At a glance"
_FACTS: Final = "Facts, and the tags they are from"
_MAKER: Final = "Maker notes"
_OBJECT: Final = "Object in S3"
_READING: Final = "Reading"
_FIRST, _TAGS, _LAST = 0, 10, 50
"""Where what is said of the whole stands, where groups of tags do, and what comes behind them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a tag or a fact."""

    group: str
    """The title under which it stands."""
    name: str
    value: str
    """As a person reads it."""
    raw: str = ""
    """As it stands in the file, where that says more; of a fact, the tag that it is from."""
    raw_title: str = "raw"
    number: str = ""
    """The tag's number in hexadecimal digits, or empty."""
    kind: str = ""
    """Field type and count of a tag: `RATIONAL ×3`."""
    tag: Tag | None = None
    term: str = ""
    """A search of all images like it, where the line is no tag."""

    @property
    def is_tag(self) -> bool:
        """Whether it is a tag itself; a fact only says from which one it is."""
        return self.tag is not None and self.raw_title != FROM

    def is_same_place(self, other: Entry) -> bool:
        """Whether both are the same tag, if perhaps of two objects."""
        return (self.group, self.name) == (other.group, other.name)

    def holds(self, folded: str) -> bool:
        """Whether the filter's text, casefolded, stands anywhere in it."""
        text = f"{self.group}\n{self.name}\n{self.value}\n{self.raw}\n{self.number}"
        return folded in text.casefold()


_Ranked: TypeAlias = tuple[int, Entry]
"""An entry, and where its group stands among the groups."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the inspector says of one subject."""

    title: str
    outcome: Outcome
    said: str
    """What became of the object, in a sentence or two."""
    entries: tuple[Entry, ...]


def report(subject: Subject) -> Report:
    """Put a subject into words; cheap but for its first call, which imports."""
    record, ref = subject.record, _ref(subject)
    message = subject.message if isinstance(subject, Image) else ""
    sentence = record.outcome.description()
    ranked = (
        *_notes(record),
        *_glance(record),
        *_beliefs(record),
        *_tags(record),
        *_ends(subject),
    )
    first = {entry.group: place for place, (_, entry) in reversed(tuple(enumerate(ranked)))}
    ranked = tuple(sorted(ranked, key=lambda pair: (pair[0], first[pair[1].group])))
    return Report(
        title=clean(ref.key.rpartition("/")[2] or ref.key, VALUE_LIMIT),
        outcome=record.outcome,
        said=clean(sentence if message in sentence else f"{sentence} {message}", VALUE_LIMIT),
        entries=tuple(entry for _, entry in ranked),
    )


def _ref(subject: Subject) -> ObjectRef:
    return subject.ref if isinstance(subject, Image) else subject.facts.ref


def _notes(record: Record) -> Iterator[_Ranked]:
    for number, note in enumerate(record.notes, 1):
        yield _FIRST, Entry(_NOTES, str(number), clean(note, VALUE_LIMIT))


def _glance(record: Record) -> Iterator[_Ranked]:
    from tasveer_tui.exif import summary

    facts = record.facts
    terms = like_glance(facts)
    for name, value in summary(facts):
        yield _FIRST, Entry(_GLANCE, name, clean(value, VALUE_LIMIT), term=terms[name])
    if facts.lat_deg is not None and facts.lon_deg is not None:
        from tasveer_tui.catalogue.towns import nearest_town

        town, country = nearest_town(facts.lat_deg, facts.lon_deg)
        where = ", ".join(filter(None, (town, country)))
        if where:
            term = f"place={quote(town)}" if town else ""
            yield _FIRST, Entry(_GLANCE, "Nearest town", clean(where, VALUE_LIMIT), term=term)


def _beliefs(record: Record) -> Iterator[_Ranked]:
    """The facts that several tags may state, each with the tag that was believed."""
    from tasveer_tui.exif import fact_sources

    for belief in fact_sources(record):
        others = f", not {', '.join(belief.others)}" if belief.others else ""
        yield (
            _FIRST,
            Entry(
                group=_FACTS,
                name=belief.label,
                value=clean(belief.value, VALUE_LIMIT),
                raw=clean(belief.tag + others, VALUE_LIMIT),
                raw_title=FROM,
                tag=belief.source,
            ),
        )


def _tags(record: Record) -> Iterator[_Ranked]:
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
    told = describe_maker_note(record)
    if told and not any(is_maker_group(tag.group) for tag in record.tags):
        yield _TAGS + group_rank(_MAKER), Entry(_MAKER, "MakerNote", clean(told))


def _ends(subject: Subject) -> Iterator[_Ranked]:
    for entry in (*_object_facts(subject), *_reading(subject)):
        yield _LAST, entry


def _object_facts(subject: Subject) -> Iterator[Entry]:
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
    yield from _facts(_OBJECT, facts)


def _reading(subject: Subject) -> Iterator[Entry]:
    from tasveer_tui.exif import describe_maker_note

    record = subject.record
    thumbnail = f"{record.thumb_length:,} bytes at {record.thumb_offset:,}"
    facts = [
        ("Format by content", record.format),
        ("Bytes read", _share(record)),
        ("Requests", str(record.requests or "")),
        ("Thumbnail", thumbnail if record.thumb_length else ""),
        ("Maker notes", describe_maker_note(record)),
        ("Ingested", time_text(subject.ingested_at) if isinstance(subject, Image) else ""),
    ]
    yield from _facts(_READING, facts)


def _share(record: Record) -> str:
    if not record.bytes_read or not record.size_bytes:
        return f"{record.bytes_read:,}" if record.bytes_read else ""
    return f"{record.bytes_read:,} of {record.size_bytes:,}"


def _facts(group: str, facts: Iterable[tuple[str, str]]) -> Iterator[Entry]:
    for name, value in facts:
        if value:
            yield Entry(group, clean(name, 80), clean(value, VALUE_LIMIT))
