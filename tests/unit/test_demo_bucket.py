"""The objects of the demo's bucket."""

from __future__ import annotations

from collections import Counter

import pytest

from tasveer_tui.demo.bucket import DemoObject, demo_objects
from tasveer_tui.errors import ObjectEmptyError
from tasveer_tui.exif import read
from tasveer_tui.records import Chunk, Outcome, Record

RECIPES = demo_objects()
ODD = [
    recipe for recipe in RECIPES if recipe.key.startswith(("incoming", "odd", "invoices", "READ"))
]


def _read(data: bytes) -> Record:
    def fetch(start: int, length: int) -> Chunk:
        if not data:
            raise ObjectEmptyError("It is empty.")
        return Chunk(start, data[start : start + length], len(data), "etag")

    return read(fetch)


def test_keys_are_unique_and_about_three_hundred() -> None:
    assert len({recipe.key for recipe in RECIPES}) == len(RECIPES)
    assert 280 <= len(RECIPES) <= 330


@pytest.mark.parametrize("recipe", ODD, ids=lambda recipe: recipe.key)
def test_every_oddity_has_its_expected_outcome(recipe: DemoObject) -> None:
    record = _read(recipe.make(recipe.shot))
    assert record.outcome is (recipe.expected or Outcome.EMPTY), record.notes


def test_all_interesting_outcomes_occur() -> None:
    counts = Counter(recipe.expected for recipe in RECIPES)
    assert counts[Outcome.OK] > 250
    for outcome in ("no_metadata", "partial", "unsupported", "truncated", "malformed", "empty"):
        assert counts[Outcome(outcome)] >= 1
