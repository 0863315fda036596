"""XMP's texts as the values that `exiftool -n` prints: numbers, dates, degrees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)

from tasveer_tui.exif.budget import KIB, Meter, OverBudgetError
from tasveer_tui.exif.tables.xmp import (
    BASE64_PROPERTIES,
    FIELD_NAMES,
    LIST_NAMESPACES,
    NAMESPACES,
    PROPERTY_NAMES,
    RATIONAL_NAMESPACES,
)
from tasveer_tui.exif.values import APEX_POWERS, MAX_APEX, describe_binary, quotient
from tasveer_tui.records import Tag

if TYPE_CHECKING:
    from tasveer_tui.exif.ranges import ByteSource

KNOWN_PREFIXES: Final = frozenset(NAMESPACES.values()) - {"dcterms", "darktable", "avm", "Item"}
"""Prefixes whose properties are known one by one; of the rest only their text is known."""

_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
_RATIONAL: Final = re.compile(r"(-?\d{1,18})/(\d{1,18})")
_DATE_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d(?::\d\d)?)\s*(\S*)")
_DATE: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
_IPTC_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)")
"""As IPTC has it."""
_COORDINATE: Final = re.compile(r"(\d{1,3}),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])")
_PLUS_VOCABULARY: Final = "http://ns.useplus.org/ldf/vocab/"
"""What PLUS puts before its codes."""
_UNCALIBRATED = 0xFFFF
_MAX_VALUE_LENGTH: Final = 16 * 1024


def convert_xmp_value(prefix: str, name: str, text: str) -> str | int | float:
    """A number where nothing is lost by it; a date in exiftool's way of writing; else the text."""
    if (prefix, name) in BASE64_PROPERTIES:
        return describe_binary(_decoded_length(text))
    first = text[:1]
    if first.isdigit() or first == "-":
        return _convert_number_like(prefix, name, text[:_MAX_VALUE_LENGTH])
    if prefix == "plus":
        text = text.removeprefix(_PLUS_VOCABULARY)
    return text[:_MAX_VALUE_LENGTH]


def _decoded_length(text: str) -> int:
    """The length in bytes of base64 data."""
    characters = len(text) - sum(map(text.count, " \t\r\n="))
    return characters * 3 // 4


def _convert_number_like(prefix: str, name: str, text: str) -> str | int | float:
    if _NUMBER.fullmatch(text):
        return _convert_number(prefix, name, text)
    if match := _DATE_TIME.fullmatch(text):
        year, month, day, clock, rest = match.groups()
        return f"{year}:{month}:{day} {clock}{rest}"
    if prefix in KNOWN_PREFIXES and _DATE.fullmatch(text):
        return text.replace("-", ":")
    if prefix == "photomech" and (match := _IPTC_TIME.fullmatch(text)):
        return "{}:{}:{}{}:{}".format(*match.groups())
    if (
        prefix in RATIONAL_NAMESPACES
        or prefix not in KNOWN_PREFIXES
        or name.startswith(("LocationC", "LocationS"))
    ):
        return _convert_fraction(name, text)
    return text


def _convert_number(prefix: str, name: str, text: str) -> str | int | float:
    number = float(text) if "." in text else int(text)
    if prefix == "exif":
        if name == "ColorSpace" and number == (1 << 32) - 1:
            return _UNCALIBRATED
        if name in APEX_POWERS:
            return _convert_apex(name, number)
    return number if str(number) == text else text


def _convert_apex(name: str, value: float) -> float | int:
    return float(2 ** (value * APEX_POWERS[name])) if abs(value) <= MAX_APEX else value


def _convert_fraction(name: str, text: str) -> str | int | float:
    """A fraction, several, or a coordinate; APEX values converted."""
    if match := _RATIONAL.fullmatch(text):
        value = quotient(int(match[1]), int(match[2]))
        return (
            _convert_apex(name, value)
            if name in APEX_POWERS and not isinstance(value, str)
            else value
        )
    if match := _COORDINATE.fullmatch(text):
        degrees, minutes, seconds, side = match.groups()
        value = int(degrees) + (float(minutes) + float(seconds or 0) / 60) / 60
        return -value if side in "SW" else value
    parts = [_RATIONAL.fullmatch(part) for part in text.split()]
    if name == "LensInfo" and all(parts):
        return " ".join(str(quotient(int(part[1]), int(part[2]))) for part in parts if part)
    return text


