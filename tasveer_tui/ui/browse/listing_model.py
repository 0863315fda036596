"""What has been listed of one prefix so far. Pure; shared by the tree and the object list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.humanize import plural

if TYPE_CHECKING:
    from tasveer_tui.errors import TasveerError
    from tasveer_tui.records import ObjectRef, Page, Source


class Listing:
    """The prefixes and objects directly under a prefix, page by page, in the order of keys.

    With `seek`, only those whose name begins with it.
    """

    def __init__(self, source: Source, prefix: str, seek: str = "") -> None:
        self.source = source
        self.prefix = prefix
        self.seek = seek
        self.prefixes: list[str] = []
        self.objects: list[ObjectRef] = []
        self.cursor = ""
        self.is_complete = False
        self.is_loading = False
        self.error: TasveerError | None = None
        self.loads_to_end = False
        """The pages that follow are wanted one after the other, to the last."""
        self.had_no_prefixes = False
        """The last page brought no prefix."""

    @property
    def count(self) -> int:
        """How many prefixes and objects are loaded."""
        return len(self.prefixes) + len(self.objects)

    @property
    def is_started(self) -> bool:
        """A page has come, or why none came."""
        return self.is_complete or bool(self.cursor) or self.error is not None

    @property
    def server_prefix(self) -> str:
        """What the server is asked for."""
        return self.prefix + self.seek

    def add(self, page: Page) -> None:
        """Take in the page that follows."""
        self.prefixes.extend(page.prefixes)
        self.objects.extend(page.objects)
        self.cursor = page.cursor
        # A page that ends nowhere new would be asked for again and again.
        self.is_complete = page.is_last or not page.cursor
        self.had_no_prefixes = not page.prefixes
        self.is_loading = False
        self.error = None

    def fail(self, error: TasveerError) -> None:
        """Remember why the page that follows did not come."""
        self.error = error
        self.is_loading = False
        self.loads_to_end = False

    def count_text(self) -> str:
        """How much there is, in words that never hide that there is more."""
        if not self.is_started:
            return "listing…"
        parts = []
        if self.prefixes:
            parts.append(plural(len(self.prefixes), "prefix", "prefixes"))
        if self.objects or not self.prefixes:
            parts.append(plural(len(self.objects), "object"))
        text = ", ".join(parts)
        return text if self.is_complete else f"{text} loaded, more…"
