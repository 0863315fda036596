"""What is stored of an image's tags, and what the search index holds of them.

A posting can only be taken back with exactly the terms that it was made of, so both come from
the same function of the image's tags and its key. Its terms are numbers of table value, and
with a letter before the number: n of table number, s of table shape, t of table tag (where the
image's shape is in no table), k of table word for a keyword.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from tasveer_tui.catalogue import blob
from tasveer_tui.catalogue.common_tags import KEY_TAG, known_ids
from tasveer_tui.catalogue.numbers import Numbers, indexable
from tasveer_tui.catalogue.shapes import Shapes
from tasveer_tui.catalogue.stored import INLINE
from tasveer_tui.catalogue.texts import MAX_VALUE, indexed
from tasveer_tui.catalogue.words import Tags, Values

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from tasveer_tui.records import Tag, TagValue

FEW_NUMBERS: Final = 65_536
"""Whole numbers below it are codes, sensitivities and counts: few, and found as texts, too."""
_MAX_REMEMBERED: Final = 50_000
_MAX_TEXT: Final = 100
"""Characters of texts that are worth remembering."""
_KEY_ID: Final = known_ids()[KEY_TAG]

_Told: TypeAlias = "tuple[int, list[Any], list[str], type]"
"""What becomes of one tag: the number of its slot, its cells, its terms; of what type it is."""


class Tagged(NamedTuple):
    """What the tables image_tags and posting hold of one image."""

    shape_id: int
    packed: bytes
    """Empty where the image has no tags."""
    terms: str


class Indexer:
    """Makes what is stored and indexed of an image; texts and numbers get ids as they are met.

    Call `flush` before the transaction ends.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._tags = Tags(connection)
        self._values = Values(connection)
        self._numbers = Numbers(connection)
        self._shapes = Shapes(connection)
        self._told: dict[Tag | tuple[str | int | float, ...], _Told] = {}
        self._heads: dict[tuple[str, str, int, str, int, str], tuple[int, int]] = {}
        """Tag id and slot number of texts of the same tag, as long as their count says."""
        self._terms: list[str] = []
        self._partial: set[int] = set()
        self._is_lasting = True
        self._folder: tuple[str, list[str]] | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        for part in (self._tags, self._values, self._numbers, self._shapes):
            part.forget()
        self._told.clear()
        self._heads.clear()
        self._partial.clear()
        self._folder = None

    def flush(self) -> None:
        """Write what was put off, and of which tags the index does not hold every value."""
        self._tags.id_of(KEY_TAG)
        self._values.flush()
        self._tags.mark_partial(self._partial)
        self._partial.clear()

    def meet(self, keys: Iterable[str]) -> None:
        """Look up the names of images that are to come, all at once."""
        names = (key.rpartition("/")[2][:MAX_VALUE] for key in keys)
        self._values.meet(_KEY_ID, (name for name in names if name))

    def of_tags(self, key: str, tags: Iterable[Tag], keywords: Iterable[int] = ()) -> Tagged:
        """What to store and index of an image with this key, these tags and words."""
        told = self._told
        found = []
        for tag in tags:
            try:
                one = told[tag]
            except (KeyError, TypeError):  # a list is no key
                one = self._tell(tag)
            else:
                # 1 and 1.0 are the same key of a dictionary, but not the same value.
                if one[3] is not type(tag.value):
                    one = self._told_of(self._row(tag))
            found.append(one)
        return self._tagged(key, found, keywords)

    def of_rows(
        self, key: str, rows: Iterable[blob.TagRow], keywords: Iterable[int] = ()
    ) -> Tagged:
        """The same of tags that were stored before."""
        return self._tagged(key, [self._told_of(row) for row in rows], keywords)

    def _tagged(self, key: str, told: list[_Told], keywords: Iterable[int]) -> Tagged:
        folder, _, name = key.rpartition("/")
        terms = [*self._terms_of_folder(folder), *self._terms_of_key(name)]
        terms += [f"k{word_id}" for word_id in keywords]
        if not told:
            return Tagged(INLINE, b"", _joined(terms))
        cells = list(chain.from_iterable([one[1] for one in told]))
        terms += chain.from_iterable([one[2] for one in told])
        numbers = tuple([one[0] for one in told])
        shape_id = self._shapes.id_of(numbers)
        if shape_id == INLINE:
            shape = self._shapes.shape(numbers)
            cells.insert(0, blob.shape_json(shape).decode())
            terms += [f"t{slot[0]}" for slot in shape]
        else:
            terms.append(f"s{shape_id}")
        return Tagged(shape_id, blob.pack(cells), _joined(terms))

    def _terms_of_folder(self, folder: str) -> list[str]:
        """Neighbours share it."""
        if self._folder is None or self._folder[0] != folder:
            self._folder = folder, self._terms_of_key(folder)
        return self._folder[1]

    def _terms_of_key(self, key: str) -> list[str]:
        id_of = self._values.id_of
        return [str(id_of((_KEY_ID, part[:MAX_VALUE]))) for part in key.split("/") if part]

    # ------------------------------------------------------------------------- one tag

    def _tell(self, tag: Tag) -> _Told:
        value = tag.value
        if isinstance(value, list):
            return self._tell_list(tag, value)
        if isinstance(value, str):
            told = self._tell_text(tag, value)
        else:
            told = self._told_of(self._row(tag))
        if self._is_lasting:
            self._remember(tag, told)
        return told

    def _tell_list(self, tag: Tag, value: list[str | int | float]) -> _Told:
        """Neighbours have the same keywords."""
        if not all(isinstance(part, str) for part in value):
            return self._told_of(self._row(tag))
        same = (tag.group, tag.name, tag.number, tag.type, tag.count, tag.raw, *value)
        told = self._told.get(same)
        if told is None:
            told = self._told_of(self._row(tag))
            if self._is_lasting:
                self._remember(same, told)
        return told

    def _remember(self, same: Tag | tuple[str | int | float, ...], told: _Told) -> None:
        if len(self._told) > _MAX_REMEMBERED:
            self._told.clear()
        self._told[same] = told

    def _row(self, tag: Tag) -> blob.TagRow:
        tag_id = self._tags.id_of((tag.group, tag.name))
        return tag_id, tag.number, tag.type, tag.count, tag.value, tag.raw

    def _tell_text(self, tag: Tag, text: str) -> _Told:
        """The same as of any tag, but of most texts only what differs is worked out."""
        head = (tag.group, tag.name, tag.number, tag.type, tag.count - len(text), tag.raw)
        known = self._heads.get(head)
        if known is None:
            told = self._told_of(self._row(tag))
            # Where the count is kept with the value, another text may have another slot.
            if not tag.raw and self._shapes.slot(told[0])[3] in (blob.AS_LONG, blob.ONE_MORE):
                self._heads[head] = self._tags.id_of((tag.group, tag.name)), told[0]
            return told
        tag_id, slot_number = known
        self._terms, self._is_lasting = [], True
        return slot_number, [self._refer(tag_id, text)], self._terms, str

    def _told_of(self, row: blob.TagRow) -> _Told:
        self._terms, self._is_lasting = [], True
        cells: list[Any] = []
        slot = blob.slot_of(row, cells, self._refer)
        if slot[4] != blob.TEXT:  # the others were referred to
            self._put_numbers(row[0], row[4])
        return self._shapes.slot_number(slot), cells, self._terms, type(row[4])

    def _refer(self, tag_id: int, text: str) -> int | str:
        """The text's number in table value where that has it whole, else the text."""
        part, is_whole = indexed(text)
        if not is_whole or (text and not part):
            self._partial.add(tag_id)
        if not is_whole or len(text) > _MAX_TEXT:
            self._is_lasting = False
        if not part:
            return text
        number = self._values.id_of((tag_id, part))
        self._terms.append(str(number))
        return number if is_whole else text

    def _put_numbers(self, tag_id: int, value: TagValue) -> None:
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, str):
                self._refer(tag_id, part)
            else:
                self._put_number(tag_id, part)

    def _put_number(self, tag_id: int, value: float) -> None:
        if isinstance(value, int) and -FEW_NUMBERS < value < FEW_NUMBERS:
            self._terms.append(str(self._values.id_of((tag_id, str(value)))))
        elif (number := indexable(value)) is None:
            self._partial.add(tag_id)
        else:
            number_id, is_exact = self._numbers.id_of(tag_id, number)
            self._terms.append(f"n{number_id}")
            self._is_lasting = is_exact


def _joined(terms: list[str]) -> str:
    return " ".join(dict.fromkeys(terms))
