"""How fast the catalogue is filled and searched: made-up pictures through the real recorder.

    bin/bench search [--images 1000000] [--catalogue FILE] [--repeat 5] [--peers 20000]

An existing FILE is searched as it is. Each question is asked with a cold answer, never a kept
one; CPU is this process's, so it can be compared between busy machines. The peers (exiftool,
sqlite-utils, Datasette) get the same questions over the same facts of fewer pictures, as many
as `--peers` says; those that are not installed are left out.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bench import peers
from bench.catalogue_filler import fill
from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage.sort_cache import note_change

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE: Final = 256
_CHANGED_IMAGES: Final = 200
"""Images of a batch."""

QUESTIONS: Final = (
    ("all", ""),
    ("camera, narrow", 'camera:"ILCE-7M3 v19"'),
    ("camera, broad", "camera:canon"),
    ("lens contains", "lens:85mm"),
    ("iso, narrow", "iso=12800"),
    ("iso, broad", "iso>=400"),
    ("shutter", "shutter<=1/1000"),
    ("aperture and focal", "f<=2 focal=50"),
    ("date", "taken:2010-05"),
    ("date, broad", "taken>=2008"),
    ("product's first", "camera:canon iso>=1600 shutter<=1/250 -lens:sigma"),
    ("or", "(taken:2010-05..2010-08 OR taken>=2022) has:gps"),
    ("or of fields", "camera:leica OR iso>=25600 OR rating=5"),
    ("not", "-camera:canon -camera:nikon"),
    ("size", "size>9MB"),
    ("orientation", "orientation:portrait"),
    ("near, narrow", "near:48.8584,2.2945,5km"),
    ("near, broad", "near:48.8584,2.2945,100km"),
    ("near and typed", "near:51.5,-0.12,20km iso>=1600"),
    ("bbox", "bbox:40,0,52,13"),
    ("text, rare", '"Paris 3040"'),
    ("text, uncommon", '"wedding near"'),
    ("text, common", '"eiffel tower"'),
    ("text, very common", "canon"),
    ("text and typed", '"eiffel tower" iso>=1600'),
    ("text, in the key", "img_0042"),
    ("keyword", "keyword:night"),
    ("path", "path:archive/0012**"),
    ("tag, number", "exif.ExposureProgram=2"),
    ("tag, fraction", "exif.ExposureTime=1/4096"),
    ("tag, unlike", "gps.GPSAltitude>890"),
    ("tag, text", 'exif.Software:"Capture One"'),
    ("tag, date", "exif.CreateDate:2010-05"),
    ("tag there", "has:xmp.Title"),
    ("tag not there", "-has:gps.GPSLatitude"),
    ("copies", "dup:yes"),
    ("status", "status:failed"),
    ("regex on names", "camera:/v1[0-9]$/"),
)
SORTS: Final = (
    *("taken desc", "taken", "size desc", "iso desc", "camera", "lens", "f", "shutter", "focal"),
    *("modified desc", "name", "path", "rating desc", "lat", "width", "place", "exif.FNumber"),
)
FILTERS: Final = ("", "iso>=400", "camera:canon")
"""Searches that each sort is tried under."""


class Figures(NamedTuple):
    """Milliseconds."""

    cpu_p50: float
    cpu_p95: float
    wall_p50: float
    wall_p95: float


def main() -> None:
    """Fill, ask, print."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        path = options.catalogue or Path(folder) / "catalogue.sqlite"
        if not path.exists():
            _fill(path, options.images)
        with closing(Catalogue(path, create=False)) as catalogue:
            finder = Finder(catalogue.reader(), now=datetime.now(UTC))
            images = finder.count(parse(""))
            print(f"\n{images:,} images; milliseconds: CPU p50 / p95, wall p50 / p95")
            _ask(finder, options.repeat)
            _time_sort_orders(finder, path, options.repeat)
            _time_interrupt(catalogue)
            if options.peers:
                peers.compare(catalogue, options.peers, options.repeat)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--catalogue", type=Path, help="made here unless it exists")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peers", type=int, default=0, metavar="IMAGES")
    return parser.parse_args()


