"""The source tag of each fact, to explain a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tasveer_tui.exif.facts import FACT_TAGS, superseded_xmp_tags
from tasveer_tui.exif.makernotes import MAKER_FACT_TAGS
from tasveer_tui.records import Record, Tag, is_maker_group

_FACT_LABELS: Final = {
    "make": "Make",
    "model": "Model",
    "lens": "Lens",
    "serial": "Serial number",
    "title": "Title",
    "caption": "Caption",
    "artist": "Creator",
    "copyright": "Copyright",
    "keywords": "Keywords",
    "rating": "Rating",
}
"""The facts that several tags may state, in the order in which they are shown."""

_BLANK_CHARACTERS: Final = "-_ .?"


@dataclass(frozen=True, slots=True)
class FactSource:
    """One fact. Its text is the object's: clean it."""

    label: str
    value: str
    tag: str
    """The most trusted tag with a value, as `XMP-dc:Title`."""
    source: Tag
    others: tuple[str, ...] = ()
    """Other tags with another value, the more trusted first."""


def fact_sources(record: Record) -> Iterator[FactSource]:
    """The facts that people ask for, with the tags that they were taken from."""
    tags = {f"{tag.group}:{tag.name}": tag for tag in reversed(record.tags)}
    late = superseded_xmp_tags({name: tag.value for name, tag in tags.items()})
    for fact, label in _FACT_LABELS.items():
        value = getattr(record.facts, fact)
        if value in ("", None, ()):
            continue
        names = [name for name in FACT_TAGS[fact] if name in tags and _has_value(tags[name])]
        names.sort(key=late.__contains__)
        names += [name for name in _maker_tag_names(fact, record) if name not in names]
        if names:
            trusted = tags[names[0]].value
            others = tuple(name for name in names[1:] if tags[name].value != trusted)
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            yield FactSource(label, text, names[0], tags[names[0]], others)


def _has_value(tag: Tag) -> bool:
    """Cameras write dashes if the lens does not report its name."""
    return bool(str(tag.value).strip(_BLANK_CHARACTERS)) and tag.value != []


def _maker_tag_names(fact: str, record: Record) -> list[str]:
    notes = [tag for tag in record.tags if is_maker_group(tag.group) and _has_value(tag)]
    order = MAKER_FACT_TAGS.get(fact, ())
    return [f"{tag.group}:{tag.name}" for name in order for tag in notes if tag.name == name]
