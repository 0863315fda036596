"""`tasveer-tui doctor`: check everything that the program depends on."""

from __future__ import annotations

import locale
import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tasveer_tui import __version__
from tasveer_tui.cli.options import log_path, open_workspace, with_settings
from tasveer_tui.errors import TasveerError
from tasveer_tui.humanize import size_text
from tasveer_tui.settings import APP_NAME, Settings, config_path, state_dir
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.workspace import Workspace

MIN_COLUMNS = 80
MIN_LINES = 24


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report; `remedy` is printed if `is_ok` is false."""

    is_ok: bool
    text: str
    remedy: str = ""


def _passed(text: str) -> CheckResult:
    return CheckResult(is_ok=True, text=text)


@click.command("doctor")
@click.option("--bucket", metavar="BUCKET", help="Check that this bucket can be listed.")
@click.option("--catalogue", "only_catalogue", is_flag=True, help="Check the catalogue only.")
@click.option("--repair", is_flag=True, help="Rebuild the catalogue's indexes and counts first.")
@click.option("--compact", is_flag=True, help="Return unused space in the catalogue to the disk.")
@click.option("--backup", type=click.Path(path_type=Path), help="Copy the catalogue to a new file.")
@with_settings
def command(
    settings: Settings,
    bucket: str | None,
    *,
    only_catalogue: bool,
    repair: bool,
    compact: bool,
    backup: Path | None,
) -> int:
    """Check S3, broker, workers, catalogue and terminal; each failure comes with a remedy.

    The exit code is 0 if all checks pass, else that of the first failure.
    """
    workspace = open_workspace(settings)
    maintenance = [
        (repair, _repair),
        (compact, _compact),
        (backup is not None, lambda workspace: _back_up(workspace, backup)),
    ]
    if only_catalogue or any(is_requested for is_requested, _ in maintenance):
        checks: dict[str, Callable[[], Iterator[CheckResult]]] = {
            "catalogue": lambda: chain(
                *(run(workspace) for is_requested, run in maintenance if is_requested),
                _check_catalogue(workspace),
            )
        }
    else:
        checks = _checks(settings, workspace, bucket)
    code = 0
    try:
        for name, check in checks.items():
            click.echo(name)
            result = _run_check(check)
            code = code or result
    finally:
        workspace.close()
    return code


def _checks(
    settings: Settings, workspace: Workspace, bucket: str | None
) -> dict[str, Callable[[], Iterator[CheckResult]]]:
    return {
        "program": lambda: _check_program(settings),
        "extras": lambda: _check_extras(settings),
        "terminal": _check_terminal,
        "S3": lambda: _check_s3(workspace, bucket),
        "broker": lambda: _check_broker(settings),
        "catalogue": lambda: _check_catalogue(workspace),
    }


def _run_check(check: Callable[[], Iterator[CheckResult]]) -> int:
    """Print the results of a check; returns an exit code."""
    code = 0
    try:
        for result in check():
            click.echo(f"  {'ok ' if result.is_ok else '!! '} {clean(result.text)}")
            if not result.is_ok:
                click.echo(f"      {clean(result.remedy)}")
                code = code or 1
    except TasveerError as error:
        click.echo(f"  !!  {clean(error.message)}")
        if error.remedy:
            click.echo(f"      {clean(error.remedy)}")
        return error.exit_code
    return code


def _check_program(settings: Settings) -> Iterator[CheckResult]:
    yield _passed(f"tasveer-tui {__version__}, Python {sys.version.split()[0]}")
    path = config_path()
    yield _passed(f"settings  {path}{'' if path.exists() else ' (no file: defaults)'}")
    yield _passed(f"catalogue {settings.db_path()}")
    yield CheckResult(
        os.access(_nearest_existing(state_dir()), os.W_OK),
        f"log       {log_path()}",
        "The folder is not writable: set XDG_STATE_HOME to one that is.",
    )


def _check_extras(settings: Settings) -> Iterator[CheckResult]:
    """The optional extras; a missing one is not a failure."""
    state = "" if settings.ingest.maker_notes else "; switched off: ingest.maker_notes is false"
    yield _check_extra("makernotes", "ExifRead", f"reads maker notes{state}")
    yield _check_extra("heif", "pillow-heif", "shows HEIC thumbnails")


def _check_extra(name: str, package: str, use: str) -> CheckResult:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return _passed(f"{name:<11} {package} {version(package)} {use}")
    except PackageNotFoundError:
        how = f"pip install '{APP_NAME}[{name}]'"
        return _passed(f"{name:<11} not installed: {package} {use} ({how})")


def _nearest_existing(path: os.PathLike[str]) -> str:
    """The path itself or its nearest parent that exists."""
    folder = os.fspath(path)
    while not os.path.exists(folder):  # noqa: PTH110 - a loop over text
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder


def _check_terminal() -> Iterator[CheckResult]:
    columns, lines = shutil.get_terminal_size()
    yield CheckResult(
        columns >= MIN_COLUMNS and lines >= MIN_LINES,
        f"{columns}×{lines}, TERM={os.environ.get('TERM', '')!r}",
        f"Enlarge the window to at least {MIN_COLUMNS}×{MIN_LINES}.",
    )
    encoding = locale.getpreferredencoding(do_setlocale=False)
    yield CheckResult(
        encoding.lower().replace("-", "") == "utf8",
        f"character set {encoding}",
        "Set LANG to a UTF-8 locale such as C.UTF-8, or screen.ascii = true in the settings.",
    )
    color = os.environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    yield _passed("true color" if color else "256 colors or fewer (see COLORTERM)")


def _check_s3(workspace: Workspace, bucket: str | None) -> Iterator[CheckResult]:
    yield _passed(workspace.identity())
    if bucket:
        page = workspace.page(workspace.source(bucket), limit=1)
        text = "can be listed" if page.objects or page.prefixes else "can be listed and is empty"
        yield _passed(f"bucket {bucket} {text}")
        return
    yield _passed(f"{len(workspace.buckets()):,} buckets visible")


def _check_broker(settings: Settings) -> Iterator[CheckResult]:
    from tasveer_tui.jobs import check_broker

    if not settings.ingest.broker:
        yield _passed("none set: jobs run on this machine")
        return
    report = check_broker(settings.ingest.broker)
    yield _passed(f"reachable: {report.url}")
    yield CheckResult(
        bool(report.workers),
        f"{len(report.workers)} workers answer: {', '.join(report.workers)}",
        "Start one: tasveer-tui worker --broker URL, on any machine that reaches the broker.",
    )


def _check_catalogue(workspace: Workspace) -> Iterator[CheckResult]:
    yield _passed(f"SQLite {sqlite3.sqlite_version}")
    if not workspace.has_catalogue:
        yield _passed("no catalogue yet: the first ingest creates it")
        return
    problems = workspace.catalogue.check()
    images = sum(view.images for view in workspace.sources())
    remedy = "; ".join([*problems, "Run `tasveer-tui doctor --repair`."])
    yield CheckResult(not problems, f"{images:,} images", remedy)


def _repair(workspace: Workspace) -> Iterator[CheckResult]:
    yield _passed(
        f"rebuilt: the indexes of {workspace.catalogue.repair():,} images, and the counts"
    )


def _compact(workspace: Workspace) -> Iterator[CheckResult]:
    before, after = workspace.catalogue.compact()
    yield _passed(f"compacted: {size_text(before)} before, {size_text(after)} now")


def _back_up(workspace: Workspace, target: Path | None) -> Iterator[CheckResult]:
    if target is not None:
        workspace.catalogue.back_up(target)
        yield _passed(f"copied to {target}")