def _fill(path: Path, images: int) -> None:
    spent = fill(path, images, lambda line: print(line, flush=True))
    total = sum(spent.values())
    size = (
        path.stat().st_size
        + Path(f"{path}-wal").stat().st_size * path.with_name(f"{path.name}-wal").exists()
    )
    steps = ", ".join(f"{name} {seconds / images * 1e6:.0f}" for name, seconds in spent.items())
    print(f"filled: {images / total:,.0f} images/s of CPU (µs an image: {steps})")
    print(f"size:   {size / images:,.0f} bytes an image")


def _ask(finder: Finder, repeat: int) -> None:
    print(f"{'question':<22}{'found':>10}  {'first page':>28}  {'exact count':>28}")
    pages = []
    for name, text in QUESTIONS:
        query = parse(text)
        page = _timed(lambda query=query: finder.first(query, PAGE), repeat)
        count = _timed(lambda query=query: finder.count(query), max(2, repeat // 2))
        pages.append(page.cpu_p95)
        print(
            f"{name:<22}{finder.count(query):>10,}"
            f"  {_format_figures(page)}  {_format_figures(count)}",
            flush=True,
        )
    print(
        f"first pages: median of p95 {statistics.median(pages):.1f} ms, worst {max(pages):.1f} ms"
    )


def _time_sort_orders(finder: Finder, path: Path, repeat: int) -> None:
    """Some orders are prepared after they were first asked for, as the program does.

    Then a batch of images is noted as changed, as the recorder does: pages must not wait for it.
    """
    print(
        f"\n{'order by':<22}{'under':>14}  {'first page':>28}  {'at first':>10}{'prepared in':>12}"
        f"{'after a change':>16}"
    )
    for order in SORTS:
        for under in FILTERS:
            query = parse(f"{under} order by {order}")
            once = _timed(lambda query=query: finder.first(query, PAGE), 1)
            took = _timed(lambda query=query: finder.prepare(query), 1)
            page = _timed(lambda query=query: finder.first(query, PAGE), repeat)
            _time_changes(finder, path)
            after = _timed(lambda query=query: finder.first(query, PAGE), repeat)
            reported = f"{once.cpu_p50:>10.1f}{took.cpu_p50:>12.1f}{after.cpu_p95:>16.1f}"
            print(
                f"{order:<22}{under or 'all':>14}  {_format_figures(page)}  {reported}", flush=True
            )


def _time_changes(finder: Finder, path: Path) -> None:
    ids = finder.ids(parse("taken:2010-05"))[:_CHANGED_IMAGES]
    with closing(sqlite3.connect(path)) as connection, connection:
        note_change(connection, ids)


def _time_interrupt(catalogue: Catalogue) -> None:
    """How long a search runs after its interrupt."""
    import threading

    from tasveer_tui.errors import SearchInterruptedError

    waits = []
    for text in ("/zzz+q/", "order by exif.FNumber", '"e" order by path', "-near:0,0,9000km"):
        finder = Finder(catalogue.reader(), now=datetime.now(UTC))
        asked = [0.0]

        def stop(asked: list[float] = asked, reader: object = catalogue.reader()) -> None:
            asked[0] = time.perf_counter()
            reader.interrupt()  # type: ignore[attr-defined]

        timer = threading.Timer(0.15, stop)
        timer.start()
        try:
            finder.ids(parse(text))
        except SearchInterruptedError:
            waits.append((time.perf_counter() - asked[0]) * 1000)
        timer.join()
    reported = ", ".join(f"{wait:.1f}" for wait in waits)
    print(f"\ninterrupted searches ended after: {reported or 'none ran long enough'} ms (wall)")


def _timed(run: Callable[[], object], repeat: int) -> Figures:
    cpu, wall = [], []
    for _ in range(repeat):
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        run()
        cpu.append((time.process_time() - cpu_s) * 1000)
        wall.append((time.perf_counter() - wall_s) * 1000)
    return Figures(*_quantiles(cpu), *_quantiles(wall))


def _quantiles(numbers: list[float]) -> tuple[float, float]:
    ordered = sorted(numbers)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def _format_figures(figures: Figures) -> str:
    return " ".join(f"{figure:>6.1f}" for figure in figures).rjust(28)


if __name__ == "__main__":
    main()
