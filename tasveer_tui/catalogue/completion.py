"""Completions while a search is typed: fields, operators, values with counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import stats
from tasveer_tui.catalogue.fields import FAMILIES, FIELDS, Kind, find_field, has_group
from tasveer_tui.catalogue.search import formatter, parse
from tasveer_tui.catalogue.storage.text_codec import fold, from_stored
from tasveer_tui.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search import Finder, Query

MAX_COMPLETIONS: Final = 50
BUDGET_S: Final = 0.3
"""For the counts of values; what is not counted by then has a least number."""
_NAME: Final = r"[^\W\d_][\w.-]*"
_ORDER: Final = re.compile(
    rf"(?:^|\s)order\s+by\s+(?:{_NAME}(?:\s+(?:asc|desc))?\s*,\s*)*", re.IGNORECASE
)
_KEY: Final = re.compile(rf"(?P<name>{_NAME})?(?P<gap>\s+)?(?P<direction>[a-z]*)", re.IGNORECASE)
_VALUE: Final = re.compile(
    rf"(?:^|(?<=[\s(-]))(?P<name>{_NAME})(?P<op>!=|<=|>=|[:=<>])(?P<list>\((?:[^()\"]|\"[^\"]*\")*?"
    r"(?<=[(,])\s*)?(?P<value>\"(?:[^\"\\]|\\.)*|[^\s()\",]*)$"
)
_WORD: Final = re.compile(r"(?:^|(?<=[\s(-]))(?P<word>@?(?:\w[\w.-]*)?)$")
_CONNECTIVES: Final = ("and", "or", "not", "order by")
_RELATIVE: Final = ("today", "yesterday", "last 7d", "last 30d", "last 1y")
_NUMBERS: Final = (Kind.NUMBER, Kind.CODE)
_ORDERED: Final = (Kind.NUMBER, Kind.DATE)
_OPERATORS: Final = (
    (">=", "at least"),
    ("<=", "at most"),
    ("=", "exactly"),
    ("!=", "anything but"),
)
_TAG: Final = re.compile(r"[\w-]+")
_MAX_VALUE_CHARS: Final = 80
"""Longer values are not offered."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: `text` replaces the search from `start` on."""

    text: str
    start: int
    """Counted in characters from 0."""
    help: str = ""
    """One line: what a field is."""
    count: int | None = None
    """Images with this value under the rest of the search; None if not counted."""
    is_lower_bound: bool = False
    """There may be more than `count`."""


def complete(
    text: str,
    finder: Finder | None = None,
    saved: Sequence[str] = (),
    *,
    limit: int = MAX_COMPLETIONS,
    budget_s: float = BUDGET_S,
) -> tuple[Completion, ...]:
    """What the end of a search may go on with, the likeliest first.

    Without a finder there are no values but those that the language itself has. `saved` are
    the names of saved searches. Never raises.
    """
    found = _complete(text, finder, saved, budget_s)
    return tuple(each for each, _ in zip(found, range(limit), strict=False))


def _complete(
    text: str, finder: Finder | None, saved: Sequence[str], budget_s: float
) -> Iterator[Completion]:
    if order := _last_match(_ORDER, text):
        return _order_key(text, order.end())
    if value := _VALUE.search(text):
        return _values(text, value, finder, budget_s)
    if text.count('"') % 2 == 0 and (word := _WORD.search(text)):
        return _words(word["word"], word.start("word"), finder, saved)
    return iter(())


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def _order_key(text: str, start: int) -> Iterator[Completion]:
    key = _KEY.fullmatch(text, start)
    if key is None:
        return
    if key["gap"] and key["name"]:
        for word in ("asc", "desc"):
            if word.startswith(key["direction"].lower()):
                yield Completion(word, key.start("direction"))
        return
    for field in FIELDS.values():
        if field.is_sortable and field.name.startswith((key["name"] or "").lower()):
            yield Completion(field.name, start, field.help)


def _words(
    word: str, start: int, finder: Finder | None, saved: Sequence[str]
) -> Iterator[Completion]:
    typed = word.lower()
    if typed.startswith("@"):
        for name in saved:
            if name.lower().startswith(typed[1:]):
                yield Completion(f"@{name}", start, "saved search")
        return
    for field in FIELDS.values():
        if field.name.startswith(typed):
            yield from _field_completions(field, start, is_whole=field.name == typed)
    if "has".startswith(typed):
        yield Completion("has:", start, "the field is there")
    if typed:
        yield from (
            Completion(f"{each} ", start) for each in _CONNECTIVES if each.startswith(typed)
        )
    yield from (Completion(f"{name}:", start, "a tag") for name in _tags(word, finder))


def _field_completions(field: Field, start: int, *, is_whole: bool) -> Iterator[Completion]:
    """The field with its colon; once its name is typed, with what else compares, too."""
    yield Completion(f"{field.name}:", start, field.help)
    if is_whole and field.kind in _ORDERED:
        yield from (Completion(f"{field.name}{op}", start, meaning) for op, meaning in _OPERATORS)


