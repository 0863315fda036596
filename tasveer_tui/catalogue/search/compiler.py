"""From the tree to SQL."""

# ruff: noqa: S608 - only constants of this room and placeholders are put together

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.fields import TagName
from tasveer_tui.catalogue.search import field_predicates, geo, text_predicates
from tasveer_tui.catalogue.search.ast import (
    And,
    BBox,
    Compare,
    Everything,
    Has,
    Near,
    Not,
    OneOf,
    Or,
    OrderBy,
    Regex,
    Text,
    Wildcard,
)
from tasveer_tui.catalogue.search.column_map import LOOKUP_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS
from tasveer_tui.catalogue.search.sql import ALWAYS_TRUE, UPPER_BOUND, Sql, between, join_conditions
from tasveer_tui.catalogue.storage.columns import MIN_PRESENT
from tasveer_tui.catalogue.storage.text_codec import fold

if TYPE_CHECKING:
    from datetime import datetime

    from tasveer_tui.catalogue.search.ast import Leaf, Member, Node
    from tasveer_tui.catalogue.search.statistics import Statistics

DEFAULT_ORDER: Final = (OrderBy("taken", is_descending=True),)


@dataclass(frozen=True, slots=True)
class Compiler:
    """Turns nodes into conditions over the image `i`."""

    now: datetime
    """With its zone: what `today` means."""
    statistics: Statistics
    is_row_scan: bool = False
    """Conditions test one row: only the first matches are read."""

    def compile(self, where: Node) -> tuple[Sql, ...]:
        """Conditions that must all hold; none for every image."""
        if isinstance(where, Everything):
            return ()
        parts = where.parts if isinstance(where, And) else (where,)
        return tuple(map(self._compile_node, parts))

    def _compile_node(self, node: Node) -> Sql:
        match node:
            case And(parts=parts):
                return join_conditions(map(self._compile_node, parts), "AND")
            case Or(parts=parts):
                return join_conditions(map(self._compile_node, parts), "OR")
            case Not(part=part):
                return field_predicates.negate(self._compile_node(part))
            case Everything():
                return ALWAYS_TRUE
            case _:
                return self._compile_leaf(node)

    def _compile_leaf(self, node: Leaf) -> Sql:
        match node:
            case Text():
                return self._compile_text(fold(node.text))
            case Near() | BBox():
                return _row_in_area(node) if self.is_row_scan else _in_area(node)
            case OneOf(members=members):
                return join_conditions(map(self._compile_member, dict.fromkeys(members)), "OR")
            case Has(target=TagName() as tag):
                return (
                    text_predicates.row_has_tag(tag)
                    if self.is_row_scan
                    else text_predicates.has_tag(tag)
                )
            case Has(target=name):
                is_row = self.is_row_scan and name == "dup"
                return (
                    field_predicates.row_is_duplicate()
                    if is_row
                    else field_predicates.has_field(str(name))
                )
            case _:
                return self._compile_member(node)

    def _compile_member(self, member: Member) -> Sql:
        match member:
            case Wildcard(target=None) | Regex(target=None):
                return text_predicates.any_text_matches(member)
            case _ if isinstance(member.target, TagName):
                if self.is_row_scan:
                    return text_predicates.row_tag_matches(member.target, member)
                return text_predicates.tag_matches(member.target, member, self.statistics.rows)
            case _ if self.is_row_scan and member.target in ("path", "keyword"):
                return text_predicates.row_field_matches(str(member.target), member)
            case Compare(target="dup", value=bool(is_on)) if self.is_row_scan:
                return field_predicates.row_is_duplicate(is_on=is_on)
            case _:
                rarest = _no_rare_text if self.is_row_scan else self.statistics.rarest_text
                return field_predicates.field_matches(str(member.target), member, self.now, rarest)

    def _compile_text(self, needle: str) -> Sql:
        if self.is_row_scan:
            return text_predicates.row_text_contains(needle)
        return text_predicates.any_text_contains(needle)


def _no_rare_text(_needles: list[str]) -> str:
    return ""


def _row_in_area(place: Near | BBox) -> Sql:
    """The same asked image by image: for boxes that many lie in."""
    boxes = geo.bounding_boxes(place)
    inside = "i.lat_deg >= ? AND i.lon_deg >= ? AND i.lat_deg <= ? AND i.lon_deg <= ?"
    exact, parameters = _exact_area_test(place, boxes)
    return Sql(
        f"(({' OR '.join([f'({inside})'] * len(boxes))}) AND {exact})",
        (*(degree for box in boxes for degree in box), *parameters),
        frozenset({"lat_deg", "lon_deg"}),
    )


def _in_area(place: Near | BBox) -> Sql:
    """The R*Tree's boxes, whose corners are rounded outwards, and then the exact place."""
    boxes = geo.bounding_boxes(place)
    overlap = "max_lat >= ? AND max_lon >= ? AND min_lat <= ? AND min_lon <= ?"
    union = " UNION ALL ".join([f"SELECT id FROM place WHERE {overlap}"] * len(boxes))
    exact, parameters = _exact_area_test(place, boxes)
    return Sql(
        f"(i.id IN ({union}) AND {exact})",
        (*(degree for box in boxes for degree in box), *parameters),
        frozenset({"lat_deg", "lon_deg"}),
        is_id_list=True,
        ids=(union, tuple(degree for box in boxes for degree in box)),
        rest=Sql(exact, parameters, frozenset({"lat_deg", "lon_deg"})),
        list_cost_us=0.9,  # they come in no order
    )


