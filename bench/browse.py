"""Browse on very large buckets: first rows, how long the screen stands still, memory; first paint.

    python bench/browse.py [--keys 100000] [--prefixes 20000] [--latency 0.05]

One server process answers each request after the latency, as a bucket far away does. The same
app does all of it headless at 140×45: it opens the flat prefix, goes to its end, seeks by typing,
then opens the prefix with very many prefixes. A trivial Textual app is measured beside it, for
the gaps that the machine itself makes and for the first paint.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pty
import resource
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SIZE = (140, 45)
SAMPLE_INTERVAL_S = 0.002
PAINT_RUNS = 9
TRIVIAL = """
from textual.app import App
from textual.widgets import Static
class A(App):
    def compose(self): yield Static("MARKER")
A().run()"""


def serve(keys: int, prefixes: int, latency_s: float) -> None:
    """The server, until it is killed; prints its address."""
    from tests.support.range_server import RangeServer, StoredObject

    stored = StoredObject(b"\xff\xd8\xff\xd9", "same")
    with RangeServer(latency_s=latency_s) as server:
        server.put_many("at-first", ["a.jpg"], stored)  # what the program looks at by itself
        server.put_many("flat", (f"IMG_{n:07}.jpg" for n in range(keys)), stored)
        server.put_many("wide", (f"{n:06}/a.jpg" for n in range(prefixes)), stored)
        print(server.url, flush=True)
        signal.pause()


class LoopGaps:
    """How long the event loop did not come round."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(SAMPLE_INTERVAL_S)
            self.seconds.append(time.perf_counter() - before - SAMPLE_INTERVAL_S)

    def stop(self) -> str:
        """p99 and the longest, in milliseconds."""
        self._task.cancel()
        ordered = sorted(self.seconds)
        p99 = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
        return f"gap p99 {1000 * p99:5.1f} ms  max {1000 * max(ordered, default=0.0):5.1f} ms"


async def wait_until(pilot: Pilot[None], condition: Callable[[], object]) -> float:
    """Seconds until something holds."""
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > 600:  # noqa: PLR2004 - ten minutes
            raise TimeoutError
        await pilot.pause(0.005)
    return time.perf_counter() - started


def resident_mib() -> float:
    """Memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def print_measurement(what: str, step: Callable[[], Awaitable[float]]) -> None:
    """One line of the table."""
    gaps = LoopGaps()
    seconds = await step()
    print(f"{what:34} {seconds:7.2f} s  {gaps.stop()}  {resident_mib():5.0f} MiB", flush=True)


async def browse(url: str, keys: int, prefixes: int) -> None:  # noqa: PLR0915 - one walk
    """The walk through both buckets."""
    from tasveer_tui.records import Access
    from tasveer_tui.ui.app import TasveerApp
    from tasveer_tui.ui.browse.bucket_tree import BucketTree
    from tasveer_tui.ui.browse.object_list import ObjectList
    from tasveer_tui.ui.browse.screen import BrowseScreen
    from tasveer_tui.ui.context import UiSettings
    from tasveer_tui.workspace import Workspace, WorkspaceOptions

    with tempfile.TemporaryDirectory() as folder:
        access = Access(is_anonymous=True, endpoint_url=url)
        db = Path(folder, "c.sqlite")
        workspace = Workspace(WorkspaceOptions(db, Path(folder), access=access))
        app = TasveerApp(workspace, "", UiSettings(images=False))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(1.5)
            tree, objects = app.screen.query_one(BucketTree), app.screen.query_one(ObjectList)
            assert isinstance(app.screen, BrowseScreen)
            open_location = app.screen.navigator.open_location

            async def flat() -> float:
                open_location("s3://flat")
                return await wait_until(pilot, lambda: objects.row_count > 2)  # noqa: PLR2004

            async def end() -> float:
                objects.focus()
                await pilot.press("G")
                return await wait_until(pilot, lambda: objects.row_count == keys)

            async def seek() -> float:
                await pilot.press("slash", *f"IMG_{keys - 7:07}")
                return await wait_until(pilot, lambda: objects.row_count == 1)

            async def wide() -> float:
                await pilot.press("escape")
                open_location("s3://wide")
                return await wait_until(pilot, lambda: tree.row_count > 100)  # noqa: PLR2004

            async def wide_end() -> float:
                tree.focus()
                count = 0

                def done() -> bool:
                    nonlocal count
                    if tree.row_count != count:
                        count = tree.row_count
                        tree.action_last_row()
                    return tree.row_count >= prefixes

                return await wait_until(pilot, done)

            await print_measurement("flat: first rows", flat)
            await print_measurement(f"flat: G to the end, {keys:,} keys", end)
            await print_measurement("flat: filter by prefix", seek)
            await print_measurement("wide: first rows", wide)
            await print_measurement(f"wide: to the end, {prefixes:,} prefixes", wide_end)
        workspace.close()


async def measure_idle_app() -> None:
    """A trivial app that does nothing, for the gaps of this machine."""
    from textual.app import App

    async with App[None]().run_test(size=SIZE) as pilot:

        async def idle() -> float:
            await pilot.pause(3.0)
            return 3.0

        await print_measurement("a trivial app, idle", idle)


def first_paint_cpu_s(command: list[str], marker: bytes, env: dict[str, str]) -> float:
    """CPU seconds of a program until its first frame holds `marker`."""
    pid, fd = pty.fork()
    if not pid:
        # The watching thread goes first: on a busy machine, what the program does after its first
        # frame, while nobody has seen it yet, would count as well.
        os.nice(10)
        os.execvpe(command[0], command, env)
    seen, started = b"", time.perf_counter()
    while marker not in seen and time.perf_counter() - started < 30:  # noqa: PLR2004
        if select.select([fd], [], [], 1)[0]:
            seen += os.read(fd, 65_536)
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    cpu_s = sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(fd)
    return cpu_s


def first_paint(url: str) -> None:
    """Ours against a trivial Textual app, one after the other, several times."""
    with tempfile.TemporaryDirectory() as folder:
        env = {
            **os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
            "HOME": folder, "AWS_ENDPOINT_URL_S3": url, "TASVEER_DB": f"{folder}/c.sqlite",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        ours = [sys.executable, "-m", "tasveer_tui", "--no-sign-request", "s3://flat"]
        pairs = [
            (
                first_paint_cpu_s([sys.executable, "-c", TRIVIAL], b"MARKER", env),
                first_paint_cpu_s(ours, b"Browse", env),
            )
            for _ in range(PAINT_RUNS)
        ]
    trivial, program = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"first paint, CPU: trivial {trivial:.2f} s, ours {program:.2f} s, ratio {ratio:.2f}")


def main() -> None:
    """Start the server, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--prefixes", type=int, default=20_000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.serve:
        serve(said.keys, said.prefixes, said.latency)
        return
    command = [sys.executable, __file__, "--serve", *sys.argv[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = (server.stdout.readline() if server.stdout else "").strip()
            asyncio.run(measure_idle_app())
            asyncio.run(browse(url, said.keys, said.prefixes))
            first_paint(url)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
