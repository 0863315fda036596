"""Makes a search take a few images for many, so that it takes the ways that it has for many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.catalogue import numbers, shapes
from tasveer_tui.catalogue.search import compiling, leading, planning, probing

if TYPE_CHECKING:
    import pytest


def index_as_many(patch: pytest.MonkeyPatch) -> None:
    """Before images are written: few numbers are exact, and few shapes are shared."""
    patch.setattr(numbers, "MOST_EXACT", 5)
    patch.setattr(shapes, "MOST", 40)


def search_as_many(patch: pytest.MonkeyPatch, share: float) -> None:
    """Nothing is few; lists of ids are kept up to that share of all images."""
    patch.setattr(planning, "_NARROW", 1)
    patch.setattr(planning, "balance", partial(_balance, share))
    patch.setattr(planning, "_NARROW_SHARE", 0.0)
    patch.setattr(leading, "_LOOK_UP", 1000.0)
    patch.setattr(leading, "_SURELY_LED", 1)
    patch.setattr(leading, "_SOON_US", 1e9 * share)
    patch.setattr(compiling, "_COMMON", 1)
    patch.setattr(probing, "_RARE", 1)


def _balance(share: float, _wanted: int, images: int, ratio: float) -> int:
    return 0 if ratio == 1.0 else int(share * images)
