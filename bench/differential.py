"""Searches made up at random, asked of the catalogue and of a plain evaluation; by hand, at length.

    python bench/differential.py [--cases 4000] [--images 2000] [--minutes 15]

Ends with the first search whose answers differ, made as small as it can be. It takes the images
in turn as few and as many, so that each access path is taken.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage.sort_cache import SortCache
from tests.support import search_thresholds
from tests.support.naive_search import NaiveSearch
from tests.support.sample_catalogue import NOW, SampleCatalogue
from tests.unit.test_search_differential import KEYS, SEARCHES

_CASES_PER_TURN: Final = 100
"""Cases of one way, until it is the next one's turn."""
_ID_LIST_SHARES: Final = (None, 0.0, 0.5)


class _Comparison:
    def __init__(self, images: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            search_thresholds.use_large_index_thresholds(patch)
            self._gallery = SampleCatalogue(images, seed=2)
        self._gallery.connection.orders = SortCache()
        self._naive = NaiveSearch(self._gallery.samples)
        self.asked = self.found = 0

    def run(self, turn: int) -> None:
        """Compare some cases, always the same in the same turn."""
        share = _ID_LIST_SHARES[turn % len(_ID_LIST_SHARES)]
        compare = settings(
            max_examples=_CASES_PER_TURN,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )(given(text=SEARCHES, keys=st.one_of(st.just([]), KEYS))(self._compare))
        with pytest.MonkeyPatch.context() as patch:
            if share is not None:
                search_thresholds.use_large_search_thresholds(patch, share)
            seed(turn)(compare)()

    def _compare(self, text: str, keys: list[str]) -> None:
        query = parse(f"{text} order by {', '.join(keys)}" if keys else text)
        finder = Finder(self._gallery.connection, now=NOW)
        expected = self._naive.ids(query)
        assert finder.first(query, 20, 5) == expected[5:25]
        assert list(finder.ids(query)) == expected
        assert finder.count(query) == len(expected)
        finder.prepare(query)
        assert finder.first(query, 20, 5) == expected[5:25]
        self.asked, self.found = self.asked + 1, self.found + bool(expected)


def main() -> None:
    """Compare until it was done so often, or for so long."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=4000)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=15.0)
    options = parser.parse_args()
    started_s = time.monotonic()
    comparison = _Comparison(options.images)
    turn = 0
    while comparison.asked < options.cases:
        comparison.run(turn)
        turn += 1
        took_s = time.monotonic() - started_s
        print(f"{comparison.asked:,} searches, {took_s:,.0f} s", flush=True)
        if took_s > options.minutes * 60:
            break
    print(
        f"{comparison.asked:,} searches over {options.images:,} images, {comparison.found:,} of"
        " which found some: no difference"
    )


if __name__ == "__main__":
    main()
