"""`tasveer-tui doctor`: everything the program stands on, checked one by one."""

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
from tasveer_tui.figures import size_text
from tasveer_tui.settings import APP_NAME, Settings, config_path, state_dir
from tasveer_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasveer_tui.workspace import Workspace

MIN_COLUMNS = 80
MIN_LINES = 24


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `remedy` is said where `is_good` is false."""

    is_good: bool
    text: str
    remedy: str = ""


def _good(text: str) -> Finding:
    return Finding(is_good=True, text=text)


@click.command("doctor")
@click.option("--bucket", metavar="BUCKET", help="Also check that this bucket can be listed.")
@click.option("--catalogue", "only_catalogue", is_flag=True, help="Check the catalogue only.")
@click.option("--repair", is_flag=True, help="Make the catalogue's indexes and counts anew first.")
@click.option("--compact", is_flag=True, help="Give the catalogue's unused room back to the disk.")
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
    """Check S3, broker, workers, catalogue and terminal; each failure comes with its remedy.

    Exit code 0 when all is well, else that of the first thing that is not.
    """
    workspace = open_workspace(settings)
    upkeep = [
        (repair, _repair),
        (compact, _compact),
        (backup is not None, lambda workspace: _back_up(workspace, backup)),
    ]
    if only_catalogue or any(is_wanted for is_wanted, _ in upkeep):
        checks: dict[str, Callable[[], Iterator[Finding]]] = {
            "catalogue": lambda: chain(
                *(do(workspace) for is_wanted, do in upkeep if is_wanted), _catalogue(workspace)
            )
        }
    else:
        checks = _checks(settings, workspace, bucket)
    code = 0
    try:
        for name, check in checks.items():
            click.echo(name)
            found = _report(check)
            code = code or found
    finally:
        workspace.close()
    return code


def _checks(
    settings: Settings, workspace: Workspace, bucket: str | None
) -> dict[str, Callable[[], Iterator[Finding]]]:
    return {
        "program": lambda: _program(settings),
        "extras": lambda: _extras(settings),
        "terminal": _terminal,
        "S3": lambda: _s3(workspace, bucket),
        "broker": lambda: _broker(settings),
        "catalogue": lambda: _catalogue(workspace),
    }


def _report(check: Callable[[], Iterator[Finding]]) -> int:
    """Print a check's findings; returns an exit code."""
    code = 0
    try:
        for finding in check():
            click.echo(f"  {'ok ' if finding.is_good else '!! '} {clean(finding.text)}")
            if not finding.is_good:
                click.echo(f"      {clean(finding.remedy)}")
                code = code or 1
    except TasveerError as error:
        click.echo(f"  !!  {clean(error.message)}")
        if error.remedy:
            click.echo(f"      {clean(error.remedy)}")
        return error.exit_code
    return code


def _program(settings: Settings) -> Iterator[Finding]:
    yield _good(f"tasveer-tui {__version__}, Python {sys.version.split()[0]}")
    path = config_path()
    yield _good(f"settings  {path}{'' if path.exists() else ' (none: all defaults)'}")
    yield _good(f"catalogue {settings.db_path()}")
    yield Finding(
        os.access(_existing(state_dir()), os.W_OK),
        f"log       {log_path()}",
        "The folder cannot be written: set XDG_STATE_HOME to one that can.",
    )


def _extras(settings: Settings) -> Iterator[Finding]:
    """What may be there and may not: neither is a fault."""
    said = "" if settings.ingest.maker_notes else "; switched off: ingest.maker_notes is false"
    yield _extra("makernotes", "ExifRead", f"reads cameras' own notes{said}")
    yield _extra("heif", "pillow-heif", "shows the thumbnails of HEIC")


def _extra(name: str, package: str, use: str) -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return _good(f"{name:<11} {package} {version(package)} {use}")
    except PackageNotFoundError:
        how = f"pip install '{APP_NAME}[{name}]'"
        return _good(f"{name:<11} not installed: {package} {use} ({how})")


def _existing(path: os.PathLike[str]) -> str:
    """The nearest folder above that exists."""
    folder = os.fspath(path)
    while not os.path.exists(folder):  # noqa: PTH110 - a loop over text
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder


def _terminal() -> Iterator[Finding]:
    columns, lines = shutil.get_terminal_size()
    yield Finding(
        columns >= MIN_COLUMNS and lines >= MIN_LINES,
        f"{columns}×{lines}, TERM={os.environ.get('TERM', '')!r}",
        f"Make the window at least {MIN_COLUMNS}×{MIN_LINES}.",
    )
    encoding = locale.getpreferredencoding(do_setlocale=False)
    yield Finding(
        encoding.lower().replace("-", "") == "utf8",
        f"character set {encoding}",
        "Set LANG to a UTF-8 locale such as C.UTF-8, or screen.ascii = true in the settings.",
    )
    colours = os.environ.get("COLORTERM", "") in {"truecolor", "24bit"}
    yield _good("true colour" if colours else "256 colours or fewer (COLORTERM)")


def _s3(workspace: Workspace, bucket: str | None) -> Iterator[Finding]:
    yield _good(workspace.identity())
    if bucket:
        page = workspace.page(workspace.source(bucket), limit=1)
        text = "can be listed" if page.objects or page.prefixes else "can be listed and is empty"
        yield _good(f"bucket {bucket} {text}")
        return
    yield _good(f"{len(workspace.buckets()):,} buckets can be seen")


def _broker(settings: Settings) -> Iterator[Finding]:
    from tasveer_tui.jobs import check_broker

    if not settings.ingest.broker:
        yield _good("embedded: nothing to reach")
        return
    report = check_broker(settings.ingest.broker)
    yield _good(f"reachable: {report.url}")
    yield Finding(
        bool(report.workers),
        f"{len(report.workers)} workers answer: {', '.join(report.workers)}",
        "Start one: tasveer-tui worker --broker URL, on any machine that reaches the broker.",
    )


def _catalogue(workspace: Workspace) -> Iterator[Finding]:
    yield _good(f"SQLite {sqlite3.sqlite_version}")
    if not workspace.has_catalogue:
        yield _good("no catalogue yet: the first ingest makes it")
        return
    problems = workspace.catalogue.check()
    images = sum(view.images for view in workspace.sources())
    remedy = "; ".join([*problems, "`tasveer-tui doctor --repair` mends what can be mended."])
    yield Finding(not problems, f"{images:,} images", remedy)


def _repair(workspace: Workspace) -> Iterator[Finding]:
    yield _good(f"made anew: the indexes of {workspace.catalogue.repair():,} images, the counts")


def _compact(workspace: Workspace) -> Iterator[Finding]:
    before, after = workspace.catalogue.compact()
    yield _good(f"compacted: {size_text(before)} before, {size_text(after)} now")


def _back_up(workspace: Workspace, target: Path | None) -> Iterator[Finding]:
    if target is not None:
        workspace.catalogue.back_up(target)
        yield _good(f"copied to {target}")
