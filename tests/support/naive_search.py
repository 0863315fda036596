"""What a search means, worked out image by image in plain Python, without SQL or index."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from tasveer_tui.catalogue.fields import FIELDS, Kind, TagName
from tasveer_tui.catalogue.search import ast
from tasveer_tui.catalogue.search.ast import Op, Unit
from tasveer_tui.catalogue.storage import sql_functions
from tasveer_tui.catalogue.storage.interning import camera_name
from tasveer_tui.catalogue.storage.postings import MAX_TEXT_INTEGER
from tasveer_tui.catalogue.storage.text_codec import fold, indexed_part
from tasveer_tui.catalogue.towns import Town, nearest_town
from tasveer_tui.records import Outcome
from tests.support.sample_catalogue import NOW, SampleImage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FACT_ATTRIBUTES = {
    "iso": "iso", "f": "f_number", "shutter": "exposure_s", "focal": "focal_mm",
    "focal35": "focal35_mm", "ev": "exposure_bias_ev", "flash": "flash", "wb": "white_balance",
    "metering": "metering", "program": "program", "lat": "lat_deg", "lon": "lon_deg",
    "alt": "alt_m", "width": "width", "height": "height", "rating": "rating", "make": "make",
    "model": "model", "lens": "lens", "serial": "serial", "software": "software",
    "artist": "artist", "copyright": "copyright", "title": "title", "caption": "caption",
}  # fmt: skip


class NaiveSearch:
    """Evaluates trees over samples."""

    def __init__(self, samples: Sequence[SampleImage]) -> None:
        self.samples = samples
        self._versions = Counter((s.ref.etag, s.ref.size_bytes) for s in samples if s.ref.etag)
        self._ids = frozenset(s.id for s in samples)
        self._found: dict[ast.Leaf, frozenset[int]] = {}
        self._sort_values: dict[ast.Target, dict[int, object]] = {}

    def ids(self, query: ast.Query) -> list[int]:
        wanted = self._matching_ids(query.where)
        found = [s for s in self.samples if s.id in wanted]
        order = query.order or (ast.OrderBy("taken", is_descending=True),)
        found.sort(key=lambda s: s.id, reverse=order[-1].is_descending)
        for key in reversed(order):
            found.sort(key=cmp_to_key(self._comparator(key)))
        return [s.id for s in found]

    def holds(self, node: ast.Node, s: SampleImage) -> bool:
        return s.id in self._matching_ids(node)

    def _matching_ids(self, node: ast.Node) -> frozenset[int]:
        """What a leaf means is worked out once, as the same come again and again."""
        match node:
            case ast.Everything():
                return self._ids
            case ast.And(parts=parts):
                return self._ids.intersection(*map(self._matching_ids, parts))
            case ast.Or(parts=parts):
                return frozenset().union(*map(self._matching_ids, parts))
            case ast.Not(part=part):
                return self._ids - self._matching_ids(part)
        if node not in self._found:
            self._found[node] = frozenset(s.id for s in self.samples if self._leaf(node, s))
        return self._found[node]

    def _comparator(self, key: ast.OrderBy) -> Callable[[SampleImage, SampleImage], int]:
        if key.target not in self._sort_values:
            values = {s.id: self._sort_value(key.target, s) for s in self.samples}
            self._sort_values[key.target] = values
        known: dict[int, Any] = self._sort_values[key.target]

        def compare(a: SampleImage, b: SampleImage) -> int:
            x, y = known[a.id], known[b.id]
            if x is None or y is None:
                return (x is None) - (y is None)
            sign = (x > y) - (x < y)
            return -sign if key.is_descending else sign

        return compare

    def _sort_value(self, target: ast.Target, s: SampleImage) -> object:
        if isinstance(target, TagName):
            value = next(iter(_tag_values(target, s)), None)
            if isinstance(value, str):
                return (1, fold(value)) if value else None
            return None if value is None else (0, value)
        values = self.values(target, s)
        if not values:
            return None
        value = values[0]
        if isinstance(value, str) and target != "path":
            return "".join(c.lower() if c.isascii() else c for c in value)
        return value

    def _leaf(self, node: ast.Leaf, s: SampleImage) -> bool:
        match node:
            case ast.OneOf(members=members):
                return any(self._leaf(member, s) for member in members)
            case ast.Has(target=TagName() as tag):
                return any(_is_named(tag, group, name) for group, name, _ in _all_tags(s))
            case ast.Has(target=name):
                return bool(self.values(str(name), s))
            case ast.Near() | ast.BBox():
                return _is_in_area(node, s)
            case ast.Text() | ast.Wildcard(target=None) | ast.Regex(target=None):
                return _matches_anywhere(node, s)
            case _:
                return self._member(node, s)

    def _member(self, node: ast.Member, s: SampleImage) -> bool:
        if isinstance(node.target, TagName):
            return any(_tag_matches(node, value) for value in _tag_values(node.target, s))
        if isinstance(node, ast.Compare) and isinstance(node.value, bool):
            return bool(self.values(str(node.target), s)) == node.value
        return any(_value_matches(node, value) for value in self.values(str(node.target), s))

    def values(self, name: str, s: SampleImage) -> list[object]:
        """The field's values as a person would name them; none where it is absent."""
        value = self._value(name, s)
        found = value if isinstance(value, list) else [value]
        return [each for each in found if each is not None and each != ""]

    def _value(self, name: str, s: SampleImage) -> object:
        if name in FACT_ATTRIBUTES:
            return getattr(s.record.facts, FACT_ATTRIBUTES[name])
        if name in ("year", "month", "hour", "weekday", "taken"):
            return _taken(name, s)
        if name in ("mp", "ratio", "orientation"):
            return _shape(name, s)
        if name == "dup":
            return 1 if self._versions[s.ref.etag, s.ref.size_bytes] > 1 else None
        return _object_values(s).get(name)