def _tags(word: str, finder: Finder | None) -> Iterator[str]:
    """`exif.ISO` and so on, once the family is typed; before that, the families."""
    family, dot, rest = word.partition(".")
    if not dot:
        if word:
            yield from (f"{each}." for each in FAMILIES if each.startswith(word.lower()))
        return
    if finder is None or family.lower() not in FAMILIES:
        return
    start = f"{family}.{rest}".lower()
    yield from (name for name in tag_names(finder) if name.lower().startswith(start))


def tag_names(finder: Finder) -> tuple[str, ...]:
    """Every tag that occurs and that a search can name: `exif.ISO`, by family and name.

    Raises:
        CatalogueError: the catalogue did not answer.

    """
    with finder.reading() as connection:
        rows = connection.execute("SELECT DISTINCT grp, name FROM tag ORDER BY name").fetchall()
    names = [(group, from_stored(name)) for group, name in rows]
    return tuple(
        dict.fromkeys(
            f"{family}.{name}"
            for family in FAMILIES
            for group, name in names
            if has_group(family, group) and _TAG.fullmatch(name)
        )
    )


def _values(
    text: str, value: re.Match[str], finder: Finder | None, budget_s: float
) -> Iterator[Completion]:
    start, typed = value.start("value"), value["value"].removeprefix('"')
    if value["name"].lower() == "has":
        fields = (field for field in FIELDS.values() if field.is_column)
        yield from (
            Completion(field.name, start, field.help)
            for field in fields
            if field.name.startswith(typed.lower())
        )
        return
    field = find_field(value["name"])
    if field is None or not field.is_column:
        return
    known = (
        {}
        if finder is None
        else _counted_values(finder, text[: value.start()], field, typed, budget_s)
    )
    for word in _language_values(field):
        if word.startswith(typed.lower()) and fold(word) not in known:
            yield Completion(word, start)
    for spelled, count, is_least in _by_relevance(known, typed):
        yield Completion(spelled, start, count=count or None, is_lower_bound=is_least)


def _language_values(field: Field) -> Iterable[str]:
    if field.kind is Kind.DATE:
        return _RELATIVE
    if field.kind is Kind.SWITCH:
        return ("yes", "no")
    return field.words or field.names


_KnownValues = dict[str, tuple[str, int, bool]]
"""By folded label: how the value is written, its count, and whether there may be more."""


def _counted_values(
    finder: Finder, before: str, field: Field, typed: str, budget_s: float
) -> _KnownValues:
    query = _context(before)
    if field.name == "path":
        folder = typed[: typed.rfind("/") + 1]
        found = stats.prefixes(finder, query, folder, budget_s=budget_s)
        return {
            fold(each.prefix): (
                formatter.format_value(each.prefix),
                each.images,
                not found.is_final,
            )
            for each in found.prefixes
            if each.prefix and each.prefix != folder
        }
    facet = stats.facet(finder, query, field.name, budget_s=budget_s)
    known: _KnownValues = {
        fold(each.label): (spelled, each.count, not facet.is_final)
        for each in facet.values
        if (spelled := _format_value(field, each))
    }
    if not facet.is_final:
        # Only a part of the images was counted: other values get no number.
        for name in filter(_is_shown, stats.find_texts(finder, field.name, typed, MAX_COMPLETIONS)):
            known.setdefault(fold(name), (formatter.format_value(name), 0, False))
    return known


def _context(before: str) -> Query:
    """The rest of the search, if it is a search by itself: values are counted under it."""
    if formatter.parenthesize_or(before) != before:  # behind an OR it need not hold
        return parse("")
    try:
        return parse(re.sub(r"(?:\b(?:and|or|not)|[\s(-])+$", "", before, flags=re.IGNORECASE))
    except QueryError:
        return parse("")


def _format_value(field: Field, value: stats.FacetValue) -> str:
    """The value as one would type it behind the field; empty where that cannot be."""
    if field.kind in _NUMBERS or not isinstance(value.value, str):
        label = value.label.replace(" ", "")
        return label if label and _is_valid_query(f"{field.name}:{label}") else ""
    return formatter.format_value(value.label) if _is_shown(value.label) else ""


def _is_shown(label: str) -> bool:
    return label.isprintable() and len(label) <= _MAX_VALUE_CHARS


def _is_valid_query(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return False
    return True


def _by_relevance(known: _KnownValues, typed: str) -> list[tuple[str, int, bool]]:
    """First what begins as typed, then what has it anywhere; the frequent before the rare."""
    wanted = fold(typed)
    fitting = [(label, each) for label, each in known.items() if wanted in label]
    fitting.sort(key=lambda pair: (not pair[0].startswith(wanted), -pair[1][1], pair[0]))
    return [each for _, each in fitting]
