"""The loaded part of a prefix's listing. Pure; shared by the tree and the object list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.humanize import plural

if TYPE_CHECKING:
    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, Page, Source


class Listing:
    """The prefixes and objects directly under a prefix, in key order.

    With `seek`, only those whose name begins with that text.
    """

    def __init__(self, source: Source, prefix: str, seek: str = "") -> None:
        self.source = source
        self.prefix = prefix
        self.seek = seek
        self.prefixes: list[str] = []
        self.objects: list[ObjectRef] = []
        self.cursor = ""
        """The last key or prefix of the last page; the next page starts after it."""
        self.is_complete = False
        self.is_loading = False
        self.error: TasveerError | None = None
        self.loads_to_end = False
        """Whether all remaining pages are loaded without being asked for."""
        self.had_no_prefixes = False
        """Whether the last page contained no prefix."""

    @property
    def count(self) -> int:
        """Loaded prefixes and objects."""
        return len(self.prefixes) + len(self.objects)

    @property
    def is_started(self) -> bool:
        """Whether there is a page, or an error instead."""
        return self.is_complete or bool(self.cursor) or self.error is not None

    @property
    def server_prefix(self) -> str:
        """The prefix of the list requests."""
        return self.prefix + self.seek

    def add(self, page: Page) -> None:
        """Add the next page."""
        self.prefixes.extend(page.prefixes)
        self.objects.extend(page.objects)
        self.cursor = page.cursor
        # Without a cursor, the next request would return the same page again.
        self.is_complete = page.is_last or not page.cursor
        self.had_no_prefixes = not page.prefixes
        self.is_loading = False
        self.error = None

    def fail(self, error: TasveerError) -> None:
        """Store the error of the next page."""
        self.error = error
        self.is_loading = False
        self.loads_to_end = False

    def count_text(self) -> str:
        """The loaded counts; `more…` if the listing is not complete."""
        if not self.is_started:
            return "listing…"
        parts = []
        if self.prefixes:
            parts.append(plural(len(self.prefixes), "prefix", "prefixes"))
        if self.objects or not self.prefixes:
            parts.append(plural(len(self.objects), "object"))
        text = ", ".join(parts)
        return text if self.is_complete else f"{text} loaded, more…"
