"""What is stored of an image's tags, and what the search index holds of them.

A posting can only be taken back with exactly the terms that it was made of, so both come from
the same function of the image's tags and its key. Its terms are numbers of table value, and
with a letter before the number: n of table number, s of table shape, t of table tag (where the
image's shape is in no table), k of table word for a keyword.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec

from tasveer_tui.catalogue.storage import tag_blob
from tasveer_tui.catalogue.storage.common_tags import KEY_TAG, known_ids
from tasveer_tui.catalogue.storage.interning import (
    NumberTable,
    ShapeTable,
    TagTable,
    ValueTable,
    to_finite_float,
)
from tasveer_tui.catalogue.storage.tag_store import INLINE_SHAPE_ID
from tasveer_tui.catalogue.storage.text_codec import MAX_INDEXED_CHARS, indexed_part

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tasveer_tui.records import Tag, TagValue

MAX_TEXT_INTEGER: Final = 65_536
"""Whole numbers below it are codes, sensitivities and counts: few, and found as texts, too."""
_MAX_CACHED_TAGS: Final = 50_000
_MAX_CACHED_CHARS: Final = 100
"""Characters of texts that are worth remembering."""
_KEY_ID: Final = known_ids()[KEY_TAG]

_SEPARATOR: Final = b"\x1f"
"""Ends the parts of a piece: neither JSON nor numbers have it."""
_TIME: Final = re.compile(rb' (\d\d):(\d\d):(\d\d)",""')
_DATE: Final = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_TIME_LENGTH: Final = 13
"""Of what `_TIME` matches."""
_encode: Final = msgspec.json.Encoder().encode

_TagParts: TypeAlias = "tuple[int, list[Any], str]"
"""One tag, stored: the number of its slot, its cells, its terms, each after a space."""


class IndexedTags(NamedTuple):
    """What the tables image_tags and posting hold of one image."""

    shape_id: int
    packed: bytes
    """Empty where the image has no tags."""
    terms: str


class Indexer:
    """Builds what is stored and indexed of an image; new texts and numbers get ids.

    Call `flush` before the transaction ends.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._tags = TagTable(connection)
        self._values = ValueTable(connection)
        self._numbers = NumberTable(connection)
        self._shapes = ShapeTable(connection)
        self._cached_tags: dict[bytes, bytes] = {}
        """How a tag is stored, by its JSON: the number of its slot, the blob's part of its
        cells, its terms. Nothing if only the blob of all cells can be encoded."""
        self._cached_dates: dict[bytes, tuple[bytes, bytes]] = {}
        """The same of dates and times, but for the time; by their JSON up to there."""
        self._terms = ""
        self._partial: set[int] = set()
        self._is_cacheable = True
        self._folder: tuple[str, str] | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        for part in (self._tags, self._values, self._numbers, self._shapes):
            part.forget()
        self._cached_tags.clear()
        self._cached_dates.clear()
        self._partial.clear()
        self._folder = None

    def flush(self) -> None:
        """Write what was put off, and of which tags the index does not hold every value."""
        self._tags.id_of(KEY_TAG)
        self._values.flush()
        self._tags.mark_partial(self._partial)
        self._partial.clear()

    def prefetch(self, keys: Iterable[str]) -> None:
        """Look up the names of the coming images, all at once."""
        names = (key.rpartition("/")[2][:MAX_INDEXED_CHARS] for key in keys)
        self._values.prefetch(_KEY_ID, (name for name in names if name))

    def index_tags(
        self, key: str, tags: Sequence[Tag], keywords: Iterable[int] = ()
    ) -> IndexedTags:
        """What to store and index of an image with this key, these tags and words."""
        texts = _tag_jsons(tags)
        # JSON tells 1 from 1.0 and has lists, too. Each piece is one text: to visit the parts of
        # tuples, all over the memory, took longer than to put them apart here.
        pieces = [*map(self._cached_tags.get, texts)]
        if not all(pieces):
            for place, piece in enumerate(pieces):
                if piece is None:
                    pieces[place] = self._encode_tag(tags[place], texts[place])
        if not pieces or not all(pieces):
            return self.index_rows(key, map(self._row, tags), keywords)
        parts = _SEPARATOR.join(pieces).split(_SEPARATOR)  # type: ignore[arg-type]
        shape_id = self._shapes.id_of(b" ".join(parts[::3]))
        if shape_id == INLINE_SHAPE_ID:
            return self.index_rows(key, map(self._row, tags), keywords)
        terms = f"{self._terms_of(key, keywords)}{b''.join(parts[2::3]).decode()} s{shape_id}"
        return IndexedTags(shape_id, tag_blob.pack_codes(parts[1::3]), terms)

    def index_rows(
        self, key: str, rows: Iterable[tag_blob.TagRow], keywords: Iterable[int] = ()
    ) -> IndexedTags:
        """The same of tags that were stored before."""
        terms = self._terms_of(key, keywords)
        parts = [self._tag_parts(row) for row in rows]
        if not parts:
            return IndexedTags(INLINE_SHAPE_ID, b"", terms)
        numbers = [number for number, _, _ in parts]
        cells = [*chain.from_iterable(each for _, each, _ in parts)]
        terms += "".join(each for _, _, each in parts)
        shape_id = self._shapes.id_of(b" ".join(b"%d" % number for number in numbers))
        if shape_id == INLINE_SHAPE_ID:
            shape = self._shapes.shape(numbers)
            cells.insert(0, tag_blob.shape_json(shape).decode())
            terms += "".join(f" t{slot[0]}" for slot in shape)
        else:
            terms += f" s{shape_id}"
        return IndexedTags(shape_id, tag_blob.pack(cells), terms)

    def _terms_of(self, key: str, keywords: Iterable[int]) -> str:
        folder, _, name = key.rpartition("/")
        terms = self._terms_of_folder(folder) + self._terms_of_key(name)
        return terms + "".join([f" k{word_id}" for word_id in keywords])

    def _terms_of_folder(self, folder: str) -> str:
        """Neighbours share it."""
        if self._folder is None or self._folder[0] != folder:
            self._folder = folder, self._terms_of_key(folder)
        return self._folder[1]

    def _terms_of_key(self, key: str) -> str:
        id_of = self._values.id_of
        return "".join(
            [f" {id_of((_KEY_ID, part[:MAX_INDEXED_CHARS]))}" for part in key.split("/") if part]
        )

    # ------------------------------------------------------------------------- one tag

    def _encode_tag(self, tag: Tag, text: bytes) -> bytes:
        """The piece of a tag that is not remembered; `text` is its JSON, or nothing."""
        day = self._cached_dates.get(text[:-_TIME_LENGTH])
        if day and (time := _TIME.fullmatch(text, len(text) - _TIME_LENGTH)):
            return b"%b%b%b%b%b" % (day[0], *time.groups(), day[1])
        number, cells, terms = self._tag_parts(self._row(tag))
        codes = tag_blob.codes_of(cells)
        if codes is None or not text:
            piece = b""
        else:
            piece = _SEPARATOR.join((b"%d" % number, codes, terms.encode()))
        if self._is_cacheable and text:
            self._cache_tag(text, piece)
        elif piece and not tag.raw and isinstance(tag.value, str) and _DATE.fullmatch(tag.value):
            end = _SEPARATOR + terms.encode()
            if len(self._cached_dates) > _MAX_CACHED_TAGS:
                self._cached_dates.clear()
            self._cached_dates[text[:-_TIME_LENGTH]] = piece[: -len(end) - 6], end
        return piece

    def _cache_tag(self, text: bytes, piece: bytes) -> None:
        if len(self._cached_tags) > _MAX_CACHED_TAGS:
            self._cached_tags.clear()
        self._cached_tags[text] = piece

    def _row(self, tag: Tag) -> tag_blob.TagRow:
        tag_id = self._tags.id_of((tag.group, tag.name))
        return tag_id, tag.number, tag.type, tag.count, tag.value, tag.raw

    def _tag_parts(self, row: tag_blob.TagRow) -> _TagParts:
        self._terms, self._is_cacheable = "", True
        cells: list[Any] = []
        slot = tag_blob.slot_of(row, cells, self._intern_text)
        if slot[4] != tag_blob.TEXT:  # the others were referred to
            self._add_numbers(row[0], row[4])
        return self._shapes.slot_number(slot), cells, self._terms

    def _intern_text(self, tag_id: int, text: str) -> int | str:
        """The text's number in table value where that has it whole, else the text."""
        part, is_whole = indexed_part(text)
        if not is_whole or (text and not part):
            self._partial.add(tag_id)
        if not is_whole or len(text) > _MAX_CACHED_CHARS:
            self._is_cacheable = False
        if not part:
            return text
        number = self._values.id_of((tag_id, part))
        self._terms += f" {number}"
        return number if is_whole else text

    def _add_numbers(self, tag_id: int, value: TagValue) -> None:
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, str):
                self._intern_text(tag_id, part)
            else:
                self._add_number(tag_id, part)

    def _add_number(self, tag_id: int, value: float) -> None:
        if isinstance(value, int) and -MAX_TEXT_INTEGER < value < MAX_TEXT_INTEGER:
            self._terms += f" {self._values.id_of((tag_id, str(value)))}"
        elif (number := to_finite_float(value)) is None:
            self._partial.add(tag_id)
        else:
            number_id, is_exact = self._numbers.id_of(tag_id, number)
            self._terms += f" n{number_id}"
            self._is_cacheable = is_exact


def _tag_jsons(tags: Sequence[Tag]) -> Sequence[bytes]:
    """The JSON of each tag; nothing for tags that JSON cannot distinguish."""
    try:
        whole = _encode(tags)
    except (UnicodeEncodeError, OverflowError, ValueError):
        whole = b""
    texts = whole[2:-2].split(b"],[")
    # A text may have brackets, too. What is no finite number is null.
    return texts if len(texts) == len(tags) and b"null" not in whole else [b""] * len(tags)
