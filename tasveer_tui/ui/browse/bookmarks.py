"""The places in buckets that a person marked, in a small JSON file. Blocks."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from tasveer_tui.records import Access, Source
from tasveer_tui.ui.kit import state_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE_NAME: Final = "bookmarks.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place and the way to reach it; no secret is in it."""

    source: Source
    prefix: str
    access: Access

    @property
    def uri(self) -> str:
        """`s3://bucket/prefix`."""
        return self.source.uri(self.prefix)


def load(folder: Path) -> list[Bookmark]:
    """Read the bookmarks; none where they cannot be read."""
    try:
        said = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return [_bookmark(one) for one in said["bookmarks"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("The bookmarks cannot be read: %s", error)
        return []


def _bookmark(said: dict[str, Any]) -> Bookmark:
    source = Source(str(said["source"]["endpoint"]), str(said["source"]["bucket"]))
    return Bookmark(source, str(said["prefix"]), Access(**said["access"]))


def save(folder: Path, bookmarks: Sequence[Bookmark]) -> None:
    """Write the bookmarks. Raises OSError."""
    said = {"bookmarks": [asdict(bookmark) for bookmark in bookmarks]}
    state_file.write(folder, FILE_NAME, said)