# XMP packets as tags: RDF flattened, named and grouped as exiftool does.
#
# A packet with a document type is refused before the parser sees it, and the parser is held to the
# encoding that was detected. Without a document type there are no entities, so nothing can expand.
# Text before a mistake is kept.

MAX_PACKET_BYTES: Final = 512 * KIB

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_LIST_TAGS: Final = frozenset({f"{_RDF}Bag", f"{_RDF}Seq"})
_PREFIX_DECLARATION: Final = re.compile(rb"""xmlns:([-\w.]{1,32})\s*=\s*["']([^"']{1,200})["']""")
_PACKET_ENDS: Final = (re.compile(rb"</[-\w.]+:x[am]pmeta\s*>"), re.compile(rb"</[-\w.]+:RDF\s*>"))
_WIDE_ENCODINGS: Final = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""What XMP begins with where a character is two bytes."""
_DOCUMENT_TYPE: Final = b"<!DOCTYPE"
_CONTROL_CHARACTERS: Final = dict.fromkeys({*range(0x20), 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D}, " ")
_NOT_IN_NAMES: Final = re.compile(r"[^-\w]")
_UNPREFIXED_NAMESPACES: Final = frozenset({"plus", "dwc"})
"""Namespaces whose fields bear their structure's name already."""
_MAX_CACHED_NAME_LENGTH: Final = 100
"""Names from here on are not kept for the next object."""
_MAX_KEYWORD_LEVELS: Final = 6
"""Of keywords in keywords."""


class _PropertyPath(NamedTuple):
    """Where a value belongs."""

    prefix: str
    name: str


