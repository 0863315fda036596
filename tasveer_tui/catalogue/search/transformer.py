"""One term of a search, `field`, operator and value, as a node of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.fields import FAMILIES, Kind, TagName
from tasveer_tui.catalogue.search import geo, patterns, values
from tasveer_tui.catalogue.search.ast import (
    And,
    Compare,
    Has,
    Not,
    NumberInterval,
    OneOf,
    Op,
    OrderBy,
    Period,
    Range,
    Regex,
    Text,
    UntypedValue,
    Wildcard,
)
from tasveer_tui.catalogue.search.spans import SourceSpan, SpanKind
from tasveer_tui.catalogue.storage.text_codec import to_stored

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.ast import Member, Node, Target, Value

_ORDERED_KINDS: Final = (Kind.NUMBER, Kind.DATE, Kind.TEXT)
_RANGE_KINDS: Final = (Kind.NUMBER, Kind.DATE)
_PATTERN_KINDS: Final = (Kind.TEXT, Kind.WORD)
_QUOTE_HINT: Final = "To look for the text itself, put it in quotes."


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a term is about."""

    field: Field
    target: Target

    @property
    def is_tag(self) -> bool:
        return isinstance(self.target, TagName)


def build_text(piece: SourceSpan) -> Node:
    """A bare word, a phrase or a regular expression over every tag and the key."""
    if piece.form is SpanKind.REGEX:
        return Regex(None, _parse_regex(piece))
    if piece.form is SpanKind.UNQUOTED and patterns.is_wildcard(piece.text):
        return Wildcard(None, values.parse_text(piece))
    return Text(values.parse_text(piece))


def build_compare(name: SourceSpan, op: Op, value: SourceSpan) -> Node:
    """`field:value` and its relatives.

    Raises:
        QueryError: the field is unknown, or the value is not one of its values.

    """
    if name.text.lower() == "has":
        return _build_has(name, op, value)
    subject = _resolve_subject(name, _QUOTE_HINT)
    if subject.field.kind is Kind.PLACE:
        return _build_area(subject, op, value)
    return _apply_not_equal(subject, op, _build_member(subject, op, value))


def build_one_of(name: SourceSpan, op: Op, items: list[SourceSpan]) -> Node:
    """`field:(a, b, c)`."""
    if name.text.lower() == "has":
        name.fail("has takes one field.", "Write (has:gps or has:lens).")
    subject = _resolve_subject(name, _QUOTE_HINT)
    if subject.field.kind is Kind.PLACE:
        items[0].fail(f"{subject.field.name} takes no list.", "Join several with OR.")
    if op.is_order:
        items[0].fail(f"A list goes with “:”, “=” or “!=”, not with “{op}”.")
    members = tuple(_build_member(subject, op, item) for item in items)
    return _apply_not_equal(subject, op, OneOf(subject.target, members))


def build_order_by(name: SourceSpan, direction: str) -> OrderBy:
    """One key of `order by`."""
    subject = _resolve_subject(name)
    if not subject.field.is_sortable:
        name.fail(f"Nothing can be sorted by {subject.field.name}.")
    return OrderBy(subject.target, direction.lower() == "desc")


def _apply_not_equal(subject: _Subject, op: Op, member: Member | OneOf) -> Node:
    if op is Op.NE:
        return And((Has(subject.target), Not(member)))
    return member


def _resolve_subject(name: SourceSpan, remedy: str = "") -> _Subject:
    field = fields.find_field(name.text)
    if field is None:
        near = fields.suggest_field(name.text)
        group, dot, _ = name.text.partition(".")
        if dot and not near:
            name.fail(f"There are no tags “{group}.…”.", f"Known: {', '.join(FAMILIES)}.")
        hint = f"Did you mean {near}? " if near else ""
        name.fail(
            f"There is no field “{name.text}”.",
            f"{hint}{remedy}".strip(),
        )
    return _Subject(field, fields.tag_name(field.name) or field.name)


def _build_has(name: SourceSpan, op: Op, value: SourceSpan) -> Node:
    if op not in (Op.CONTAINS, Op.EQ) or value.form is SpanKind.REGEX:
        name.fail("has asks whether a field is there.", "Write has:gps or -has:gps.")
    subject = _resolve_subject(value)
    if subject.field.kind is Kind.PLACE:
        value.fail(f"{subject.field.name} is not something a picture has.", "Write has:gps.")
    return Has(subject.target)


