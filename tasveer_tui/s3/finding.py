"""Single keys looked up by listing: neighbours come with one request."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tasveer_tui.s3.listing import LAST_CHARACTER, MOST_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasveer_tui.records import ObjectRef
    from tasveer_tui.s3.listing import Lister

TOGETHER = 25
"""Neighbouring keys that one thread looks up."""

THREADS = 8
FIRST_LIMIT = 100
_GROWTH = 4
_LAST_BEFORE_SURROGATES = 0xD7FF
_FIRST_AFTER_SURROGATES = 0xE000


@dataclass(slots=True)
class Finding:
    """The objects by key, None where there is none, and what it took."""

    objects: dict[str, ObjectRef | None] = field(default_factory=dict)
    requests: int = 0


def find(lister: Lister, keys: Sequence[str]) -> Finding:
    """Look up every key; blocks. Raises StorageError where one of them cannot be."""
    ordered = sorted(set(keys))
    parts = [ordered[first : first + TOGETHER] for first in range(0, len(ordered), TOGETHER)]
    if len(parts) < 2:  # noqa: PLR2004
        return _find(lister, ordered)
    total = Finding()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="find") as threads:
        for found in threads.map(lambda part: _find(lister, part), parts):
            total.objects |= found.objects
            total.requests += found.requests
    return total


def _find(lister: Lister, keys: Sequence[str]) -> Finding:
    """Walk through the keys in order; as many are listed at once as have just paid."""
    found = Finding(dict.fromkeys(keys))
    wanted, limit = deque(keys), FIRST_LIMIT
    while wanted:
        # What cannot be looked up among its neighbours is looked up by itself.
        is_alone = lister.is_unordered or len(wanted) == 1
        here, end, is_sure = _look(lister, wanted[0], limit, is_alone=is_alone)
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
            found.objects[key] = _alone(lister, key)
            found.requests += 1
        limit = max(1, min(MOST_KEYS, _GROWTH * answered))
    return found


def _look(
    lister: Lister, key: str, limit: int, *, is_alone: bool
) -> tuple[dict[str, ObjectRef], str, bool]:
    """Objects from `key` on, how far they reach ("": to the end), whether none is missing."""
    if is_alone:
        ref = _alone(lister, key)
        return ({key: ref} if ref else {}), key, True
    page = next(lister.pages("", "", just_before(key), limit))
    names = [ref.key for ref in page.objects]
    is_sure = all(before < after for before, after in pairwise(names))
    return {ref.key: ref for ref in page.objects}, "" if page.is_last else page.cursor, is_sure


def _alone(lister: Lister, key: str) -> ObjectRef | None:
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
