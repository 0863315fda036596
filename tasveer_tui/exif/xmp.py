"""XMP packets as tags: RDF flattened, named and grouped as exiftool does. Entities are refused."""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tasveer_tui.exif.budget import KIB, Meter, OverBudgetError
from tasveer_tui.exif.ranges import Source
from tasveer_tui.exif.tables.xmp import NAMESPACES, PROPERTIES
from tasveer_tui.exif.xmpvalues import value_of
from tasveer_tui.records import Tag

LARGEST: Final = 512 * KIB
BROKEN: Final = (ParseError, DefusedXmlException)
"""What parsing may raise beside what broken input always may."""

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
_CONTROLS: Final = dict.fromkeys({*range(0x20), 0xFFFE, 0xFFFF} - {0x09, 0x0A, 0x0D}, " ")
_LONGEST_VALUE: Final = 16 * KIB


class _Place(NamedTuple):
    """Where a value belongs."""

    prefix: str
    name: str


@dataclass(slots=True)
class _Reading:
    """One packet on its way to tags."""

    meter: Meter
    prefixes: dict[str, str]
    """Of the packet itself, for namespaces that are not known."""
    values: dict[_Place, list[str]] = field(default_factory=dict)
    lists: set[_Place] = field(default_factory=set)

    def root(self, root: Element) -> None:
        """The properties of all descriptions."""
        for name, value in root.attrib.items():
            self.add(self._below(None, name), value)
        rdf = root if root.tag == f"{_RDF}RDF" else root.find(f"{_RDF}RDF")
        for node in rdf if rdf is not None else ():
            if node.tag == f"{_RDF}Description":
                if about := node.attrib.get(f"{_RDF}about", ""):
                    self.add(_Place("rdf", "About"), about)
                self.properties(node, None, 0)

    def add(self, place: _Place, text: str | None) -> None:
        """A value, bounded."""
        self.values.setdefault(place, []).append((text or "").strip()[:_LONGEST_VALUE])

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
        uri, _, local = name[1:].partition("}")
        prefix = NAMESPACES.get(uri) or self.prefixes.get(uri, "")
        special = PROPERTIES.get(f"{prefix}:{local}")
        word = local[:1].upper() + local[1:] if special is None else special
        return _Place(top.prefix, top.name + word) if top else _Place(prefix, word)

    def _property(self, node: Element, place: _Place, depth: int) -> None:
        """One property: a link, a list, alternatives, a structure, or text."""
        first = node[0].tag if len(node) else ""
        if f"{_RDF}resource" in node.attrib:
            self.add(place, node.attrib[f"{_RDF}resource"])
        elif first in _LISTS:
            self.lists.add(place)
            self._list(node[0], place, depth)
        elif first == f"{_RDF}Alt":
            self._alternatives(node[0], place, depth)
        elif first == f"{_RDF}Description":
            self.properties(node[0], place, depth + 1)
        elif len(node) or any(_plain_attributes(node)):
            self.properties(node, place, depth + 1)
        else:
            self.add(place, node.text)

    def _list(self, node: Element, place: _Place, depth: int) -> None:
        self.meter.plan_entries(len(node) + 1)
        if depth > self.meter.budget.depth:
            raise OverBudgetError("XMP is nested too deeply.")
        for item in node:
            self._property(item, place, depth + 1)

    def _alternatives(self, node: Element, place: _Place, depth: int) -> None:
        """A text in several languages: the default one bears the name alone."""
        self.meter.plan_entries(len(node) + 1)
        for item in node:
            language = item.attrib.get(f"{_XML}lang", "x-default")
            if len(item):
                self.properties(item, place, depth + 1)
            elif language.lower() == "x-default":
                self.add(place, item.text)
            else:
                self.add(_Place(place.prefix, f"{place.name}-{language[:20]}"), item.text)

    def tags(self) -> list[Tag]:
        """What was gathered."""
        return [self._tag(place, texts) for place, texts in self.values.items()]

    def _tag(self, place: _Place, texts: list[str]) -> Tag:
        values = [value_of(*place, text) for text in texts]
        is_list = len(values) > 1 or place in self.lists
        group = f"XMP-{place.prefix}" if place.prefix else "XMP"
        return Tag(group, place.name, count=len(values), value=values if is_list else values[0])


def _plain_attributes(node: Element) -> list[tuple[str, str]]:
    """The attributes that are properties: not RDF's nor XML's own, and in a namespace."""
    return [
        (name, value)
        for name, value in node.attrib.items()
        if name.startswith("{") and not name.startswith((_RDF, _XML))
    ]


def read(source: Source, meter: Meter) -> list[Tag]:
    """The tags of a packet. Raises BROKEN, OverBudgetError and what reading raises."""
    meter.check_cpu()
    meter.plan_values(min(source.size_bytes, LARGEST))
    packet = _packet(source.read(0, LARGEST))
    prefixes = {uri.decode("latin-1"): prefix.decode() for prefix, uri in _PREFIX.findall(packet)}
    reading = _Reading(meter, prefixes)
    reading.root(_parsed(packet))
    return reading.tags()


def _parsed(packet: bytes) -> Element:
    """The document; where it is not well-formed, once more without what XML does not allow."""
    try:
        root: Element = fromstring(packet, forbid_dtd=True)
    except ParseError:
        text = packet.decode("utf-8", "replace").translate(_CONTROLS)
        root = fromstring(text.encode(), forbid_dtd=True)
    return root


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
