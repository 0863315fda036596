"""Content credentials: says that an object carries a JUMBF store, without reading it."""

import re

from tasveer_tui.exif.text import plain
from tasveer_tui.records import Tag

_DESCRIPTION = re.compile(rb"jumb....jumd.{17}([^\0]+)\0", re.DOTALL)


def content_label(head: bytes) -> Tag | None:
    """The label of the superbox that begins in `head`: `c2pa` for content credentials."""
    match = _DESCRIPTION.search(head)
    return Tag("JUMBF", "JUMDLabel", value=plain(match[1])) if match else None
