"""Makes a search take a few images for many, so that it takes the ways that it has for many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.search import access_path, planner, statistics
from tasveer_tui.catalogue.storage import interning

if TYPE_CHECKING:
    import pytest


def use_large_index_thresholds(patch: pytest.MonkeyPatch) -> None:
    """Before images are written: few numbers are exact, and few shapes are shared."""
    patch.setattr(interning, "MAX_EXACT_NUMBERS", 5)
    patch.setattr(interning, "MAX_SHAPES", 40)


def use_large_search_thresholds(patch: pytest.MonkeyPatch, share: float) -> None:
    """Nothing is few; lists of ids are kept up to that share of all images."""
    patch.setattr(planner, "_NARROW_INDEX_ROWS", 1)
    patch.setattr(planner, "break_even_count", partial(_id_list_limit, share))
    patch.setattr(planner, "_NARROW_INDEX_SHARE", 0.0)
    patch.setattr(access_path, "_FAST_SCAN_US", 1e9 * share)
    patch.setattr(statistics, "_MAX_RARE_VALUES", 1)


def _id_list_limit(share: float, _wanted: int, images: int, ratio: float) -> int:
    return 0 if ratio == 1.0 else int(share * images)