@dataclass(slots=True)
class _PacketReader:
    """One packet on its way to tags."""

    meter: Meter
    packet: bytes
    prefixes: dict[str, str] | None = None
    """Of the packet itself, for namespaces that are not known; found when first asked for."""
    values: dict[_PropertyPath, list[str]] = field(default_factory=dict)
    lists: set[_PropertyPath] = field(default_factory=set)
    words: dict[str, tuple[_PropertyPath, str]] = field(default_factory=dict)
    """Counts of the properties so far, by the parser's names."""

    def root(self, root: Element) -> None:
        """The properties of all descriptions."""
        for name, value in root.attrib.items():
            if name.startswith("{"):
                self.add(self._child_path(None, name), value)
        rdf = root if root.tag == f"{_RDF}RDF" else root.find(f"{_RDF}RDF")
        for node in rdf if rdf is not None else ():
            if node.tag == f"{_RDF}Description":
                if about := node.get(f"{_RDF}about") or node.get("about"):
                    self.values[_PropertyPath("rdf", "About")] = [about]
                self.properties(node, None, 0)

    def add(self, place: _PropertyPath, text: str | None) -> None:
        """A value; structures without a name have none."""
        if place.name:
            self.values.setdefault(place, []).append(text or "")

    def properties(self, node: Element, top: _PropertyPath | None, depth: int) -> None:
        """The properties of a description, or the fields of the structure at `top`."""
        self.meter.plan_entries(len(node) + len(node.attrib) + 1)
        if depth > self.meter.budget.depth:
            raise OverBudgetError("XMP is nested too deeply.")
        for name, value in _property_attributes(node):
            self.add(self._child_path(top, name), value)
        for child in node:
            if child.tag == f"{_RDF}value" and top is not None:
                self.add(top, child.text)
            elif child.tag.startswith("{"):
                self._add_property(child, self._child_path(top, child.tag), depth)

    def _child_path(self, top: _PropertyPath | None, name: str) -> _PropertyPath:
        """The place of a property; a field is named behind its structure, in that one's group."""
        place, word = self.words.get(name) or self._resolve_name(name)
        if top is None:
            return place
        prefix, structure = top
        if word == "Children" and structure.startswith("HierarchicalKeywords"):
            return _PropertyPath(prefix, _next_keyword_level(structure))
        if prefix in _UNPREFIXED_NAMESPACES and _has_name_prefix(word, structure):
            return _PropertyPath(prefix, word)
        if prefix == "crs":
            word = word.removeprefix("Local")
        return _PropertyPath(prefix, structure + word)

    def _resolve_name(self, name: str) -> tuple[_PropertyPath, str]:
        """A property's group and field name, cached."""
        uri, _, local = name[1:].partition("}")
        prefix = NAMESPACES.get(uri)
        if prefix is not None and len(local) < _MAX_CACHED_NAME_LENGTH:
            words = _property_names(prefix, local)
        else:
            words = _property_names.__wrapped__(prefix or self._packet_prefix(uri), local)
        self.words[name] = words
        return words

    def _packet_prefix(self, uri: str) -> str:
        """What the packet itself calls a namespace that is not known; most have none such."""
        if self.prefixes is None:
            named = _PREFIX_DECLARATION.findall(self.packet)
            self.prefixes = {uri.decode("latin-1"): prefix.decode() for prefix, uri in named}
        return self.prefixes.get(uri, "")

    def _add_property(self, node: Element, place: _PropertyPath, depth: int) -> None:
        """One property: a link, a list, alternatives, a structure, or text."""
        if not len(node):
            self._add_leaf(node, place, depth)
        elif node[0].tag in _LIST_TAGS:
            self._add_list(node[0], place, depth)
        elif node[0].tag == f"{_RDF}Alt":
            self._add_alternatives(node[0], place, depth)
        elif node[0].tag == f"{_RDF}Description":
            self.properties(node[0], place, depth + 1)
        else:
            self.properties(node, place, depth + 1)

    def _add_leaf(self, node: Element, place: _PropertyPath, depth: int) -> None:
        """A property without elements in it."""
        if not node.attrib:
            self.add(place, node.text)
        elif f"{_RDF}resource" in node.attrib:
            self.add(place, node.attrib[f"{_RDF}resource"])
        elif any(_property_attributes(node)):
            self.properties(node, place, depth + 1)
        else:
            self.add(place, node.text)

    def _add_list(self, node: Element, place: _PropertyPath, depth: int) -> None:
        self._count_entries(node, depth)
        if not len(node):
            self.add(place, "")
        before = len(self.values)
        for item in node:
            self._add_property(item, place, depth + 1)
        if place in self.values and len(node):
            self.lists.add(place)
        if place.prefix in LIST_NAMESPACES:
            self.lists.update([*self.values][before:])

    def _count_entries(self, node: Element, depth: int) -> None:
        self.meter.plan_entries(len(node) + 1)
        if depth > self.meter.budget.depth:
            raise OverBudgetError("XMP is nested too deeply.")

    def _add_alternatives(self, node: Element, place: _PropertyPath, depth: int) -> None:
        """A text in several languages: the default one bears the name alone."""
        self._count_entries(node, depth)
        before = len(self.values)
        for item in node:
            language = item.get(f"{_XML}lang", "x-default")
            if len(item) or any(_property_attributes(item)):
                self.properties(item, place, depth + 1)
                self.lists.update([*self.values][before:])
            elif language.lower() == "x-default":
                self.add(place, item.text)
            else:
                self.add(
                    _PropertyPath(place.prefix, f"{place.name}-{_normalize_language(language)}"),
                    item.text,
                )

    def tags(self) -> list[Tag]:
        """What was gathered."""
        return [self._make_tag(place, texts) for place, texts in self.values.items()]

    def _make_tag(self, place: _PropertyPath, texts: list[str]) -> Tag:
        """Of values that repeat without a list, the last counts; of unknown ones the first."""
        prefix, name = place
        group = f"XMP-{prefix}" if prefix else "XMP"
        if place not in self.lists:
            text = texts[-1 if prefix in KNOWN_PREFIXES else 0]
            return Tag(group, name, value=convert_xmp_value(prefix, name, text))
        values = [convert_xmp_value(prefix, name, text) for text in texts]
        value = " ".join(map(str, values)) if name == "LensInfo" else values
        return Tag(group, name, count=len(values), value=value)


