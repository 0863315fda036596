"""XMP packets as tags: RDF flattened, named and grouped as exiftool does.

A packet with a document type is refused before the parser sees it, and the parser is held to the
encoding that was looked at: without a document type there are no entities of a stranger's, neither
internal nor external ones, so nothing can grow. What stands before a mistake is kept.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)

from tasveer_tui.exif.budget import KIB, Meter, OverBudgetError
from tasveer_tui.exif.ranges import Source
from tasveer_tui.exif.tables.xmp import FIELDS, LISTING, NAMESPACES, PROPERTIES
from tasveer_tui.exif.xmpvalues import KNOWN, value_of
from tasveer_tui.records import Tag

LARGEST: Final = 512 * KIB

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_LISTS: Final = frozenset({f"{_RDF}Bag", f"{_RDF}Seq"})
_PREFIX: Final = re.compile(rb"""xmlns:([-\w.]{1,32})\s*=\s*["']([^"']{1,200})["']""")
_ENDS: Final = (re.compile(rb"</[-\w.]+:x[am]pmeta\s*>"), re.compile(rb"</[-\w.]+:RDF\s*>"))
_WIDE: Final = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""What XMP begins with where a character is two bytes."""
_DOCUMENT_TYPE: Final = b"<!DOCTYPE"
_CONTROLS: Final = dict.fromkeys({*range(0x20), 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D}, " ")
_NOT_IN_NAMES: Final = re.compile(r"[^-\w]")
_NOT_REPEATED: Final = frozenset({"plus", "dwc"})
"""Namespaces whose fields bear their structure's name already."""
_LONG_NAME: Final = 100
"""Names from here on are not kept for the next object."""
_MOST_LEVELS: Final = 6
"""Of keywords in keywords."""


class _Place(NamedTuple):
    """Where a value belongs."""

    prefix: str
    name: str


@dataclass(slots=True)
class _Reading:
    """One packet on its way to tags."""

    meter: Meter
    packet: bytes
    prefixes: dict[str, str] | None = None
    """Of the packet itself, for namespaces that are not known; found when first asked for."""
    values: dict[_Place, list[str]] = field(default_factory=dict)
    lists: set[_Place] = field(default_factory=set)
    words: dict[str, tuple[_Place, str]] = field(default_factory=dict)
    """Of the properties met so far, by how the parser tells them."""

    def root(self, root: Element) -> None:
        """The properties of all descriptions."""
        for name, value in root.attrib.items():
            if name.startswith("{"):
                self.add(self._below(None, name), value)
        rdf = root if root.tag == f"{_RDF}RDF" else root.find(f"{_RDF}RDF")
        for node in rdf if rdf is not None else ():
            if node.tag == f"{_RDF}Description":
                if about := node.get(f"{_RDF}about") or node.get("about"):
                    self.values[_Place("rdf", "About")] = [about]
                self.properties(node, None, 0)

    def add(self, place: _Place, text: str | None) -> None:
        """A value; structures without a name have none."""
        if place.name:
            self.values.setdefault(place, []).append(text or "")

    def properties(self, node: Element, top: _Place | None, depth: int) -> None:
        """The properties of a description, or the fields of the structure at `top`."""
        self.meter.plan_entries(len(node) + len(node.attrib) + 1)
        if depth > self.meter.budget.depth:
            raise OverBudgetError("XMP is nested too deeply.")
        for name, value in _plain_attributes(node):
            self.add(self._below(top, name), value)
        for child in node:
            if child.tag == f"{_RDF}value" and top is not None:
                self.add(top, child.text)
            elif child.tag.startswith("{"):
                self._property(child, self._below(top, child.tag), depth)

    def _below(self, top: _Place | None, name: str) -> _Place:
        """The place of a property; a field is named behind its structure, in that one's group."""
        place, word = self.words.get(name) or self._words(name)
        if top is None:
            return place
        prefix, structure = top
        if word == "Children" and structure.startswith("HierarchicalKeywords"):
            return _Place(prefix, _next_level(structure))
        if prefix in _NOT_REPEATED and _begins_with(word, structure):
            return _Place(prefix, word)
        if prefix == "crs":
            word = word.removeprefix("Local")
        return _Place(prefix, structure + word)

    def _words(self, name: str) -> tuple[_Place, str]:
        """Where a property belongs, and its name as a field; kept for when it comes again."""
        uri, _, local = name[1:].partition("}")
        prefix = NAMESPACES.get(uri)
        if prefix is not None and len(local) < _LONG_NAME:
            words = _words_of(prefix, local)
        else:
            words = _words_of.__wrapped__(prefix or self._own_prefix(uri), local)
        self.words[name] = words
        return words

    def _own_prefix(self, uri: str) -> str:
        """What the packet itself calls a namespace that is not known; most have none such."""
        if self.prefixes is None:
            named = _PREFIX.findall(self.packet)
            self.prefixes = {uri.decode("latin-1"): prefix.decode() for prefix, uri in named}
        return self.prefixes.get(uri, "")

    def _property(self, node: Element, place: _Place, depth: int) -> None:
        """One property: a link, a list, alternatives, a structure, or text."""
        if not len(node):
            self._leaf(node, place, depth)
        elif node[0].tag in _LISTS:
            self._list(node[0], place, depth)
        elif node[0].tag == f"{_RDF}Alt":
            self._alternatives(node[0], place, depth)
        elif node[0].tag == f"{_RDF}Description":
            self.properties(node[0], place, depth + 1)
        else:
            self.properties(node, place, depth + 1)

    def _leaf(self, node: Element, place: _Place, depth: int) -> None:
        """A property without elements in it."""
        if not node.attrib:
            self.add(place, node.text)
        elif f"{_RDF}resource" in node.attrib:
            self.add(place, node.attrib[f"{_RDF}resource"])
        elif any(_plain_attributes(node)):
            self.properties(node, place, depth + 1)
        else:
            self.add(place, node.text)

    def _list(self, node: Element, place: _Place, depth: int) -> None:
        self._plan(node, depth)
        if not len(node):
            self.add(place, "")
        before = len(self.values)
        for item in node:
            self._property(item, place, depth + 1)
        if place in self.values and len(node):
            self.lists.add(place)
        if place.prefix in LISTING:
            self.lists.update([*self.values][before:])

    def _plan(self, node: Element, depth: int) -> None:
        self.meter.plan_entries(len(node) + 1)
        if depth > self.meter.budget.depth:
            raise OverBudgetError("XMP is nested too deeply.")

    def _alternatives(self, node: Element, place: _Place, depth: int) -> None:
        """A text in several languages: the default one bears the name alone."""
        self._plan(node, depth)
        before = len(self.values)
        for item in node:
            language = item.get(f"{_XML}lang", "x-default")
            if len(item) or any(_plain_attributes(item)):
                self.properties(item, place, depth + 1)
                self.lists.update([*self.values][before:])
            elif language.lower() == "x-default":
                self.add(place, item.text)
            else:
                self.add(_Place(place.prefix, f"{place.name}-{_language(language)}"), item.text)

    def tags(self) -> list[Tag]:
        """What was gathered."""
        return [self._tag(place, texts) for place, texts in self.values.items()]

    def _tag(self, place: _Place, texts: list[str]) -> Tag:
        """Of values that repeat without a list, the last counts; of unknown ones the first."""
        prefix, name = place
        group = f"XMP-{prefix}" if prefix else "XMP"
        if place not in self.lists:
            text = texts[-1 if prefix in KNOWN else 0]
            return Tag(group, name, value=value_of(prefix, name, text))
        values = [value_of(prefix, name, text) for text in texts]
        value = " ".join(map(str, values)) if name == "LensInfo" else values
        return Tag(group, name, count=len(values), value=value)


