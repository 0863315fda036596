"""Ids for texts that many images share: cameras, lenses, words, tags and values of tags.

There is one writer, so it may hand out ids itself and remember what it handed out. After a
transaction that was rolled back, what it remembers must be forgotten.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from tasveer_tui.catalogue.common_tags import FIRST_FREE_ID, known_ids
from tasveer_tui.catalogue.texts import fold, to_stored

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

_MAX_REMEMBERED: Final = 100_000
"""Texts kept in memory by one table's numbering; then it starts afresh."""

Text = TypeVar("Text")


class Numbering(Generic[Text]):
    """The ids of one table's texts. Subclasses know the table."""

    table = ""
    where = ""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[Text, int] = {}
        self._next = 0

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        self._known.clear()
        self._next = 0

    def id_of(self, text: Text) -> int:
        """The text's id; an unknown one is added to the table."""
        number = self._known.get(text)
        return self._met(text) if number is None else number

    def ids(self, texts: Iterable[Text]) -> Mapping[Text, int]:
        """Ids of several."""
        return {text: self.id_of(text) for text in texts}

    def _met(self, text: Text) -> int:
        if len(self._known) > _MAX_REMEMBERED:
            self._start_afresh()
        number = self._look_up(text)
        if number is None:
            number = self._number(text)
            self._insert({text: number})
        self._known[text] = number
        return number

    def _start_afresh(self) -> None:
        self._known.clear()

    def _look_up(self, text: Text) -> int | None:
        sql = f"SELECT id FROM {self.table} WHERE {self.where}"  # noqa: S608 - class constants
        parameters = [
            to_stored(part) if isinstance(part, str) else part for part in self._parts(text)
        ]
        row = self._connection.execute(sql, parameters).fetchone()
        return None if row is None else int(row[0])

    def _number(self, _text: Text) -> int:
        if not self._next:
            sql = f"SELECT coalesce(max(id), 0) + 1 FROM {self.table}"  # noqa: S608
            self._next = self._connection.execute(sql).fetchone()[0]
        number, self._next = self._next, self._next + 1
        return number

    def _parts(self, text: Text) -> tuple[str | int, ...]:
        """The parameters of `where`."""
        raise NotImplementedError

    def _insert(self, new: dict[Text, int]) -> None:
        raise NotImplementedError


class Words(Numbering[str]):
    """Table word."""

    table = "word"
    where = "text = ?"

    def _parts(self, text: str) -> tuple[str | int, ...]:
        return (text,)

    def _insert(self, new: dict[str, int]) -> None:
        rows = ((number, to_stored(text)) for text, number in new.items())
        self._connection.executemany("INSERT INTO word (id, text) VALUES (?, ?)", rows)


class Lenses(Numbering[str]):
    """Table lens."""

    table = "lens"
    where = "name = ?"

    def _parts(self, text: str) -> tuple[str | int, ...]:
        return (text,)

    def _insert(self, new: dict[str, int]) -> None:
        rows = ((number, to_stored(name)) for name, number in new.items())
        self._connection.executemany("INSERT INTO lens (id, name) VALUES (?, ?)", rows)


class Cameras(Numbering["tuple[str, str]"]):
    """Table camera, by make and model."""

    table = "camera"
    where = "make = ? AND model = ?"

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = (
            (number, *map(to_stored, (make, model, camera_name(make, model))))
            for (make, model), number in new.items()
        )
        sql = "INSERT INTO camera (id, make, model, name) VALUES (?, ?, ?, ?)"
        self._connection.executemany(sql, rows)


class Towns(Numbering["tuple[str, str]"]):
    """Table town, by name and country."""

    table = "town"
    where = "name = ? AND country = ?"

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = ((number, *text) for text, number in new.items())
        self._connection.executemany("INSERT INTO town (id, name, country) VALUES (?, ?, ?)", rows)


class Tags(Numbering["tuple[str, str]"]):
    """Table tag, by group and name; well-known tags have the same id in every catalogue."""

    table = "tag"
    where = "grp = ? AND name = ?"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._partial: set[int] | None = None

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        super().forget()
        self._partial = None

    def mark_partial(self, tag_ids: set[int]) -> None:
        """Remember in the table that not every value of these tags is in table value."""
        if self._partial is None:
            rows = self._connection.execute("SELECT id FROM tag WHERE is_text = 0")
            self._partial = {row[0] for row in rows}
        new = tag_ids - self._partial
        if new:
            sql = "UPDATE tag SET is_text = 0 WHERE id = ?"
            self._connection.executemany(sql, ((tag_id,) for tag_id in new))
            self._partial |= new

    def _number(self, text: tuple[str, str]) -> int:
        number = known_ids().get(text)
        if number is None:
            number = max(super()._number(text), FIRST_FREE_ID)
            self._next = number + 1
        return number

    def _parts(self, text: tuple[str, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[str, str], int]) -> None:
        rows = (
            (number, to_stored(group), to_stored(name)) for (group, name), number in new.items()
        )
        self._connection.executemany("INSERT INTO tag (id, grp, name) VALUES (?, ?, ?)", rows)


class Values(Numbering["tuple[int, str]"]):
    """Table value and its trigram index, by tag id and text; written at the next `flush`."""

    table = "value"
    where = "tag_id = ? AND text = ?"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._new: list[tuple[int, int, str]] = []
        self._absent: set[tuple[int, str]] = set()
        """Of the texts that are to come, those that the table had not when it was asked."""

    def _start_afresh(self) -> None:
        self.flush()
        self._absent.clear()
        super()._start_afresh()

    def forget(self) -> None:
        """Drop everything remembered, as after a rollback."""
        super().forget()
        self._new.clear()
        self._absent.clear()

    def meet(self, tag_id: int, texts: Iterable[str]) -> None:
        """Look up the unknown ones of these texts of a tag, which are to come, all at once."""
        unknown = [
            text
            for text in dict.fromkeys(texts)
            # JSON has no way into SQLite for other texts: they are looked up one by one.
            if (tag_id, text) not in self._known and text.isascii() and text.isprintable()
        ]
        if len(self._known) + len(unknown) > _MAX_REMEMBERED:
            return
        sql = """SELECT v.text, v.id FROM json_each(?) AS met
                 CROSS JOIN value AS v ON v.tag_id = ? AND v.text = met.value"""
        known = dict(self._connection.execute(sql, (json.dumps(unknown), tag_id)).fetchall())
        self._known.update(((tag_id, text), number) for text, number in known.items())
        self._absent = {(tag_id, text) for text in unknown if text not in known}

    def _look_up(self, text: tuple[int, str]) -> int | None:
        return None if text in self._absent else super()._look_up(text)

    def flush(self) -> None:
        """Write the texts that are new."""
        rows, self._new = self._new, []
        self._absent.clear()
        self._connection.executemany("INSERT INTO value (id, tag_id, text) VALUES (?, ?, ?)", rows)
        self._connection.executemany(
            "INSERT INTO value_tri (rowid, text) VALUES (?, ?)",
            [(number, fold(text)) for number, _, text in rows],
        )

    def _parts(self, text: tuple[int, str]) -> tuple[str | int, ...]:
        return text

    def _insert(self, new: dict[tuple[int, str], int]) -> None:
        self._new += [(number, tag_id, to_stored(text)) for (tag_id, text), number in new.items()]


def camera_name(make: str, model: str) -> str:
    """Make and model together, without the make twice: `NIKON D850`, `Canon EOS 5D`."""
    first = make.split(maxsplit=1)[0].casefold() if make.strip() else ""
    make = make if first else ""
    if not first or model.casefold().startswith(first):
        return model or make
    return f"{make} {model}".strip()