def _exact_area_test(
    place: Near | BBox, boxes: tuple[geo.Box, ...]
) -> tuple[str, tuple[float, ...]]:
    if isinstance(place, Near):
        within = geo.inner_boxes(place)
        inside = "i.lat_deg BETWEEN ? AND ? AND i.lon_deg BETWEEN ? AND ?"
        surely = "".join(f"({inside}) OR " for _ in within)
        parameters = (place.lat_deg, place.lon_deg, place.radius_m)
        exact = f"({surely}distance_m(i.lat_deg, i.lon_deg, ?, ?) <= ?)"
        return exact, (*(degree for box in within for degree in box), *parameters)
    inside = "i.lat_deg >= ? AND i.lon_deg >= ? AND i.lat_deg <= ? AND i.lon_deg <= ?"
    exact = " OR ".join([f"({inside})"] * len(boxes))
    return f"({exact})", tuple(degree for box in boxes for degree in box)


@dataclass(frozen=True, slots=True)
class Ordering:
    """The end of a statement that puts images in order, absent values last.

    Ties stand by id, in the direction of the last key, as the index on a column has them.
    """

    joins: str
    keys: Sql
    column: str = ""
    """The plain column of the only key, where it is one."""
    is_descending: bool = False

    def split_by_presence(self) -> tuple[Ordering, Sql, Sql]:
        """An ascending column in two halves, which an index can give: `keys` it cannot.

        The order inside both, the condition for images with a value, and for the others.
        """
        simple = Ordering("", Sql(f"i.{self.column}, i.id", (), self.keys.columns), self.column)
        present = between(f"i.{self.column}", MIN_PRESENT, UPPER_BOUND, self.keys.columns)
        absent = Sql(f"i.{self.column} <= ?", (MIN_PRESENT,), self.keys.columns)
        return simple, present, absent


def compile_order(order: tuple[OrderBy, ...]) -> Ordering:
    """The SQL of `order by`; the default is the newest first."""
    order = order or DEFAULT_ORDER
    joins = "".join(dict.fromkeys(_join_clause(key) for key in order))
    keys = [part for key in order for part in _sort_keys(key)]
    only = order[0].target if len(order) == 1 else ""
    number = NUMBER_COLUMNS.get(only) if isinstance(only, str) else None
    plain = number.expression.removeprefix("i.") if number else ""
    return Ordering(
        joins,
        Sql(
            ", ".join([*(key.text for key in keys), "i.id" + _direction(order[-1])]),
            tuple(value for key in keys for value in key.parameters),
            frozenset().union(*(key.columns for key in keys)),
        ),
        plain if number and plain in number.columns else "",
        order[0].is_descending,
    )


def _direction(key: OrderBy) -> str:
    return " DESC" if key.is_descending else ""


def _join_clause(key: OrderBy) -> str:
    """Join texts outside the image's row; the image stays the outer table."""
    if key.target == "path":
        return " LEFT JOIN object AS by_path ON by_path.id = i.id"
    if isinstance(key.target, str) and (shared := LOOKUP_COLUMNS.get(key.target)):
        alias = f"by_{key.target}"
        return f" LEFT JOIN {shared.table} AS {alias} ON {alias}.id = i.{shared.column}"
    return ""


def _sort_keys(key: OrderBy) -> tuple[Sql, ...]:
    """First whether the value is absent, then the value."""
    direction = _direction(key)
    if isinstance(key.target, TagName):
        value = text_predicates.tag_sort_key(key.target)
        # Of SQLite's types NULL comes first and a blob last; the key is worked out once.
        text = f"{value.text} DESC" if key.is_descending else f"coalesce({value.text}, x'')"
        return (Sql(text, value.parameters),)
    if number := NUMBER_COLUMNS.get(key.target):
        by_value = Sql(number.expression + direction, columns=number.columns)
        if key.is_descending:
            return (by_value,)
        return (Sql(f"{number.expression} <= -1.4e14", columns=number.columns), by_value)
    text, columns = _text_expression(key.target)
    return (
        Sql(f"{text} = ''", columns=columns),
        Sql(f"{text}{_COLLATIONS.get(key.target, ' COLLATE NOCASE')}{direction}", columns=columns),
    )


_COLLATIONS: Final = {"path": ""}
"""Keys stand in the order of their bytes, as S3 lists them."""


def _text_expression(name: str) -> tuple[str, frozenset[str]]:
    if name == "path":
        return "by_path.key", frozenset()
    if name in LOOKUP_COLUMNS:
        return f"by_{name}.{LOOKUP_COLUMNS[name].text}", frozenset({LOOKUP_COLUMNS[name].column})
    return TEXT_COLUMNS[name].expression, TEXT_COLUMNS[name].columns
