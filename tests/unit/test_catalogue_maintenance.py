from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.errors import CatalogueBusyError, CatalogueError
from tests.support.catalogue_factory import NOW, SOURCE, filled_catalogue, key_of, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES = 120
DAMAGES = {
    "no postings": "INSERT INTO posting (posting) VALUES ('delete-all')",
    "no trigrams": "INSERT INTO value_tri (value_tri) VALUES ('delete-all')",
    "a wrong posting": "INSERT INTO posting (rowid, terms) VALUES (77, '1 2 3')",
    "no places": "DELETE FROM place",
    "a wrong count": "UPDATE source SET images = 5",
    "wrong outcomes": "UPDATE outcome_count SET images = 7",
    "no keywords": "DELETE FROM keyword_word",
    "wrong failures": "UPDATE failure_count SET objects = 7",
    "tags of nobody": "INSERT INTO image_tags (id, z) VALUES (9999, x'02')",
}
UNSEEN = {"a wrong posting"}
"""Contentless indexes hold nothing to compare with: only what is not found tells."""
SEARCHES = (
    "",
    "eiffel",
    "exif.ISO=400",
    "near:48.86,2.3,20km",
    "has:xmp.Title",
    "IMG_0004",
    "keyword:beach",
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(filled_catalogue(tmp_path / "c.sqlite", IMAGES)) as made:
        yield made


def _found(catalogue: Catalogue) -> list[list[int]]:
    finder = Finder(catalogue.reader(), now=datetime.fromtimestamp(NOW, UTC))
    return [list(finder.ids(parse(text))) for text in SEARCHES]


@pytest.mark.parametrize("damage", DAMAGES)
def test_repair_rebuilds_derived_data_from_the_rows(catalogue: Catalogue, damage: str) -> None:
    before = _found(catalogue)
    with closing(sqlite3.connect(catalogue.path)) as connection:
        connection.execute(DAMAGES[damage])
        connection.commit()
    if damage not in UNSEEN:
        assert catalogue.check()
    assert catalogue.repair() == IMAGES
    assert catalogue.check() == []
    assert _found(catalogue) == before
    image = catalogue.find(SOURCE, key_of(4))
    assert image is not None
    assert image.record == record_of(4)


def test_repair_changes_nothing_where_it_cannot_end(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _found(catalogue)
    monkeypatch.setattr("tasveer_tui.catalogue.storage.maintenance.tags_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        catalogue.repair()
    assert _found(catalogue) == before
    assert catalogue.check() == []


def test_what_was_deleted_gives_its_room_back(catalogue: Catalogue) -> None:
    with closing(sqlite3.connect(catalogue.path)) as connection:
        connection.execute("CREATE TABLE big AS SELECT zeroblob(3000000) AS b")
        connection.execute("DROP TABLE big")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before, after = catalogue.compact()
    assert before - after > 2_500_000
    assert catalogue.check() == []
    assert len(_found(catalogue)[0]) == IMAGES


def test_compacting_beside_a_writer_is_refused_with_a_sentence(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasveer_tui.catalogue.storage.connections.BUSY_TIMEOUT_S", 0.1)
    with closing(sqlite3.connect(catalogue.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with closing(Catalogue(catalogue.path)) as other, pytest.raises(CatalogueBusyError):
            other.compact()


def test_a_copy_made_while_others_write_is_whole(catalogue: Catalogue, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(catalogue.path, timeout=30)) as writer:
            while not stop.is_set():
                writer.execute("UPDATE worker SET seen_at = seen_at + 1")
                writer.commit()
                stop.wait(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        catalogue.back_up(tmp_path / "copy.sqlite")
    finally:
        stop.set()
        thread.join()
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy.sqlite"]
    with closing(Catalogue(tmp_path / "copy.sqlite")) as copy:
        assert copy.check() == []
        assert _found(copy) == _found(catalogue)
        assert copy.id == catalogue.id


def test_a_copy_never_replaces_a_file(catalogue: Catalogue, tmp_path: Path) -> None:
    target = tmp_path / "there"
    target.write_text("mine")
    with pytest.raises(CatalogueError, match="exists"):
        catalogue.back_up(target)
    assert target.read_text() == "mine"
    with pytest.raises(CatalogueError, match="cannot be written"):
        catalogue.back_up(tmp_path / "no" / "folder")
