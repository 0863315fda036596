"""Values in container headers, as tags with exiftool's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasveer_tui.exif.text_decoding import decode_text
from tasveer_tui.records import Tag, TagValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasveer_tui.exif.findings import Findings

_MAX_TEXT_BYTES = 4096


def add_tags(found: Findings, group: str, facts: Mapping[str, TagValue]) -> None:
    """Add facts by their names."""
    found.tags += [Tag(group, name, value=value) for name, value in facts.items()]


def has_tag(found: Findings, group: str, name: str) -> bool:
    """Whether a tag was added before."""
    return any(tag.group == group and tag.name == name for tag in found.tags)


def decode_short_text(data: bytes) -> str:
    """A text of a sensible length."""
    return decode_text(data[:_MAX_TEXT_BYTES])


# Content Credentials: reports that an object has a JUMBF store, without reading it.

_DESCRIPTION_BOX = re.compile(rb"jumb....jumd.{17}([^\0]+)\0", re.DOTALL)


def content_credentials_tag(head: bytes) -> Tag | None:
    """The label of the superbox that begins in `head`: `c2pa` for content credentials."""
    match = _DESCRIPTION_BOX.search(head)
    return Tag("JUMBF", "JUMDLabel", value=decode_text(match[1])) if match else None
