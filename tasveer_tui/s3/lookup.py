"""Single keys looked up by listing: neighbours come with one request."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tasveer_tui.s3.listing import LAST_CHARACTER, MAX_PAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.records import ObjectRef
    from tasveer_tui.s3.listing import Lister

KEYS_PER_THREAD = 25
"""Neighbouring keys that one thread looks up."""

MAX_THREADS = 8
INITIAL_PAGE_KEYS = 100
_PAGE_GROWTH_FACTOR = 4
_LAST_BEFORE_SURROGATES = 0xD7FF
_FIRST_AFTER_SURROGATES = 0xE000


@dataclass(slots=True)
class LookupResult:
    """The objects by key, None where there is none, and what it took."""

    objects: dict[str, ObjectRef | None] = field(default_factory=dict)
    requests: int = 0


def look_up_keys(lister: Lister, keys: Sequence[str]) -> LookupResult:
    """Look up every key; blocks. Raises StorageError where one of them cannot be."""
    ordered = sorted(set(keys))
    parts = [
        ordered[first : first + KEYS_PER_THREAD]
        for first in range(0, len(ordered), KEYS_PER_THREAD)
    ]
    if len(parts) < 2:  # noqa: PLR2004
        return _look_up_part(lister, ordered)
    total = LookupResult()
    with ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="find") as threads:
        for found in threads.map(lambda part: _look_up_part(lister, part), parts):
            total.objects |= found.objects
            total.requests += found.requests
    return total


def _look_up_part(lister: Lister, keys: Sequence[str]) -> LookupResult:
    """Walk through the keys in order; as many are listed at once as have just paid."""
    found = LookupResult(dict.fromkeys(keys))
    wanted, limit = deque(keys), INITIAL_PAGE_KEYS
    while wanted:
        # What cannot be looked up among its neighbours is looked up by itself.
        is_alone = lister.is_unordered or len(wanted) == 1
        here, end, is_sure = _list_from(lister, wanted[0], limit, is_alone=is_alone)
        found.requests += 1
        answered = 0
        while wanted and (not end or wanted[0] <= end) and (is_sure or wanted[0] in here):
            key = wanted.popleft()
            found.objects[key] = here.get(key)
            answered += 1
            if is_alone:
                break
        if not answered:
            key = wanted.popleft()
            found.objects[key] = _look_up_one(lister, key)
            found.requests += 1
        limit = max(1, min(MAX_PAGE_KEYS, _PAGE_GROWTH_FACTOR * answered))
    return found


def _list_from(
    lister: Lister, key: str, limit: int, *, is_alone: bool
) -> tuple[dict[str, ObjectRef], str, bool]:
    """Objects from `key` on, how far they reach ("": to the end), whether none is missing."""
    if is_alone:
        ref = _look_up_one(lister, key)
        return ({key: ref} if ref else {}), key, True
    page = next(lister.pages("", "", just_before(key), limit))
    names = [ref.key for ref in page.objects]
    is_sure = all(before < after for before, after in pairwise(names))
    return {ref.key: ref for ref in page.objects}, "" if page.is_last else page.cursor, is_sure


def _look_up_one(lister: Lister, key: str) -> ObjectRef | None:
    """An exact key is the first that begins with itself, or is not there."""
    page = next(lister.pages(key, "", "", 1))
    return next((ref for ref in page.objects if ref.key == key), None)


def just_before(key: str) -> str:
    """A text below `key`, with as little as can be between them."""
    stem, code = key[:-1], ord(key[-1])
    if not code:
        return stem
    code = _LAST_BEFORE_SURROGATES if code == _FIRST_AFTER_SURROGATES else code - 1
    return f"{stem}{chr(code)}{LAST_CHARACTER}"
