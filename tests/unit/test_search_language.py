"""What the help says about the search language is true."""

from __future__ import annotations

import re

import pytest

from tasveer_tui.catalogue.fields import FIELDS, SYNTAX
from tasveer_tui.catalogue.search import parse


@pytest.mark.parametrize(("example", "meaning"), SYNTAX)
def test_every_example_is_a_search(example: str, meaning: str) -> None:
    assert parse(example).text == example
    assert 0 < len(meaning) <= 80


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_examples_in_the_help_of_fields_are_searches(name: str) -> None:
    for example in re.findall(rf"{name}(?::|[<>]=?)(?:last )?\S+", FIELDS[name].help):
        parse(example.rstrip(","))
