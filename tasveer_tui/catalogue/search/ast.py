"""What a search means, as a tree of frozen values. Knows neither text nor SQL.

Two rules hold for every node: a comparison is true only of images that have a value, so
`iso!=100` is true of images with another ISO; and `Not` is the complement over all images, so
`-iso:100` is also true of images without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from enum import StrEnum
from typing import TypeAlias

from tasveer_tui.catalogue.fields import TagName


class Op(StrEnum):
    """How a value is compared. `!=` is `Has` and `Not` in the tree."""

    CONTAINS = ":"
    """Text contains; everything else equals."""
    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="

    @property
    def is_order(self) -> bool:
        """Whether it asks which of two comes first."""
        return self in (Op.LT, Op.LE, Op.GT, Op.GE)


class Unit(StrEnum):
    """What `last` counts back in."""

    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    YEAR = "y"


@dataclass(frozen=True, slots=True)
class NumberInterval:
    """A number in the field's own unit; `low` to `high`, both included, count as this number."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Period:
    """A date without a zone, from `start` until just before `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Last:
    """The last `count` units until the end of today. `last 0d` is today."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Yesterday:
    """The day before today."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A word for some of EXIF's codes."""

    word: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UntypedValue:
    """A value for a tag, whose type only the image knows: read in every way that it can be."""

    text: str
    number: NumberInterval | None
    period: Period | None
    is_quoted: bool = False
    """In quotes: then it is no number, and a number in the image is a text."""


Target: TypeAlias = str | TagName
"""The name of a field, or a tag."""

Value: TypeAlias = str | bool | NumberInterval | Period | Last | Yesterday | Codes | UntypedValue


@dataclass(frozen=True, slots=True)
class Everything:
    """Every image."""


@dataclass(frozen=True, slots=True)
class And:
    """All of these; at least two."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these; at least two."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Every image but these."""

    part: Node


@dataclass(frozen=True, slots=True)
class Has:
    """The field or tag is there."""

    target: Target


@dataclass(frozen=True, slots=True)
class Compare:
    """The field's value, or one of its values, compares so."""

    target: Target
    op: Op
    value: Value


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both with their whole period; None is open. Never both None."""

    target: Target
    low: Value | None
    high: Value | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the members of a list; at least one. All have the same target."""

    target: Target
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The whole text fits, `*` for any run of characters and `?` for one.

    Without a target: any text of a tag, a part of the key between slashes, or, where the
    pattern holds a slash, the whole key.
    """

    target: Target | None
    pattern: str


@dataclass(frozen=True, slots=True)
class Regex:
    """The regular expression is found in the text, without regard to case.

    Without a target: in any text of a tag or the key.
    """

    target: Target | None
    pattern: str


@dataclass(frozen=True, slots=True)
class Text:
    """The text is part of any text of a tag, or of the key. Case and accents do not count."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Within a radius in meters around a point, along the sphere."""

    lat_deg: float
    lon_deg: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class BBox:
    """Inside these degrees; with `west` above `east` it crosses the 180th meridian."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One key of the order; images without a value come last either way."""

    target: Target
    is_descending: bool = False


Member: TypeAlias = Compare | Range | Wildcard | Regex
Leaf: TypeAlias = Has | OneOf | Text | Near | BBox | Member
Node: TypeAlias = Everything | And | Or | Not | Leaf


@dataclass(frozen=True, slots=True)
class Query:
    """A search, understood."""

    text: str
    where: Node
    order: tuple[OrderBy, ...] = ()
    """Empty means the default: the newest first."""