def _taken(name: str, s: SampleImage) -> object:
    if not s.record.facts.taken_at:
        return None
    taken = datetime.fromisoformat(s.record.facts.taken_at)
    if name == "weekday":
        return taken.isoweekday()
    return taken if name == "taken" else getattr(taken, name)


def _object_values(s: SampleImage) -> dict[str, object]:
    facts, ref = s.record.facts, s.ref
    name = ref.key.rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    return {
        "camera": camera_name(facts.make, facts.model),
        "modified": _utc(ref.modified_at),
        "ingested": _utc(s.ingested_at),
        "gps": 1 if facts.lat_deg is not None and facts.lon_deg is not None else None,
        "place": _town(s).name,
        "country": _town(s).country,
        "bucket": s.source.bucket,
        "path": ref.key,
        "name": name,
        "ext": ending.lower() if stem else "",
        "type": s.record.format,
        "size": ref.size_bytes,
        "keyword": list(facts.keywords),
        "status": s.record.outcome.status().value,
        "error": _error(s),
        "etag": ref.etag,
    }


def _town(s: SampleImage) -> Town:
    lat, lon = s.record.facts.lat_deg, s.record.facts.lon_deg
    return Town("", "") if lat is None or lon is None else nearest_town(lat, lon)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _error(s: SampleImage) -> str:
    if s.record.outcome in (Outcome.OK, Outcome.NO_METADATA):
        return ""
    return f"{s.record.outcome}: {s.message}" if s.message else str(s.record.outcome)


def _shape(name: str, s: SampleImage) -> object:
    facts = s.record.facts
    if not facts.width or not facts.height:
        return None
    wide, high = facts.width, facts.height
    if name == "mp":
        return wide * high / 1e6
    if facts.orientation in (5, 6, 7, 8):
        wide, high = high, wide
    if name == "ratio":
        return wide / high
    if max(wide, high) >= 2 * min(wide, high):
        return "panorama"
    if max(wide, high) <= 1.01 * min(wide, high):
        return "square"
    return "landscape" if wide > high else "portrait"


def _compare(op: Op, below: bool, above: bool) -> bool:  # noqa: FBT001
    match op:
        case Op.LT:
            return below
        case Op.LE:
            return not above
        case Op.GT:
            return above
        case Op.GE:
            return not below
        case _:
            return not below and not above


def _is_below_and_above(value: ast.Value | None, actual: object) -> tuple[bool, bool]:
    """Whether the actual value lies before and after a number or a date."""
    match value:
        case ast.NumberInterval(low=low, high=high):
            return actual < low, actual > high  # type: ignore[operator]
        case ast.Period(start=start, end=end):
            return actual < start, actual >= end  # type: ignore[operator]
        case ast.Yesterday():
            today = _today()
            return actual < today - timedelta(days=1), actual >= today  # type: ignore[operator]
        case ast.Last(count=count, unit=unit):
            days = {Unit.DAY: 1, Unit.WEEK: 7}
            if unit is Unit.HOUR:
                start = NOW.replace(tzinfo=None) - timedelta(hours=count)
            else:
                start = _today() - timedelta(days=count * days[unit])
            return actual < start, actual >= _today() + timedelta(days=1)  # type: ignore[operator]
    raise AssertionError(value)


def _today() -> datetime:
    return datetime.combine(NOW.date(), datetime.min.time())


def _value_matches(node: ast.Member, actual: object) -> bool:
    match node:
        case ast.Range(low=low, high=high):
            is_below = low is not None and _is_below_and_above(low, actual)[0]
            is_above = high is not None and _is_below_and_above(high, actual)[1]
            return not is_below and not is_above
        case ast.Compare(value=ast.Codes(codes=codes)):
            return actual in codes
        case ast.Compare(op=op, value=str(text)):
            return _text_matches(op, fold(text), fold(str(actual)))
        case ast.Compare(op=op, value=value):
            return _compare(op, *_is_below_and_above(value, actual))
        case _:
            return _pattern_matches(node, str(actual))


def _text_matches(op: Op, wanted: str, actual: str) -> bool:
    if op is Op.CONTAINS:
        return wanted in actual
    return _compare(op, actual < wanted, actual > wanted)


