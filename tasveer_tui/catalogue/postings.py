"""What the search index holds of an image: which values and which tags it has.

A posting can only be taken back with exactly the terms that it was made of, so both come from
the same function of the image's stored tags and its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tasveer_tui.catalogue import blob
from tasveer_tui.catalogue.common_tags import KEY_TAG, known_ids
from tasveer_tui.catalogue.texts import MAX_VALUE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tasveer_tui.catalogue.words import Values

    Indexed: TypeAlias = tuple[int, str, Sequence[blob.TagRow]]
    """An image's id, its key and its tags."""


class Postings:
    """Adds images to the index and takes them out."""

    def __init__(self, connection: sqlite3.Connection, values: Values) -> None:
        self._connection = connection
        self._values = values

    def add(self, images: Iterable[Indexed]) -> set[int]:
        """Index images, none of which is indexed already.

        Returns the ids of tags with values that the index does not hold whole.
        """
        rows, partial = self._terms(images)
        self._connection.executemany("INSERT INTO posting (rowid, terms) VALUES (?, ?)", rows)
        return partial

    def remove(self, images: Iterable[Indexed]) -> None:
        """Take out images with the key and the tags that `add` was given."""
        rows, _ = self._terms(images)
        sql = "INSERT INTO posting (posting, rowid, terms) VALUES ('delete', ?, ?)"
        self._connection.executemany(sql, rows)

    def _terms(self, images: Iterable[Indexed]) -> tuple[list[tuple[int, str]], set[int]]:
        found = []
        partial: set[int] = set()
        for image_id, key, rows in images:
            texts, cut = blob.texts(rows)
            partial |= cut
            found.append((image_id, _segments(key) | texts, rows))
        ids = self._values.ids(text for _, texts, _ in found for text in texts)
        terms = [
            (image_id, " ".join([*[str(ids[text]) for text in texts], *_presence(rows)]))
            for image_id, texts, rows in found
        ]
        return terms, partial


def _segments(key: str) -> dict[tuple[int, str], None]:
    key_tag = known_ids()[KEY_TAG]
    return {(key_tag, part[:MAX_VALUE]): None for part in key.split("/") if part}


def _presence(rows: Sequence[blob.TagRow]) -> Iterable[str]:
    return [f"t{tag_id}" for tag_id in dict.fromkeys([row[0] for row in rows])]
