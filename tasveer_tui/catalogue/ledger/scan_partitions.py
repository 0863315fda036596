"""Long listings cut into pieces, so that several may list them side by side.

A piece ends with a key that was seen when it was cut off, and the next one lists what the service
has behind that key: so every key is in one of them, in whatever order the service lists. Where
that key is not met (it was deleted since), the piece is joined again with all that follows, and
what others have listed of it meanwhile is listed twice but neither read nor lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.storage.text_codec import to_stored
from tasveer_tui.records import Page

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from tasveer_tui.records import ScannedPage


def truncate_page(page: ScannedPage, until: str) -> ScannedPage:
    """The page as far as it belongs to a piece that ends with `until`."""
    at = next((at for at, ref in enumerate(page.page.objects) if ref.key == until), -1)
    if not until or at < 0:
        return page
    # It speaks for nothing behind that key, even where it was the service's last page.
    return replace(page, page=Page((), page.page.objects[: at + 1], until), partition_keys=())


def is_end_reached(page: ScannedPage, until: str) -> bool:
    """Whether this page, which was cut, is the piece's last."""
    return bool(until) and page.page.cursor == until


def is_end_missed(page: ScannedPage, until: str) -> bool:
    """Whether the listing should have reached the partition's last key by now."""
    is_behind = page.page.is_last or to_stored(page.page.cursor) > to_stored(until)
    return bool(until) and page.page.cursor != until and is_behind


def extend_to_end(connection: sqlite3.Connection, scan_id: int) -> None:
    """Let the piece go on to the prefix's end."""
    connection.execute("UPDATE scan SET until = '' WHERE id = ?", (scan_id,))


def split(
    connection: sqlite3.Connection, scan_id: int, cursor: str, until: str, points: Iterable[str]
) -> None:
    """Cut what is left of a scan behind its cursor at these keys, which were listed just now."""
    ends = {to_stored(point) for point in points}
    first, last = to_stored(cursor), to_stored(until)
    for point in sorted(ends, reverse=True):
        if point <= first or (until and point >= last):
            continue
        done = connection.execute(
            """INSERT OR IGNORE INTO scan (job_id, prefix, since, cursor, until)
               SELECT job_id, prefix, ?1, ?1, ?2 FROM scan
               WHERE id = ?3 AND substr(?1, 1, length(prefix)) = prefix""",
            (point, last, scan_id),
        )
        if done.rowcount == 1:
            last = point
    connection.execute("UPDATE scan SET until = ? WHERE id = ?", (last, scan_id))


def is_last_partition(connection: sqlite3.Connection, scan_id: int) -> bool:
    """Whether no other piece of the same prefix is to be listed still, or has failed."""
    row = connection.execute(
        """SELECT 1 FROM scan own JOIN scan other ON other.job_id = own.job_id
             AND other.prefix = own.prefix AND other.is_exact = own.is_exact
             AND other.id <> own.id AND (other.is_done = 0 OR other.error <> '')
           WHERE own.id = ? LIMIT 1""",
        (scan_id,),
    ).fetchone()
    return row is None
