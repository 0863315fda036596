"""Searches made up at random, asked of the catalogue and of a plain evaluation; by hand, at length.

    python bench/differential.py [CASES] [IMAGES]

Ends with the first search whose answers differ, made as small as it can be.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tasveer_tui.catalogue.search import Finder, compiling, parse, planning
from tests.parts.gallery import NOW, Gallery
from tests.parts.naive_search import Naive
from tests.unit.test_search_differential import KEYS, SEARCHES

CASES, IMAGES = 4000, 2000


def main() -> None:
    cases, images = [*map(int, sys.argv[1:]), *(CASES, IMAGES)[len(sys.argv) - 1 :]]
    gallery = Gallery(images, seed=2)
    naive = Naive(gallery.samples)
    asked = found = 0

    @settings(
        max_examples=cases // 2,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=SEARCHES, keys=st.one_of(st.just([]), KEYS))
    def compare(text: str, keys: list[str]) -> None:
        nonlocal asked, found
        order = f" order by {', '.join(keys)}" if keys else ""
        query = parse(text + order)
        finder = Finder(gallery.connection, now=NOW)
        expected = naive.ids(query)
        assert list(finder.ids(query)) == expected
        assert finder.count(query) == len(expected)
        assert finder.first(query, 20, 5) == expected[5:25]
        asked, found = asked + 1, found + bool(expected)

    started_s = time.monotonic()
    compare()
    planning._NARROW = compiling._COMMON = compiling._RARE = 1  # noqa: SLF001 - the other ways
    compare()
    took_s = time.monotonic() - started_s
    print(f"{asked:,} searches over {images:,} images, {found:,} of them found some: no difference")
    print(f"{took_s:.0f} s")


if __name__ == "__main__":
    main()
