from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.storage import migrations, models
from tasveer_tui.catalogue.storage.connections import hold_open
from tasveer_tui.errors import (
    CatalogueError,
    CatalogueReadOnlyError,
    CatalogueVersionError,
    NotACatalogueError,
)
from tasveer_tui.records import Access, JobSpec
from tests.support.catalogue_factory import SOURCE, filled_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import peewee

NOBODY = 65534
OPEN_AND_PRINT_ID = """
import sys
from pathlib import Path
from tasveer_tui.catalogue import Catalogue
sys.stdin.readline()
catalogue = Catalogue(Path(sys.argv[1]))
print(catalogue.id)
catalogue.close()
"""


def test_a_new_catalogue_makes_its_folder_and_keeps_its_id(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "catalogue.sqlite"
    with closing(Catalogue(path)) as first:
        pass
    with closing(Catalogue(path)) as second:
        assert second.id == first.id
        assert len(first.id) == 32


def test_a_missing_file_is_an_error_where_none_shall_be_created(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    with pytest.raises(CatalogueError, match="no catalogue at") as caught:
        Catalogue(path, create=False)
    assert "--db" in caught.value.remedy
    assert not path.exists()


def test_a_catalogue_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    Catalogue(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {migrations.latest() + 1}")
    with pytest.raises(CatalogueVersionError) as caught:
        Catalogue(path)
    assert "Update" in caught.value.remedy


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    before = path.read_bytes()
    with pytest.raises(NotACatalogueError) as caught:
        Catalogue(path)
    assert "--db" in caught.value.remedy
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" * 4096)
    with pytest.raises(NotACatalogueError):
        Catalogue(path)


def test_an_empty_file_becomes_a_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with closing(Catalogue(path)) as catalogue:
        assert catalogue.check() == []


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogueReadOnlyError) as caught:
        Catalogue(tmp_path / "file" / "catalogue.sqlite")
    assert "--db" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_folder_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    done = _as_nobody(tmp_path / "catalogue.sqlite")
    assert "CatalogueReadOnlyError" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_catalogue_in_a_folder_that_may_not_be_written_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    assert "CatalogueReadOnlyError" in _as_nobody(path).stderr


def _as_nobody(path: Path) -> subprocess.CompletedProcess[str]:
    """Open the catalogue as somebody who may look into the folder but not write there."""
    become = f"import os; os.setgid({NOBODY}); os.setuid({NOBODY})"
    preload = (
        "from tasveer_tui.catalogue import Catalogue;"
        " import tasveer_tui.catalogue.storage.open_file"
    )
    for folder in (path.parent, *path.parent.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    return subprocess.run(
        [sys.executable, "-c", f"{preload}\n{become}\n{OPEN_AND_PRINT_ID}", path],
        input="\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_full_disk_is_said_so_and_nothing_is_half_written(tmp_path: Path) -> None:
    with closing(Catalogue(tmp_path / "c.sqlite")) as catalogue:
        database = catalogue._database.raw()
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages}")
        keys = tuple(f"{number:0200}" for number in range(1_000))
        with pytest.raises(CatalogueReadOnlyError, match="disk is full") as caught:
            catalogue.add_job(JobSpec(SOURCE, Access(), (), keys))
        assert "space" in caught.value.remedy
        assert catalogue.jobs() == ()
        assert catalogue.check() == []


def test_programs_that_create_the_same_file_together_agree_on_its_id(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_PRINT_ID, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    reported = [program.communicate("\n", timeout=60) for program in programs]
    assert {error for _, error in reported} == {""}
    assert len({found for found, _ in reported}) == 1


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with closing(filled_catalogue(tmp_path / "c.sqlite", 3)) as catalogue:
        reader = catalogue.reader()
        assert reader.execute("SELECT count(*) FROM image").fetchone() == (3,)
        with pytest.raises(sqlite3.OperationalError):
            reader.execute("DELETE FROM keyword")


def test_each_thread_has_its_own_reader_and_keeps_it(tmp_path: Path) -> None:
    with closing(filled_catalogue(tmp_path / "c.sqlite", 3)) as catalogue:
        assert catalogue.reader() is catalogue.reader()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(catalogue.reader).result() is not catalogue.reader()


def test_readers_of_threads_that_ended_are_closed(tmp_path: Path) -> None:
    with closing(filled_catalogue(tmp_path / "c.sqlite", 3)) as catalogue:
        for _ in range(20):
            thread = threading.Thread(target=catalogue.reader)
            thread.start()
            thread.join()
        assert len(catalogue._registry._open) < 5


def test_a_running_search_can_be_interrupted_from_another_thread(tmp_path: Path) -> None:
    with closing(filled_catalogue(tmp_path / "c.sqlite", 50)) as catalogue:
        found: list[sqlite3.Connection] = []
        has_connection = threading.Event()

        def search() -> None:
            found.append(catalogue.reader())
            has_connection.set()
            endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            found[0].execute(f"{endless} SELECT count(*) FROM n").fetchone()

        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(search)
            assert has_connection.wait(10)
            while not running.done():
                found[0].interrupt()
            assert "interrupted" in str(running.exception())


def test_closing_ends_what_other_threads_do_and_later_calls_say_so(tmp_path: Path) -> None:
    catalogue = filled_catalogue(tmp_path / "c.sqlite", 3)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(catalogue.reader).result()
        catalogue.close()
        with pytest.raises(CatalogueError, match="closed"):
            catalogue.jobs()
        with pytest.raises(CatalogueError, match="closed"):
            pool.submit(catalogue.reader).result()


def test_closing_ends_a_search_that_runs_in_another_thread(tmp_path: Path) -> None:
    for _ in range(5):
        catalogue = filled_catalogue(tmp_path / "c.sqlite", 0)
        has_begun = threading.Event()

        def search(reader: Callable[[], sqlite3.Connection], begun: threading.Event) -> None:
            connection = reader()
            connection.create_function("begin", 0, begun.set)
            endless = "WITH RECURSIVE n (i) AS (SELECT begin() UNION ALL SELECT 1 FROM n)"
            with hold_open(connection):
                connection.execute(f"{endless} SELECT count(*) FROM n").fetchone()

        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(search, catalogue.reader, has_begun)
            assert has_begun.wait(10)
            catalogue.close()
            assert "interrupted" in str(running.exception(10))


def test_the_recorder_outlives_the_thread_that_made_it(tmp_path: Path) -> None:
    with closing(Catalogue(tmp_path / "c.sqlite")) as catalogue:
        with ThreadPoolExecutor(1) as pool:
            recorder = pool.submit(catalogue.recorder).result()
        catalogue.reader()
        recorder.recover(was_clean=True)


def test_two_catalogues_can_be_open_at_once(tmp_path: Path) -> None:
    with (
        closing(filled_catalogue(tmp_path / "a.sqlite", 3)) as first,
        closing(filled_catalogue(tmp_path / "b.sqlite", 5)) as second,
    ):
        assert [first.jobs()[0].total, second.jobs()[0].total] == [3, 5]


@pytest.mark.parametrize(
    "model",
    [
        models.Source,
        models.Image,
        models.Job,
        models.Scan,
        models.Ledger,
        models.Worker,
    ],
)
def test_models_have_no_column_that_the_table_lacks(
    tmp_path: Path, model: type[peewee.Model]
) -> None:
    with closing(Catalogue(tmp_path / "c.sqlite")) as catalogue:
        table = model._meta.table_name  # type: ignore[attr-defined]
        columns = {row[1] for row in catalogue.reader().execute(f"PRAGMA table_info({table})")}
        assert {field.column_name for field in model._meta.sorted_fields} <= columns  # type: ignore[attr-defined]
