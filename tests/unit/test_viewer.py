"""The system's viewer: what it is given, and that nothing of it stays."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import UsageError
from tasveer_tui.workspace.viewer import ImageViewer

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENER = "open" if sys.platform == "darwin" else "xdg-open"


def desktop(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A desktop whose opener runs `script`, with the file as `$1`; where it may write."""
    opener = folder / OPENER
    opener.write_text(f"#!/bin/sh\n{script}\n")
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder / "reported"


@pytest.fixture
def viewer() -> Iterator[ImageViewer]:
    viewer = ImageViewer()
    yield viewer
    viewer.close()


def test_the_file_is_named_by_its_content_and_goes_with_the_program(
    viewer: ImageViewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported = desktop(
        tmp_path, monkeypatch, f'echo "$1" > {tmp_path}/reported; cat "$1" >> {tmp_path}/reported'
    )
    assert list(viewer.show(iter([b"ab", b"c"]), "jpeg")) == [2, 3]
    path, data = reported.read_text().split("\n")
    assert (Path(path).suffix, data) == (".jpg", "abc")
    assert Path(path).parent.stat().st_mode & 0o077 == 0, "nobody else looks into it"
    viewer.close()
    assert not Path(path).parent.exists()


def test_a_viewer_that_fails_or_is_stopped_leaves_no_file(
    viewer: ImageViewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop(tmp_path, monkeypatch, "exit 3")
    with pytest.raises(UsageError, match="exit code 3"):
        list(viewer.show(iter([b"x"]), "nef"))
    stopped = viewer.show(iter([b"x", b"y"]), "nef")
    next(stopped)
    stopped.close()
    assert not list(tmp_path.glob("tasveer-tui-*/*"))


def test_a_missing_desktop_is_reported(
    viewer: ImageViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert viewer.program() == ""
    with pytest.raises(UsageError, match="No program that shows pictures"):
        list(viewer.show(iter([b"x"]), "jpeg"))
