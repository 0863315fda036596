"""Build search text: terms, orders and command lines. The catalogue's parser checks the result."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.search.formatter import (
    MAX_REGEX_LENGTH,
    add_term,
    exact_term,
    quote,
    split_order,
)
from tasveer_tui.ui.kit.command_line import PROGRAM
from tasveer_tui.ui.kit.command_line import quoted as shell_word

if TYPE_CHECKING:
    from tasveer_tui.records import Facts, Tag

__all__ = [
    "MAX_REGEX_LENGTH",
    "add_term",
    "exact_term",
    "quote",
    "same_value_term",
    "search_command",
    "split_order",
    "summary_terms",
    "with_order",
]

_BUCKET = re.compile(r'(?<!\S)bucket[:=]("[^"*?]+"|[\w.-]+)(?!\S)', re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_RADIUS = "1km"
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def with_order(text: str, name: str, *, is_descending: bool) -> str:
    """Replace the order of a search."""
    terms, _ = split_order(text)
    return f"{terms} order by {name}{' desc' if is_descending else ''}".strip()


def only_bucket(text: str) -> str:
    """The bucket, if the search names exactly one; else empty."""
    found = _BUCKET.findall(text)
    if len(found) != 1 or _OR.search(text):
        return ""
    return str(found[0]).strip('"')


def search_command(text: str) -> str:
    """The command line for the same search."""
    words = [PROGRAM, "search"]
    if text.startswith("-"):
        words.append("--")  # a search may begin with a minus
    return " ".join(map(shell_word, [*words, text] if text else words))


def same_value_term(tag: Tag) -> str:
    """A term for images with the same value of a tag; empty if there is none."""
    from tasveer_tui.catalogue.fields import FAMILIES, has_group

    if isinstance(tag.value, list):
        return ""
    family = next((name for name in FAMILIES if has_group(name, tag.group)), "")
    if not family or not _NAME.fullmatch(tag.name):
        return ""
    name = f"{family}.{tag.name}"
    return exact_term(name, tag.value) if isinstance(tag.value, str) else f"{name}={tag.value}"


def summary_terms(facts: Facts) -> dict[str, str]:
    """Terms for lines of the summary: the same day, exposure, focal length, size or position."""
    day = facts.taken_at[:10]
    place = (facts.lat_deg, facts.lon_deg)
    return {
        "Taken": f"taken:{day}" if _DATE.fullmatch(day) else "",
        "Exposure": _equal_terms(shutter=facts.exposure_s, f=facts.f_number, iso=facts.iso),
        "Focal length": _equal_terms(focal=facts.focal_mm),
        "Pixels": _equal_terms(width=facts.width, height=facts.height),
        "Position": "" if None in place else f"near:{place[0]},{place[1]},{_RADIUS}",
    }


def _equal_terms(**numbers: float | None) -> str:
    return " ".join(f"{name}={number}" for name, number in numbers.items() if number is not None)


def range_term(tag: Tag) -> str:
    """A term for values within 10 % of a tag's number; empty if it is not a number."""
    from tasveer_tui.catalogue.fields import FAMILIES, has_group

    value = tag.value
    family = next((name for name in FAMILIES if has_group(name, tag.group)), "")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not family or not _NAME.fullmatch(tag.name):
        return ""
    number = float(value)  # type: ignore[arg-type]
    if not isfinite(number):
        return ""
    low, high = sorted((number * 0.9, number * 1.1))
    return f"{family}.{tag.name}:{low:.6g}..{high:.6g}"
