"""The countries by their ISO 3166 codes, under their English names in GeoNames."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.towns import atlas

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALSO: Final = {"uk": "GB", "uae": "AE", "el": "GR"}
"""Short names that people write and that ISO gives to nobody else."""


def country_of(code: str) -> str:
    """The name of the country with this code of two or three letters; empty where none has it."""
    return _by_code().get(code.lower(), "")


@cache
def names() -> tuple[str, ...]:
    """Every country's name, in the order in which the towns refer to them."""
    return tuple(name for _, _, name in _countries())


@cache
def _by_code() -> Mapping[str, str]:
    found = {code.lower(): name for *codes, name in _countries() for code in codes}
    return found | {short: found[code.lower()] for short, code in _ALSO.items()}


def _countries() -> list[list[str]]:
    text = (atlas.FOLDER / atlas.COUNTRIES_FILE).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]
