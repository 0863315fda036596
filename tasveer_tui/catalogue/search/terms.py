"""One term of a search, `field`, operator and value, as a node of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.fields import FAMILIES, Kind, TagName
from tasveer_tui.catalogue.search import patterns, places, values
from tasveer_tui.catalogue.search.pieces import Form, Piece
from tasveer_tui.catalogue.search.tree import (
    And,
    Compare,
    Either,
    Has,
    Not,
    OneOf,
    Op,
    OrderBy,
    Period,
    Range,
    Regex,
    Span,
    Text,
    Wildcard,
)
from tasveer_tui.catalogue.texts import to_stored

if TYPE_CHECKING:
    from tasveer_tui.catalogue.fields import Field
    from tasveer_tui.catalogue.search.tree import Member, Node, Target, Value

_ORDERED: Final = (Kind.NUMBER, Kind.DATE, Kind.TEXT)
_RANGED: Final = (Kind.NUMBER, Kind.DATE)
_PATTERNED: Final = (Kind.TEXT, Kind.WORD)
_QUOTE_IT: Final = "To look for the text itself, put it in quotes."


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a term is about."""

    field: Field
    target: Target

    @property
    def is_tag(self) -> bool:
        return isinstance(self.target, TagName)


def anywhere(piece: Piece) -> Node:
    """A bare word, a phrase or a regular expression over every tag and the key."""
    if piece.form is Form.REGEX:
        return Regex(None, _regex(piece))
    if piece.form is Form.BARE and patterns.is_wildcard(piece.text):
        return Wildcard(None, values.text(piece))
    return Text(values.text(piece))


def compare(name: Piece, op: Op, value: Piece) -> Node:
    """`field:value` and its relatives.

    Raises:
        QueryError: the field is unknown, or the value is not one of its values.

    """
    if name.text.lower() == "has":
        return _has(name, op, value)
    subject = _subject(name, _QUOTE_IT)
    if subject.field.kind is Kind.PLACE:
        return _place(subject, op, value)
    return _signed(subject, op, _member(subject, op, value))


def one_of(name: Piece, op: Op, items: list[Piece]) -> Node:
    """`field:(a, b, c)`."""
    if name.text.lower() == "has":
        name.fail("has takes one field.", "Write (has:gps or has:lens).")
    subject = _subject(name, _QUOTE_IT)
    if subject.field.kind is Kind.PLACE:
        items[0].fail(f"{subject.field.name} takes no list.", "Join several with OR.")
    if op.is_order:
        items[0].fail(f"A list goes with “:”, “=” or “!=”, not with “{op}”.")
    members = tuple(_member(subject, op, item) for item in items)
    return _signed(subject, op, OneOf(subject.target, members))


def order_by(name: Piece, direction: str) -> OrderBy:
    """One key of `order by`."""
    subject = _subject(name)
    if not subject.field.is_sortable:
        name.fail(f"Nothing can be sorted by {subject.field.name}.")
    return OrderBy(subject.target, direction.lower() == "desc")


def _signed(subject: _Subject, op: Op, member: Member | OneOf) -> Node:
    if op is Op.NE:
        return And((Has(subject.target), Not(member)))
    return member


def _subject(name: Piece, remedy: str = "") -> _Subject:
    field = fields.find(name.text)
    if field is None:
        near = fields.nearest(name.text)
        group, dot, _ = name.text.partition(".")
        if dot and not near:
            name.fail(f"There are no tags “{group}.…”.", f"Known: {', '.join(FAMILIES)}.")
        hint = f"Did you mean {near}? " if near else ""
        name.fail(
            f"There is no field “{name.text}”.",
            f"{hint}{remedy}".strip(),
        )
    return _Subject(field, fields.tag_name(field.name) or field.name)