@lru_cache(maxsize=2_048)
def _words_of(prefix: str, local: str) -> tuple[_Place, str]:
    """See _Reading._words."""
    key = f"{prefix}:{local}"
    word = PROPERTIES.get(key)
    if word is None:
        local = _NOT_IN_NAMES.sub("", local)
        # Names in capitals alone are told as words.
        word = local.capitalize() if local.isupper() else local[:1].upper() + local[1:]
    return _Place(prefix, word), FIELDS.get(key, word)


def _begins_with(word: str, name: str) -> bool:
    """Whether the name's own words come first: `EventID` in `Event`, not `Eventual`."""
    return word.startswith(name) and not word[len(name) :][:1].islower()


def _next_level(name: str) -> str:
    level = int(name[-1]) if name[-1].isdigit() else _MOST_LEVELS
    return f"{name[:-1]}{level + 1}" if level < _MOST_LEVELS else f"{name}Children"


def _language(text: str) -> str:
    """`en-us` as `en-US`; bounded."""
    language, _, country = text[:20].replace("_", "-").lower().partition("-")
    return f"{language}-{country.upper() if len(country) == 2 else country}".rstrip("-")  # noqa: PLR2004 - a country's


def _plain_attributes(node: Element) -> list[tuple[str, str]]:
    """The attributes that are properties: not RDF's nor XML's own, and in a namespace."""
    return [
        (name, value)
        for name, value in node.attrib.items()
        if name.startswith("{") and not name.startswith((_RDF, _XML))
    ]


def read(source: Source, meter: Meter) -> tuple[list[Tag], bool]:
    """The tags of a packet, and whether it is sound. Raises what reading and meters raise."""
    meter.check_cpu()
    meter.plan_values(min(source.size_bytes, LARGEST))
    packet = _packet(source.read(0, LARGEST))
    if _DOCUMENT_TYPE in packet:
        return [], False
    reading = _Reading(meter, packet)
    root, is_sound = _parsed(packet)
    if root is not None:
        reading.root(root)
    return reading.tags(), is_sound


def _parsed(packet: bytes) -> tuple[Element | None, bool]:
    """The document; where it is not well-formed, once more without what XML does not allow."""
    root, is_sound = _tree(packet)
    if is_sound:
        return root, True
    text = packet.decode("utf-8", "replace").translate(_CONTROLS)
    return _tree(text.encode())


def _tree(packet: bytes) -> tuple[Element | None, bool]:
    """What was understood before the first mistake, and whether there was none."""
    builder = TreeBuilder()
    parser = XMLParser(target=builder, encoding="utf-8")  # noqa: S314 - see this module's docstring
    try:
        parser.feed(packet)
        parser.close()
    except ParseError:
        return _root(builder), False
    return _root(builder), True


def _root(builder: TreeBuilder) -> Element | None:
    """The tree so far; None where there is not even a root."""
    try:
        return builder.close()
    except (AssertionError, ParseError):
        return None


def _packet(data: bytes) -> bytes:
    """The document alone: packets are padded, and some are cut out of larger buffers."""
    for sign, encoding in _WIDE.items():
        if data.startswith(sign):
            data = data.decode(encoding, "replace").encode()
            break
    start = max(data.find(b"<"), 0)
    for end in _ENDS:
        if match := end.search(data):
            return data[start : match.end()]
    return data[start : data.rfind(b">") + 1]
