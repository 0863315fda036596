"""A whole object, piece by piece, so that fetching it can be watched and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import ObjectEmptyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.exif import Fetch
    from tasveer_tui.records import ObjectRef

PIECE: Final = 1 << 20
"""Bytes per request: a second at 8 Mbit/s."""


def pieces(fetch: Fetch, ref: ObjectRef) -> Iterator[bytes]:
    """Its bytes in order; each step is a request. Raises what `fetch` raises."""
    at = 0
    while at < ref.size_bytes:
        chunk = fetch(at, min(PIECE, ref.size_bytes - at))
        if not chunk.data:
            raise ObjectEmptyError(f"{ref.key} ended early.", "List the prefix again.")
        at += len(chunk.data)
        yield chunk.data