def _build_area(subject: _Subject, op: Op, value: SourceSpan) -> Node:
    if op not in (Op.CONTAINS, Op.EQ):
        value.fail(f"{subject.field.name} goes with “:”, not with “{op}”.")
    return geo.parse_near(value) if subject.field.name == "near" else geo.parse_bbox(value)


def _build_member(subject: _Subject, op: Op, value: SourceSpan) -> Member:
    field = subject.field
    if op.is_order and field.kind not in _ORDERED_KINDS:
        value.fail(f"{field.name} has no order.", "Use “:” or “!=”.")
    if value.form is SpanKind.REGEX or _is_wildcard(field, value):
        return _build_pattern(subject, op, value)
    if _is_range(subject, value):
        return _build_range(subject, op, value)
    if country := values.country_code(field, value):
        return Compare(subject.target, op if op.is_order else Op.EQ, country)
    # Only texts can contain; everything else equals.
    contains = op is Op.CONTAINS and field.kind is Kind.TEXT
    same = Op.EQ if op in (Op.CONTAINS, Op.NE) else op
    return Compare(subject.target, Op.CONTAINS if contains else same, _parse_value(subject, value))


def _parse_value(subject: _Subject, piece: SourceSpan) -> Value:
    return (
        values.parse_untyped(piece) if subject.is_tag else values.parse_value(subject.field, piece)
    )


def _is_wildcard(field: Field, value: SourceSpan) -> bool:
    takes_text = field.kind in _PATTERN_KINDS and not field.words
    return takes_text and value.form is SpanKind.UNQUOTED and patterns.is_wildcard(value.text)


def _build_pattern(subject: _Subject, op: Op, value: SourceSpan) -> Member:
    what = "A regular expression" if value.form is SpanKind.REGEX else "A wildcard"
    if op.is_order:
        value.fail(f"{what} has no order.", "Use “:” or “!=”.")
    if subject.field.kind not in _PATTERN_KINDS:
        value.fail(f"{what} needs a field of text; {subject.field.name} is none.")
    if value.form is SpanKind.REGEX:
        return Regex(subject.target, _parse_regex(value))
    return Wildcard(subject.target, values.parse_text(value))


def _parse_regex(piece: SourceSpan) -> str:
    pattern = piece.text.replace("\\/", "/")
    try:
        patterns.check_regex(pattern)
    except patterns.PatternError as error:
        piece.fail(f"{error}.", offset=min(error.position, len(piece.text)))
    return to_stored(pattern)


def _is_range(subject: _Subject, value: SourceSpan) -> bool:
    """For a tag, `..` may be a part of its text: both ends must be numbers or dates."""
    if ".." not in value.text or value.form is not SpanKind.UNQUOTED:
        return False
    if not subject.is_tag:
        return subject.field.kind in _RANGE_KINDS
    ends = [end for end in _split_range(value) if end.text]
    read = [values.parse_untyped(end) for end in ends]
    return bool(read) and all(end.number or end.period for end in read)


def _split_range(value: SourceSpan) -> tuple[SourceSpan, SourceSpan]:
    at = value.text.index("..")
    return value.cut(0, at), value.cut(at + 2)


def _build_range(subject: _Subject, op: Op, value: SourceSpan) -> Member:
    if op.is_order:
        value.fail(f"A range goes with “:”, “=” or “!=”, not with “{op}”.")
    low, high = _split_range(value)
    if not low.text and not high.text:
        value.fail("A range needs at least one end.", "Write a..b, a.. or ..b.")
    ends = tuple(_parse_value(subject, end) if end.text else None for end in (low, high))
    if _is_reversed(*ends):
        value.fail("The range runs backwards.", f"Write {high.text}..{low.text}.")
    return Range(subject.target, *ends)


def _is_reversed(low: Value | None, high: Value | None) -> bool:
    """Whether nothing can lie between; what is relative to today is not known here."""
    match low, high:
        case NumberInterval(), NumberInterval():
            return low.low > high.high
        case Period(), Period():
            return low.start > high.start
        case UntypedValue(), UntypedValue() if low.number and high.number:
            return low.number.low > high.number.high
    return False
