"""Pieces of search text as the screens put them together.

Knows the language's surface only; whether a search is right, the catalogue's parser says.
"""

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
    "like_glance",
    "ordered",
    "quote",
    "same_value",
    "search_command",
    "split_order",
]

_BUCKET = re.compile(r'(?<!\S)bucket[:=]("[^"*?]+"|[\w.-]+)(?!\S)', re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_AROUND = "1km"
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def ordered(text: str, name: str, *, is_descending: bool) -> str:
    """Order by this field instead of whatever the search says."""
    wanted, _ = split_order(text)
    return f"{wanted} order by {name}{' desc' if is_descending else ''}".strip()


def bucket_of(text: str) -> str:
    """The only bucket that a search is about, if it says so; else nothing."""
    found = _BUCKET.findall(text)
    if len(found) != 1 or _OR.search(text):
        return ""
    return str(found[0]).strip('"')


def search_command(text: str) -> str:
    """Write the command line that searches the same."""
    words = [PROGRAM, "search"]
    if text.startswith("-"):
        words.append("--")  # else it would be taken for an option
    return " ".join(map(shell_word, [*words, text] if text else words))


def same_value(tag: Tag) -> str:
    """A term for every image with this value in this tag; empty where none can say it."""
    from tasveer_tui.catalogue.fields import FAMILIES, has_group

    if isinstance(tag.value, list):
        return ""
    family = next((name for name in FAMILIES if has_group(name, tag.group)), "")
    if not family or not _NAME.fullmatch(tag.name):
        return ""
    name = f"{family}.{tag.name}"
    return exact_term(name, tag.value) if isinstance(tag.value, str) else f"{name}={tag.value}"


def like_glance(facts: Facts) -> dict[str, str]:
    """For lines of a glance, a search of all pictures like it: of the day, the place, the size."""
    day = facts.taken_at[:10]
    place = (facts.lat_deg, facts.lon_deg)
    return {
        "Taken": f"taken:{day}" if _DATE.fullmatch(day) else "",
        "Exposure": _equal(shutter=facts.exposure_s, f=facts.f_number, iso=facts.iso),
        "Focal length": _equal(focal=facts.focal_mm),
        "Pixels": _equal(width=facts.width, height=facts.height),
        "Position": "" if None in place else f"near:{place[0]},{place[1]},{_AROUND}",
    }


def _equal(**numbers: float | None) -> str:
    return " ".join(f"{name}={number}" for name, number in numbers.items() if number is not None)


def near_value(tag: Tag) -> str:
    """A term for numbers a tenth around this tag's; empty where it is no number."""
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