@lru_cache(maxsize=2_048)
def _property_names(prefix: str, local: str) -> tuple[_PropertyPath, str]:
    """See _Reading._words."""
    key = f"{prefix}:{local}"
    word = PROPERTY_NAMES.get(key)
    if word is None:
        local = _NOT_IN_NAMES.sub("", local)
        # Names in capitals only are shown as words.
        word = local.capitalize() if local.isupper() else local[:1].upper() + local[1:]
    return _PropertyPath(prefix, word), FIELD_NAMES.get(key, word)


def _has_name_prefix(word: str, name: str) -> bool:
    """Whether the name starts with these words: `EventID` with `Event`, not with `Even`."""
    return word.startswith(name) and not word[len(name) :][:1].islower()


def _next_keyword_level(name: str) -> str:
    level = int(name[-1]) if name[-1].isdigit() else _MAX_KEYWORD_LEVELS
    return f"{name[:-1]}{level + 1}" if level < _MAX_KEYWORD_LEVELS else f"{name}Children"


def _normalize_language(text: str) -> str:
    """`en-us` as `en-US`; bounded."""
    language, _, country = text[:20].replace("_", "-").lower().partition("-")
    return f"{language}-{country.upper() if len(country) == 2 else country}".rstrip("-")  # noqa: PLR2004 - a country's


def _property_attributes(node: Element) -> list[tuple[str, str]]:
    """The attributes that are properties: not RDF's nor XML's own, and in a namespace."""
    return [
        (name, value)
        for name, value in node.attrib.items()
        if name.startswith("{") and not name.startswith((_RDF, _XML))
    ]


def read(source: ByteSource, meter: Meter) -> tuple[list[Tag], bool]:
    """The tags of a packet, and whether it is sound. Raises what reading and meters raise."""
    meter.check_cpu()
    meter.plan_values(min(source.size_bytes, MAX_PACKET_BYTES))
    packet = _extract_packet(source.read(0, MAX_PACKET_BYTES))
    if _DOCUMENT_TYPE in packet:
        return [], False
    reading = _PacketReader(meter, packet)
    root, is_sound = _parse(packet)
    if root is not None:
        reading.root(root)
    return reading.tags(), is_sound


def _parse(packet: bytes) -> tuple[Element | None, bool]:
    """The document; if it is not well-formed, parsed again without invalid characters."""
    root, is_sound = _parse_tree(packet)
    if is_sound:
        return root, True
    text = packet.decode("utf-8", "replace").translate(_CONTROL_CHARACTERS)
    return _parse_tree(text.encode())


def _parse_tree(packet: bytes) -> tuple[Element | None, bool]:
    """What was understood before the first mistake, and whether there was none."""
    builder = TreeBuilder()
    parser = XMLParser(target=builder, encoding="utf-8")  # noqa: S314 - see this module's docstring
    try:
        parser.feed(packet)
        parser.close()
    except ParseError:
        return _close_tree(builder), False
    return _close_tree(builder), True


def _close_tree(builder: TreeBuilder) -> Element | None:
    """The tree so far; None where there is not even a root."""
    try:
        return builder.close()
    except (AssertionError, ParseError):
        return None


def _extract_packet(data: bytes) -> bytes:
    """The document alone: packets are padded, and some are cut out of larger buffers."""
    for sign, encoding in _WIDE_ENCODINGS.items():
        if data.startswith(sign):
            data = data.decode(encoding, "replace").encode()
            break
    start = max(data.find(b"<"), 0)
    for end in _PACKET_ENDS:
        if match := end.search(data):
            return data[start : match.end()]
    return data[start : data.rfind(b">") + 1]
