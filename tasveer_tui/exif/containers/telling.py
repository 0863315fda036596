"""What containers say in numbers of their own, as tags with the names that exiftool gives them."""

from collections.abc import Mapping

from tasveer_tui.exif.found import Found
from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag, TagValue

_LONGEST_TEXT = 4096


def tell(found: Found, group: str, facts: Mapping[str, TagValue]) -> None:
    """Add facts by their names."""
    found.tags += [Tag(group, name, value=value) for name, value in facts.items()]


def is_told(found: Found, group: str, name: str) -> bool:
    """Whether a tag was added before."""
    return any(tag.group == group and tag.name == name for tag in found.tags)


def words(data: bytes) -> str:
    """A text of a sensible length."""
    return plain(data[:_LONGEST_TEXT])
