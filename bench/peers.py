"""The same questions to exiftool, sqlite-utils and Datasette, over the same facts."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import json
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

from bench.catalogue_filler import fill
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage.tag_store import tags_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COLUMNS: Final = ("path", "make", "model", "lens", "iso", "shutter", "f", "focal", "taken")
_PAGE: Final = 256
_EXIFTOOL_FILES: Final = 500
"""exiftool opens every file for every question: some milliseconds each."""


class Question(NamedTuple):
    """One question in four languages: ours, SQL's over the flat table, and exiftool's."""

    text: str
    where: str
    condition: str


QUESTIONS: Final = (
    Question("camera:canon", "make LIKE '%canon%' OR model LIKE '%canon%'", "$Make =~ /canon/i"),
    Question("iso>=1600 f<=2.8", "iso >= 1600 AND f <= 2.8", "$ISO >= 1600 and $FNumber <= 2.8"),
    Question("taken:2010-05", "taken LIKE '2010-05%'", "$DateTimeOriginal =~ /^2010:05/"),
    Question('"eiffel tower"', "tags LIKE '%eiffel tower%'",
             "$ImageDescription =~ /eiffel tower/i"),
    Question("exif.MeteringMode=5 iso>=1600",
             "json_extract(tags, '$.MeteringMode') = 5 AND iso >= 1600",
             "$MeteringMode eq 'Multi-segment' and $ISO >= 1600"),
)  # fmt: skip


def compare(catalogue: Catalogue, images: int, repeat: int) -> None:
    """Print each peer's time for a page of 256, and its ratio to ours over the same images.

    Ours over all images of the catalogue stands behind it.
    """
    whole = Finder(catalogue.reader(), now=datetime.now(UTC))
    everything = whole.count(parse(""))
    print(f"\nover {images:,} images; ms of CPU: theirs, ours, ratio; ours over all {everything:,}")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        part = Path(folder) / "part.sqlite"
        fill(part, images, lambda _line: None)
        some = stack.enter_context(closing(Catalogue(part, create=False)))
        finder = Finder(some.reader(), now=datetime.now(UTC))
        ids = finder.ids(parse(""))
        rows = finder.rows(ids, _COLUMNS)
        tags = _tags(some, ids)
        flat = Path(folder) / "flat.db"
        _flat_table(flat, rows, tags)
        for name, ask in (
            ("sqlite-utils", _sqlite_utils(flat)),
            ("datasette", _datasette(flat)),
            (f"exiftool, {_EXIFTOOL_FILES}", _exiftool(Path(folder), rows, tags)),
        ):
            if ask is None:
                print(f"{name}: not installed, left out")
                continue
            for question in QUESTIONS:
                ours, all_ours = (
                    _median(
                        lambda each=each, text=question.text: each.first(parse(text), _PAGE), repeat
                    )
                    for each in (finder, whole)
                )
                theirs = _median(
                    lambda ask=ask, question=question: ask(question),
                    1 if "exiftool" in name else repeat,
                )
                reported = f"{theirs:>10.1f}{ours:>8.1f}{theirs / max(ours, 0.01):>8.1f}x"
                print(f"{name:<16}{question.text:<34}{reported}{all_ours:>8.1f}", flush=True)


def _tags(catalogue: Catalogue, ids: Sequence[int]) -> list[dict[str, Any]]:
    reader = catalogue.reader()
    names = dict(reader.execute("SELECT id, name FROM tag"))
    found = tags_of(reader, ids)
    return [{names[row[0]]: row[4] for row in found.get(number) or ()} for number in ids]


def _flat_table(
    path: Path, rows: Sequence[tuple[Any, ...]], tags: Sequence[dict[str, Any]]
) -> None:
    """What people make of `exiftool -json` today: a table with a column of JSON, indexed."""
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE images ({', '.join(_COLUMNS)}, tags)")
    connection.executemany(
        f"INSERT INTO images VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})",
        (
            (*row[:-1], _iso_time(row[-1]), json.dumps(some))
            for row, some in zip(rows, tags, strict=True)
        ),
    )
    connection.execute("CREATE INDEX by_iso ON images (iso)")
    connection.execute("CREATE INDEX by_taken ON images (taken)")
    connection.commit()
    connection.close()


def _iso_time(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _sqlite_utils(path: Path) -> Callable[[Question], object] | None:
    if importlib.util.find_spec("sqlite_utils") is None:
        return None
    from sqlite_utils import Database  # type: ignore[import-not-found]

    table = Database(path)["images"]
    return lambda question: list(
        table.rows_where(question.where, order_by="taken desc", limit=_PAGE)
    )


def _datasette(path: Path) -> Callable[[Question], object] | None:
    if importlib.util.find_spec("datasette") is None:
        return None
    from datasette.app import Datasette  # type: ignore[import-not-found]

    loop = asyncio.new_event_loop()
    served = Datasette([str(path)], settings={"sql_time_limit_ms": 60_000})
    loop.run_until_complete(served.invoke_startup())

    def ask(question: Question) -> object:
        sql = f"SELECT * FROM images WHERE {question.where} ORDER BY taken DESC LIMIT {_PAGE}"
        query = urlencode({"sql": sql, "_shape": "array"})
        answer = loop.run_until_complete(served.client.get(f"/{path.stem}.json?{query}"))
        return answer.json()

    return ask


def _exiftool(
    folder: Path, rows: Sequence[tuple[Any, ...]], tags: Sequence[dict[str, Any]]
) -> Callable[[Question], object] | None:
    if shutil.which("exiftool") is None:
        return None
    pictures = folder / "pictures"
    pictures.mkdir()
    for number, (row, some) in enumerate(zip(rows, tags, strict=True)):
        if number >= _EXIFTOOL_FILES:
            break
        (pictures / f"{number}.jpg").write_bytes(_jpeg_with_facts(row, some))

    def ask(question: Question) -> object:
        command = ["exiftool", "-q", "-if", question.condition, "-p", "$FileName", str(pictures)]
        return subprocess.run(command, capture_output=True, check=False).stdout

    return ask


def _jpeg_with_facts(row: tuple[Any, ...], tags: dict[str, Any]) -> bytes:
    """A small JPEG with the facts that the questions are about."""
    from PIL import Image
    from PIL.ExifTags import Base

    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = row[1] or "", row[2] or ""
    exif[Base.ImageDescription] = str(tags.get("Description", ""))
    inner = exif.get_ifd(Base.ExifOffset)
    inner[Base.ISOSpeedRatings] = row[4] or 0
    inner[Base.FNumber] = row[6] or 0.0
    inner[Base.MeteringMode] = tags.get("MeteringMode", 0)
    inner[Base.DateTimeOriginal] = str(tags.get("DateTimeOriginal", ""))
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def _median(run: Callable[[], object], repeat: int) -> float:
    """Milliseconds of CPU, of this process and of those that it ran."""
    spent = []
    for _ in range(repeat):
        started_s = _cpu_s()
        run()
        spent.append((_cpu_s() - started_s) * 1000)
    return sorted(spent)[len(spent) // 2]


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
