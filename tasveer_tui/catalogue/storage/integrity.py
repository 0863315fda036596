"""Finds damage in a catalogue, for `tasveer-tui doctor`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue.storage.text_codec import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_COUNT_CHECKS = (
    (
        """SELECT count(*) FROM source s
           WHERE images <> (SELECT count(*) FROM image i WHERE i.source_id = s.id)""",
        "{} sources count their images wrongly.",
    ),
    (
        "SELECT count(*) FROM image WHERE id NOT IN (SELECT id FROM object)",
        "{} images belong to no object.",
    ),
    (
        "SELECT count(*) FROM image_tags WHERE id NOT IN (SELECT id FROM image)",
        "{} sets of tags belong to no image.",
    ),
    (
        "SELECT count(*) FROM image_tags WHERE shape_id NOT IN (SELECT id FROM shape)",
        "{} sets of tags have no shape.",
    ),
    (
        """SELECT count(*) FROM image i LEFT JOIN place p ON p.id = i.id
           WHERE (p.id IS NULL) = (lat_deg BETWEEN -90 AND 90 AND lon_deg BETWEEN -180 AND 180)""",
        "{} images are not where the index of places has them.",
    ),
    (
        """SELECT count(DISTINCT word_id) FROM keyword
           WHERE word_id NOT IN (SELECT word_id FROM keyword_word)""",
        "{} keywords are not found any more.",
    ),
    (
        """SELECT count(*) FROM
             (SELECT outcome, count(*) AS n FROM image GROUP BY outcome) AS i
             LEFT JOIN outcome_count c ON c.outcome = i.outcome
           WHERE c.images IS NOT i.n""",
        "{} classes of outcomes count their images wrongly.",
    ),
    (
        """SELECT count(*) FROM
             (SELECT job_id, outcome, count(*) AS n FROM ledger WHERE state = 3 GROUP BY 1, 2) AS l
             LEFT JOIN failure_count c ON c.job_id = l.job_id AND c.outcome = l.outcome
           WHERE c.objects IS NOT l.n""",
        "{} classes of failures are counted wrongly.",
    ),
    (
        """SELECT count(*) FROM job j
           WHERE total <> ok + noexif + notimage
                + (SELECT count(*) FROM ledger l WHERE l.job_id = j.id AND l.state <> 2)""",
        "{} jobs count their objects wrongly.",
    ),
    (
        """SELECT count(*) FROM job j WHERE failed <>
           (SELECT count(*) FROM ledger l WHERE l.job_id = j.id AND l.state = 3)""",
        "{} jobs count their failures wrongly.",
    ),
)


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """A sentence for each thing that is wrong. Reads the whole file."""
    for (found,) in connection.execute("PRAGMA quick_check(20)"):
        if found != "ok":
            yield f"The file is damaged: {found}."
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"Row {row} of table {table} refers to a missing row of {parent}."
    damage = [*_index_problems(connection, "posting"), *_index_problems(connection, "value_tri")]
    yield from damage or _index_gaps(connection)
    for sql, sentence in _COUNT_CHECKS:
        count = connection.execute(sql).fetchone()[0]
        if count:
            yield sentence.format(count)


def _index_gaps(connection: sqlite3.Connection) -> Iterator[str]:
    """What the search index, which holds no rows to compare with, does not find any more."""
    shapes = "SELECT shape_id, count(*) FROM image_tags WHERE shape_id > 0 GROUP BY shape_id"
    posted = "SELECT count(*) FROM posting WHERE posting MATCH 's' || ?"
    lost = sum(
        abs(images - connection.execute(posted, (shape_id,)).fetchone()[0])
        for shape_id, images in connection.execute(shapes).fetchall()
    )
    if lost:
        yield f"The search index does not know {lost} images."
    texts = connection.execute(_SAMPLE_TEXTS_SQL, (_MAX_SAMPLED_TEXTS,)).fetchall()
    found = "SELECT 1 FROM value_tri WHERE value_tri MATCH ? AND rowid = ?"
    for number, text in texts:
        needle = fold(text)[:_NEEDLE_CHARS].replace('"', '""')
        if connection.execute(found, (f'"{needle}"', number)).fetchone() is None:
            yield "The search index does not know all texts."
            return


_MAX_SAMPLED_TEXTS: Final = 200
"""Size of the sample of texts that are looked up."""
_NEEDLE_CHARS: Final = 40
"""Characters of each."""
_SAMPLE_TEXTS_SQL: Final = """
    SELECT id, text FROM value WHERE length(text) BETWEEN 5 AND 200
      AND id % (SELECT 1 + max(id) / ?1 FROM value) = 0"""


def _index_problems(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    sql = f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"  # noqa: S608 - constant
    try:
        connection.execute(sql)
    except sqlite3.DatabaseError as error:
        if not isinstance(error, sqlite3.OperationalError):  # not "read only" or "busy"
            yield f"The search index {table} is damaged: {error}."
