"""What the inspector says of an object, as entries of plain text, safe to show.

Knows no widget. Imports the metadata room when it is first called, so call it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from tasveer_tui.figures import size_text, time_text
from tasveer_tui.records import Image, Outcome
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.records import ObjectRef, Record, Tag
    from tasveer_tui.workspace import Inspection

Subject: TypeAlias = "Inspection | Image"
"""An object read just now, or an image of the catalogue."""

VALUE_LIMIT: Final = 4000
"""Characters of a value that are shown and copied."""

_GROUPS: Final = {
    "File": "File",
    "IFD0": "Image (IFD0)",
    "IFD1": "Thumbnail (IFD1)",
    "ExifIFD": "EXIF",
    "GPS": "GPS",
    "InteropIFD": "Interoperability",
    "MakerNotes": "Maker notes",
    "IPTC": "IPTC",
    "ICC_Profile": "Colour profile",
    "PNG": "PNG",
    "JFIF": "JFIF",
}
_OBJECT: Final = "Object in S3"
_READING: Final = "Reading"
_ORDER: Final = (
    *("Notes", "Image (IFD0)", "EXIF", "GPS", "XMP", "IPTC", "File"),
    *(_OBJECT, _READING),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a tag or a fact."""

    group: str
    """The title under which it stands."""
    name: str
    value: str
    """As a person reads it."""
    raw: str = ""
    """As it stands in the file, where that says more."""
    number: str = ""
    """The tag's number in hexadecimal digits, or empty."""
    kind: str = ""
    """Field type and count of a tag: `RATIONAL ×3`."""
    tag: Tag | None = None

    def is_same_place(self, other: Entry) -> bool:
        """Whether both are the same tag, if perhaps of two objects."""
        return (self.group, self.name) == (other.group, other.name)

    def holds(self, folded: str) -> bool:
        """Whether the filter's text, casefolded, stands anywhere in it."""
        text = f"{self.group}\n{self.name}\n{self.value}\n{self.raw}\n{self.number}"
        return folded in text.casefold()


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
    sentence = record.outcome.sentence()
    entries = (*_notes(record), *_tags(record.tags), *_object_facts(subject), *_reading(subject))
    ranks = {entry.group: rank for rank, entry in reversed(tuple(enumerate(entries)))}
    entries = tuple(sorted(entries, key=lambda entry: (_rank(entry.group), ranks[entry.group])))
    return Report(
        title=clean(ref.key.rpartition("/")[2] or ref.key, VALUE_LIMIT),
        outcome=record.outcome,
        said=clean(sentence if message in sentence else f"{sentence} {message}", VALUE_LIMIT),
        entries=entries,
    )


def _rank(group: str) -> int:
    """Where a group stands: what is asked for most comes first, the makers' own tags last."""
    for rank, start in enumerate(_ORDER):
        if group.startswith(start):
            return rank
    return len(_ORDER)


def _ref(subject: Subject) -> ObjectRef:
    return subject.ref if isinstance(subject, Image) else subject.facts.ref


def _notes(record: Record) -> Iterator[Entry]:
    for number, note in enumerate(record.notes, 1):
        yield Entry("Notes", str(number), clean(note, VALUE_LIMIT))


def _tags(tags: Iterable[Tag]) -> Iterator[Entry]:
    from tasveer_tui.exif import label

    for tag in tags:
        human = clean(label(tag), VALUE_LIMIT)
        raw = clean(tag.raw or _plain(tag), VALUE_LIMIT)
        yield Entry(
            group=clean(_GROUPS.get(tag.group, tag.group.replace("-", " ")), 40),
            name=clean(tag.name, 80),
            value=human,
            raw="" if raw == human else raw,
            number=f"{tag.number:04X}" if tag.number else "",
            kind=clean(f"{tag.type} ×{tag.count}" if tag.count > 1 else tag.type, 40),
            tag=tag,
        )


def _plain(tag: Tag) -> str:
    if isinstance(tag.value, list):
        return ", ".join(map(str, tag.value))
    return str(tag.value)


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
    record = subject.record
    thumbnail = f"{record.thumb_length:,} bytes at {record.thumb_offset:,}"
    maker_note = f"{record.maker_note_length:,} bytes"
    facts = [
        ("Format by content", record.format),
        ("Bytes read", _share(record)),
        ("Requests", str(record.requests or "")),
        ("Thumbnail", thumbnail if record.thumb_length else ""),
        ("Maker notes", maker_note if record.maker_note_length else ""),
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
