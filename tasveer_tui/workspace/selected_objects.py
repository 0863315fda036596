"""Lists the objects that a job names: its prefixes, and its single keys in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tasveer_tui.records import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasveer_tui.records import JobSpec
    from tasveer_tui.s3 import S3

KEYS_PER_PAGE: Final = 500
"""Keys that are looked up together."""


def selected_pages(s3: S3, spec: JobSpec) -> Iterator[tuple[Page, int]]:
    """Yield pages before any filter, each with the number of requests that it took."""
    for prefix in spec.outermost_prefixes():
        for page in s3.list_pages(spec.source.bucket, prefix):
            yield page, 1
    keys = spec.single_keys()
    for first in range(0, len(keys), KEYS_PER_PAGE):
        found = s3.find_objects(spec.source.bucket, keys[first : first + KEYS_PER_PAGE])
        objects = tuple(ref for ref in found.objects.values() if ref)
        yield Page(objects=objects), found.requests