def _has(name: Piece, op: Op, value: Piece) -> Node:
    if op not in (Op.HAS, Op.EQ) or value.form is Form.REGEX:
        name.fail("has asks whether a field is there.", "Write has:gps or -has:gps.")
    subject = _subject(value)
    if subject.field.kind is Kind.PLACE:
        value.fail(f"{subject.field.name} is not something a picture has.", "Write has:gps.")
    return Has(subject.target)


def _place(subject: _Subject, op: Op, value: Piece) -> Node:
    if op not in (Op.HAS, Op.EQ):
        value.fail(f"{subject.field.name} goes with “:”, not with “{op}”.")
    return places.near(value) if subject.field.name == "near" else places.bbox(value)


def _member(subject: _Subject, op: Op, value: Piece) -> Member:
    field = subject.field
    if op.is_order and field.kind not in _ORDERED:
        value.fail(f"{field.name} has no order.", "Use “:” or “!=”.")
    if value.form is Form.REGEX or _is_wildcard(field, value):
        return _pattern(subject, op, value)
    if _is_range(subject, value):
        return _range(subject, op, value)
    if country := values.country_code(field, value):
        return Compare(subject.target, op if op.is_order else Op.EQ, country)
    # Only texts can contain; everything else equals.
    contains = op is Op.HAS and field.kind is Kind.TEXT
    same = Op.EQ if op in (Op.HAS, Op.NE) else op
    return Compare(subject.target, Op.HAS if contains else same, _value(subject, value))


def _value(subject: _Subject, piece: Piece) -> Value:
    return values.either(piece) if subject.is_tag else values.read(subject.field, piece)


def _is_wildcard(field: Field, value: Piece) -> bool:
    takes_text = field.kind in _PATTERNED and not field.words
    return takes_text and value.form is Form.BARE and patterns.is_wildcard(value.text)


def _pattern(subject: _Subject, op: Op, value: Piece) -> Member:
    what = "A regular expression" if value.form is Form.REGEX else "A wildcard"
    if op.is_order:
        value.fail(f"{what} has no order.", "Use “:” or “!=”.")
    if subject.field.kind not in _PATTERNED:
        value.fail(f"{what} needs a field of text; {subject.field.name} is none.")
    if value.form is Form.REGEX:
        return Regex(subject.target, _regex(value))
    return Wildcard(subject.target, values.text(value))


def _regex(piece: Piece) -> str:
    pattern = piece.text.replace("\\/", "/")
    try:
        patterns.check_regex(pattern)
    except patterns.PatternError as error:
        piece.fail(f"{error}.", offset=min(error.position, len(piece.text)))
    return to_stored(pattern)


def _is_range(subject: _Subject, value: Piece) -> bool:
    """For a tag, `..` may be a part of its text: both ends must be numbers or dates."""
    if ".." not in value.text or value.form is not Form.BARE:
        return False
    if not subject.is_tag:
        return subject.field.kind in _RANGED
    ends = [end for end in _ends(value) if end.text]
    read = [values.either(end) for end in ends]
    return bool(read) and all(end.number or end.period for end in read)


def _ends(value: Piece) -> tuple[Piece, Piece]:
    at = value.text.index("..")
    return value.cut(0, at), value.cut(at + 2)


def _range(subject: _Subject, op: Op, value: Piece) -> Member:
    if op.is_order:
        value.fail(f"A range goes with “:”, “=” or “!=”, not with “{op}”.")
    low, high = _ends(value)
    if not low.text and not high.text:
        value.fail("A range needs at least one end.", "Write a..b, a.. or ..b.")
    ends = tuple(_value(subject, end) if end.text else None for end in (low, high))
    if _runs_backwards(*ends):
        value.fail("The range runs backwards.", f"Write {high.text}..{low.text}.")
    return Range(subject.target, *ends)


def _runs_backwards(low: Value | None, high: Value | None) -> bool:
    """Whether nothing can lie between; what is relative to today is not known here."""
    match low, high:
        case Span(), Span():
            return low.low > high.high
        case Period(), Period():
            return low.start > high.start
        case Either(), Either() if low.number and high.number:
            return low.number.low > high.number.high
    return False
