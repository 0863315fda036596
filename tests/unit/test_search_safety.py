"""What a search cannot do: reach SQL as text, run away, or go on after it was stopped."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

import pytest

from tasveer_tui.catalogue.fields import FIELDS, Kind
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.search.parser import MAX_LENGTH
from tasveer_tui.catalogue.storage import sql_functions as reader_functions
from tasveer_tui.catalogue.storage.connections import Connection
from tasveer_tui.catalogue.storage.sql_functions import REGEX_TIMEOUT_S, compile_search
from tasveer_tui.errors import QueryError, SearchInterruptedError, UsageError
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_Connection = TypeVar("_Connection", bound=Connection)

HOSTILE = "zq'); DROP TABLE image; --"
RUNAWAY = "x*x*x*x*[yz]$"


class _RecordingConnection(Connection):
    """Remembers the text of every statement."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.statements: list[str] = []

    def execute(self, sql: str, parameters: Iterable[object] = (), /) -> sqlite3.Cursor:  # type: ignore[override]
        self.statements.append(sql)
        return super().execute(sql, parameters)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("safety") / "c.sqlite"
    SampleCatalogue(60, path=str(found)).connection.close()
    return found


def _hostile_searches() -> list[str]:
    texts = [name for name, field in FIELDS.items() if field.kind in (Kind.TEXT, Kind.WORD)]
    texts += ["exif.Make", "xmp.Subject", "file.zqDROP"]
    searches = [f'"{HOSTILE}"', f'-"{HOSTILE}"', "*zq*DROP?TABLE*", r"/zq'\); DROP/", "zq'--"]
    for name in texts:
        searches += [f'{name}:"{HOSTILE}"', f"{name}:*zq'DROP*", f"{name}:/zq'.*DROP/"]
        searches += [f'{name}:("{HOSTILE}", b)', f'{name}!="{HOSTILE}"']
    return [f"{text} order by {key}" for text in searches for key in ("taken", "path", "exif.zqA")]


def test_nothing_of_a_search_reaches_sql_as_text(path: Path) -> None:
    with closing(_opened(path, _RecordingConnection)) as listening:
        _ask_hostile(listening)


def _ask_hostile(listening: _RecordingConnection) -> None:
    finder = Finder(listening, now=NOW)
    asked = 0
    for text in _hostile_searches():
        try:
            query = parse(text)
        except QueryError:
            continue  # words of a list of their own
        asked += 1
        finder.first(query, 10)
        finder.ids(query)
        finder.count(query)
    finder.rows([1, 2], ["exif.zqDROP", "name"])
    assert asked > 150
    assert len(listening.statements) > asked
    assert not [sql for sql in listening.statements if "zq" in sql.lower() or "DROP" in sql]
    assert finder.count(parse("")) == 60


def test_an_expression_that_runs_away_ends_with_a_sentence() -> None:
    started_s = time.thread_time()
    with pytest.raises(TimeoutError):
        compile_search(RUNAWAY)("x" * 1000)
    assert time.thread_time() - started_s < 20 * REGEX_TIMEOUT_S
    sample_catalogue = SampleCatalogue(5)
    sample_catalogue.connection.execute("UPDATE object SET key = ? WHERE id = 1", ("x" * 1000,))
    finder = Finder(sample_catalogue.connection, now=NOW)
    with pytest.raises(UsageError, match="takes too long"):
        finder.ids(parse(f"path:/{RUNAWAY}/"))
    assert finder.count(parse("")) == 5
    sample_catalogue.connection.close()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a{e}b*c*", "xa{e}bc"),
        (r"a\{e}b*c*", "A{E}"),
        ("[{]x*y*", "{"),
        ("i.*mg.*_", "IMG_"),
        ("^$|a*b*c", "c"),
    ],
)
def test_both_engines_read_an_expression_alike(pattern: str, text: str) -> None:
    for subject in (text, "nothing", ""):
        expected = re.search(pattern, subject, re.IGNORECASE) is not None
        assert bool(compile_search(pattern)(subject)) == expected


def test_ten_kilobytes_are_refused_with_a_sentence() -> None:
    for text in ("canon " * 2000, "(" * 10_240, "a" * 10_240, "iso:1 or " * 1200):
        assert len(text) > MAX_LENGTH or text.startswith("(")
        with pytest.raises(QueryError) as caught:
            parse(text)
        assert caught.value.message.endswith(".")


def _searching(
    finder: Finder, texts: tuple[str, ...], begun: threading.Event, ended_s: list[float]
) -> None:
    queries = [parse(text) for text in texts]
    try:
        while True:
            begun.set()
            for query in queries:
                finder.first(query)
                finder.ids(query)
    except SearchInterruptedError:
        ended_s.append(time.thread_time())


def test_a_stopped_search_ends_within_20_ms_of_work(path: Path) -> None:
    texts = ('"e"', "/e.*i/", "order by path", "order by exif.FNumber desc", "-near:0,0,9000km")
    with closing(_opened(path, Connection)) as connection:
        finder = Finder(connection, now=NOW)
        for _ in range(10):
            begun, ended_s = threading.Event(), list[float]()
            thread = threading.Thread(target=_searching, args=(finder, texts, begun, ended_s))
            thread.start()
            begun.wait()
            clock, asked_s = time.pthread_getcpuclockid(thread.ident or 0), 0.0
            while thread.is_alive() and not ended_s:
                # In a statement, or between two; it may fall between two searches, too.
                asked_s = time.clock_gettime(clock)
                connection.interrupt()
                thread.join(timeout=1.0)
            assert ended_s
            assert ended_s[0] - asked_s < 0.02


def _opened(path: Path, factory: type[_Connection]) -> _Connection:
    connection = sqlite3.connect(
        path, factory=factory, isolation_level=None, check_same_thread=False
    )
    reader_functions.register(connection)
    return connection
