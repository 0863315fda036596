"""HEIC, HEIF and AVIF: a `meta` box lists items, of which EXIF, XMP and the picture are some."""

from dataclasses import dataclass, field
from typing import Final

from tasveer_tui.exif.budget import MIB, Meter
from tasveer_tui.exif.containers import packed, properties
from tasveer_tui.exif.containers.boxes import C2PA_UUID, XMP_UUID, Box, Boxes
from tasveer_tui.exif.containers.items import Item, Items
from tasveer_tui.exif.containers.jumbf import content_label
from tasveer_tui.exif.containers.tracks import tracks
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Memory, Source
from tasveer_tui.records import Tag

_XMP_TYPES: Final = (b"application/rdf+xml", b"application/xmp+xml")
_LARGEST_JOINED = MIB
_MOST_DESCRIPTIONS = 16
_PEEK = 256


@dataclass(slots=True)
class _Walk:
    source: Source
    found: Found
    meter: Meter
    metas: list[Items] = field(default_factory=list)
    movie: Box | None = None

    def run(self) -> None:
        """Every box of the object; `meta` may stand behind the pixels."""
        for box in Boxes(self.source, self.found, self.meter).within():
            if box.name == b"meta":
                items = Items(self.source, self.found, self.meter)
                self.metas.append(items)
                items.read(box)
            elif box.name == b"moov":
                self.movie = box
            elif box.name == XMP_UUID:
                self.found.xmp.append(self.source.part(box.start, box.length))
            elif box.name == C2PA_UUID:
                self._label(self.source.read(box.start, min(box.length, _PEEK)))
            elif box.name == b"jumb":
                self._label(b"jumb" + self.source.read(box.start, min(box.length, _PEEK)))

    def _label(self, head: bytes) -> None:
        label = content_label(head)
        self.found.tags += [label] if label else []

    def gather(self) -> None:
        """Hand on what the items are; what the first `meta` says is said first."""
        for items in self.metas:
            self._pictures(items)
            for item in _describing(items):
                self._description(items, item)
        if self.movie is not None and self.found.width is None:
            self._frames(self.movie)

    def _pictures(self, items: Items) -> None:
        found = self.found
        if items.primary:
            found.tags.append(Tag("Meta", "PrimaryItemReference", value=items.primary))
        properties.tell(items, found)
        for item in items.thumbnails():
            for start, length in items.stretches(item)[:1]:
                found.thumbnails.append((self.source.place(start), length))

    def _description(self, items: Items, item: Item) -> None:
        """EXIF or XMP."""
        if item.kind == b"Exif":
            block = packed.exif_block(self._whole(items, item))
            if block is None:
                self.found.damage("The EXIF item holds no EXIF block.")
            else:
                self.found.blocks.append(Block(block))
        elif item.kind == b"mime" and item.content_type.lower() in _XMP_TYPES:
            self.found.xmp.append(self._unpacked(self._whole(items, item), item.encoding))

    def _whole(self, items: Items, item: Item) -> Source:
        """An item's bytes; joined where they stand in several places."""
        places = items.stretches(item)
        if len(places) == 1:
            return self.source.part(*places[0])
        if sum(length for _, length in places) > _LARGEST_JOINED:
            self.found.remark("An item in many large pieces was left unread.")
            return Memory(b"")
        return Memory(b"".join(self.source.read(*place) for place in places))

    def _unpacked(self, source: Source, encoding: bytes) -> Source:
        if not encoding:
            return source
        data = source.read(0, min(source.size_bytes, _LARGEST_JOINED))
        unpack = packed.brotli if encoding == b"br" else packed.inflated
        return Memory(unpack(data, self.found, self.meter))

    def _frames(self, movie: Box) -> None:
        """An image sequence without a still picture is as large as its first track."""
        for track in tracks(Boxes(self.source, self.found, self.meter), movie):
            if track.width and track.height:
                self.found.width, self.found.height = track.width, track.height
                return


def _describing(items: Items) -> list[Item]:
    """What describes the primary picture, then what describes none in particular.

    What describes another picture is taken only where there is nothing else.
    """
    described: dict[int, set[int]] = {}
    for reference in items.references:
        if reference.kind == b"cdsc":
            described.setdefault(reference.source, set()).add(reference.target)
    ranked: tuple[list[Item], list[Item], list[Item]] = ([], [], [])
    for item in items.items.values():
        if item.kind in (b"Exif", b"mime"):
            pictures = described.get(item.number)
            rank = 1 if pictures is None else 0 if items.primary in pictures else 2
            ranked[rank].append(item)
    own, loose, others = ranked
    return (own + loose or others)[:_MOST_DESCRIPTIONS]


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    walk = _Walk(source, found, meter)
    try:
        walk.run()
    finally:
        walk.gather()