def _pattern_matches(node: ast.Wildcard | ast.Regex, actual: str) -> bool:
    if not actual:
        return False
    if isinstance(node, ast.Regex):
        return re.search(node.pattern, actual, re.IGNORECASE) is not None
    parts = re.split(r"([*?])", node.pattern)
    regex = "".join({"*": ".*", "?": "."}.get(part, re.escape(fold(part))) for part in parts)
    return re.fullmatch(regex, fold(actual), re.DOTALL) is not None


def _is_in_area(node: ast.Near | ast.BBox, s: SampleImage) -> bool:
    lat, lon = s.record.facts.lat_deg, s.record.facts.lon_deg
    if lat is None or lon is None:
        return False
    if isinstance(node, ast.Near):
        away = sql_functions.distance_m(lat, lon, node.lat_deg, node.lon_deg)
        return away <= node.radius_m
    if node.west <= node.east:
        inside = node.west <= lon <= node.east
    else:
        inside = lon >= node.west or lon <= node.east
    return inside and node.south <= lat <= node.north


# ---------------------------------------------------------------------------- tags


def _all_tags(s: SampleImage) -> list[tuple[str, str, object]]:
    return [(tag.group, tag.name, tag.value) for tag in s.record.tags]


def _is_named(tag: TagName, group: str, name: str) -> bool:
    families = {
        "exif": group in ("IFD0", "IFD1", "ExifIFD"),
        "gps": group == "GPS",
        "xmp": group.startswith("XMP-"),
        "iptc": group == "IPTC",
        "maker": group == "Canon",
        "file": group == "File",
    }
    in_family = families.get(tag.family, tag.family.lower() == group.lower())
    return in_family and tag.name.lower() == name.lower()


def _tag_values(tag: TagName, s: SampleImage) -> list[str | float]:
    found: list[str | float] = []
    for group, name, value in _all_tags(s):
        if _is_named(tag, group, name):
            found += value if isinstance(value, list) else [value]  # type: ignore[list-item]
    return found


def _searchable_texts(s: SampleImage) -> list[str]:
    """Every text of a tag, as the index of values keeps it, and small whole numbers."""
    found = []
    for _, _, value in _all_tags(s):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str):
                found.append(indexed_part(part)[0])
            elif isinstance(part, int) and abs(part) < MAX_TEXT_INTEGER:
                found.append(str(part))
    return [text for text in found if text]


def _matches_anywhere(node: ast.Text | ast.Wildcard | ast.Regex, s: SampleImage) -> bool:
    texts = _searchable_texts(s)
    if isinstance(node, ast.Text):
        return any(fold(node.text) in fold(text) for text in (*texts, s.ref.key))
    if isinstance(node, ast.Regex) or "/" in node.pattern:
        texts.append(s.ref.key)
    if isinstance(node, ast.Wildcard):
        texts += [part for part in s.ref.key.split("/") if part]
    return any(_pattern_matches(node, text) for text in texts)


def _tag_matches(node: ast.Member, actual: str | float) -> bool:
    match node:
        case ast.Wildcard() | ast.Regex():
            text = actual if isinstance(actual, str) else f"{actual:.15g}"
            return _pattern_matches(node, text)
        case ast.Compare(op=op, value=ast.UntypedValue() as value):
            return _either_matches(op, value, actual)
        case ast.Range(low=low, high=high):
            return _in_range(low, high, actual)
    raise AssertionError(node)


def _either_matches(op: Op, value: ast.UntypedValue, actual: str | float) -> bool:
    if value.number and (number := _as_number(actual)) is not None:
        return _compare(op, *_is_below_and_above(value.number, number))
    if value.period and (date := _as_date(actual)) is not None:
        return _compare(op, *_is_below_and_above(value.period, date))
    if op.is_order and (value.number or value.period):
        return False
    if not isinstance(actual, str) and not value.is_quoted:
        return False
    text = actual if isinstance(actual, str) else f"{actual:.15g}"
    return bool(text) and _text_matches(op, fold(value.text), fold(text))


def _in_range(low: ast.Value | None, high: ast.Value | None, actual: str | float) -> bool:
    for kind, read in (("number", _as_number), ("period", _as_date)):
        ends = [end and getattr(end, kind) for end in (low, high)]
        given = [end is not None for end in (low, high)]
        value = read(actual)
        if [end is not None for end in ends] == given and value is not None:
            is_below = ends[0] is not None and _is_below_and_above(ends[0], value)[0]
            is_above = ends[1] is not None and _is_below_and_above(ends[1], value)[1]
            if not is_below and not is_above:
                return True
    return False


def _as_number(actual: str | float) -> float | None:
    if not isinstance(actual, str):
        return actual
    if not re.fullmatch(r"\s*[+-]?[0-9.]+(/[0-9]+)?\s*", actual):
        return None
    number, _, below = actual.partition("/")
    return float(number) / float(below or 1)


def _as_date(actual: str | float) -> datetime | None:
    if not isinstance(actual, str):
        return None
    try:
        return datetime.fromisoformat(actual.replace(":", "-", 2))
    except ValueError:
        return None


SORTABLE = tuple(
    name for name, field in FIELDS.items() if field.is_sortable and field.kind is not Kind.PLACE
)
